package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"accord/internal/store/engine"
	"accord/test/postgres"
	"accord/test/require"
)

// openPair opens two engines on one database, as two servers do, with the table of openTable.
func openPair(t *testing.T, gated bool) (address string, one, other *postgresEngine) {
	t.Helper()
	address = postgres.URL(t)
	one, other = openOne(t, address), openOne(t, address)
	update(t, one, func(s engine.Session) error {
		for _, table := range []string{`CREATE TABLE facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)`, `CREATE TABLE ` + gate + ` (version_id BIGINT)`} {
			if _, err := s.Exec(table, nil); err != nil {
				return err
			}
		}
		_, err := s.Exec(`INSERT INTO facts (name, value) VALUES ('read by one', 0), ('read by both', 0)`, nil)
		return err
	})
	for _, e := range []*postgresEngine{one, other} {
		e.schema.active.Store(gated)
		e.writers.longAfter = time.Millisecond
		e.pool.Reset()
	}
	return address, one, other
}

// waitingForGate counts, after a moment, the sessions that wait for the gate.
func waitingForGate(t *testing.T, e *postgresEngine) (n int) {
	t.Helper()
	if err := e.start.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pg_locks, pg_sleep(0.01) WHERE relation = CAST($1 AS regclass) AND NOT granted`, gate).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

// TestALongChangeGetsThroughBesideTheWritersOfAnotherServer, who conflict with each of its
// attempts as long as they can: its second attempt is alone. The control has no lock by which
// it could be.
func TestALongChangeGetsThroughBesideTheWritersOfAnotherServer(t *testing.T) {
	for name, c := range map[string]struct{ gated bool }{"as it is": {true}, "control": {false}} {
		t.Run(name, func(t *testing.T) {
			_, one, other := openPair(t, c.gated)
			attempts, made := 0, make(chan error, 10)
			err := one.Update(t.Context(), func(s engine.Session) error {
				attempts++
				// It reads what the other one writes, and writes what that one reads.
				if _, err := number(s, `SELECT value FROM facts WHERE name = 'read by one'`); err != nil {
					return err
				}
				go func() {
					made <- other.Update(context.WithoutCancel(t.Context()), func(s engine.Session) error {
						if _, err := number(s, `SELECT value FROM facts WHERE name = 'read by both'`); err != nil {
							return err
						}
						_, err := s.Exec(`UPDATE facts SET value = value + 1 WHERE name = 'read by one'`, nil)
						return err
					})
				}()
				for len(made) < attempts && waitingForGate(t, one) == 0 {
				}
				_, err := s.Exec(`UPDATE facts SET value = value + 1 WHERE name = 'read by both'`, nil)
				return err
			})
			for range attempts {
				if err := <-made; err != nil {
					t.Errorf("the other server: %v", err)
				}
			}
			if c.gated && (err != nil || attempts != 2) || !c.gated && !isConflict(err) {
				t.Errorf("%d attempts: %v", attempts, err)
			}
			t.Logf("evidence: %s: %d attempts beside a writer of another server, conflicted: %v", name, attempts, isConflict(err))
		})
	}
}

// TestAChangeThatCannotBeAloneGivesUp: a session keeps a transaction, and the writers behind
// the change go on before they give up. The control has nobody to wait for.
func TestAChangeThatCannotBeAloneGivesUp(t *testing.T) {
	require.Long(t)
	address, one, other := openPair(t, true)
	kept := outsider(t, address, "BEGIN", "LOCK TABLE "+gate+" IN ROW EXCLUSIVE MODE")
	waits := make(chan error, 1)
	go func() {
		waits <- one.writers.alone(context.WithoutCancel(t.Context()), func(s engine.Session) error { return insert(s, nameOf(0)) })
	}()
	for waitingForGate(t, one) == 0 {
	}
	update(t, other, func(s engine.Session) error { return insert(s, nameOf(1)) })
	if err := <-waits; codeOf(err) != lockNotAvailable {
		t.Errorf("%v", err)
	}
	if err := kept.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := one.writers.alone(t.Context(), func(s engine.Session) error { return insert(s, nameOf(0)) }); err != nil {
		t.Errorf("the control: %v", err)
	}
	refused := errors.New("refused")
	if err := one.writers.alone(t.Context(), func(engine.Session) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("an error of the change: %v", err)
	}
	wantFacts(t, one, func(i int) bool { return i < 2 }, 2)
}
