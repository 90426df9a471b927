package clock

import (
	"sync"
	"time"
)

// System is the clock of the operating system, except that it never goes back.
type System struct {
	mu   sync.Mutex
	last time.Time
}

// Now returns the time of the operating system, or the last instant that it returned
// if the time was set back since.
func (c *System) Now() time.Time {
	now := time.Now().UTC().Truncate(Precision)
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.last) {
		return c.last
	}
	c.last = now
	return now
}

// Wake closes the channel once the operating system's time has reached the instant.
// It does not use Now, which stands still after the time was set back: a goroutine
// that waits for the next instant would wake over and over.
func (c *System) Wake(at time.Time) (<-chan struct{}, func()) {
	reached := make(chan struct{})
	timer := time.AfterFunc(time.Until(at), func() { close(reached) })
	return reached, func() { timer.Stop() }
}
