package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"accord/internal/api"
)

type greetRequest struct{ Name string }

func (*greetRequest) Operation() *api.Operation { return greet }

func (*greetRequest) AppendEventJSON(b []byte) []byte { return b }

func (r *greetRequest) Validate() *api.Error {
	if r.Name == "" {
		return api.NewError("InvalidInputException", "INPUT_REQUIRED", "")
	}
	return nil
}

type greetResponse struct{ Text string }

type greeter interface {
	Greet(context.Context, *greetRequest) (*greetResponse, error)
}

type polite struct{ err error }

func (p polite) Greet(_ context.Context, in *greetRequest) (*greetResponse, error) {
	if p.err != nil {
		return nil, p.err
	}
	return &greetResponse{"Dear " + in.Name}, nil
}

type silent struct{}

func (silent) Greet(context.Context, *greetRequest) (*greetResponse, error) { return nil, nil }

var greet = api.Bind("Greet", greeter.Greet, api.Access{Standing: api.Anyone, Level: api.Write}, []string{"AException", "BException"})

func TestAnOperationCallsItsMethod(t *testing.T) {
	in := greet.NewRequest()
	if apiErr := in.Validate(); apiErr == nil || apiErr.Reason != "INPUT_REQUIRED" {
		t.Errorf("an empty request: %v", apiErr)
	}
	if got := in.Operation().Name; got != "Greet" {
		t.Errorf("the request is the input of %s", got)
	}
	in.(*greetRequest).Name = "Ada"
	if fresh := greet.NewRequest(); fresh.(*greetRequest).Name != "" {
		t.Error("two requests are one")
	}
	out, err := greet.Invoke(t.Context(), polite{}, in)
	if err != nil || out.(*greetResponse).Text != "Dear Ada" {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAnOperationWithoutAnAnswerHasAnEmptyOne(t *testing.T) {
	out, err := greet.Invoke(t.Context(), silent{}, &greetRequest{Name: "Ada"})
	if got, ok := out.(*greetResponse); err != nil || !ok || got == nil {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAFailedOperationHasNoAnswer(t *testing.T) {
	failure := errors.New("failure")
	out, err := greet.Invoke(t.Context(), polite{err: failure}, &greetRequest{Name: "Ada"})
	// A nil *greetResponse in an interface would be an answer.
	if out != nil || !errors.Is(err, failure) {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAnOperationKnowsItsExceptions(t *testing.T) {
	for exception, want := range map[string]bool{"AException": true, "BException": true, "CException": false, "": false} {
		if got := greet.MayReturn(exception); got != want {
			t.Errorf("may return %q: %v", exception, got)
		}
	}
}

func TestOnlyWritesWrite(t *testing.T) {
	for level, want := range map[api.Level]bool{api.Read: true, api.List: true, api.Write: false} {
		if got := (api.Access{Level: level}).ReadOnly(); got != want {
			t.Errorf("%s: read only: %v", level, got)
		}
	}
}

func TestWhatIsNotBuiltSaysSo(t *testing.T) {
	e := api.NotImplemented("Greet")
	if e.Type != "NotImplementedException" || e.Status != http.StatusNotImplemented || e.Message == "" {
		t.Errorf("%+v", e)
	}
}
