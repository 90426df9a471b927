package accordtest

import (
	"context"
	"testing"
	"time"

	"accord/internal/app"
)

// Clock is the clock of a server. It stands until it is moved.
type Clock struct {
	t     testing.TB
	clock *app.Clock
}

// Now is where the clock stands.
func (c Clock) Now() time.Time { return c.clock.Now() }

// Advance moves the clock on and does what becomes due on the way: invitations
// expire, accounts are created and closed. It also waits for work that is due
// already, so that Advance(0) ends what the last call left to do.
func (c Clock) Advance(by time.Duration) {
	c.t.Helper()
	if err := c.clock.Advance(context.Background(), by); err != nil {
		c.t.Fatalf("accordtest: advancing the clock by %v: %v", by, err)
	}
}

// Set moves the clock to an instant, as Advance does. It goes back only while no
// account has called or was registered.
func (c Clock) Set(to time.Time) {
	c.t.Helper()
	if err := c.clock.Set(context.Background(), to); err != nil {
		c.t.Fatalf("accordtest: setting the clock to %v: %v", to, err)
	}
}
