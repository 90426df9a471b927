package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestTheGateHalvesWithEachConflictAndOpensInCalm(t *testing.T) {
	var g gate
	pass := func(conflict bool) {
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.leave(conflict)
	}
	want := func(limit int) {
		t.Helper()
		if g.limit != limit || g.inside != 0 {
			t.Errorf("the limit is %d with %d inside, want %d", g.limit, g.inside, limit)
		}
	}
	pass(false)
	want(16)
	for _, limit := range []int{8, 4, 2, 1, 1} {
		pass(true)
		want(limit)
	}
	for range patience - 1 {
		pass(false)
	}
	want(1)
	pass(false)
	want(2)
	for range 2*patience - 1 {
		pass(false)
	}
	pass(true)
	want(1)
	for range 16 * 16 * patience {
		pass(false)
	}
	want(16)
}

func TestTheGateLetsInNoMoreThanItsLimit(t *testing.T) {
	g := gate{limit: 2}
	var mu sync.Mutex
	inside, most := 0, 0
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if err := g.enter(t.Context()); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			mu.Lock()
			inside--
			mu.Unlock()
			g.leave(i%2 == 0)
		})
	}
	all.Wait()
	if most > 2 || g.inside != 0 || len(g.waiting) != 0 {
		t.Errorf("%d were inside at the same time; in the end %d are, and %d wait", most, g.inside, len(g.waiting))
	}
}

func TestWhoGivesUpAtTheGateTakesNobodysPlace(t *testing.T) {
	g := gate{limit: 1}
	if err := g.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := g.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting ended with %v", err)
	}
	g.leave(false)
	if err := g.enter(t.Context()); err != nil || g.inside != 1 {
		t.Errorf("%v, %d inside", err, g.inside)
	}
}
