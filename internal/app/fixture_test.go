package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/config"
	"accord/test/require"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice = "111111111111"
	bob   = "222222222222"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// fixture is an app under test.
type fixture struct {
	*app.App
	t *testing.T
}

func open(t *testing.T, c config.Config) fixture {
	t.Helper()
	return fixture{apptest.Open(t, c, app.Options{Start: start, Rehearse: require.IsLong()}), t}
}

func (f fixture) close() {
	f.t.Helper()
	apptest.Close(f.t, f.App)
}

// request is a call of an operation of Organizations.
func request(account, operation, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	apptest.Sign(r, account, operation)
	return r
}

// try calls an operation and returns its answer and the exception, if any.
func (f fixture) try(account, operation, body string) (answer map[string]any, exception string) {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, request(account, operation, body))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		f.t.Fatalf("%s: %v: %s", operation, err, w.Body)
	}
	exception, _ = answer["__type"].(string)
	return answer, exception
}

// must calls an operation that has to succeed.
func (f fixture) must(account, operation, body string) map[string]any {
	f.t.Helper()
	answer, exception := f.try(account, operation, body)
	if exception != "" {
		f.t.Fatalf("%s: %v", operation, answer)
	}
	return answer
}

// invite makes an organization of alice and returns the id of an invitation of
// bob.
func (f fixture) invite() string {
	f.t.Helper()
	f.must(alice, "CreateOrganization", `{}`)
	answer := f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+bob+`", "Type": "ACCOUNT"}}`)
	return answer["Handshake"].(map[string]any)["Id"].(string)
}

func (f fixture) stateOf(handshake string) any {
	f.t.Helper()
	return f.must(bob, "DescribeHandshake", `{"HandshakeId": "`+handshake+`"}`)["Handshake"].(map[string]any)["State"]
}

// eventually waits for work in the background.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not happen", what)
		}
	}
}
