package faults

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/spelling"
)

// check reports what is wrong with the definition.
func (s Spec) check(services []Service) error {
	if s.Account != "" && !ident.AccountID(s.Account).Valid() {
		return fmt.Errorf("account %.20q is not twelve digits", s.Account)
	}
	if err := s.checkSelection(); err != nil {
		return err
	}
	return s.checkEffect(s.targets(services), services)
}

func (s Spec) checkSelection() error {
	chosen := 0
	for _, set := range []bool{s.Next != 0, s.Every != 0, s.Probability != 0} {
		if set {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return errors.New("only one of next, every and probability can choose the calls")
	case s.Next < 0 || s.Every < 0:
		return errors.New("next and every count calls, from 1")
	case !(s.Probability >= 0 && s.Probability <= 1):
		return errors.New("probability is between 0 and 1")
	case s.Seed != 0 && s.Probability == 0:
		return errors.New("a seed needs a probability")
	case s.Probability != 0 && s.Seed == 0:
		return errors.New("a probability needs a seed other than 0, so that the same calls fail each time")
	}
	return nil
}

// targets returns the operations that the fault applies to.
func (s Spec) targets(services []Service) []target {
	var targets []target
	for i, service := range services {
		if s.Service != "" && s.Service != service.Name {
			continue
		}
		for _, op := range service.Operations {
			if s.Operation == "" || s.Operation == op.Name {
				targets = append(targets, target{&services[i], op})
			}
		}
	}
	return targets
}

func (s Spec) checkEffect(targets []target, services []Service) error {
	if len(targets) == 0 {
		return s.unknownTarget(services)
	}
	switch {
	case s.Delay < 0 || time.Duration(s.Delay) > maxDelay:
		return fmt.Errorf("a delay is between 0 and %s", maxDelay)
	case s.Cut != "" && s.Cut != Before && s.Cut != After:
		return fmt.Errorf("cut is %q or %q, not %.20q", Before, After, s.Cut)
	case s.Exception == "" && (s.Reason != "" || s.Message != ""):
		return errors.New("a reason and a message need an exception")
	case len(s.Message) > maxMessage:
		return fmt.Errorf("a message has at most %d bytes", maxMessage)
	case s.FailureReason != "":
		return s.checkFailureReason(targets)
	case s.Exception != "" && s.Cut != "":
		return errors.New("a fault has an exception or a cut, not both")
	case s.Exception != "":
		return s.checkException(targets)
	case s.Cut == "" && s.Delay == 0:
		return errors.New("a fault needs an exception, a delay, a cut or a failure reason")
	}
	return nil
}

// unknownTarget is the error for a service or an operation that does not exist.
func (s Spec) unknownTarget(services []Service) error {
	var names, operations []string
	for _, service := range services {
		names = append(names, service.Name)
		if s.Service == "" || s.Service == service.Name {
			operations = slices.AppendSeq(operations, maps.Keys(service.Operations))
		}
	}
	if s.Service != "" && !slices.Contains(names, s.Service) {
		return fmt.Errorf("there is no service %.40q%s", s.Service, spelling.Suggest(s.Service, names))
	}
	return fmt.Errorf("there is no operation %.80q%s", s.Operation, spelling.Suggest(s.Operation, operations))
}

// checkException requires that some target may return the exception; the fault
// does not apply to the others.
func (s Spec) checkException(targets []target) error {
	var known []string
	for _, t := range targets {
		if t.op.MayReturn(s.Exception) {
			_, err := s.exception(t.service)
			return err
		}
		known = append(known, t.op.Errors...)
	}
	suggestion := suggest(s.Exception, known)
	if s.Operation != "" {
		return fmt.Errorf("%s does not return %.80q%s", s.Operation, s.Exception, suggestion)
	}
	return fmt.Errorf("no operation returns %.80q%s", s.Exception, suggestion)
}

// exception returns the error of the fault as the service writes it.
func (s Spec) exception(service *Service) (*api.Error, error) {
	e := service.Exception(s.Exception, s.Reason)
	switch {
	case e == nil:
		return nil, fmt.Errorf("there is no exception %.80q", s.Exception)
	case e.Reason != s.Reason:
		return nil, fmt.Errorf("%s has no reason", s.Exception)
	case e.Message == "" && s.Reason == "":
		return nil, fmt.Errorf("%s needs a reason", s.Exception)
	case e.Message == "":
		return nil, fmt.Errorf("%s has no reason %.80q%s", s.Exception, s.Reason, spelling.Suggest(s.Reason, service.Reasons(s.Exception)))
	case s.Message != "":
		return e.Saying(s.Message), nil
	}
	return e, nil
}

func (s Spec) checkFailureReason(targets []target) error {
	if s.Exception != "" || s.Cut != "" || s.Delay != 0 {
		return errors.New("a failure reason applies to background work; an exception, a cut or a delay applies to the call")
	}
	var known []string
	for _, t := range targets {
		known = append(known, t.service.Background[t.op.Name]...)
	}
	switch {
	case slices.Contains(known, s.FailureReason):
		return nil
	case len(known) == 0 && s.Operation != "":
		return fmt.Errorf("%s has no background work", s.Operation)
	case len(known) == 0:
		return fmt.Errorf("no operation of %s has background work", s.Service)
	}
	return fmt.Errorf("the background work does not fail with %.80q%s", s.FailureReason, suggest(s.FailureReason, known))
}

// suggest suggests one of the names, of which several may be the same.
func suggest(given string, names []string) string {
	slices.Sort(names)
	return spelling.Suggest(given, slices.Compact(names))
}
