package postgres

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestTheLimitHalvesAtAConflictAndGrowsWithout(t *testing.T) {
	var l concurrencyLimit
	pass := func(conflict bool) {
		if err := l.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.release(conflict)
	}
	want := func(limit int) {
		t.Helper()
		if l.limit != limit || l.running != 0 {
			t.Errorf("the limit is %d with %d running, want %d", l.limit, l.running, limit)
		}
	}
	pass(false)
	want(16)
	for _, limit := range []int{8, 4, 2, 1, 1} {
		pass(true)
		want(limit)
	}
	for range increaseAfter - 1 {
		pass(false)
	}
	want(1)
	pass(false)
	want(2)
	for range 2*increaseAfter - 1 {
		pass(false)
	}
	pass(true)
	want(1)
	for range 16 * 16 * increaseAfter {
		pass(false)
	}
	want(16)
}

func TestNoMoreThanTheLimitRun(t *testing.T) {
	l := concurrencyLimit{limit: 2}
	var mu sync.Mutex
	running, most := 0, 0
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if err := l.acquire(t.Context()); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			mu.Lock()
			running--
			mu.Unlock()
			l.release(i%2 == 0)
		})
	}
	all.Wait()
	if most > 2 || l.running != 0 || len(l.waiters) != 0 {
		t.Errorf("%d ran at the same time; in the end %d run, and %d wait", most, l.running, len(l.waiters))
	}
}

func TestACanceledWaiterTakesNoSlot(t *testing.T) {
	l := concurrencyLimit{limit: 1}
	if err := l.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := l.acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting ended with %v", err)
	}
	l.release(false)
	if err := l.acquire(t.Context()); err != nil || l.running != 1 {
		t.Errorf("%v, %d running", err, l.running)
	}
}
