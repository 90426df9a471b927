package behavior

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
)

// Kind is the form of a behavior's value.
type Kind string

// The kinds.
const (
	// Choice: one of a few words.
	Choice Kind = "choice"
	// Duration: a length of time as clock.ParseDuration takes it, zero or more.
	Duration Kind = "duration"
	// Number: a decimal number greater than zero.
	Number Kind = "number"
)

// maxNumber bounds the numbers; nothing that is not finite is one.
const maxNumber = 1e6

// Behavior is a row of the table.
type Behavior struct {
	// Name is what --behavior takes, in kebab-case.
	Name string
	Kind Kind
	// Values are the words of a Choice; nil for the other kinds.
	Values []string
	// Default is the value in force when the behavior is not set.
	Default string
	// Meaning describes the effect of the behavior.
	Meaning string
	// AWS is the value of the real service if it is known and not the default.
	AWS string
	// Raises names the errors that callers can get by the behavior; may be empty.
	Raises string

	assign func(*Set, value)
}

// value is a parsed value; the kind of the behavior says which member holds it.
type value struct {
	word     string
	duration time.Duration
	number   float64
}

// is reports whether the value is the word.
func (v value) is(word string) bool { return v.word == word }

// style returns the wire style of the word.
func (v value) style() api.WireStyle {
	if v.is("native") {
		return api.Native
	}
	return api.Documented
}

// Allowed describes the values that the behavior takes.
func (b Behavior) Allowed() string {
	switch b.Kind {
	case Duration:
		return "a duration of 0s or more, such as 15d, 1d12h or 90m"
	case Number:
		return "a number greater than 0, such as 0.5 or 20"
	default:
		return strings.Join(b.Values, " or ")
	}
}

// parse parses a value of the behavior.
func (b Behavior) parse(given string) (value, error) {
	v, ok := b.read(given)
	if !ok {
		return value{}, fmt.Errorf("behavior %s: %q is not allowed; allowed: %s", b.Name, given, b.Allowed())
	}
	return v, nil
}

func (b Behavior) read(given string) (value, bool) {
	switch b.Kind {
	case Duration:
		d, err := clock.ParseDuration(given)
		return value{duration: d}, err == nil && d >= 0
	case Number:
		n, err := strconv.ParseFloat(given, 64)
		return value{number: n}, err == nil && 0 < n && n <= maxNumber
	default:
		return value{word: given}, slices.Contains(b.Values, given)
	}
}
