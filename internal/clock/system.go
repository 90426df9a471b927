package clock

import (
	"sync"
	"time"
)

// System is the clock of the machine.
type System struct {
	mu   sync.Mutex
	last time.Time
}

// Now returns the machine's time, or the last instant it gave when the machine
// was set back since.
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

// Wake closes the channel once the machine's clock has reached the instant. It
// asks the machine and not Now, which stands still while the machine catches up
// after it was set back: who waits for the next moment would be woken over and over.
func (c *System) Wake(at time.Time) (<-chan struct{}, func()) {
	reached := make(chan struct{})
	timer := time.AfterFunc(time.Until(at), func() { close(reached) })
	return reached, func() { timer.Stop() }
}
