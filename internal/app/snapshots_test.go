package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/journal"
	"accord/test/postgres"
	"accord/test/require"
)

// stores are the settings of a store of each engine.
var stores = map[string]func(t *testing.T) string{
	"memory": func(*testing.T) string { return "memory" },
	"SQLite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
	"PostgreSQL": func(t *testing.T) string {
		require.Full(t)
		return postgres.URL(t)
	},
}

// adminJSON is the answer of the admin API as JSON, which has to have a status.
func (f fixture) adminJSON(status int, method, path, body string) map[string]any {
	f.t.Helper()
	w := f.response(method, path, body)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != status {
		f.t.Fatalf("%s %s answers %d, %v: %.300s", method, path, w.Code, err, w.Body)
	}
	return answer
}

// TestAServerGoesBackToASnapshot, and what it knows of the state that it leaves is
// forgotten: decisions by policies, open handshakes, the time, pages of lists.
func TestAServerGoesBackToASnapshot(t *testing.T) {
	for engine, store := range stores {
		t.Run(engine, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			f := open(t, apptest.Config(t, "store", store(t), "clock", "virtual", "journal", path))
			policy := f.controlled(`["organizations:DescribeOrganization"]`)
			f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "333333333333", "Type": "ACCOUNT"}}`)
			token := f.must(alice, "ListAccounts", `{"MaxResults": 1}`)["NextToken"].(string)
			saved := f.adminJSON(200, "POST", "/snapshots", `{"name": "base"}`)
			for round := range 3 {
				if _, exception := f.try(bob, "DescribeOrganization", `{}`); exception != "" {
					t.Errorf("round %d: without the policy: %s", round, exception)
				}
				f.attach("AttachPolicy", policy, bob)
				if _, exception := f.try(bob, "DescribeOrganization", `{}`); exception != "AccessDeniedException" {
					t.Errorf("round %d: with the policy: %q", round, exception)
				}
				f.adminJSON(200, "POST", "/clock", `{"advance": "20d"}`)
				f.adminJSON(200, "POST", "/faults", `{"operation": "ListRoots", "exception": "TooManyRequestsException"}`)
				f.must(alice, "RemoveAccountFromOrganization", `{"AccountId": "`+bob+`"}`)
				f.must(bob, "CreateOrganization", `{}`)

				loaded := f.adminJSON(200, "POST", "/reset", `{"snapshot": "base"}`)
				if loaded["now"] != saved["at"] || loaded["accounts"] != 3.0 || f.adminJSON(200, "GET", "/clock", "")["now"] != saved["at"] {
					t.Errorf("round %d: %v, want the time %v", round, loaded, saved["at"])
				}
				h := f.must("333333333333", "ListHandshakesForAccount", `{}`)["Handshakes"].([]any)[0].(map[string]any)
				if h["State"] != "OPEN" {
					t.Errorf("round %d: the invitation is %v", round, h["State"])
				}
				if page := f.must(alice, "ListAccounts", `{"MaxResults": 1, "NextToken": "`+token+`"}`)["Accounts"].([]any); page[0].(map[string]any)["Id"] != bob {
					t.Errorf("round %d: the next page has %v", round, page)
				}
				f.must(alice, "ListRoots", `{}`) // Faults are gone.
				again := f.adminJSON(200, "POST", "/snapshots", `{"name": "again", "replace": true}`)
				if again["checksum"] != saved["checksum"] {
					t.Errorf("round %d: the same state is another file: %v, want %v", round, again["rows"], saved["rows"])
				}
			}
			f.close()
			for _, name := range []string{"Reset", "SaveSnapshot", "InviteAccountToOrganization"} {
				if n := len(recorded(t, path, name)); n == 0 {
					t.Errorf("there is no record of %s", name)
				}
			}
			report, err := journal.Verify([]string{path}, nil)
			if err != nil || len(report.Problems) > 0 || report.Repeated > 0 {
				t.Errorf("the journal: %v, %+v", err, report.Problems)
			}
			t.Logf("evidence: 3 ways back, %d records in one chain", report.Records)
		})
	}
}

// TestTheOtherServersOfAStoreGoBackToo.
func TestTheOtherServersOfAStoreGoBackToo(t *testing.T) {
	c := apptest.Config(t, "store", postgres.URL(t))
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	policy := first.controlled(`["organizations:DescribeOrganization"]`)
	first.adminJSON(200, "POST", "/snapshots", `{"name": "base"}`)
	for round := range 2 {
		first.attach("AttachPolicy", policy, bob)
		if _, exception := second.try(bob, "DescribeOrganization", `{}`); exception != "AccessDeniedException" {
			t.Errorf("round %d: the control: %q", round, exception)
		}
		// Each server loads what the other one has saved.
		[]fixture{second, first}[round].adminJSON(200, "POST", "/snapshots/base/load", "")
		for name, f := range map[string]fixture{"first": first, "second": second} {
			if _, exception := f.try(bob, "DescribeOrganization", `{}`); exception != "" {
				t.Errorf("round %d: the %s server answers %q", round, name, exception)
			}
		}
	}
}

// TestSecretsStayEncrypted: a server with another secret key loads none, and says so before
// anything is changed. Without them the rest is loaded.
func TestSecretsStayEncrypted(t *testing.T) {
	settings := strictSettings()
	f := open(t, apptest.Config(t, settings...))
	account, key := f.rootKey()
	f.adminJSON(200, "POST", "/snapshots", `{"name": "base"}`)
	file := f.response("GET", "/snapshots/base/file", "").Body.String()
	if strings.Contains(file, key.SecretAccessKey) {
		t.Error("the file has a secret")
	}
	without := f.response("GET", "/snapshot?secrets=false", "").Body.String()
	f.adminJSON(200, "POST", "/reset", "")
	if got := f.identity(key); got != "Forbidden InvalidClientTokenId" {
		t.Errorf("the control: after a reset the key is %s", got)
	}
	f.adminJSON(200, "POST", "/snapshots/base/load", "")
	if got := f.identity(key); !strings.Contains(got, account) {
		t.Errorf("the key is %s", got)
	}
	f.close()

	other := open(t, apptest.Config(t, append(settings, "secret-key", strings.Repeat("ab", 32))...))
	defer other.close()
	mine, _ := other.rootKey()
	refused := other.adminJSON(http.StatusConflict, "PUT", "/snapshot", file)["error"].(string)
	if !strings.Contains(refused, "nothing was loaded: 1 access keys of the snapshot were encrypted with another secret key") || strings.Contains(refused, "\n") {
		t.Errorf("it says %q", refused)
	}
	other.adminJSON(200, "GET", "/accounts/"+mine, "")
	for name, body := range map[string]string{"/snapshot?secrets=false": file, "/snapshot": without} {
		other.adminJSON(200, "PUT", name, body)
		other.adminJSON(200, "GET", "/accounts/"+account, "")
		other.adminJSON(http.StatusNotFound, "GET", "/accounts/"+mine, "")
		if got := other.identity(key); got != "Forbidden InvalidClientTokenId" {
			t.Errorf("the key is %s", got)
		}
	}
}

// TestSnapshotsAreBounded, and what is not one changes nothing.
func TestSnapshotsAreBounded(t *testing.T) {
	f := open(t, apptest.Config(t, "snapshots", "2", "snapshot-space", "100KiB"))
	defer f.close()
	f.invite()
	file := f.response("GET", "/snapshot", "").Body.String()
	saved := f.adminJSON(200, "PUT", "/snapshots/a", file)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/snapshots", `{"name": "a"}`, 409, "there is a snapshot of this name: a"},
		{"POST", "/snapshots", `{"name": "a", "replace": true}`, 200, ""},
		{"PUT", "/snapshots/a", file, 409, "there is a snapshot of this name: a"},
		{"PUT", "/snapshots/a?replace=true", file, 200, ""},
		{"PUT", "/snapshots/a?replace=perhaps", file, 400, "replace"},
		{"POST", "/snapshots", `{"name": "../a"}`, 400, "a name of a snapshot has"},
		{"POST", "/snapshots", `{}`, 400, "a name of a snapshot has"},
		{"POST", "/snapshots", `{"name": "b", "other": 1}`, 400, "unknown member"},
		{"PUT", "/snapshots/" + strings.Repeat("a", 65), file, 400, "a name of a snapshot has"},
		{"PUT", "/snapshots/b", file[:len(file)-1], 400, "nothing was changed: its content does not match the checksum"},
		{"PUT", "/snapshots/b", "", 400, "byte 1 of the file: it is not a snapshot"},
		{"PUT", "/snapshot", file[:100], 400, "nothing was changed"},
		{"PUT", "/snapshot", strings.Repeat("x", 64<<20+1), 413, "exceeds"},
		{"POST", "/snapshots", `{"name": "b"}`, 200, ""},
		{"POST", "/snapshots", `{"name": "c"}`, 409, "2 are saved, and --snapshots allows 2"},
		{"GET", "/snapshots/ab", "", 404, `there is no such snapshot: "ab"; did you mean a or b?`},
		{"POST", "/snapshots/ab/load", "", 404, "there is no such snapshot"},
		{"POST", "/reset", `{"snapshot": "ab"}`, 404, "there is no such snapshot"},
		{"POST", "/reset", `{"snapshots": "a"}`, 400, "unknown member"},
		{"DELETE", "/snapshots/ab", "", 404, "there is no such snapshot"},
		{"DELETE", "/snapshots/b", "", 200, ""},
		{"POST", "/snapshots/a/load", `{"secrets": 1}`, 400, "secrets"},
	} {
		text, _ := f.adminJSON(c.status, c.method, c.path, c.body)["error"].(string)
		if !strings.Contains(text, c.want) {
			t.Errorf("%s %s %.60s: %q, want %q", c.method, c.path, c.body, text, c.want)
		}
	}
	if got := f.adminJSON(200, "GET", "/snapshots/a", ""); got["size"] != saved["size"] {
		t.Errorf("the snapshot is %v", got)
	}
	if state := f.must(bob, "ListHandshakesForAccount", `{}`)["Handshakes"].([]any); len(state) != 1 {
		t.Errorf("there are %d handshakes", len(state))
	}

	full := open(t, apptest.Config(t, "snapshots", "2", "snapshot-space", "1KiB"))
	defer full.close()
	if text := full.adminJSON(409, "POST", "/snapshots", `{"name": "a"}`)["error"].(string); !strings.Contains(text, "--snapshot-space allows 1024") {
		t.Errorf("it says %q", text)
	}
	closed := open(t, apptest.Config(t, "admin-writes", "off"))
	defer closed.close()
	closed.adminJSON(403, "PUT", "/snapshot", file)
	closed.adminJSON(200, "GET", "/snapshots", "")
}

// TestASystemClockStays: what became due since the snapshot is said, and done. One of the
// future is refused.
func TestASystemClockStays(t *testing.T) {
	made := open(t, apptest.Config(t, "clock", "virtual"))
	handshake := made.invite()
	file := made.response("GET", "/snapshot", "").Body.String()
	made.adminJSON(200, "POST", "/clock", `{"advance": "20d"}`)
	later := made.response("GET", "/snapshot", "").Body.String()
	made.close()

	now := start.Add(16 * 24 * time.Hour)
	f := fixture{apptest.Open(t, apptest.Config(t, "behavior", "direct-transfer=on"), app.Options{MachineTime: func() time.Time { return now }}), t}
	defer f.close()
	if text := f.adminJSON(409, "PUT", "/snapshot", later)["error"].(string); !strings.Contains(text, "which is after the time of this server") {
		t.Errorf("it says %q", text)
	}
	loaded := f.adminJSON(200, "PUT", "/snapshot", file)
	if due := loaded["due"].(map[string]any); due["handshake expires"] != 1.0 || loaded["at"] != start.Format(time.RFC3339) || loaded["now"] == loaded["at"] {
		t.Errorf("it answers %v", loaded)
	}
	if different := fmt.Sprint(loaded["differences"]); different != "[map[kind:behavior name:direct-transfer server:on snapshot:off]]" {
		t.Errorf("the settings differ in %s", different)
	}
	eventually(t, "the expiry", func() bool { return f.stateOf(handshake) == "EXPIRED" })
}

// TestALoadThatFailsChangesNothing: neither rows nor the clock. The control is the same load
// once it can be committed.
func TestALoadThatFailsChangesNothing(t *testing.T) {
	fails := false
	f := fixture{apptest.Open(t, apptest.Config(t, "clock", "virtual"), app.Options{Start: start, BeforeCommit: func() error {
		if fails {
			return os.ErrClosed
		}
		return nil
	}}), t}
	defer f.close()
	f.invite()
	f.adminJSON(200, "POST", "/snapshots", `{"name": "base"}`)
	f.adminJSON(200, "POST", "/clock", `{"advance": "20d"}`)
	f.must("333333333333", "CreateOrganization", `{}`)
	now, before := f.adminJSON(200, "GET", "/clock", "")["now"], f.response("GET", "/snapshot", "").Body.String()
	fails = true
	for range 2 {
		f.adminJSON(500, "POST", "/snapshots/base/load", "")
		f.adminJSON(500, "POST", "/reset", `{"snapshot": "base"}`)
	}
	fails = false
	if got := f.adminJSON(200, "GET", "/clock", "")["now"]; got != now || f.response("GET", "/snapshot", "").Body.String() != before {
		t.Errorf("the clock is at %v, was at %v, or the rows are others", got, now)
	}
	f.adminJSON(200, "POST", "/snapshots/base/load", "")
	if got := f.adminJSON(200, "GET", "/clock", "")["now"]; got == now || f.response("GET", "/snapshot", "").Body.String() == before {
		t.Errorf("the control: the clock is at %v", got)
	}
}
