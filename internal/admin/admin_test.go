package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/admin"
	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/org"
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
		Start: start, Source: ident.NewSeededSource(1), Rehearse: true, Version: "v0.0.0-test",
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
	if kind := w.Header().Get("Content-Type"); kind != "application/json" && path != "/metrics" {
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

// call calls an operation of Organizations that has to succeed.
func (s server) call(account, operation, body string) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	apptest.Sign(r, account, operation)
	w := httptest.NewRecorder()
	s.API().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s: %s", operation, w.Body)
	}
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

func TestHealthAndMetrics(t *testing.T) {
	s := open(t)
	s.want("GET", "/healthz", "", 200, `{"status":"ok","version":"v0.0.0-test"}`)
	status, text := s.send("GET", "/metrics", "")
	if status != 200 || !strings.Contains(text, "accord_calls_in_flight 0") || !strings.Contains(text, "go_goroutines") {
		t.Errorf("%d\n%s", status, text)
	}
}

func TestClockIsShownAndMoved(t *testing.T) {
	s := open(t)
	s.want("GET", "/clock", "", 200, `{"clock":"virtual","now":"2026-11-02T08:00:00Z"}`)
	s.want("POST", "/clock", `{"advance": "360h"}`, 200, `{"clock":"virtual","now":"2026-11-17T08:00:00Z"}`)
	s.want("POST", "/clock", `{"set": "2026-12-24T12:00:00.25+01:00"}`, 200, `{"clock":"virtual","now":"2026-12-24T11:00:00.25Z"}`)
	s.want("POST", "/clock", `{"set": "2020-01-01T00:00:00Z"}`, 200, `{"clock":"virtual","now":"2020-01-01T00:00:00Z"}`)
	s.want("POST", "/accounts", `{"id": "222222222222", "email": "b@example.com", "name": "B"}`, 200, `{"id":"222222222222","name":"B","email":"b@example.com",`+
		`"state":"ACTIVE","emailVerified":true,"serviceLinkedRole":false,"govcloud":false,`+
		`"readiness":{"agreement":true,"phone":true,"payment":true,"contact":true,"support":true},"registered":"2020-01-01T00:00:00Z"}`)
	s.want("POST", "/clock", `{"advance": "-1s"}`, 409, `{"error":"not possible now: the clock is at 2020-01-01T00:00:00Z and goes back only while there is no account (POST /reset deletes all)"}`)
	for body, want := range map[string]string{
		``:   "a JSON object is expected in the body",
		`{}`: `one of \"advance\" and \"set\" is expected`,
		`{"advance": "1h", "set": "2026-12-24T12:00:00Z"}`: `one of \"advance\" and \"set\" is expected`,
		`{"advance": "15d"}`:              `advance: \"15d\" is not a duration such as 360h, 90m or 1h30m`,
		`{"set": "tomorrow"}`:             `set: \"tomorrow\" is not an instant such as 2026-12-24T12:00:00Z`,
		`{"set": "1969-12-31T23:59:59Z"}`: "malformed: the clock shows the years 1970 to 9999",
		`{"advance": "1h"} {}`:            "the body cannot be read: unexpected data after the object",
		`{"advance": "1h", "by": 1}`:      `the body cannot be read: unknown field \"by\"`,
		`{"advance": 1}`:                  "advance: a JSON number is not allowed here",
	} {
		s.want("POST", "/clock", body, 400, `{"error":"`+want+`"}`)
	}
	s.want("GET", "/clock", "", 200, `{"clock":"virtual","now":"2020-01-01T00:00:00Z"}`)
}

