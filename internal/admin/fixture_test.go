package admin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/ident"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// server is a server in memory whose admin API is under test.
type server struct {
	t *testing.T
	*app.App
}

// open opens a server with a virtual clock, changed by settings given as name,
// value, name, value.
func open(t *testing.T, named ...string) server {
	t.Helper()
	c := apptest.Config(t, append([]string{"clock", "virtual"}, named...)...)
	a := apptest.Open(t, c, app.Options{
		Start: start, Rehearse: !testing.Short(), Version: "v0.0.0-test",
	})
	t.Cleanup(func() { apptest.Close(t, a) })
	return server{t, a}
}

// send sends a request and returns status and body of the answer.
func (s server) send(method, path, body string, headers ...string) (int, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8017"
	for n := 0; n < len(headers); n += 2 {
		if headers[n] == "Host" {
			r.Host = headers[n+1]
		}
		r.Header.Set(headers[n], headers[n+1])
	}
	w := httptest.NewRecorder()
	s.Admin().ServeHTTP(w, r)
	want := "application/json"
	if path == "/snapshot" && w.Code == http.StatusOK {
		want = "application/octet-stream"
	}
	if kind := w.Header().Get("Content-Type"); kind != want && path != "/metrics" {
		s.t.Errorf("%s %s answers %s", method, path, kind)
	}
	return w.Code, strings.TrimSuffix(w.Body.String(), "\n")
}

// want sends a request and compares the answer.
func (s server) want(method, path, body string, status int, answer string) {
	s.t.Helper()
	gotStatus, got := s.send(method, path, body)
	if gotStatus != status || got != answer {
		s.t.Errorf("%s %s %s\n got %d %s\nwant %d %s", method, path, body, gotStatus, got, status, answer)
	}
}

// call calls an operation of Organizations that has to succeed, and returns what it answers.
func (s server) call(account, operation, body string) (answer map[string]any) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	apptest.Sign(r, account, operation)
	w := httptest.NewRecorder()
	s.API().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s: %s", operation, w.Body)
	}
	_ = json.Unmarshal(w.Body.Bytes(), &answer) // Some answers are empty.
	return answer
}

// organization makes the account the management account of a new organization and
// returns its id.
func (s server) organization(account ident.AccountID) string {
	s.t.Helper()
	s.call(string(account), "CreateOrganization", `{}`)
	a, err := s.Provider.Account(s.t.Context(), account)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(a.Membership.Organization)
}

// members decodes an answer.
func (s server) members(method, path, body string) map[string]any {
	s.t.Helper()
	status, text := s.send(method, path, body)
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	return members
}
