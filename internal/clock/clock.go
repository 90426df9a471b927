// Package clock holds the clocks of the service: the system clock and a virtual one.
// Every other package uses the Clock that it was given; none calls time.Now for a
// fact of the service.
//
// Instants are UTC, truncated to microseconds, and never go back, also when the clock
// of the operating system does.
package clock

import "time"

// Clock tells the time and wakes goroutines that wait for an instant.
type Clock interface {
	// Now returns the current instant.
	Now() time.Time
	// Wake returns a channel that is closed once Now has reached the instant, and a
	// function that cancels the wait. A virtual clock closes no channel: whatever
	// moves it runs the pending jobs.
	Wake(at time.Time) (reached <-chan struct{}, cancel func())
}

// Precision is the finest step of an instant; what is stored has it too.
const Precision = time.Microsecond