func TestSystemClockCannotBeMoved(t *testing.T) {
	s := open(t, "clock", "system")
	if status, text := s.send("GET", "/clock", ""); status != 200 || !strings.HasPrefix(text, `{"clock":"system","now":"2`) {
		t.Errorf("%d %s", status, text)
	}
	s.want("POST", "/clock", `{"advance": "1h"}`, 409, `{"error":"not possible now: the clock is the system's; only a virtual clock can be moved (--clock virtual)"}`)
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

func TestAccountsAreRegisteredAndListed(t *testing.T) {
	s := open(t)
	organization := s.organization("111111111111")
	free := s.members("POST", "/accounts", `{"email": "free@example.com"}`)
	if id := free["id"].(string); len(id) != 12 || free["email"] != "free@example.com" || free["name"] != "account-"+id {
		t.Errorf("without an id: %v", free)
	}
	s.members("POST", "/accounts", `{"id": "222222222222"}`)
	if a := s.members("POST", "/accounts", `{"id": "222222222222", "name": "Bob"}`); a["name"] != "Bob" || a["email"] != "account-222222222222@example.com" {
		t.Errorf("renamed: %v", a)
	}
	if a := s.members("GET", "/accounts/111111111111", ""); a["organization"] != organization || a["joined"] != "2026-11-02T08:00:00Z" || a["serviceLinkedRole"] != true {
		t.Errorf("the management account: %v", a)
	}
	var ids []any
	for after := ""; ; {
		page := s.members("GET", "/accounts?limit=2&after="+after, "")
		for _, a := range page["accounts"].([]any) {
			ids = append(ids, a.(map[string]any)["id"])
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		after = next
	}
	want := []any{"111111111111", "222222222222", free["id"]}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	s.want("POST", "/accounts", `{"id": "12"}`, 400, `{"error":"malformed: an account id has 12 digits"}`)
	s.want("POST", "/accounts", `{"email": "nobody"}`, 400, `{"error":"malformed: \"nobody\" is not an address that an account can have"}`)
	s.want("POST", "/accounts", `{"id": "333333333333", "email": "FREE@example.com"}`, 409, `{"error":"taken: another account has the address FREE@example.com"}`)
	s.want("GET", "/accounts/333333333333", "", 404, `{"error":"there is no such account"}`)
	for _, limit := range []string{"0", "1001", "x"} {
		s.want("GET", "/accounts?limit="+limit, "", 400, `{"error":"limit: \"`+limit+`\" is not a number from 1 to 1000"}`)
	}
}

func TestPatchKeepsMembersThatItDoesNotName(t *testing.T) {
	s := open(t)
	s.members("POST", "/accounts", `{"id": "222222222222"}`)
	s.members("PATCH", "/accounts/222222222222", `{"readiness": {"phone": false, "support": false}}`)
	a := s.members("PATCH", "/accounts/222222222222", `{"state": "SUSPENDED", "emailVerified": false, "readiness": {"phone": true}, "govcloud": true}`)
	ready := map[string]any{"agreement": true, "phone": true, "payment": true, "contact": true, "support": false}
	if a["state"] != "SUSPENDED" || a["emailVerified"] != false || a["govcloud"] != true || !cmp.Equal(a["readiness"], any(ready)) {
		t.Errorf("%v", a)
	}
	if a := s.members("PATCH", "/accounts/222222222222", `{"state": "ACTIVE"}`); a["state"] != "ACTIVE" || a["govcloud"] != true {
		t.Errorf("%v", a)
	}
	s.want("PATCH", "/accounts/222222222222", `{"state": "CLOSED"}`, 409, `{"error":"not possible now: account 222222222222 is ACTIVE and cannot become CLOSED"}`)
	s.want("PATCH", "/accounts/222222222222", `{"readiness": {"fax": true}}`, 400, `{"error":"the body cannot be read: unknown field \"fax\""}`)
	s.want("PATCH", "/accounts/333333333333", `{"emailVerified": true}`, 404, `{"error":"there is no such account"}`)
}

func TestServiceLinkedRoleIsKeptWithAllFeatures(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	s.call("222222222222", "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	s.want("DELETE", "/accounts/111111111111/service-linked-role", "", 409,
		`{"error":"not possible now: account 111111111111 is in an organization with all features, which needs the role"}`)
	if a := s.members("DELETE", "/accounts/222222222222/service-linked-role", ""); a["serviceLinkedRole"] != false {
		t.Errorf("%v", a)
	}
}

func TestQuotasOfOneOrganization(t *testing.T) {
	s := open(t)
	path := "/organizations/" + s.organization("111111111111") + "/quotas"
	s.want("PUT", path, `{"accounts-per-organization": 1, "unit-depth": "unlimited"}`, 200, `{"quotas":{"accounts-per-organization":1,"unit-depth":"unlimited"}}`)
	for body, want := range map[string]string{
		`{}`:                    "an object of quotas and their numbers is expected",
		`{"unit-dept": 1}`:      `unknown quota \"unit-dept\"; did you mean unit-depth?`,
		`{"unit-depth": -1}`:    `quota unit-depth: \"-1\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": 1.5}`:   `quota unit-depth: \"1.5\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": "all"}`: `quota unit-depth: \"all\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": true}`:  `quota \"unit-depth\" is neither a number nor \"unlimited\"`,
	} {
		s.want("PUT", path, body, 400, `{"error":"`+want+`"}`)
	}
	s.want("PUT", "/organizations/o-0000000000/quotas", `{"unit-depth": 1}`, 404, `{"error":"there is no such organization"}`)
}

func TestFaultsAreAddedListedAndRemoved(t *testing.T) {
	s := open(t)
	const first = `{"id":"fault-1","operation":"AcceptHandshake","account":"222222222222","next":2,"delay":"1s","cut":"after","matched":0,"acted":0}`
	s.want("POST", "/faults", `{"operation": "AcceptHandshake", "account": "222222222222", "next": 2, "delay": "1s", "cut": "after"}`, 200, first)
	s.members("POST", "/faults", `{"exception": "TooManyRequestsException", "every": 2}`)
	s.want("POST", "/faults", `{"exception": "NoException"}`, 400, `{"error":"fault: no operation returns \"NoException\""}`)
	s.want("POST", "/faults", `{"operations": "AcceptHandshake"}`, 400, `{"error":"fault: json: unknown field \"operations\""}`)
	s.want("DELETE", "/faults/fault-2", "", 200, `{}`)
	s.want("DELETE", "/faults/fault-2", "", 404, `{"error":"there is no such fault"}`)
	s.want("GET", "/faults", "", 200, `{"faults":[`+first+`]}`)
	s.want("DELETE", "/faults", "", 200, `{}`)
	s.want("GET", "/faults", "", 200, `{"faults":[]}`)
}

func TestMailsArePaged(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	for _, account := range []string{"222222222222", "333333333333", "444444444444"} {
		s.call("111111111111", "InviteAccountToOrganization", `{"Target": {"Id": "`+account+`", "Type": "ACCOUNT"}}`)
	}
	var to []any
	for before := ""; ; {
		page := s.members("GET", "/mails?limit=2&before="+before, "")
		for _, m := range page["mails"].([]any) {
			message := m.(map[string]any)
			to = append(to, message["account"])
			if message["to"] != "account-"+message["account"].(string)+"@example.com" || !strings.Contains(message["text"].(string), "invites your AWS account") {
				t.Errorf("%v", message)
			}
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		before = next
	}
	if diff := cmp.Diff([]any{"444444444444", "333333333333", "222222222222"}, to); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

func TestInvalidTextIsRejected(t *testing.T) {
	s := open(t)
	const address = `{"error":"the path or the query contains NUL or invalid UTF-8"}`
	for _, request := range []string{
		"GET /accounts?after=%00", "GET /accounts?after=%ff", "GET /accounts/%00", "GET /accounts/%ff", "GET /mails?before=%00",
		"PATCH /accounts/%00", "DELETE /accounts/1%ff/service-linked-role", "PUT /organizations/%00/quotas", "DELETE /faults/%00",
	} {
		method, path, _ := strings.Cut(request, " ")
		s.want(method, path, `{"units": 3}`, 400, address)
	}
	s.want("POST", "/accounts", `{"name": "a\u0000b"}`, 400, `{"error":"malformed: a name has at most 128 characters of UTF-8, and no NUL"}`)
	s.want("GET", "/accounts", "", 200, `{"accounts":[]}`)
}

func TestResetDeletesAccountsAndFaults(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	s.members("POST", "/faults", `{"cut": "before"}`)
	s.want("POST", "/reset", "", 200, `{}`)
	s.want("GET", "/accounts", "", 200, `{"accounts":[]}`)
	s.want("GET", "/faults", "", 200, `{"faults":[]}`)
}

// Everything but GET is a change, whatever is added later.
func TestReadOnlyWithoutWrites(t *testing.T) {
	s := open(t, "admin-writes", "off")
	for _, request := range []string{
		"POST /clock", "POST /accounts", "PATCH /accounts/222222222222", "DELETE /accounts/222222222222/service-linked-role",
		"PUT /organizations/o-0000000000/quotas", "POST /faults", "DELETE /faults", "DELETE /faults/fault-1", "POST /reset",
	} {
		method, path, _ := strings.Cut(request, " ")
		s.want(method, path, `{}`, 403, `{"error":"the admin API is read-only; --admin-writes on allows changes"}`)
	}
	for _, path := range []string{"/healthz", "/metrics", "/clock", "/accounts", "/faults", "/mails"} {
		if status, text := s.send("GET", path, ""); status != 200 {
			t.Errorf("GET %s: %d %s", path, status, text)
		}
	}
}

func TestUnknownPathsAndMethodsAreRejected(t *testing.T) {
	s := open(t)
	s.want("GET", "/", "", 404, `{"error":"there is nothing at this path"}`)
	s.want("POST", "/clock/", "", 404, `{"error":"there is nothing at this path"}`)
	for path, allowed := range map[string]string{
		"/clock": "GET, POST", "/reset": "POST", "/metrics": "GET", "/faults": "DELETE, GET, POST", "/healthz": "GET",
	} {
		s.want("PUT", path, "", 405, `{"error":"allowed here: `+allowed+`"}`)
	}
	s.want("GET", "/reset", "", 405, `{"error":"allowed here: POST"}`)
	if status, _ := s.send("HEAD", "/healthz", ""); status != 200 {
		t.Errorf("HEAD: %d", status)
	}
}

func TestCrossOriginRequestsAreRejected(t *testing.T) {
	s := open(t, "admin-listen", "accord.internal:8017")
	for _, test := range []struct {
		headers []string
		status  int
	}{
		{[]string{"Host", "127.0.0.1:8017"}, 200},
		{[]string{"Host", "[::1]:8017"}, 200},
		{[]string{"Host", "::1"}, 200},
		{[]string{"Host", "192.0.2.1"}, 200},
		{[]string{"Host", "localhost:9000"}, 200},
		{[]string{"Host", "LOCALHOST"}, 200},
		{[]string{"Host", "accord.internal:8017"}, 200},
		{[]string{"Host", "other.internal:8017"}, 403},
		{[]string{"Host", "localhost.example.com"}, 403},
		{[]string{"Host", "127.0.0.1.example.com:8017"}, 403},
		{[]string{"Host", ""}, 403},
		{[]string{"Origin", "http://127.0.0.1:8017"}, 200},
		{[]string{"Origin", "https://127.0.0.1:8017"}, 200},
		{[]string{"Origin", "http://127.0.0.1:8018"}, 403},
		{[]string{"Origin", "http://example.com"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Sec-Fetch-Site", "none"}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		for _, path := range []string{"/healthz", "/metrics"} {
			if status, text := s.send("GET", path, "", test.headers...); status != test.status {
				t.Errorf("%s with %q: %d %s", path, test.headers, status, text)
			}
		}
	}
}

func TestLargeBodiesAreRejected(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/accounts", "/faults"} {
		s.want("POST", path, `{"name": "`+strings.Repeat("x", 1<<20)+`"}`, 413, `{"error":"the body exceeds 1048576 bytes"}`)
	}
}

// broken is a provider whose store fails.
type broken struct{ admin.Provider }

func (broken) Account(context.Context, ident.AccountID) (org.Account, error) {
	return org.Account{}, errors.New("secret of the store")
}

func TestInternalErrorsGoToTheLogOnly(t *testing.T) {
	var log bytes.Buffer
	down := errors.New("secret of the store")
	s := admin.New(admin.Config{
		Provider: broken{}, Health: func(context.Context) error { return down },
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	for path, want := range map[string]int{"/accounts/111111111111": 500, "/healthz": 503} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		log.Reset()
		s.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "secret of the store") {
			t.Errorf("%s: %d %s\nlog: %s", path, w.Code, w.Body, &log)
		}
	}
}

// failing is a clock that moves while a job fails.
type failing struct{ admin.Clock }

func (failing) Advance(context.Context, time.Duration) error {
	return &jobs.FailedError{Jobs: 1, First: errors.New("account gone of 222222222222: no reason")}
}

func TestFailedJobOfAMovedClockIsReported(t *testing.T) {
	s := admin.New(admin.Config{Clock: failing{}, Writes: true, Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest("POST", "/clock", strings.NewReader(`{"advance": "1h"}`))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "the clock was moved, but 1 jobs failed") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	began, may := make(chan struct{}), make(chan struct{})
	s := admin.New(admin.Config{
		Health: func(context.Context) error { close(began); <-may; return nil },
		Log:    slog.New(slog.DiscardHandler),
	})
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended, status := make(chan error), make(chan int)
	go func() { ended <- s.Run(ctx, port) }()
	go func() {
		answer, err := http.Get("http://" + port.Addr().String() + "/healthz")
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		_ = answer.Body.Close()
		status <- answer.StatusCode
	}()
	<-began
	stop()
	close(may)
	if got := <-status; got != 200 {
		t.Errorf("the request was answered with %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
