package durability_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// TestAReadOnlyDatabaseRefusesChangesAndLosesNone: default_transaction_read_only is switched
// on under a server, as by an operator or before a failover, and off again.
func TestAReadOnlyDatabaseRefusesChangesAndLosesNone(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, postgres.Throwaway...)
	s := process.Start(t, "--store", server.URL(), "--quota", "units-per-organization=unlimited")
	set := func(value string) func() {
		return func() {
			c, err := pgx.Connect(t.Context(), server.URL())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close(t.Context()) }()
			for _, statement := range []string{"SET default_transaction_read_only = off", "ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()"} {
				if _, err := c.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	episode(t, s, "read-only", set("on"), set("off"))
}

// TestALockOfAnotherProgramIsNotReady: another program opens the file of the store and keeps
// its write lock for longer than a change waits. The control is the same server before and
// after.
func TestALockOfAnotherProgramIsNotReady(t *testing.T) {
	require.Long(t)
	t.Parallel()
	path := filepath.Join(t.TempDir(), "accord.db")
	s := process.Start(t, "--store", "sqlite:"+path)
	c := startChanging(t, s.Client(manager))
	if status := c.change(); status != http.StatusOK {
		t.Fatalf("the control, before: %d", status)
	}
	awaitReady(t, s, http.StatusOK)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if status := c.change(); status != http.StatusServiceUnavailable {
		t.Errorf("while the lock is held: %d", status)
	}
	waited := time.Since(began)
	if body := awaitReady(t, s, http.StatusServiceUnavailable); !strings.Contains(body, "locked") {
		t.Errorf("/readyz: %s", body)
	}
	c.roots()
	if _, err := holder.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, s, http.StatusOK)
	if status := c.change(); status != http.StatusOK {
		t.Errorf("the control, afterwards: %d", status)
	}
	if lost := c.lost(); lost > 0 {
		t.Errorf("%d of %d acknowledged changes are lost", lost, len(c.acknowledged))
	}
	t.Logf("evidence: a change was refused with 503 after %v and /readyz with the reason while the lock was held, reads went on, lost 0, ready again", waited.Round(time.Second))
}
