package clock

import (
	"sync"
	"time"
)

// System is the clock of the operating system, except that it never goes back. It can be
// corrected by the difference to the clock of a database, so that all servers of one
// database have one time. The zero value has no correction.
type System struct {
	// read returns the time of the operating system; nil for time.Now.
	read func() time.Time

	mu         sync.Mutex
	last       time.Time
	correction time.Duration
}

// NewSystem returns a clock that reads the time of the operating system with a function;
// nil for time.Now. Tests give the clocks of servers a difference with it.
func NewSystem(read func() time.Time) *System { return &System{read: read} }

// Machine returns the time of the operating system, which may be wrong and go back.
func (c *System) Machine() time.Time {
	if c.read != nil {
		return c.read().UTC().Truncate(Precision)
	}
	return time.Now().UTC().Truncate(Precision)
}

// Now returns the corrected time of the operating system, or the last instant that it
// returned if the time was set back since.
func (c *System) Now() time.Time {
	now := c.Machine()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now = now.Add(c.correction); now.After(c.last) {
		c.last = now
	}
	return c.last
}

// Correct sets what is added to the time of the operating system.
func (c *System) Correct(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.correction = by.Truncate(Precision)
}

// Corrected returns the corrected time of the operating system, which may go back.
func (c *System) Corrected() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Machine().Add(c.correction)
}

// NotBefore lets Now return no instant before the given one: the newest that the store
// has seen.
func (c *System) NotBefore(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at = at.UTC().Truncate(Precision); at.After(c.last) {
		c.last = at
	}
}

// Wake closes the channel once the corrected time of the operating system has reached
// the instant. It does not use Now, which stands still after the time was set back: a
// goroutine that waits for the next instant would wake over and over.
func (c *System) Wake(at time.Time) (<-chan struct{}, func()) {
	reached := make(chan struct{})
	timer := time.AfterFunc(at.Sub(c.Corrected()), func() { close(reached) })
	return reached, func() { timer.Stop() }
}
