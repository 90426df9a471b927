package clock

import (
	"sync"
	"time"
)

// Virtual is a clock that stands until it is told to move.
type Virtual struct {
	mu  sync.Mutex
	now time.Time
}

// NewVirtual returns a clock that stands at the instant.
func NewVirtual(at time.Time) *Virtual {
	return &Virtual{now: at.UTC().Truncate(Precision)}
}

// Now returns the instant at which the clock stands.
func (c *Virtual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock. Who calls it decides whether it may go back.
func (c *Virtual) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC().Truncate(Precision)
}

// Wake returns a channel that is never closed: who moves a virtual clock runs
// the work that became due before it returns.
func (c *Virtual) Wake(time.Time) (<-chan struct{}, func()) {
	return nil, func() {}
}
