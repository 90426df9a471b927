package postgres

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTransactionsWaitForTheSessionsThatTheDatabaseGrants: all are served by few sessions, one after
// the other, and by all again once there are more. The control has none that others use.
func TestTransactionsWaitForTheSessionsThatTheDatabaseGrants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := places{limit: maxConns}
		granted, inUse, refused, served := 3, 0, 0, 0
		var mu sync.Mutex
		acquire := func() bool {
			mu.Lock()
			defer mu.Unlock()
			if inUse == granted {
				refused++
				return false
			}
			inUse++
			return true
		}
		transaction := func() {
			for {
				if err := p.enter(t.Context()); err != nil {
					t.Error(err)
					return
				}
				if acquire() {
					break
				}
				wait := p.refused()
				p.leave()
				if !wait {
					t.Error("it does not wait for the others")
					return
				}
			}
			time.Sleep(time.Millisecond)
			mu.Lock()
			inUse--
			served++
			mu.Unlock()
			p.leave()
		}
		run := func() {
			var all sync.WaitGroup
			for range 100 {
				all.Go(transaction)
			}
			all.Wait()
		}
		run()
		if served != 100 || refused > maxConns {
			t.Errorf("%d of 100 served, %d times refused", served, refused)
		}
		granted = maxConns
		time.Sleep(maxConns * growAfter)
		before := refused
		run()
		if p.limit != maxConns || refused != before {
			t.Errorf("the limit is %d, %d times refused", p.limit, refused-before)
		}
		granted = 0
		if err := p.enter(t.Context()); err != nil || acquire() || p.refused() {
			t.Error("the control waits for nobody")
		}
		p.leave()
	})
}

// TestAWaitForASessionEndsWithItsContext.
func TestAWaitForASessionEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := places{limit: 1}
		if err := p.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.enter(ctx); err == nil {
			t.Error("it got a place")
		}
		p.leave()
		if err := p.enter(t.Context()); err != nil || p.used != 1 || len(p.waiting) != 0 {
			t.Errorf("%v, %d used, %d wait", err, p.used, len(p.waiting))
		}
	})
}
