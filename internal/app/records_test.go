package app_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/journal"
	"accord/test/postgres"
)

// admin sends a request to the admin API and returns the status.
func (f fixture) admin(method, path, body string) int {
	f.t.Helper()
	return f.response(method, path, body).Code
}

// response is the answer of the admin API to a request.
func (f fixture) response(method, path, body string) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8017", "192.0.2.7:4711"
	w := httptest.NewRecorder()
	f.Admin().ServeHTTP(w, r)
	return w
}

// recorded are the records of a journal with a name.
func recorded(t *testing.T, path, name string) []map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found []map[string]any
	for line := range strings.Lines(string(text)) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		if record["eventName"] == name {
			found = append(found, record)
		}
	}
	return found
}

func TestEveryAdminChangeIsRecordedWithItsSender(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	f := open(t, apptest.Config(t, "journal", path, "clock", "virtual"))
	organization := f.must(alice, "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)["Organization"].(map[string]any)["Id"].(string)
	changes := []struct{ method, path, body, name, parameters string }{
		{"POST", "/clock", `{"advance": "1h"}`, "MoveClock", `{"advance":"1h"}`},
		{"POST", "/accounts", `{"id": "444455556666", "email": "jane@example.com", "name": "Jane"}`, "RegisterAccount", `{"email":"****","id":"444455556666","name":"****"}`},
		{"PATCH", "/accounts/444455556666", `{"state": "SUSPENDED"}`, "UpdateAccount", `{"id":"444455556666","state":"SUSPENDED"}`},
		{"DELETE", "/accounts/444455556666/service-linked-role", "", "DeleteServiceLinkedRole", `{"id":"444455556666"}`},
		{"PUT", "/organizations/" + organization + "/quotas", `{"unit-depth": 3}`, "SetQuotas", `{"id":"` + organization + `","unit-depth":3}`},
		{"POST", "/faults", `{"operation": "ListRoots", "exception": "TooManyRequestsException"}`, "AddFault", `{"exception":"TooManyRequestsException","operation":"ListRoots"}`},
		{"DELETE", "/faults/fault-1", "", "RemoveFault", `{"id":"fault-1"}`},
		{"DELETE", "/faults", "", "RemoveFaults", `null`},
		{"POST", "/sweep", `{"olderThan": "0s"}`, "SweepAccounts", `{"olderThan":"0s"}`},
		{"POST", "/snapshots", `{"name": "base", "secrets": false}`, "SaveSnapshot", `{"secrets":false,"snapshot":"base"}`},
		{"POST", "/snapshots/base/load", "", "LoadSnapshot", `{"snapshot":"base"}`},
		{"DELETE", "/snapshots/base", "", "DeleteSnapshot", `{"snapshot":"base"}`},
		{"POST", "/reset", "", "Reset", `null`},
	}
	// More accounts than one transaction of a sweep deletes.
	for n := range 501 {
		f.try(fmt.Sprintf("%012d", 700000000000+n), "DescribeOrganization", "{}")
	}
	for _, c := range changes {
		if status := f.admin(c.method, c.path, c.body); status != 200 {
			t.Errorf("%s %s answers %d", c.method, c.path, status)
		}
	}
	// What is refused, and what only reads, changes nothing.
	f.admin("POST", "/faults", `{"operation": "Nope"}`)
	f.admin("POST", "/clock", `{"set": "yesterday"}`)
	f.admin("PATCH", "/accounts/444455556666", `null`)
	f.admin("GET", "/faults", "")
	f.close()
	for _, c := range changes {
		records := recorded(t, path, c.name)
		if len(records) != 1 {
			t.Errorf("%s: %d records", c.name, len(records))
			continue
		}
		r := records[0]
		parameters, _ := json.Marshal(r["requestParameters"])
		if string(parameters) != c.parameters || r["sourceIPAddress"] != "192.0.2.7" || r["eventSource"] != "accord.admin" ||
			r["userIdentity"].(map[string]any)["principalId"] != "192.0.2.7" || r["journal"].(map[string]any)["sequence"] == nil {
			t.Errorf("%s: %v, parameters %s", c.name, r, parameters)
		}
	}
}

// A change whose record cannot be written is not made.
func TestAnAdminChangeWithoutItsRecordIsNotMade(t *testing.T) {
	fails := false
	a := apptest.Open(t, apptest.Config(t), app.Options{BeforeCommit: func() error {
		if fails {
			return os.ErrClosed
		}
		return nil
	}})
	f := fixture{a, t}
	defer f.close()
	fault := `{"operation": "ListRoots", "exception": "TooManyRequestsException"}`
	if status := f.admin("POST", "/faults", fault); status != 200 {
		t.Fatal(status)
	}
	fails = true
	for _, c := range [][3]string{{"POST", "/faults", fault}, {"DELETE", "/faults/fault-1"}, {"DELETE", "/faults"}, {"POST", "/reset"}} {
		if status := f.admin(c[0], c[1], c[2]); status < 500 {
			t.Errorf("%s %s answers %d", c[0], c[1], status)
		}
	}
	fails = false
	if entries := f.Faults.Entries(); len(entries) != 1 || entries[0].ID != "fault-1" {
		t.Errorf("the faults are %v", entries)
	}
	// The control: the same changes, whose records can be written.
	for _, c := range [][3]string{{"POST", "/faults", fault}, {"DELETE", "/faults/fault-1"}, {"DELETE", "/faults"}, {"POST", "/reset"}} {
		if status := f.admin(c[0], c[1], c[2]); status >= 300 {
			t.Errorf("%s %s answers %d", c[0], c[1], status)
		}
	}
	t.Log("evidence: 4 changes without a record were not made; control, with records: all 4 were")
}

// A reset right after a change, again and again, on each engine. The negative control is
// TestAResetKeepsWhatWaitsForItsSink of package outbox.
func TestAResetLosesNoRecord(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
		"PostgreSQL": func(t *testing.T) string { return postgres.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			f := open(t, apptest.Config(t, "journal", path, "store", url(t)))
			const rounds = 30
			for i := range rounds {
				f.must(alice, "CreateOrganization", `{}`)
				root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"]
				f.must(alice, "TagResource", fmt.Sprintf(`{"ResourceId": %q, "Tags": [{"Key": "round", "Value": "%d"}]}`, root, i))
				if status := f.admin("POST", "/reset", ""); status != 200 {
					t.Fatal(status)
				}
			}
			f.close()
			if tags, resets := recorded(t, path, "TagResource"), recorded(t, path, "Reset"); len(tags) != rounds || len(resets) != rounds {
				t.Errorf("%d changes and %d resets of %d are recorded", len(tags), len(resets), rounds)
			}
			report, err := journal.Verify([]string{path}, nil)
			if err != nil || report.Problems != nil {
				t.Errorf("%+v, %v", report, err)
			}
			t.Logf("evidence: %d changes, each followed by a reset: 0 missing in the journal, sequences 1 to %d without a gap", rounds, report.Last)
		})
	}
}

