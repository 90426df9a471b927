package postgres

import (
	"context"
	"slices"
	"sync"
)

// concurrencyLimit bounds how many transactions of this server write at the same
// time. The bound follows the conflicts (AIMD: additive increase, multiplicative
// decrease).
//
// The database detects conflicts by the pages that a serializable transaction reads,
// and in small tables all transactions read the same few pages: concurrent writers
// fail each other and repeat their work. In large tables they rarely meet.
type concurrencyLimit struct {
	mu             sync.Mutex
	limit, running int
	// successes counts the transactions since the last conflict or increase.
	successes int
	waiters   []chan struct{}
}

const (
	// maxWriters is the limit at the start, and the highest.
	maxWriters = 16
	// increaseAfter is how many transactions, for each that may run, succeed in a row
	// before the limit grows by one.
	increaseAfter = 32
)

// acquire waits until one more transaction may run.
func (l *concurrencyLimit) acquire(ctx context.Context) error {
	l.mu.Lock()
	if l.limit == 0 {
		l.limit = maxWriters
	}
	if l.running < l.limit {
		l.running++
		l.mu.Unlock()
		return nil
	}
	waiter := make(chan struct{})
	l.waiters = append(l.waiters, waiter)
	l.mu.Unlock()
	select {
	case <-waiter:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiters, waiter); i >= 0 {
		l.waiters = slices.Delete(l.waiters, i, i+1)
	} else {
		// It was woken at the same moment: the next one may run instead.
		l.running--
		l.wake()
	}
	return ctx.Err()
}

// release ends a transaction; conflict says that it failed because of concurrent ones.
func (l *concurrencyLimit) release(conflict bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	switch l.successes++; {
	case conflict:
		l.limit, l.successes = max(1, l.limit/2), 0
	case l.successes >= increaseAfter*l.limit && l.limit < maxWriters:
		l.limit, l.successes = l.limit+1, 0
	}
	l.wake()
}

// wake lets waiters run up to the limit.
func (l *concurrencyLimit) wake() {
	for l.running < l.limit && len(l.waiters) > 0 {
		close(l.waiters[0])
		l.waiters = slices.Delete(l.waiters, 0, 1)
		l.running++
	}
}
