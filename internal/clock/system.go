package clock

import (
	"sync"
	"time"
)

// System is the clock of the operating system, except that it never goes back and never
// stands still. It can be corrected by the difference to the clock of a database, so that
// all servers of one database have one time. The zero value has no correction.
//
// When the time of the operating system lies behind what was shown, the clock goes on at
// half speed until the former has caught up: what waits for an instant still gets there,
// and a step of a second is made good within two.
type System struct {
	// read returns the time of the operating system; nil for time.Now.
	read func() time.Time

	mu sync.Mutex
	// last was shown, or given to NotBefore, when a time that cannot be set was since.
	last, since time.Time
	correction  time.Duration
}

// NewSystem returns a clock that reads the time of the operating system with a function;
// nil for time.Now. Tests give the clocks of servers a difference with it.
func NewSystem(read func() time.Time) *System { return &System{read: read} }

// Machine returns the time of the operating system, which may be wrong and go back.
func (c *System) Machine() time.Time { return c.machine(time.Now()) }

// machine is Machine at a reading of time.Now.
func (c *System) machine(now time.Time) time.Time {
	if c.read != nil {
		now = c.read()
	}
	return now.UTC().Truncate(Precision)
}

// Now returns the corrected time of the operating system, or, if that lies behind, a time
// that goes on from the last instant at half speed.
func (c *System) Now() time.Time {
	// Sub compares two readings of time.Now by the monotonic clock.
	reading := time.Now()
	machine := c.machine(reading)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := machine.Add(c.correction)
	if !c.last.IsZero() {
		steady := c.last.Add((max(0, reading.Sub(c.since)) / 2).Truncate(Precision))
		if now.Before(steady) {
			return steady
		}
	}
	c.last, c.since = now, reading
	return now
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
	at = at.UTC().Truncate(Precision)
	if !at.After(c.Now()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.last) {
		c.last, c.since = at, time.Now()
	}
}

// Forget lets Now go back behind what it has shown so far: at a start, before anything that
// it showed has left the server.
func (c *System) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Time{}
}

// Wake closes the channel once Now has reached the instant. While that goes at half speed
// it looks again and again, each time after what is left.
func (c *System) Wake(at time.Time) (<-chan struct{}, func()) {
	reached := make(chan struct{})
	var mu sync.Mutex
	var timer *time.Timer
	canceled := false
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(at.Sub(c.Now()), func() {
		mu.Lock()
		defer mu.Unlock()
		left := at.Sub(c.Now())
		switch {
		case canceled:
		case left > 0:
			timer.Reset(left)
		default:
			close(reached)
		}
	})
	return reached, func() {
		mu.Lock()
		defer mu.Unlock()
		canceled = true
		timer.Stop()
	}
}
