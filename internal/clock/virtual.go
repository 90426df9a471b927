package clock

import (
	"sync"
	"time"
)

// Virtual is a clock that stands still until Set moves it.
type Virtual struct {
	mu  sync.Mutex
	now time.Time
}

// NewVirtual returns a clock that is set to the instant.
func NewVirtual(at time.Time) *Virtual {
	return &Virtual{now: at.UTC().Truncate(Precision)}
}

// Now returns the instant to which the clock is set.
func (c *Virtual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock, also back: whether that is allowed is up to the caller.
func (c *Virtual) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC().Truncate(Precision)
}

// Wake returns a channel that is never closed: whatever moves a virtual clock runs
// the jobs that became pending.
func (c *Virtual) Wake(time.Time) (<-chan struct{}, func()) {
	return nil, func() {}
}
