package accordtest

import (
	"context"
	"testing"
	"time"

	"accord/internal/app"
)

// Clock is the clock of a server. It moves only when it is moved.
type Clock struct {
	t     testing.TB
	clock *app.Clock
}

// Now returns the time of the clock.
func (c Clock) Now() time.Time { return c.clock.Now() }

// Advance moves the clock forward and runs the jobs that become due on the way:
// invitations expire, accounts are created and closed. It also waits for jobs that
// are due already: Advance(0) runs those that the last call started.
func (c Clock) Advance(by time.Duration) {
	c.t.Helper()
	if err := c.clock.Advance(context.Background(), by); err != nil {
		c.t.Fatalf("accordtest: advancing the clock by %v: %v", by, err)
	}
}

// Set moves the clock to an instant, as Advance does. The clock goes back only while
// there is no account.
func (c Clock) Set(to time.Time) {
	c.t.Helper()
	if err := c.clock.Set(context.Background(), to); err != nil {
		c.t.Fatalf("accordtest: setting the clock to %v: %v", to, err)
	}
}
