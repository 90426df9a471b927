package health

import (
	"fmt"
	"time"
)

const (
	// ClockWarning and clockFailure are the differences beyond which the clock of a machine
	// is a warning, and its server is not ready.
	ClockWarning, clockFailure = time.Minute, 5 * time.Minute
)

// OfClock is the result of a clock of the machine that is ahead of something by a duration.
func OfClock(ahead time.Duration, of string) Result {
	word, by := "ahead of", ahead
	if ahead < 0 {
		word, by = "behind", -ahead
	}
	result := Result{Status: OK, Value: ahead.Round(time.Millisecond).String()}
	if by > ClockWarning {
		result.Status = Warning
		result.Message = fmt.Sprintf("the clock of this machine is %s %s %s", by.Round(time.Second), word, of)
	}
	if by > clockFailure {
		result.Status = Failed
	}
	return result
}
