package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"accord/internal/store/engine"
	"accord/test/postgres"
)

// openOne returns an engine with one writer at a time.
func openOne(t *testing.T, url string) *postgresEngine {
	t.Helper()
	opened, err := Driver.Open(t.Context(), url, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	e := opened.(*postgresEngine)
	e.writers.limit, e.writers.longAfter = 1, time.Hour
	return e
}

// openTable returns such an engine with a table of named numbers.
func openTable(t *testing.T) *postgresEngine {
	t.Helper()
	e := openOne(t, postgres.URL(t))
	update(t, e, func(s engine.Session) error {
		_, err := s.Exec(`CREATE TABLE facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)`, nil)
		return err
	})
	return e
}

func update(t *testing.T, e engine.Engine, fn func(engine.Session) error) {
	t.Helper()
	if err := e.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// number reads the only number of a query, or 0.
func number(s engine.Session, query string, args ...any) (n int64, err error) {
	rows, err := s.Query(query, args)
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		err = rows.Scan(&n)
	}
	return n, errors.Join(err, rows.Err(), rows.Close())
}

// transaction is the number of the transaction in the database.
func transaction(s engine.Session) (int64, error) {
	return number(s, `SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)`)
}

func insert(s engine.Session, name string) error {
	return s.ExecOneDeferred(`INSERT INTO facts (name, value) VALUES ($1, 1)`, []any{name})
}

func nameOf(i int) string { return fmt.Sprintf("fact %d", i) }

// group makes so many transactions wait for another one, so that they form a group,
// and returns their errors. They run in the order in which they began to wait.
func group(t *testing.T, e *postgresEngine, members int, do func(i int, s engine.Session) error) (errs []error) {
	t.Helper()
	errs = make([]error, members)
	var running sync.WaitGroup
	update(t, e, func(engine.Session) error {
		for i := range members {
			running.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						errs[i] = fmt.Errorf("panic: %v", p)
					}
				}()
				errs[i] = e.Update(t.Context(), func(s engine.Session) error { return do(i, s) })
			})
			awaitQueue(t, e, i+1)
		}
		return nil
	})
	running.Wait()
	return errs
}

// awaitQueue waits until so many transactions wait.
func awaitQueue(t *testing.T, e *postgresEngine, n int) {
	t.Helper()
	for began := time.Now(); queued(e) != n; runtime.Gosched() {
		if time.Since(began) > time.Minute {
			t.Errorf("%d transactions wait, want %d", queued(e), n)
			return
		}
	}
}

func queued(e *postgresEngine) int {
	e.writers.mu.Lock()
	defer e.writers.mu.Unlock()
	return len(e.writers.waiters)
}

