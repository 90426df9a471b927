package clock

import "errors"

// The errors of moving a clock.
var (
	// ErrNotNow: the clock cannot be moved, or not to that instant.
	ErrNotNow = errors.New("not possible now")
	// ErrOutOfRange: no clock shows the instant.
	ErrOutOfRange = errors.New("malformed")
)
