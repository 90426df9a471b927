package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

// The clock stands still until the time of the operating system has caught up, and
// wakes no goroutine before.
func TestSystemTimeThatWasSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// As if the system time had been one hour ahead.
		ahead := time.Now().UTC().Add(time.Hour)
		c := &System{last: ahead}
		if got := c.Now(); got != ahead {
			t.Errorf("the time is %v, was %v", got, ahead)
		}
		at := ahead.Add(time.Microsecond)
		wake, cancel := c.Wake(at)
		defer cancel()
		time.Sleep(time.Hour)
		synctest.Wait()
		select {
		case <-wake:
			t.Error("woken before the time moved")
		default:
		}
		if got := c.Now(); got != ahead {
			t.Errorf("the time is %v before the system time has caught up with %v", got, ahead)
		}
		time.Sleep(time.Microsecond)
		<-wake
		if got := c.Now(); got.Before(at) {
			t.Errorf("woken at %v for %v", got, at)
		}
	})
}
