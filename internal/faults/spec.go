package faults

import (
	"fmt"
	"time"

	"accord/internal/strictjson"
)

// Spec defines a fault: which calls fail, and how. Its JSON form is that of the
// admin API. The zero value of a member restricts nothing.
type Spec struct {
	// Service is the service of the calls, e.g. "organizations".
	Service string `json:"service,omitempty"`
	// Operation is the operation of the calls.
	Operation string `json:"operation,omitempty"`
	// Account is the calling account, twelve digits.
	Account string `json:"account,omitempty"`

	// Which of these calls: at most one of the three; without one, all of them.

	// Next: the next n.
	Next int `json:"next,omitempty"`
	// Every: the nth, the one n calls later, and so on.
	Every int `json:"every,omitempty"`
	// Probability: each with this probability, above 0 and at most 1. The same
	// Seed gives the same choice.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`

	// What happens to them:

	// Delay makes the call wait first.
	Delay Duration `json:"delay,omitempty"`
	// Exception is returned instead of running the operation.
	Exception string `json:"exception,omitempty"`
	// Reason and Message belong to the exception. Without a Message it has its usual
	// text.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Cut closes the connection without an answer.
	Cut Cut `json:"cut,omitempty"`
	// FailureReason makes the background work of the operation fail, such as the
	// creation of the account after CreateAccount has returned. The call is the
	// piece of work then, its account the one that called.
	FailureReason string `json:"failureReason,omitempty"`
}

// Cut says when a connection is cut.
type Cut string

// The two moments of a cut.
const (
	// Before the operation: nothing is changed.
	Before Cut = "before"
	// After the operation: its changes are committed, the response is lost.
	After Cut = "after"
)

// Duration is a time.Duration in Go's form, e.g. "1.5s".
type Duration time.Duration

// MarshalText writes the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads the duration.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("delay %.20q is not a duration such as 500ms or 2s", text)
	}
	*d = Duration(parsed)
	return nil
}

// maxDelay bounds a delay: no call lives longer.
const maxDelay = time.Minute

// maxMessage bounds the text of a fault, in bytes: the table stays in memory. Texts of
// the service are shorter.
const maxMessage = 4 << 10

// ParseSpec parses the JSON form. It rejects unknown members; Table.Add validates
// the values.
func ParseSpec(text []byte) (Spec, error) {
	var s Spec
	if err := strictjson.Decode(text, &s); err != nil {
		return Spec{}, fmt.Errorf("fault: %w", err)
	}
	return s, nil
}
