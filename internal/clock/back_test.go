package clock

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimeGoesOnAfterTheMachineWasSetBack: at half speed until the machine has caught up,
// and never back. A wait ends at the instant, and not before.
func TestTimeGoesOnAfterTheMachineWasSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back atomic.Int64
		c := NewSystem(func() time.Time { return time.Now().Add(-time.Duration(back.Load())) })
		shown := c.Now()
		back.Store(int64(time.Hour))
		if got := c.Now(); got != shown {
			t.Errorf("the time is %v, was %v", got, shown)
		}
		at := shown.Add(20 * time.Minute)
		wake, cancel := c.Wake(at)
		defer cancel()
		for minutes := range 40 {
			if got, want := c.Now(), shown.Add(time.Duration(minutes)*time.Minute/2); got != want {
				t.Errorf("after %d minutes the time is %v, want %v", minutes, got, want)
			}
			synctest.Wait()
			select {
			case <-wake:
				t.Fatalf("woken after %d minutes", minutes)
			default:
			}
			time.Sleep(time.Minute)
		}
		<-wake
		if got := c.Now(); got.Before(at) {
			t.Errorf("woken at %v for %v", got, at)
		}
		time.Sleep(2*time.Hour - 40*time.Minute)
		for _, later := range []time.Duration{time.Hour, 2 * time.Hour} {
			if got, want := c.Now(), shown.Add(later); got != want {
				t.Errorf("it has caught up: the time is %v, want %v", got, want)
			}
			time.Sleep(time.Hour)
		}
	})
}

func TestAWaitThatWasCanceledIsNotWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back atomic.Int64
		c := NewSystem(func() time.Time { return time.Now().Add(-time.Duration(back.Load())) })
		wake, cancel := c.Wake(c.Now().Add(time.Minute))
		back.Store(int64(time.Hour))
		time.Sleep(time.Minute + time.Second) // It has looked again, after half of it.
		cancel()
		time.Sleep(time.Hour)
		synctest.Wait()
		select {
		case <-wake:
			t.Error("woken")
		default:
		}
	})
}

// TestTimeBeginsAtWhatTheStoreHasSeen, and is corrected by the clock of a database.
func TestTimeBeginsAtWhatTheStoreHasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c System
		begin := c.Now()
		c.NotBefore(begin.Add(-time.Hour))
		if got := c.Now(); got != begin {
			t.Errorf("an older instant moved it to %v", got)
		}
		c.NotBefore(begin.Add(time.Hour))
		if got := c.Now(); got != begin.Add(time.Hour) {
			t.Errorf("it is %v", got)
		}
		c.Correct(3 * time.Hour)
		if got := c.Now(); got != begin.Add(3*time.Hour) || c.Corrected() != got || c.Machine() != begin {
			t.Errorf("corrected it is %v, of the machine %v", got, c.Machine())
		}
		c.Correct(-time.Hour)
		time.Sleep(time.Second)
		if got := c.Now(); got != begin.Add(3*time.Hour+time.Second/2) {
			t.Errorf("corrected back it is %v", got)
		}
	})
}