// wantFacts checks which of the facts are there.
func wantFacts(t *testing.T, e engine.Engine, want func(i int) bool, of int) {
	t.Helper()
	for i := range of {
		var n int64
		if err := e.View(t.Context(), func(s engine.Session) (err error) {
			n, err = number(s, `SELECT value FROM facts WHERE name = $1`, nameOf(i))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if (n == 1) != want(i) {
			t.Errorf("%s is %d, want it there: %v", nameOf(i), n, want(i))
		}
	}
}

func all(int) bool { return true }

func TestWaitersShareATransaction(t *testing.T) {
	for _, c := range []struct{ size, want int }{{maxGroup, 1}, {20, 1}, {19, 2}, {8, 3}} {
		e := openTable(t)
		e.writers.size = c.size - 1 // It grows by one with the transaction before.
		var transactions [20]int64
		errs := group(t, e, len(transactions), func(i int, s engine.Session) (err error) {
			if err := insert(s, nameOf(i)); err != nil {
				return err
			}
			transactions[i], err = transaction(s)
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		slices.Sort(transactions[:])
		if n := len(slices.Compact(transactions[:])); n != c.want {
			t.Errorf("with groups of %d they took %d transactions, want %d", c.size, n, c.want)
		}
		wantFacts(t, e, all, len(transactions))
	}
}

// TestAMemberSeesWhatWasCommittedBeforeItsCall: it does not join a transaction whose
// snapshot is older.
func TestAMemberSeesWhatWasCommittedBeforeItsCall(t *testing.T) {
	e := openTable(t)
	other := openOne(t, e.pool.Config().ConnString())
	look := func(s engine.Session) (int64, error) {
		return number(s, `SELECT value FROM facts WHERE name = $1`, nameOf(0))
	}
	var late sync.WaitGroup
	update(t, e, func(s engine.Session) error {
		if n, err := look(s); err != nil || n != 0 {
			return fmt.Errorf("found %d, %w", n, err)
		}
		update(t, other, func(s engine.Session) error { return insert(s, nameOf(0)) })
		late.Go(func() {
			if err := e.Update(t.Context(), func(s engine.Session) error {
				n, err := look(s)
				if n != 1 {
					t.Errorf("it does not see the change: %d, %v", n, err)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		awaitQueue(t, e, 1)
		return nil
	})
	late.Wait()
}

var errExpected = errors.New("expected")

// TestAFailedMemberLeavesTheOthers: its own error reaches it alone, its change is not
// made, and those of the others are.
func TestAFailedMemberLeavesTheOthers(t *testing.T) {
	const members, failing = 5, 2
	for name, c := range map[string]struct {
		fail func(s engine.Session) error
		want error
		// runs is how often the others run.
		runs int
	}{
		"its change was deferred": {func(engine.Session) error { return errExpected }, errExpected, 1},
		"its change was sent": {func(s engine.Session) error {
			_, err := transaction(s)
			return errors.Join(errExpected, err)
		}, errExpected, 2},
		"a statement changed nothing": {func(s engine.Session) error {
			return s.ExecOneDeferred(`UPDATE facts SET value = 2 WHERE name = $1`, []any{"none"})
		}, engine.ErrUnchanged, 2},
		"a statement failed": {func(s engine.Session) error {
			_, err := number(s, `SELECT 1 / value FROM missing`)
			return errors.Join(errExpected, err)
		}, errExpected, 2},
		"a failed statement was ignored": {func(s engine.Session) error {
			_, _ = number(s, `SELECT value FROM missing`)
			return nil
		}, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e := openTable(t)
			var runs [members]int
			errs := group(t, e, members, func(i int, s engine.Session) error {
				runs[i]++
				if err := insert(s, nameOf(i)); err != nil {
					return err
				}
				if i == failing {
					return c.fail(s)
				}
				return nil
			})
			for i, err := range errs {
				switch {
				case i == failing:
					if err == nil || c.want != nil && !errors.Is(err, c.want) {
						t.Errorf("the one that failed has %v, want %v", err, c.want)
					}
				case err != nil:
					t.Errorf("%d: %v", i, err)
				case runs[i] > c.runs:
					t.Errorf("%d ran %d times", i, runs[i])
				}
			}
			wantFacts(t, e, func(i int) bool { return i != failing }, members)
		})
	}
}

// TestAConflictIsOneOfTheWholeGroup: also the member that failed by itself has judged
// what was never committed.
func TestAConflictIsOneOfTheWholeGroup(t *testing.T) {
	e := openTable(t)
	other := openOne(t, e.pool.Config().ConnString())
	update(t, e, func(s engine.Session) error { return insert(s, "theirs") })
	set := func(s engine.Session, name string) error {
		return s.ExecOneDeferred(`UPDATE facts SET value = value + 1 WHERE name = $1`, []any{name})
	}
	errs := group(t, e, 4, func(i int, s engine.Session) error {
		switch i {
		case 0:
			_, err := number(s, `SELECT value FROM facts WHERE name = $1`, "theirs")
			update(t, other, func(s engine.Session) error { return set(s, "theirs") })
			return errors.Join(err, set(s, "theirs"))
		case 1:
			return errExpected
		}
		return nil
	})
	for i, err := range errs {
		if !e.Retryable(err) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if e.writers.limit != 1 || e.writers.size != maxGroup/2 {
		t.Errorf("the limit is %d, the size %d", e.writers.limit, e.writers.size)
	}
}

// TestACanceledMemberDoesNotEndItsGroup: a canceled context closes a connection of the
// driver, which would be that of all.
func TestACanceledMemberDoesNotEndItsGroup(t *testing.T) {
	e := openTable(t)
	ctx, cancel := context.WithCancel(t.Context())
	var canceled sync.WaitGroup
	update(t, e, func(engine.Session) error {
		canceled.Go(func() {
			if err := e.Update(ctx, func(s engine.Session) error {
				cancel()
				_, err := number(s, `SELECT value FROM facts WHERE name = $1`, "none")
				return errors.Join(err, insert(s, nameOf(0)))
			}); err != nil {
				t.Errorf("the canceled one: %v", err)
			}
		})
		awaitQueue(t, e, 1)
		return nil
	})
	canceled.Wait()
	wantFacts(t, e, all, 1)
}

func TestACanceledWaiterLeavesTheQueue(t *testing.T) {
	e := openTable(t)
	ctx, cancel := context.WithCancel(t.Context())
	update(t, e, func(engine.Session) error {
		ended := make(chan error)
		go func() { ended <- e.Update(ctx, func(s engine.Session) error { return insert(s, nameOf(0)) }) }()
		awaitQueue(t, e, 1)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting ended with %v", err)
		}
		return nil
	})
	if n := queued(e); n != 0 {
		t.Errorf("%d wait", n)
	}
	wantFacts(t, e, func(int) bool { return false }, 1)
}

// TestABrokenConnectionIsOneOfTheWholeGroup: before COMMIT nothing is there, and nobody
// is made to wait for another connection to break.
func TestABrokenConnectionIsOneOfTheWholeGroup(t *testing.T) {
	e := openTable(t)
	runs := 0
	errs := group(t, e, 3, func(i int, s engine.Session) error {
		runs++
		pid, err := number(s, `SELECT pg_backend_pid()`)
		if err != nil {
			return err
		}
		if runs == 2 {
			if err := e.View(t.Context(), func(s engine.Session) error {
				_, err := number(s, `SELECT CASE WHEN pg_terminate_backend($1, 10000) THEN 1 ELSE 0 END`, int(pid))
				return err
			}); err != nil {
				return err
			}
		}
		_, err = number(s, `SELECT value FROM facts WHERE name = $1`, "none")
		return errors.Join(err, insert(s, nameOf(i)))
	})
	for i, err := range errs {
		if !errors.Is(err, errBroken) || errors.Is(err, engine.ErrUnknown) || e.Retryable(err) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
	wantFacts(t, e, func(int) bool { return false }, 3)
	update(t, e, func(s engine.Session) error { return insert(s, nameOf(0)) })
	wantFacts(t, e, all, 1)
}

// TestABrokenCommitIsUnknownToTheWholeGroup, also to a member that failed by itself.
func TestABrokenCommitIsUnknownToTheWholeGroup(t *testing.T) {
	e := openTable(t)
	var pid int64
	errs := group(t, e, 3, func(i int, s engine.Session) (err error) {
		switch i {
		case 0:
			pid, err = number(s, `SELECT pg_backend_pid()`)
			return errors.Join(err, insert(s, nameOf(0)))
		case 1:
			return errExpected
		}
		return e.View(t.Context(), func(s engine.Session) error {
			_, err := number(s, `SELECT CASE WHEN pg_terminate_backend($1, 10000) THEN 1 ELSE 0 END`, int(pid))
			return err
		})
	})
	for i, err := range errs {
		if !errors.Is(err, engine.ErrUnknown) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
