package store

import (
	"context"
	"slices"
	"sync"
)

// gate bounds how many transactions of this server write at the same time.
//
// The database keeps serialisable transactions apart by the pages that they read,
// and in small tables all read the same few: then those that write together make
// each other fail, and each does its work several times. In large tables they
// rarely meet. The bound follows what happens: half of it goes with each conflict,
// and it grows again while there is none.
type gate struct {
	mu            sync.Mutex
	limit, inside int
	// calm counts the transactions since the last conflict or growth.
	calm    int
	waiting []chan struct{}
}

const (
	// widest is the bound where there is never a conflict, and at the start.
	widest = 16
	// patience is how many transactions of each that may enter have to be calm before
	// one more may.
	patience = 32
)

// enter waits until one more may write.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	if g.limit == 0 {
		g.limit = widest
	}
	if g.inside < g.limit {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, turn); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	} else {
		// The turn came at the same moment: it is for the next one.
		g.inside--
		g.admit()
	}
	return ctx.Err()
}

// leave ends one transaction, and says whether it lost against others.
func (g *gate) leave(conflict bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	switch g.calm++; {
	case conflict:
		g.limit, g.calm = max(1, g.limit/2), 0
	case g.calm >= patience*g.limit && g.limit < widest:
		g.limit, g.calm = g.limit+1, 0
	}
	g.admit()
}

// admit lets those in for whom there is room.
func (g *gate) admit() {
	for g.inside < g.limit && len(g.waiting) > 0 {
		close(g.waiting[0])
		g.waiting = slices.Delete(g.waiting, 0, 1)
		g.inside++
	}
}
