package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"accord/internal/app/apptest"
	"accord/internal/health"
	"accord/test/postgres"
	"accord/test/require"
)

// TestADatabaseThatCannotServeIsUnavailable to clients, with the reason, for each code by
// which PostgreSQL says so; a commit of which it says nothing is unknown. Errors of statements
// are the control. [PostgreSQL: Appendix A]
func TestADatabaseThatCannotServeIsUnavailable(t *testing.T) {
	require.Full(t)
	address := postgres.URL(t)
	f := open(t, apptest.Config(t, "store", address))
	defer f.close()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	run := func(statement string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	const unknown = "the outcome is unknown"
	for _, code := range []struct{ code, want string }{
		{"25006", health.ReadOnly.Text()}, {"42501", health.ReadOnly.Text()},
		{"53000", health.Exhausted.Text()}, {"53200", health.Exhausted.Text()}, {"53300", health.Exhausted.Text()}, {"53400", health.Exhausted.Text()},
		{"53100", health.DiskFull.Text()}, {"55P03", health.Locked.Text()}, {"57014", health.Unreachable.Text()},
		{"58030", health.StorageFailing.Text()}, {"XX001", health.StorageFailing.Text()}, {"XX002", health.StorageFailing.Text()},
		{"57P01", health.Unreachable.Text()}, {"08006", health.Unreachable.Text()}, {"40003", health.Unreachable.Text()},
		{"23514", ""}, {"42804", ""},
		{"53200 at COMMIT", health.Exhausted.Text()}, {"57014 at COMMIT", health.Unreachable.Text()},
		{"57P01 at COMMIT", unknown}, {"08006 at COMMIT", unknown}, {"40003 at COMMIT", unknown},
	} {
		run(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '` + code.code[:5] + `'; END $$ LANGUAGE plpgsql`)
		when := `TRIGGER refuse BEFORE INSERT ON organizations`
		if strings.Contains(code.code, "COMMIT") {
			when = `CONSTRAINT TRIGGER refuse AFTER INSERT ON organizations DEFERRABLE INITIALLY DEFERRED`
		}
		run(`CREATE ` + when + ` FOR EACH ROW EXECUTE FUNCTION refuse()`)
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, request(alice, "CreateOrganization", `{}`))
		body, status := w.Body.String(), http.StatusServiceUnavailable
		if code.want == "" || code.want == unknown {
			status = http.StatusInternalServerError
		}
		if w.Code != status || (w.Header().Get("Retry-After") != "") != (status == http.StatusServiceUnavailable) ||
			status == http.StatusServiceUnavailable && !strings.Contains(body, code.want) || strings.Contains(body, code.code[:5]) {
			t.Errorf("%s: %d %v %s", code.code, w.Code, w.Header(), body)
		}
		run(`DROP TRIGGER refuse ON organizations`)
		if _, exception := f.try(alice, "DescribeOrganization", `{}`); exception != "AWSOrganizationsNotInUseException" {
			t.Errorf("%s: afterwards: %s", code.code, exception)
		}
	}
	f.must(alice, "CreateOrganization", `{}`)
	t.Log("evidence: 12 codes are 503 with Retry-After and the reason, and nothing is there; the control, errors of statements: 500; at COMMIT 3 codes are unknown")
}
