package inherit

import (
	"fmt"
	"strconv"
	"strings"

	"accord/internal/policy/document"
)

// cronSet holds values of one field, counted from the lowest of the field.
type cronSet [4]uint64

func (s *cronSet) add(n int)      { s[n/64] |= 1 << (n % 64) }
func (s *cronSet) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// cronField is one field of an expression.
type cronField struct {
	name      string
	low, high int
	words     []string // names of the values from the lowest on
	straight  bool     // ranges may not wrap around
}

var (
	minuteField  = cronField{name: "minutes", low: 0, high: 59}
	hourField    = cronField{name: "hours", low: 0, high: 23}
	dayField     = cronField{name: "day-of-month", low: 1, high: 31}
	monthField   = cronField{name: "month", low: 1, high: 12, words: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}}
	weekdayField = cronField{name: "day-of-week", low: 1, high: 7, words: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}
	yearField    = cronField{name: "year", low: 1970, high: 2199, straight: true}
)

// parse reads a list of values, ranges and steps.
func (f cronField) parse(text string) (set cronSet, violation string) {
	for item := range strings.SplitSeq(text, ",") {
		if violation := f.include(&set, item); violation != "" {
			return set, violation
		}
	}
	return set, ""
}

// include adds one item: *, a, a-b, each also with /n.
func (f cronField) include(set *cronSet, item string) (violation string) {
	span, stepText, stepped := strings.Cut(item, "/")
	step := 1
	if stepped {
		n, ok := digits(stepText)
		if !ok || n < 1 || n > f.high {
			return fmt.Sprintf("the step in %s of %s must be a number from 1 to %d", document.Quote(item), f.name, f.high)
		}
		step = n
	}
	from, to := f.low, f.high
	if span != "*" {
		first, last, ranged := strings.Cut(span, "-")
		if from, violation = f.value(first, item); violation != "" {
			return violation
		}
		switch {
		case ranged:
			if to, violation = f.value(last, item); violation != "" {
				return violation
			}
		case !stepped:
			to = from
		}
	}
	size := f.high - f.low + 1
	length := to - from
	if length < 0 {
		if f.straight {
			return fmt.Sprintf("the range %s of %s runs backwards", document.Quote(span), f.name)
		}
		length += size
	}
	for n := 0; n <= length; n += step {
		set.add((from - f.low + n) % size)
	}
	return ""
}

// value reads a number or name of the field; item is the item that contains it.
func (f cronField) value(text, item string) (n int, violation string) {
	for i, word := range f.words {
		if word == text {
			return f.low + i, ""
		}
	}
	n, ok := digits(text)
	if !ok {
		return 0, document.Quote(item) + " is not understood as " + f.name
	}
	if n < f.low || n > f.high {
		return 0, fmt.Sprintf("%s %d is outside %d to %d", f.name, n, f.low, f.high)
	}
	return n, ""
}

// digits reads a number of up to four digits.
func digits(text string) (int, bool) {
	if text == "" || len(text) > 4 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
