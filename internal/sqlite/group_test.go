package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// open returns a file with a table of named values.
func open(t *testing.T) *DB { return openFile(t, file(t)) }

func openFile(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(path, Options{Pragmas: []string{"journal_mode(WAL)", "synchronous(OFF)", "foreign_keys(1)"}, Readers: 4, Guarded: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return db
}

// upsert writes a value.
func upsert(c *Conn, name, value string) error {
	_, err := c.Exec(`INSERT INTO facts (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []any{name, value})
	return err
}

// read returns a value, or the empty text.
func read(c *Conn, name string) (value string, err error) {
	rows, err := c.Query(`SELECT value FROM facts WHERE name = $1`, []any{name})
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		return value, rows.Scan(&value)
	}
	return "", rows.Err()
}

func set(t *testing.T, db *DB, name, value string) {
	t.Helper()
	if err := db.Update(t.Context(), func(c *Conn) error { return upsert(c, name, value) }); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, db *DB, name string) (value string) {
	t.Helper()
	if err := db.View(t.Context(), func(c *Conn) (err error) {
		value, err = read(c, name)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return value
}

// group makes a leader wait until so many waiters queue, which then run what they are
// given. It returns the errors; the leader's is the last.
func group(t *testing.T, db *DB, waiters int, leader func(*Conn) error, do func(i int, c *Conn) error) (errs []error) {
	t.Helper()
	errs = make([]error, waiters+1)
	entered := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		errs[waiters] = db.Update(t.Context(), func(c *Conn) error {
			close(entered)
			for began := time.Now(); time.Since(began) < time.Minute; runtime.Gosched() {
				db.writer.mu.Lock()
				n := len(db.writer.waiters)
				db.writer.mu.Unlock()
				if n == waiters {
					return leader(c)
				}
			}
			return errors.New("the others do not wait")
		})
	})
	<-entered
	for i := range waiters {
		all.Go(func() { errs[i] = db.Update(t.Context(), func(c *Conn) error { return do(i, c) }) })
	}
	all.Wait()
	return errs
}

func nothing(*Conn) error { return nil }

func nameOf(i int) string { return fmt.Sprintf("fact %d", i) }

func insert(i int, c *Conn) error { return upsert(c, nameOf(i), "there") }

func TestWaitersShareACommit(t *testing.T) {
	db := open(t)
	before := db.Commits()
	for i, err := range group(t, db, 20, nothing, insert) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := db.Commits() - before; n != 1 {
		t.Errorf("21 transactions took %d commits", n)
	}
	for i := range 20 {
		if got := get(t, db, nameOf(i)); got != "there" {
			t.Errorf("%d is %q", i, got)
		}
	}
}

func TestAGroupIsBounded(t *testing.T) {
	db := open(t)
	before := db.Commits()
	group(t, db, 2*maxGroup, nothing, insert)
	if n := db.Commits() - before; n != 3 {
		t.Errorf("%d transactions took %d commits", 2*maxGroup+1, n)
	}
}

// TestAnErrorOfAMemberDoesNotTouchTheOthers: also one of the leader, which began the
// transaction of the file.
func TestAnErrorOfAMemberDoesNotTouchTheOthers(t *testing.T) {
	refusal := errors.New("refused")
	for name, leader := range map[string]func(*Conn) error{
		"the leader succeeds": nothing,
		"the leader fails": func(c *Conn) error {
			if err := upsert(c, "leader", "there"); err != nil {
				return err
			}
			return refusal
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			errs := group(t, db, 9, leader, func(i int, c *Conn) error {
				// It sees what the one before wrote, unless that one failed.
				if err := insert(i, c); err != nil {
					return err
				}
				if i%3 == 0 {
					return refusal
				}
				return upsert(c, "common", fmt.Sprint(i))
			})
			for i := range 9 {
				failed, there := i%3 == 0, get(t, db, nameOf(i)) != ""
				if errors.Is(errs[i], refusal) != failed || there == failed {
					t.Errorf("%d returned %v, and what it wrote is there: %t", i, errs[i], there)
				}
			}
			if got := get(t, db, "leader"); got != "" {
				t.Errorf("what the leader wrote is there: %q", got)
			}
			if get(t, db, "common") == "" {
				t.Error("what several wrote is not there")
			}
		})
	}
}

// TestAFailedMemberReturnsAfterTheCommit: it has seen what others wrote, and nobody
// may learn of that before it is durable.
func TestAFailedMemberReturnsAfterTheCommit(t *testing.T) {
	db := open(t)
	errs := group(t, db, 2, func(c *Conn) error { return upsert(c, "a", "1") }, func(i int, c *Conn) error {
		value, err := read(c, "a")
		if err != nil || value != "1" {
			t.Errorf("the group has %q, %v", value, err)
		}
		return errors.New("refused for " + value)
	})
	for i, err := range errs[:2] {
		if err == nil || get(t, db, "a") != "1" {
			t.Errorf("%d returned %v before the commit", i, err)
		}
	}
}

// TestALostTransactionFailsItsGroup: nobody returns success, and the next transaction
// begins anew.
func TestALostTransactionFailsItsGroup(t *testing.T) {
	db := open(t)
	errs := group(t, db, 3, func(c *Conn) error { return upsert(c, "leader", "there") }, func(i int, c *Conn) error {
		if err := insert(i, c); err != nil || i != 2 {
			return err
		}
		// As SQLite does by itself after some errors of the machine.
		if err := c.control("ROLLBACK"); err != nil {
			return err
		}
		return errors.New("the disk is full")
	})
	for i, err := range errs {
		there := get(t, db, nameOf(i)) != ""
		if i == len(errs)-1 {
			there = get(t, db, "leader") != ""
		}
		if (err == nil) != there {
			t.Errorf("%d returned %v, and what it wrote is there: %t", i, err, there)
		}
	}
	if errs[2] == nil {
		t.Error("the member that lost the transaction returned success")
	}
	set(t, db, "after", "there")
	if got := get(t, db, "after"); got != "there" {
		t.Errorf("the next transaction left %q", got)
	}
}

// TestAFailedCommitIsUnknownToItsGroup: a deferred constraint makes COMMIT fail.
func TestAFailedCommitIsUnknownToItsGroup(t *testing.T) {
	db := open(t)
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`CREATE TABLE parts (whole TEXT REFERENCES facts (name) DEFERRABLE INITIALLY DEFERRED)`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	refusal := errors.New("refused")
	errs := group(t, db, 3, nothing, func(i int, c *Conn) error {
		if i == 1 {
			return refusal
		}
		_, err := c.Exec(`INSERT INTO parts VALUES ($1)`, []any{"absent"})
		return err
	})
	for i, err := range errs {
		if want := map[bool]error{true: refusal, false: ErrCommit}[i == 1]; !errors.Is(err, want) {
			t.Errorf("%d returned %v, want %v", i, err, want)
		}
	}
	set(t, db, "after", "there")
}

// TestAPanicReachesTheCaller, wherever the closure ran, and fails no other transaction.
func TestAPanicReachesTheCaller(t *testing.T) {
	db := open(t)
	panics := func(fn func()) (value any) {
		defer func() { value = recover() }()
		fn()
		return nil
	}
	var all sync.WaitGroup
	values := make([]any, 40)
	for i := range values {
		all.Go(func() {
			values[i] = panics(func() {
				_ = db.Update(t.Context(), func(c *Conn) error {
					if err := upsert(c, nameOf(100+i), "there"); err != nil {
						return err
					}
					if i%2 == 0 {
						panic(i)
					}
					return nil
				})
			})
		})
	}
	all.Wait()
	for i, value := range values {
		there := get(t, db, nameOf(100+i)) != ""
		if i%2 == 0 && (value != i || there) || i%2 == 1 && (value != nil || !there) {
			t.Errorf("%d panicked with %v, and what it wrote is there: %t", i, value, there)
		}
	}
}

// TestCanceledWaitersDoNotBlockOthers: a waiter can give up at any moment, and the others
// return.
func TestCanceledWaitersDoNotBlockOthers(t *testing.T) {
	db := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n%7)*50*time.Microsecond)
				if i%2 == 0 {
					ctx = t.Context()
				}
				name := fmt.Sprintf("%d %d", i, n)
				err := db.Update(ctx, func(c *Conn) error { return upsert(c, name, "there") })
				if there := get(t, db, name) != ""; there != (err == nil) {
					t.Errorf("%s: %v, and it is there: %t", name, err, there)
				}
				cancel()
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		all.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("a transaction waits for ever")
	}
}
