package faults_test

import (
	"testing"
	"time"

	"accord/internal/faults"
)

func TestInvalidFaultsAreRejected(t *testing.T) {
	cut := func(r faults.Spec) faults.Spec { r.Cut = faults.Before; return r }
	tests := map[string]struct {
		spec faults.Spec
		want string
	}{
		"nothing happens":           {faults.Spec{}, "a fault needs an exception, a delay, a cut or a failure reason"},
		"unknown service":           {cut(faults.Spec{Service: "dynamodb"}), `there is no service "dynamodb"`},
		"unknown operation":         {cut(faults.Spec{Operation: "ListRoot"}), `there is no operation "ListRoot"; did you mean ListRoots?`},
		"mistyped service":          {cut(faults.Spec{Service: "organization"}), `there is no service "organization"; did you mean organizations?`},
		"mistyped operation":        {cut(faults.Spec{Operation: "createAccout"}), `there is no operation "createAccout"; did you mean CreateAccount?`},
		"operation elsewhere":       {cut(faults.Spec{Service: "sts", Operation: "ListRoots"}), `there is no operation "ListRoots"`},
		"account":                   {cut(faults.Spec{Account: "12"}), `account "12" is not twelve digits`},
		"account with a letter":     {cut(faults.Spec{Account: "12345678901x"}), `account "12345678901x" is not twelve digits`},
		"two choices":               {cut(faults.Spec{Next: 1, Every: 1}), "only one of next, every and probability can choose the calls"},
		"negative next":             {cut(faults.Spec{Next: -1}), "next and every count calls, from 1"},
		"negative every":            {cut(faults.Spec{Every: -1}), "next and every count calls, from 1"},
		"probability without seed":  {cut(faults.Spec{Probability: 0.5}), "a probability needs a seed other than 0, so that the same calls fail each time"},
		"probability above 1":       {cut(faults.Spec{Probability: 1.5}), "probability is between 0 and 1"},
		"negative probability":      {cut(faults.Spec{Probability: -1}), "probability is between 0 and 1"},
		"seed alone":                {cut(faults.Spec{Seed: 1}), "a seed needs a probability"},
		"negative delay":            {faults.Spec{Delay: -1}, "a delay is between 0 and 1m0s"},
		"endless delay":             {faults.Spec{Delay: faults.Duration(time.Hour)}, "a delay is between 0 and 1m0s"},
		"cut at no moment":          {faults.Spec{Cut: "sometimes"}, `cut is "before" or "after", not "sometimes"`},
		"exception and cut":         {cut(faults.Spec{Exception: "ServiceException"}), "a fault has an exception or a cut, not both"},
		"reason alone":              {cut(faults.Spec{Reason: "X"}), "a reason and a message need an exception"},
		"text alone":                {cut(faults.Spec{Message: "X"}), "a reason and a message need an exception"},
		"unknown exception":         {faults.Spec{Exception: "NopeException"}, `no operation returns "NopeException"`},
		"mistyped exception":        {faults.Spec{Exception: "HandshakeNotFound"}, `no operation returns "HandshakeNotFound"; did you mean HandshakeNotFoundException?`},
		"mistyped for an operation": {faults.Spec{Operation: "ListRoots", Exception: "ServiceExeption"}, `ListRoots does not return "ServiceExeption"; did you mean ServiceException?`},
		"mistyped reason":           {faults.Spec{Exception: "ConstraintViolationException", Reason: "OU_DEPTH_LIMIT"}, `ConstraintViolationException has no reason "OU_DEPTH_LIMIT"; did you mean OU_DEPTH_LIMIT_EXCEEDED?`},
		"mistyped failure":          {faults.Spec{FailureReason: "email-already-exist"}, `the background work does not fail with "email-already-exist"; did you mean EMAIL_ALREADY_EXISTS?`},
		"not of the operation":      {faults.Spec{Operation: "ListRoots", Exception: "HandshakeNotFoundException"}, `ListRoots does not return "HandshakeNotFoundException"`},
		"not of the service":        {faults.Spec{Service: "sts", Exception: "HandshakeNotFoundException"}, `no operation returns "HandshakeNotFoundException"`},
		"unknown reason":            {faults.Spec{Exception: "ConstraintViolationException", Reason: "NOPE"}, `ConstraintViolationException has no reason "NOPE"`},
		"missing reason":            {faults.Spec{Exception: "ConstraintViolationException"}, "ConstraintViolationException needs a reason"},
		"reason without a place":    {faults.Spec{Exception: "ServiceException", Reason: "X"}, "ServiceException has no reason"},
		"no work after the answer":  {faults.Spec{Operation: "ListRoots", FailureReason: "INTERNAL_FAILURE"}, "ListRoots has no background work"},
		"unknown failure":           {faults.Spec{Operation: "CreateAccount", FailureReason: "NOPE"}, `the background work does not fail with "NOPE"`},
		"failure and exception":     {faults.Spec{Exception: "ServiceException", FailureReason: "INTERNAL_FAILURE"}, "a failure reason applies to background work; an exception, a cut or a delay applies to the call"},
		"failure of a lost service": {faults.Spec{Service: "sts", FailureReason: "INTERNAL_FAILURE"}, "no operation of sts has background work"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			table := table()
			_, err := table.Add(test.spec)
			if err == nil || err.Error() != "fault: "+test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if len(table.Entries()) != 0 {
				t.Error("the fault is in the table")
			}
		})
	}
}
