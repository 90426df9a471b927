package app_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/health"
	"accord/internal/telemetry"
)

// inSource are the texts that the first group of an expression matches in files of the program.
func inSource(t *testing.T, pattern string, files ...string) (all []string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			all = append(all, match[1])
		}
	}
	if len(all) == 0 {
		t.Fatalf("nothing matches %s: the search is broken", pattern)
	}
	return all
}

// TestEveryLabelMoves: an alert on a value of a label that nothing produces never fires. The
// values are those of the code: a further one has to be moved here. Names of operations and
// exceptions are left out, which come from the interface model. The control is a server at
// rest, which has none of the series that count.
func TestEveryLabelMoves(t *testing.T) {
	admin := func(path string, change func(header map[string][]string), host string) func(f *metricsFixture) {
		return func(f *metricsFixture) {
			r := httptest.NewRequest("GET", path, nil)
			r.Host = host
			if change != nil {
				change(r.Header)
			}
			f.Admin().ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	fault := func(spec string) func(f *metricsFixture) {
		return func(f *metricsFixture) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/faults", strings.NewReader(spec))
			r.Host = "127.0.0.1:8017"
			r.Header.Set("Authorization", "Bearer "+adminToken)
			f.Admin().ServeHTTP(w, r)
			if w.Code >= 300 {
				f.t.Errorf("adding a fault: %d %s", w.Code, w.Body)
			}
			func() {
				defer func() { _ = recover() }() // The connection is cut.
				f.API().ServeHTTP(httptest.NewRecorder(), request(alice, "ListRoots", `{}`))
			}()
		}
	}
	type series struct {
		name string
		move func(f *metricsFixture)
	}
	var all []series
	for _, reason := range inSource(t, `s\.refuse\(r, "([a-z]+)"\)`, "../admin/routes.go") {
		move := map[string]func(f *metricsFixture){
			"page":  admin("/info", nil, "evil.example"),
			"token": admin("/info", nil, "127.0.0.1:8017"),
		}[reason]
		all = append(all, series{`accord_admin_requests_refused_total{reason="` + reason + `"}`, move})
	}
	for _, reason := range inSource(t, `Reason = "([a-z-]+)"`, "../health/notready.go") {
		move := failing(&health.NotReady{Reason: health.Reason(reason)})
		all = append(all, series{`accord_not_ready_errors_total{reason="` + reason + `"}`, move}, series{`accord_not_ready{reason="` + reason + `"}`, move})
	}
	for _, check := range inSource(t, `Name: "([a-z-]+)"`, "../readiness/readiness.go") {
		if check == "sessions" {
			continue // Only on PostgreSQL: internal/store/postgres, watch_test.go.
		}
		all = append(all, series{`accord_check_status{check="` + check + `"}`, func(f *metricsFixture) { f.admin("GET", "/readyz", "") }})
	}
	for outcome, move := range map[string]func(f *metricsFixture){
		telemetry.Success: func(f *metricsFixture) { f.try(alice, "CreateOrganization", `{}`) },
		telemetry.Cut:     fault(`{"operation": "ListRoots", "cut": "before"}`),
		telemetry.Gone: func(f *metricsFixture) {
			fault(`{"operation": "ListAccounts", "delay": "30s"}`)(f)
			ctx, cancel := context.WithCancel(f.t.Context())
			cancel()
			f.API().ServeHTTP(httptest.NewRecorder(), request(alice, "ListAccounts", `{}`).WithContext(ctx))
		},
		"AWSOrganizationsNotInUseException": func(f *metricsFixture) { f.try(alice, "ListRoots", `{}`) },
	} {
		operation := "ListRoots"
		switch outcome {
		case telemetry.Success:
			operation = "CreateOrganization"
		case telemetry.Gone:
			operation = "ListAccounts"
		}
		all = append(all, series{`accord_calls_total{operation="` + operation + `",outcome="` + outcome + `",service="organizations"}`, move})
	}
	open := func(t *testing.T) *metricsFixture {
		folder := t.TempDir()
		path := filepath.Join(folder, "token")
		if err := os.WriteFile(path, []byte(adminToken+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		f := &metricsFixture{folder: folder}
		c := apptest.Config(t, "journal", filepath.Join(folder, "journal.ndjson"), "admin-token-file", path)
		f.fixture = fixture{apptest.Open(t, c, app.Options{Start: start, BeforeCommit: f.beforeCommit}), t}
		return f
	}
	value := func(f *metricsFixture, name string) string {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Host = "127.0.0.1:8017"
		r.Header.Set("Authorization", "Bearer "+adminToken)
		f.Admin().ServeHTTP(w, r)
		for line := range strings.Lines(w.Body.String()) {
			if rest, is := strings.CutPrefix(line, name+" "); is {
				return strings.TrimSpace(rest)
			}
		}
		return ""
	}
	control := open(t)
	defer control.close()
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			if s.move == nil {
				t.Fatal("nothing moves it")
			}
			f := open(t)
			if before := value(f, s.name); before != "" && before != "0" {
				t.Errorf("before it is %s", before)
			}
			s.move(f)
			eventually(t, s.name, func() bool { return value(f, s.name) != "" })
			if isCheck := strings.HasPrefix(s.name, "accord_check_status"); !isCheck && value(control, s.name) != "" {
				t.Errorf("the control has it: %s", value(control, s.name))
			}
			f.fail()
			f.close()
		})
	}
	t.Logf("evidence: %d series of labels moved, each by what it counts; a server at rest has none of those that count", len(all))
}

const adminToken = "0123456789abcdef0123456789abcdef"
