package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// crowd holds the connection that writes until so many others wait for it, who
// then do what they are given, each in a transaction of its own. It returns what
// each was told.
func crowd(t *testing.T, s *Store, others int, first func(*Tx) error, do func(i int, tx *Tx) error) (told []error) {
	t.Helper()
	e := s.engine.(*sqliteEngine)
	told = make([]error, others+1)
	entered := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		told[others] = s.Update(t.Context(), func(tx *Tx) error {
			close(entered)
			for began := time.Now(); time.Since(began) < time.Minute; runtime.Gosched() {
				e.turns.mu.Lock()
				n := len(e.turns.waiting)
				e.turns.mu.Unlock()
				if n == others {
					return first(tx)
				}
			}
			return errors.New("the others do not wait")
		})
	})
	<-entered
	for i := range others {
		all.Go(func() { told[i] = s.Update(t.Context(), func(tx *Tx) error { return do(i, tx) }) })
	}
	all.Wait()
	return told
}

func nothing(*Tx) error { return nil }

func factOf(i int) FactName { return FactName(fmt.Sprintf("fact %d", i)) }

func TestWaitersShareACommit(t *testing.T) {
	s := openForStatements(t, "sqlite:"+filepath.Join(t.TempDir(), "accord.db"))
	e := s.engine.(*sqliteEngine)
	before := e.changes.Load()
	for i, err := range crowd(t, s, 20, nothing, func(i int, tx *Tx) error { return tx.UpsertFact(factOf(i), "there") }) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := e.changes.Load() - before; n != 1 {
		t.Errorf("21 transactions took %d commits", n)
	}
	for i := range 20 {
		if got := lookFor(s, t, factOf(i)); got != "there" {
			t.Errorf("%d is %q", i, got)
		}
	}
}

func TestAGroupIsBounded(t *testing.T) {
	s := openForStatements(t, "memory")
	e := s.engine.(*sqliteEngine)
	before := e.changes.Load()
	crowd(t, s, 2*together, nothing, func(i int, tx *Tx) error { return tx.UpsertFact(factOf(i), "there") })
	if n := e.changes.Load() - before; n != 3 {
		t.Errorf("%d transactions took %d commits", 2*together+1, n)
	}
}

// TestWhoFailsInAGroupFailsAlone: also the first, with whom the transaction of the
// file begins.
func TestWhoFailsInAGroupFailsAlone(t *testing.T) {
	refusal := errors.New("refused")
	for name, first := range map[string]func(*Tx) error{
		"the first succeeds": nothing,
		"the first fails": func(tx *Tx) error {
			if err := tx.UpsertFact("first", "there"); err != nil {
				return err
			}
			return refusal
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openForStatements(t, "memory")
			told := crowd(t, s, 9, first, func(i int, tx *Tx) error {
				// What the one before wrote is seen, unless that one failed.
				if err := tx.UpsertFact(factOf(i), "there"); err != nil {
					return err
				}
				if i%3 == 0 {
					return refusal
				}
				return tx.UpsertFact("common", fmt.Sprint(i))
			})
			for i := range 9 {
				failed, there := i%3 == 0, lookFor(s, t, factOf(i)) != ""
				if errors.Is(told[i], refusal) != failed || there == failed {
					t.Errorf("%d was told %v, and what it wrote is there: %t", i, told[i], there)
				}
			}
			if got := lookFor(s, t, "first"); got != "" {
				t.Errorf("what the first wrote is there: %q", got)
			}
			if lookFor(s, t, "common") == "" {
				t.Error("what several wrote is not there")
			}
		})
	}
}

// TestATransactionThatTheStoreGivesUpTakesItsGroupWithIt: nobody is told of
// success, and the next one begins anew.
func TestATransactionThatTheStoreGivesUpTakesItsGroupWithIt(t *testing.T) {
	s := openForStatements(t, "memory")
	told := crowd(t, s, 3, func(tx *Tx) error { return tx.UpsertFact("first", "there") }, func(i int, tx *Tx) error {
		if err := tx.UpsertFact(factOf(i), "there"); err != nil || i != 2 {
			return err
		}
		// As the library does by itself when the machine fails it.
		if _, err := tx.session.exec("ROLLBACK", nil); err != nil {
			return err
		}
		return errors.New("the disk is full")
	})
	for i, err := range told {
		there := lookFor(s, t, factOf(i)) != ""
		if i == len(told)-1 {
			there = lookFor(s, t, "first") != ""
		}
		if (err == nil) != there {
			t.Errorf("%d was told %v, and what it wrote is there: %t", i, err, there)
		}
	}
	if told[2] == nil {
		t.Error("who lost the transaction was told of success")
	}
	setFact(s, t, "after", "there")
	if got := lookFor(s, t, "after"); got != "there" {
		t.Errorf("the next transaction left %q", got)
	}
}

// TestWaitersThatGiveUpHoldNobodyUp: whoever goes away, at whatever moment, the
// others are answered.
func TestWaitersThatGiveUpHoldNobodyUp(t *testing.T) {
	s := openForStatements(t, "memory")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n%7)*50*time.Microsecond)
				if i%2 == 0 {
					ctx = t.Context()
				}
				name := FactName(fmt.Sprintf("%d %d", i, n))
				err := s.Update(ctx, func(tx *Tx) error { return tx.UpsertFact(name, "there") })
				if there := lookFor(s, t, name) != ""; there != (err == nil) {
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
		t.Fatal("somebody waits for ever")
	}
}
