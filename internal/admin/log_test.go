package admin_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/telemetry"
)

// TestEachChangeIsALine: what was changed, without addresses and names of accounts.
func TestEachChangeIsALine(t *testing.T) {
	var out bytes.Buffer
	a := apptest.Open(t, apptest.Config(t, "clock", "virtual"), app.Options{
		Start: start, Rehearse: !testing.Short(),
		Log: telemetry.NewLog(telemetry.Unbuffered(&out), telemetry.Options{Format: telemetry.Text}),
	})
	defer apptest.Close(t, a)
	s := server{t, a}
	organization := s.organization("111111111111")
	for _, test := range []struct{ method, path, body, want string }{
		{"POST", "/accounts", `{"id":"222222222222","email":"hunter2@example.com","name":"hunter2"}`, `msg="account registered" account=222222222222`},
		{"PATCH", "/accounts/222222222222", `{"state":"SUSPENDED","emailVerified":false}`, `msg="account changed" account=222222222222 state=SUSPENDED email_verified=false`},
		{"PATCH", "/accounts/222222222222", `{"state":"ACTIVE","readiness":{"phone":false},"govcloud":true}`,
			`msg="account changed" account=222222222222 state=ACTIVE agreement=true phone=false payment=true contact=true support=true govcloud=true`},
		{"PUT", "/organizations/" + organization + "/quotas", `{"unit-depth":"unlimited","accounts-per-organization":50}`,
			`msg="quotas changed" organization=` + organization + ` accounts-per-organization=50 unit-depth=unlimited`},
		{"POST", "/faults", `{"operation":"ListRoots","account":"111111111111","next":2,"exception":"TooManyRequestsException","delay":"50ms","message":"hunter2"}`,
			`msg="fault added" fault=fault-1 operation=ListRoots account=111111111111 next=2 delay=50ms exception=TooManyRequestsException`},
		{"DELETE", "/faults/fault-1", "", `msg="fault removed" fault=fault-1`},
		{"DELETE", "/faults", "", `msg="all faults removed" faults=0`},
		{"POST", "/clock", `{"advance":"1h"}`, `msg="clock moved" from=2026-11-02T08:00:00Z to=2026-11-02T09:00:00Z`},
		{"POST", "/reset", "", `msg="all data deleted, and all faults"`},
		{"POST", "/faults", `{"operation":"Nothing"}`, ""},
		{"POST", "/clock", `{"set":"2026-01-01"}`, `msg="clock moved" from=2026-11-02T09:00:00Z to=2026-01-01T00:00:00Z`},
		{"POST", "/clock", `{"advance":"x"}`, ""},
	} {
		out.Reset()
		status, answer := s.send(test.method, test.path, test.body)
		if (status == http.StatusOK) != (test.want != "") {
			t.Fatalf("%s %s: %d %s", test.method, test.path, status, answer)
		}
		got := regexp.MustCompile(`time=\S+ level=INFO `).ReplaceAllString(strings.TrimSuffix(out.String(), "\n"), "")
		if got != test.want {
			t.Errorf("%s %s:\n%s, want\n%s", test.method, test.path, got, test.want)
		}
	}
}
