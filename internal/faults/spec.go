package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"accord/internal/api"
)

// ID says which calls fail, and how. Its JSON form is that of the second
// listener. The zero value of a member means that it restricts nothing.
type Spec struct {
	// Service is the service of the calls, e.g. "organizations".
	Service string `json:"service,omitempty"`
	// Operation is the operation of the calls.
	Operation string `json:"operation,omitempty"`
	// Account is the calling account, twelve digits.
	Account string `json:"account,omitempty"`

	// Which of these calls: at most one of the three; all of them without any.

	// Next: the next n.
	Next int `json:"next,omitempty"`
	// Every: the nth, the one n calls later, and so on.
	Every int `json:"every,omitempty"`
	// Probability: each with this probability, above 0 and at most 1. The same
	// Seed gives the same choice.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`

	// What happens to them.

	// Delay makes the call wait first.
	Delay Duration `json:"delay,omitempty"`
	// Exception is what the call is answered with; nothing is changed.
	Exception string `json:"exception,omitempty"`
	// Reason and Message belong to the exception. Without a Message it has the
	// text that it always has.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Cut closes the connection without an answer.
	Cut Cut `json:"cut,omitempty"`
	// FailureReason makes work fail that the operation does after its answer,
	// such as making the account that CreateAccount was asked for. The call is
	// the piece of work then, its account the one that asked.
	FailureReason string `json:"failureReason,omitempty"`
}

// Cut says when a connection is cut.
type Cut string

// The two moments.
const (
	// Before the operation: nothing is changed.
	Before Cut = "before"
	// After the operation: what it changed is committed, the answer is lost.
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

// ParseSpec reads the JSON form of a rule. It refuses members that a rule has
// not; whether the rule can be, Table.Add decides.
func ParseSpec(text []byte) (Spec, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var r Spec
	if err := decoder.Decode(&r); err != nil {
		return Spec{}, fmt.Errorf("fault rule: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Spec{}, errors.New("fault rule: one rule is expected, and nothing behind it")
	}
	return r, nil
}

// check reports why the rule cannot be, given the services that there are.
func (r Spec) check(services []Service) error {
	if r.Account != "" && (len(r.Account) != 12 || strings.Trim(r.Account, "0123456789") != "") {
		return fmt.Errorf("account %.20q is not twelve digits", r.Account)
	}
	if err := r.checkSelection(); err != nil {
		return err
	}
	return r.checkEffect(r.targets(services), services)
}

func (r Spec) checkSelection() error {
	chosen := 0
	for _, set := range []bool{r.Next != 0, r.Every != 0, r.Probability != 0} {
		if set {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return errors.New("only one of next, every and probability can choose the calls")
	case r.Next < 0 || r.Every < 0:
		return errors.New("next and every count calls, from 1")
	case !(r.Probability >= 0 && r.Probability <= 1):
		return errors.New("probability lies between 0 and 1")
	case r.Seed != 0 && r.Probability == 0:
		return errors.New("seed needs a probability")
	}
	return nil
}

// reach returns the operations that the rule can mean.
func (r Spec) targets(services []Service) []target {
	var reached []target
	for i, s := range services {
		if r.Service != "" && r.Service != s.Name {
			continue
		}
		for _, op := range s.Operations {
			if r.Operation == "" || r.Operation == op.Name {
				reached = append(reached, target{&services[i], op})
			}
		}
	}
	return reached
}

type target struct {
	service *Service
	op      api.Operation
}

func (r Spec) checkEffect(reached []target, services []Service) error {
	if len(reached) == 0 {
		if r.Service != "" && !hasService(services, r.Service) {
			return fmt.Errorf("there is no service %.40q", r.Service)
		}
		return fmt.Errorf("there is no operation %.80q", r.Operation)
	}
	switch {
	case r.Delay < 0 || time.Duration(r.Delay) > maxDelay:
		return fmt.Errorf("a delay lies between 0 and %s", maxDelay)
	case r.Cut != "" && r.Cut != Before && r.Cut != After:
		return fmt.Errorf("a connection is cut %q or %q the operation, not %.20q", Before, After, r.Cut)
	case r.Exception == "" && (r.Reason != "" || r.Message != ""):
		return errors.New("reason and message need an exception")
	case r.FailureReason != "":
		return r.checkFailureReason(reached)
	case r.Exception != "" && r.Cut != "":
		return errors.New("a call can be answered with an exception or be cut, not both")
	case r.Exception != "":
		return r.checkException(reached)
	case r.Cut == "" && r.Delay == 0:
		return errors.New("a rule needs one of exception, delay, cut and failureReason")
	}
	return nil
}

func hasService(services []Service, name string) bool {
	for _, s := range services {
		if s.Name == name {
			return true
		}
	}
	return false
}

// checkException demands that some operation in reach may return the exception;
// the rule leaves the others alone.
func (r Spec) checkException(reached []target) error {
	for _, t := range reached {
		if t.op.MayReturn(r.Exception) {
			_, err := r.exception(t.service)
			return err
		}
	}
	if r.Operation != "" {
		return fmt.Errorf("%s does not return %.80q", r.Operation, r.Exception)
	}
	return fmt.Errorf("no operation returns %.80q", r.Exception)
}

// exception makes the error of the rule in the words of the service.
func (r Spec) exception(s *Service) (*api.Error, error) {
	e := s.Exception(r.Exception, r.Reason)
	switch {
	case e == nil:
		return nil, fmt.Errorf("there is no exception %.80q", r.Exception)
	case e.Reason != r.Reason:
		return nil, fmt.Errorf("%s has no reason", r.Exception)
	case e.Message == "" && r.Reason == "":
		return nil, fmt.Errorf("%s needs a reason", r.Exception)
	case e.Message == "":
		return nil, fmt.Errorf("%s has no reason %.80q", r.Exception, r.Reason)
	case r.Message != "":
		return e.Saying(r.Message), nil
	}
	return e, nil
}

func (r Spec) checkFailureReason(reached []target) error {
	if r.Exception != "" || r.Cut != "" || r.Delay != 0 {
		return errors.New("failureReason is about work after the answer; exception, cut and delay are about the call")
	}
	works := false
	for _, t := range reached {
		valid, ok := t.service.Background[t.op.Name]
		if ok && valid(r.FailureReason) {
			return nil
		}
		works = works || ok
	}
	if !works && r.Operation != "" {
		return fmt.Errorf("%s does no work after its answer", r.Operation)
	}
	if !works {
		return fmt.Errorf("no operation of %s does work after its answer", r.Service)
	}
	return fmt.Errorf("the work does not fail with %.80q", r.FailureReason)
}
