package inherit

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"accord/internal/policy/document"
)

// schedule is a cron expression of a backup rule, in UTC. [recorded]
type schedule struct {
	minutes, hours, months, years cronSet
	days                          dayOfMonth
	weekdays                      dayOfWeek
}

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

// cronFields is the number of fields that mean something: what follows the
// year is ignored. [recorded for a seventh field]
const cronFields = 6

// parseSchedule reads cron(minutes hours day-of-month month day-of-week
// [year]). The problem is "" when the expression is lawful.
func parseSchedule(expression string) (s *schedule, problem string) {
	inner, ok := strings.CutPrefix(expression, "cron(")
	if !ok {
		return nil, document.Quote(expression) + " is not a schedule: write cron(minutes hours day-of-month month day-of-week year)"
	}
	if inner, ok = strings.CutSuffix(inner, ")"); !ok {
		return nil, "the schedule does not end with the closing bracket of cron(…)"
	}
	fields := strings.FieldsFunc(strings.ToUpper(inner), func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) == cronFields-1 {
		fields = append(fields, "*")
	}
	if len(fields) < cronFields {
		return nil, fmt.Sprintf("the schedule has %d fields; cron takes minutes, hours, day-of-month, month, day-of-week and year", len(fields))
	}
	s = &schedule{}
	for i, f := range []struct {
		field cronField
		set   *cronSet
	}{{minuteField, &s.minutes}, {hourField, &s.hours}, {dayField, nil}, {monthField, &s.months}, {weekdayField, nil}, {yearField, &s.years}} {
		switch {
		case f.set != nil:
			*f.set, problem = f.field.parse(fields[i])
		case fields[i] == "?":
		case f.field.name == dayField.name:
			s.days, problem = parseDays(fields[i])
		default:
			s.weekdays, problem = parseWeekdays(fields[i])
		}
		if problem != "" {
			return nil, problem
		}
	}
	if s.days.given == s.weekdays.given {
		return nil, "exactly one of day-of-month and day-of-week must be ?"
	}
	return s, ""
}

// parse reads a list of values, ranges and steps.
func (f cronField) parse(text string) (set cronSet, problem string) {
	for item := range strings.SplitSeq(text, ",") {
		if problem := f.include(&set, item); problem != "" {
			return set, problem
		}
	}
	return set, ""
}

// include adds one item: *, a, a-b, each also with /n.
func (f cronField) include(set *cronSet, item string) (problem string) {
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
		if from, problem = f.value(first, item); problem != "" {
			return problem
		}
		switch {
		case ranged:
			if to, problem = f.value(last, item); problem != "" {
				return problem
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

// value reads a number or name of the field; item is what it stands in.
func (f cronField) value(text, item string) (n int, problem string) {
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

// run is the first run after the instant; false when there is none before the
// year 2200.
func (s *schedule) run(after time.Time) (time.Time, bool) {
	first := after.UTC().Truncate(time.Minute).Add(time.Minute)
	for year := max(first.Year(), yearField.low); year <= yearField.high; year++ {
		if !s.years.has(year - yearField.low) {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			if !s.months.has(int(month) - monthField.low) {
				continue
			}
			monthEnds := time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
			if !monthEnds.After(first) {
				continue
			}
			for days := s.daysOf(year, month); days != 0; days &= days - 1 {
				day := time.Date(year, month, bits.TrailingZeros32(days)+1, 0, 0, 0, 0, time.UTC)
				if found, ok := s.runOn(day, first); ok {
					return found, true
				}
			}
		}
	}
	return time.Time{}, false
}

// runOn is the first run on a day that is not before the instant.
func (s *schedule) runOn(day, first time.Time) (time.Time, bool) {
	if !day.AddDate(0, 0, 1).After(first) {
		return time.Time{}, false
	}
	for hour := hourField.low; hour <= hourField.high; hour++ {
		if !s.hours.has(hour) {
			continue
		}
		for minute := minuteField.low; minute <= minuteField.high; minute++ {
			at := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
			if s.minutes.has(minute) && !at.Before(first) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// nextTwo are the two runs after the instant; false when fewer remain.
func (s *schedule) nextTwo(after time.Time) (first, second time.Time, ok bool) {
	if first, ok = s.run(after); !ok {
		return first, second, false
	}
	second, ok = s.run(first)
	return first, second, ok
}

// tooDense says what is wrong when fewer than two runs remain, or the next two
// are less than the pause apart, which pauseName names.
func (s *schedule) tooDense(now time.Time, pause time.Duration, pauseName string) (problem string) {
	first, second, ok := s.nextTwo(now)
	if !ok {
		return "the schedule must have two runs or more after this request; it has fewer"
	}
	if second.Sub(first) < pause {
		const form = "2006-01-02 15:04"
		return fmt.Sprintf("the next two runs must be at least %s apart; they are %s and %s UTC", pauseName, first.Format(form), second.Format(form))
	}
	return ""
}

// forever is the pause of a schedule that has fewer than two runs left: there
// is nothing to compare.
const forever = time.Duration(unbounded)

// pause is the time between the next two runs.
func (s *schedule) pause(now time.Time) time.Duration {
	first, second, ok := s.nextTwo(now)
	if !ok {
		return forever
	}
	return second.Sub(first)
}
