package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"accord/internal/health"
	"accord/internal/store/engine"
	"accord/test/postgres"
	"accord/test/require"
)

// raise is a statement that fails with a code.
func raise(code string) string {
	return fmt.Sprintf(`DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '%s'; END $$`, code)
}

// TestADatabaseThatCannotServeIsNotReady: the codes by which it says so, and none of those
// by which it judges a statement. [PostgreSQL: Appendix A]
func TestADatabaseThatCannotServeIsNotReady(t *testing.T) {
	e := openOne(t, postgres.URL(t))
	for code, want := range map[string]health.Reason{
		"08006": health.Unreachable, "25006": health.ReadOnly, "25P03": health.Unreachable,
		"53000": health.Exhausted, "53100": health.DiskFull, "53200": health.Exhausted, "53300": health.Exhausted, "53400": health.Exhausted,
		"55P03": health.Locked, "57014": health.Unreachable, "57P01": health.Unreachable, "57P03": health.Unreachable, "57P05": health.Unreachable,
		"58000": health.StorageFailing, "58030": health.StorageFailing, "XX001": health.StorageFailing, "XX002": health.StorageFailing,
		"42501": health.ReadOnly, "28P01": health.Unreachable, "3D000": health.Unreachable, "42P01": health.Incomplete, "42703": health.Incomplete, "3F000": health.Incomplete,
		"40001": "", "40P01": "", "23505": "", "42601": "", "22012": "", "XX000": "",
	} {
		do := func(s engine.Session) error {
			_, err := s.Exec(raise(code), nil)
			return err
		}
		for name, run := range map[string]func(context.Context, func(engine.Session) error) error{"Update": e.Update, "View": e.View} {
			err := run(t.Context(), do)
			if err == nil {
				t.Errorf("%s: %s succeeded", code, name)
				continue
			}
			var reason health.Reason
			if found := health.NotReadyIn(err); found != nil {
				reason = found.Reason
				if found.Cure == "" {
					t.Errorf("%s: no cure", code)
				}
			}
			if reason != want {
				t.Errorf("%s: %s is %q, want %q: %v", code, name, reason, want, err)
			}
			if errors.Is(err, engine.ErrUnknown) {
				t.Errorf("%s: %s is unknown before a commit", code, name)
			}
		}
	}
}

