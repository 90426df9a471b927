package accordtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/internal/protocol"
	"accord/internal/spelling"
)

// Actor is the root user of an account, a user or the session of a role, and calls
// operations. Its methods fail the test if a call does
// not end as expected: with success, or as Fails says.
//
// They also wait for the jobs that a call starts: when CreateAccount returns, the
// account is created.
type Actor struct {
	t       testing.TB
	server  *instance
	account string
	keys    keys
	// exception and reason are those that calls must fail with; empty if they must
	// succeed.
	exception, reason string
	// action is what calls must be denied; empty if any failure of the exception will do.
	action string
}

// As returns the actor of an account, twelve digits; anything else fails the test. An
// account that does not exist is registered by its first call.
func (s *Server) As(account string) *Actor {
	s.t.Helper()
	s.requireAccount(account)
	return &Actor{t: s.t, server: s.instance, account: account}
}

// Register registers an account with an address and a name, or gives them to one
// that exists. An empty value is generated for a new account and kept for one that
// exists.
func (s *Server) Register(account, email, name string) *Actor {
	s.t.Helper()
	a, err := s.app.Provider.Register(context.Background(), ident.AccountID(account), ident.Email(email), name)
	if err != nil {
		s.t.Fatalf("accordtest: registering %s: %v", account, err)
	}
	return s.As(string(a.ID))
}

// ID returns the ID of the actor's account.
func (a *Actor) ID() string { return a.account }

// Fails returns the same actor, whose calls must now fail with an exception. Its name
// may leave out "Exception", and a reason may follow it:
//
//	s.As(member).Fails("HandshakeAlreadyInState").Accept(h)
//	s.As(management).Fails("ConstraintViolation OU_DEPTH_LIMIT_EXCEEDED").Call(…)
//
// Those calls return zero values. An exception that no operation returns fails the test.
func (a *Actor) Fails(exception string) *Actor {
	a.t.Helper()
	failing := *a
	failing.action = ""
	failing.exception, failing.reason, _ = strings.Cut(exception, " ")
	failing.exception = strings.TrimSuffix(failing.exception, "Exception")
	if names := exceptions(); !slices.Contains(names, failing.exception) {
		a.t.Fatalf("accordtest: no operation returns the exception %.80q%s", failing.exception, spelling.Suggest(failing.exception, names))
	}
	return &failing
}

// exceptions are the names of all exceptions that calls can fail with, without
// "Exception", in their order.
var exceptions = sync.OnceValue(func() []string {
	// Every operation can also fail with these, which belong to the protocol.
	names := []string{api.UnrecognizedClient().Type, protocol.UnknownOperationException, protocol.SerializationException}
	names = append(names, stsapi.CommonErrors...)
	for _, o := range orgapi.Operations {
		names = append(names, o.Errors...)
	}
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], "Exception")
	}
	slices.Sort(names)
	return slices.Compact(names)
})

// Call calls an operation of AWS Organizations. in is marshaled to the JSON of the
// request, nil for no members; the JSON of the response is unmarshaled into out,
// unless it is nil.
func (a *Actor) Call(operation string, in, out any) {
	a.t.Helper()
	a.expect(operation, a.Try(operation, in, out))
}

// expect fails the test unless a call ended as it has to.
func (a *Actor) expect(operation string, err error) {
	a.t.Helper()
	var failure *Error
	switch {
	case err == nil && a.exception == "":
	case err == nil:
		a.t.Fatalf("%s by %s succeeds; want %s", operation, a.account, a.wanted())
	case !errors.As(err, &failure) || a.exception == "":
		a.t.Fatalf("%s by %s: %v", operation, a.account, err)
	case strings.TrimSuffix(failure.Exception, "Exception") != a.exception || a.reason != "" && failure.Reason != a.reason:
		a.t.Fatalf("%s by %s: %v; want %s", operation, a.account, err, a.wanted())
	case a.action != "" && !strings.Contains(strings.ToLower(failure.Message), strings.ToLower("not authorized to perform: "+a.action+" ")):
		a.t.Fatalf("%s by %s: %v; want a denial of %s", operation, a.account, err, a.action)
	}
}

func (a *Actor) wanted() string { return strings.TrimSpace(a.exception + " " + a.reason) }

// Error is the error of a call.
type Error struct {
	// Exception is the name, e.g. "HandshakeNotFoundException".
	Exception string `json:"__type"`
	// Reason is empty if the exception has none.
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

// response is the answer to a request.
type response struct {
	code   int
	status string
	body   []byte
}

// send sends a request to the API.
func (s *instance) send(r *http.Request) (response, error) {
	sent, err := s.api.Client().Do(r)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = sent.Body.Close() }()
	body, err := io.ReadAll(sent.Body)
	return response{sent.StatusCode, sent.Status, body}, err
}

// Try is Call for calls that may fail: an *Error is what AWS would return, any other
// error means that there was no response.
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
	if err := a.keys.sign(r, string(body), orgapi.ServiceName); err != nil {
		return err
	}
	answer, err := a.server.send(r)
	if err != nil {
		return err
	}
	if answer.code != http.StatusOK {
		var failure Error
		if err := json.Unmarshal(answer.body, &failure); err != nil || failure.Exception == "" {
			return fmt.Errorf("status %s: %s", answer.status, answer.body)
		}
		return &failure
	}
	if err := a.server.app.Clock.Advance(r.Context(), 0); err != nil {
		return err
	}
	if out == nil || len(answer.body) == 0 {
		return nil
	}
	return json.Unmarshal(answer.body, out)
}