// The folder of the journal is gone, and reads go on: what does not fit into memory is
// counted. The negative control is the same load with a journal that can be written.
func TestRecordsThatAreLostAreCounted(t *testing.T) {
	lost := func(remove bool) string {
		folder := filepath.Join(t.TempDir(), "journals")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		f := open(t, apptest.Config(t, "journal", filepath.Join(folder, "journal.ndjson")))
		defer apptest.Close(t, f.App)
		if remove {
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
		}
		// An answer of the validation, whose record holds the request.
		long := `{"ResourceId": "` + strings.Repeat("x", 90<<10) + `"}`
		for n := range 100 {
			f.try(alice, "ListTagsForResource", long)
			if !remove && n%20 == 0 {
				eventually(t, "the record", func() bool {
					info, err := os.Stat(filepath.Join(folder, "journal.ndjson"))
					return err == nil && info.Size() > int64(n*len(long))
				})
			}
		}
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Host = "127.0.0.1:8017"
		w := httptest.NewRecorder()
		f.Admin().ServeHTTP(w, r)
		for line := range strings.Lines(w.Body.String()) {
			if value, is := strings.CutPrefix(line, "accord_unrecorded_calls_total "); is {
				return strings.TrimSpace(value)
			}
		}
		return "no metric"
	}
	without, control := lost(true), lost(false)
	if without == "0" || without == "no metric" || control != "0" {
		t.Errorf("counted %s without a folder, %s with it", without, control)
	}
	t.Logf("evidence: 100 calls without a folder for the journal: %s counted as lost; control, with the folder: %s", without, control)
}