// outsider is a session of another program, with a transaction that it keeps.
func outsider(t *testing.T, url, begin string, statements ...string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url+"&application_name=outsider")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	for _, s := range append([]string{begin}, statements...) {
		if _, err := c.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// waitForARow lets a change wait for a row that another session keeps, and others behind it.
// release is called when all wait.
func waitForARow(t *testing.T, parameters string, behind int, release func(*pgx.Conn)) (*postgresEngine, []error) {
	t.Helper()
	url := postgres.URL(t)
	e := openOne(t, url+parameters)
	update(t, e, func(s engine.Session) error {
		if _, err := s.Exec(`CREATE TABLE facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)`, nil); err != nil {
			return err
		}
		return insert(s, "kept")
	})
	keeper := outsider(t, url, "BEGIN", "UPDATE facts SET value = 2 WHERE name = 'kept'")
	var all sync.WaitGroup
	errs := make([]error, 1+behind)
	began := make(chan struct{})
	all.Go(func() {
		errs[0] = e.Update(t.Context(), func(s engine.Session) error {
			close(began)
			_, err := s.Exec(`UPDATE facts SET value = 3 WHERE name = 'kept'`, nil)
			return err
		})
	})
	<-began
	for i := range behind {
		all.Go(func() {
			errs[1+i] = e.Update(t.Context(), func(s engine.Session) error { return insert(s, nameOf(i)) })
		})
		awaitQueue(t, e, i+1)
	}
	release(keeper)
	all.Wait()
	return e, errs
}

// TestAChangeThatWaitsForARowFailsWithThoseBehindIt, once, and names the session that keeps
// the row. The control has no lock_timeout: nothing fails for as long as the row is kept.
func TestAChangeThatWaitsForARowFailsWithThoseBehindIt(t *testing.T) {
	require.Full(t)
	const behind = 3
	e, errs := waitForARow(t, "&lock_timeout=1500ms", behind, func(*pgx.Conn) {})
	for i, err := range errs {
		found := health.NotReadyIn(err)
		if found == nil || found.Reason != health.Locked {
			t.Errorf("%d: %v", i, err)
		} else if i == 0 && (!strings.Contains(found.Cure, `application "outsider"`) || !strings.Contains(found.Cure, "SELECT pg_terminate_backend(")) {
			t.Errorf("the cure does not name the session: %s", found.Cure)
		}
	}
	wantFacts(t, e, func(int) bool { return false }, behind)

	_, errs = waitForARow(t, "&lock_timeout=0", behind, func(keeper *pgx.Conn) {
		// For longer than the timeout of the test.
		for _, statement := range []string{"SELECT pg_sleep(2)", "COMMIT"} {
			if _, err := keeper.Exec(t.Context(), statement); err != nil {
				t.Error(err)
			}
		}
	})
	failed := 0
	for _, err := range errs {
		// The row was changed after the change had begun.
		if err != nil && !isConflict(err) {
			failed++
		}
	}
	if failed > 0 {
		t.Errorf("the control: %d changes failed without a timeout: %v", failed, errs)
	}
	t.Logf("evidence: 1 change waited for a row, and %d behind it failed with it; the session is named; without a timeout %d failed for as long as it was kept", behind, failed)
}

// openUnreplicated opens an engine on a primary whose only standby does not exist, and
// cancels the waits of its commits, as an administrator or a driver does.
func openUnreplicated(t *testing.T) *postgresEngine {
	t.Helper()
	require.That(t, postgres.Available(), "PostgreSQL: its programs initdb and postgres")
	server, err := postgres.Start("", "fsync=off", "full_page_writes=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	e := openOne(t, server.URL())
	update(t, e, func(s engine.Session) error {
		_, err := s.Exec(`CREATE TABLE facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)`, nil)
		return err
	})
	c := outsider(t, server.URL(), "ALTER SYSTEM SET synchronous_standby_names = 'absent'", "SELECT pg_reload_conf()")
	done := make(chan struct{})
	var canceling sync.WaitGroup
	canceling.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				_, _ = c.Exec(context.Background(), `SELECT pg_cancel_backend(pid), pg_sleep(0.01) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
			}
		}
	})
	t.Cleanup(func() { close(done); canceling.Wait() })
	return e
}

// TestACommitThatReachedNoStandbyIsUnknown: PostgreSQL answers it with success and a warning
// when the wait for the standby is canceled, and a failover would lose it.
func TestACommitThatReachedNoStandbyIsUnknown(t *testing.T) {
	require.Full(t)
	e := openUnreplicated(t)
	// The setting takes effect in each session at its next statement.
	for acknowledged := true; acknowledged; {
		acknowledged = e.Update(t.Context(), func(s engine.Session) error {
			_, err := s.Exec(`INSERT INTO facts (name, value) VALUES ('before', 1) ON CONFLICT (name) DO UPDATE SET value = facts.value + 1`, nil)
			return err
		}) == nil
	}
	const members = 5
	errs := make([]error, members)
	var all sync.WaitGroup
	for i := range members {
		all.Go(func() {
			errs[i] = e.Update(t.Context(), func(s engine.Session) error { return insert(s, nameOf(i)) })
		})
	}
	all.Wait()
	for i, err := range errs {
		if !errors.Is(err, engine.ErrUnknown) || health.NotReadyIn(err) == nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	wantFacts(t, e, func(int) bool { return true }, members)

	// The control looks at no notice, as drivers do.
	c := e.pool.Config()
	c.ConnConfig.OnNotice = nil
	conn, err := pgx.ConnectConfig(t.Context(), c.ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	acknowledged := 0
	for i := range members {
		if _, err := conn.Exec(t.Context(), `INSERT INTO facts (name, value) VALUES ($1, 1)`, "control "+nameOf(i)); err == nil {
			acknowledged++
		}
	}
	if acknowledged != members {
		t.Errorf("the control acknowledged %d of %d", acknowledged, members)
	}
	t.Logf("evidence: %d commits that no standby had were unknown, and 0 acknowledged; without a look at the warning %d of %d were acknowledged",
		members, acknowledged, members)
}
