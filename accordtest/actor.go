package accordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

// Actor is an account that calls. Its methods fail the test when a call does not
// end as it should: with success, or as Fails says.
//
// They also wait for the work that a call leaves to do, so that an account is
// created when CreateAccount returns.
type Actor struct {
	t       testing.TB
	server  *instance
	account string
	// exception and reason are how the calls have to fail; empty when they succeed.
	exception, reason string
}

// As returns the actor of an account, twelve digits.
func (s *Server) As(account string) *Actor {
	return &Actor{t: s.t, server: s.instance, account: account}
}

// ID is the id of the actor's account.
func (a *Actor) ID() string { return a.account }

// Fails returns the same actor, whose calls now have to fail with an exception.
// Its name may leave out "Exception", and the reason may follow it:
//
//	s.As(member).Fails("HandshakeAlreadyInState").Accept(h)
//	s.As(management).Fails("ConstraintViolation OU_DEPTH_LIMIT_EXCEEDED").Call(…)
//
// What those calls return is empty.
func (a *Actor) Fails(exception string) *Actor {
	failing := *a
	failing.exception, failing.reason, _ = strings.Cut(exception, " ")
	failing.exception = strings.TrimSuffix(failing.exception, "Exception")
	return &failing
}

// Call calls an operation of AWS Organizations. in is what becomes the JSON of the
// request, nil for no members; out takes the JSON of the answer, unless it is nil.
func (a *Actor) Call(operation string, in, out any) {
	a.t.Helper()
	err := a.Try(operation, in, out)
	var refused *Error
	switch {
	case err == nil && a.exception == "":
	case err == nil:
		a.t.Fatalf("%s by %s succeeds; want %s", operation, a.account, a.wanted())
	case !errors.As(err, &refused) || a.exception == "":
		a.t.Fatalf("%s by %s: %v", operation, a.account, err)
	case strings.TrimSuffix(refused.Exception, "Exception") != a.exception || a.reason != "" && refused.Reason != a.reason:
		a.t.Fatalf("%s by %s: %v; want %s", operation, a.account, err, a.wanted())
	}
}

func (a *Actor) wanted() string { return strings.TrimSpace(a.exception + " " + a.reason) }

// Error is how a call failed.
type Error struct {
	// Exception is its name, e.g. "HandshakeNotFoundException".
	Exception string `json:"__type"`
	// Reason is empty when the exception has none.
	Reason  string
	Message string
}

func (e *Error) Error() string {
	text := e.Exception
	if e.Reason != "" {
		text += " " + e.Reason
	}
	return text + ": " + e.Message
}

// Try is Call for calls that may fail: an *Error says what AWS would, any other
// error that there was no answer.
func (a *Actor) Try(operation string, in, out any) error {
	body := []byte("{}")
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	r, err := http.NewRequest(http.MethodPost, a.server.api.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	apptest.Sign(r, a.account, operation)
	answer, err := a.server.api.Client().Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		var refused Error
		if err := json.Unmarshal(text, &refused); err != nil || refused.Exception == "" {
			return fmt.Errorf("status %s: %s", answer.Status, text)
		}
		return &refused
	}
	if err := a.server.app.Clock.Advance(r.Context(), 0); err != nil {
		return err
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}
