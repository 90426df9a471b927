package inherit

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"accord/internal/policy/document"
)

// constraint restricts a text in a policy: a value, a value of a list, or a name
// that the author chooses.
type constraint struct {
	// violation returns the message for an invalid text, or "". Only schedules
	// depend on the time.
	violation func(text string, now time.Time) string
	// numbers and booleans report whether a single value may also be a JSON number
	// or boolean. In lists both are read as their text.
	numbers, booleans bool
}

// orNumber accepts JSON numbers in addition to text.
func (f constraint) orNumber() constraint { f.numbers = true; return f }

// orBoolean accepts JSON booleans in addition to text.
func (f constraint) orBoolean() constraint { f.booleans = true; return f }

// orStar accepts the text * in addition.
func (f constraint) orStar() constraint {
	inner := f.violation
	f.violation = func(text string, now time.Time) string {
		if text == "*" {
			return ""
		}
		return inner(text, now)
	}
	return f
}

// oneOf accepts one of the words, with regard to case. what names the vocabulary
// in messages, where it is too long to list.
func oneOf(what string, words ...string) constraint {
	return constraint{violation: func(text string, _ time.Time) string {
		switch {
		case slices.Contains(words, text):
			return ""
		case len(words) <= listedWords:
			return document.Quote(text) + " is not allowed here; use " + alternatives(quoted(words))
		}
		return document.Quote(text) + " is not " + what + suggestion(text, words)
	}}
}

// choice accepts one of few words, which messages list.
func choice(words ...string) constraint { return oneOf("", words...) }

// matching accepts a text if the pattern matches the whole text. It is compiled at the first
// text: few servers need a hundred patterns.
func matching(what, pattern string) constraint {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) })
	return constraint{violation: func(text string, _ time.Time) string {
		if compiled().MatchString(text) {
			return ""
		}
		return document.Quote(text) + " is not " + what
	}}
}

// text accepts a text with a number of characters in the range.
func text(shortest, longest int) constraint {
	return constraint{violation: func(text string, _ time.Time) string {
		switch length := utf8.RuneCountInString(text); {
		case length < shortest && length == 0:
			return "an empty text is not allowed here"
		case length < shortest:
			return fmt.Sprintf("the text has %d characters, fewer than %d", length, shortest)
		case length > longest:
			return fmt.Sprintf("the text has %d characters, more than %d", length, longest)
		}
		return ""
	}}
}

// unbounded is a length or number that no document reaches.
const unbounded = 1<<63 - 1

// longestNumber is the number of digits that a number may have. [recorded]
const longestNumber = 16

// number accepts a whole number, as text or JSON number, of digits only; a minus
// sign only if the range has negative numbers. [recorded]
func number(lowest, highest int64) constraint {
	what := "a whole number"
	switch {
	case highest != unbounded:
		what += fmt.Sprintf(" from %d to %d", lowest, highest)
	case lowest > 0:
		what += fmt.Sprintf(" of at least %d", lowest)
	}
	return constraint{numbers: true, violation: func(text string, _ time.Time) string {
		if len(strings.TrimPrefix(text, "-")) > longestNumber {
			return fmt.Sprintf("%s has more than %d digits", document.Quote(text), longestNumber)
		}
		n, ok := wholeNumber(text, lowest < 0)
		if !ok || n < lowest || n > highest {
			return document.Quote(text) + " is not " + what
		}
		return ""
	}}
}

// wholeNumber reads digits, with an optional minus sign if signed. It reports
// false if the number does not fit.
func wholeNumber(text string, signed bool) (int64, bool) {
	digits := text
	if signed {
		digits = strings.TrimPrefix(text, "-")
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// boolean is "true", "false" or a JSON boolean. [recorded]
var boolean = choice("true", "false").orBoolean()

// toggle is the pair of words that most services use for on and off.
var toggle = choice("enabled", "disabled")

// regionPattern is the syntax of a Region code in any partition: eu-north-1,
// us-gov-west-1, eusc-de-east-1. Which Regions exist is not known here. [assumed]
const regionPattern = `[a-z]{2,4}(?:-[a-z]+)+-[0-9]+`

var region = matching("a Region code such as eu-north-1", regionPattern)

// partitionPattern is the second part of an ARN.
const partitionPattern = `aws(?:-[a-z]+)*`

// authorName is a name that the author chooses, if no narrower constraint is
// known. [assumed]
var authorName = text(1, 128)
