package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAMachineThatWasSetBack: the time stands until the machine has caught up,
// and who waits is not woken before.
func TestAMachineThatWasSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// As if the machine had shown a time one hour ahead.
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
			t.Errorf("the time is %v before the machine has caught up with %v", got, ahead)
		}
		time.Sleep(time.Microsecond)
		<-wake
		if got := c.Now(); got.Before(at) {
			t.Errorf("woken at %v for %v", got, at)
		}
	})
}
