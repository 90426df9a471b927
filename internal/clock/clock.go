// Package clock says what time it is. Every other package asks a Clock that was
// handed to it; none calls time.Now for a fact of the service.
//
// Instants are UTC, cut to microseconds, and never go back, also when the clock
// of the machine does.
package clock

import "time"

// Clock tells the time and wakes who waits for an instant.
type Clock interface {
	// Now returns the present instant.
	Now() time.Time
	// Wake returns a channel that is closed once Now has reached the instant, and
	// a function that gives the wait up. A virtual clock wakes nobody by itself:
	// who moves it runs the due work.
	Wake(at time.Time) (reached <-chan struct{}, cancel func())
}

// Precision is the finest step of an instant; what is stored has it too.
const Precision = time.Microsecond
