package clock_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/clock"
)

func TestTheSystemsTimeIsUTCInMicroseconds(t *testing.T) {
	var c clock.System
	before := time.Now()
	now := c.Now()
	after := time.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Errorf("%v is not in UTC or finer than a microsecond", now)
	}
	if now.Before(before.Truncate(clock.Precision)) || now.After(after) {
		t.Errorf("%v is not between %v and %v", now, before, after)
	}
	// What was stored and read again is the same instant for ==, too.
	if again := time.UnixMicro(now.UnixMicro()).UTC(); again != now {
		t.Errorf("%v comes back as %v", now, again)
	}
}

func TestTheSystemsTimeNeverGoesBack(t *testing.T) {
	var c clock.System
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			last := c.Now()
			for range 5000 {
				now := c.Now()
				if now.Before(last) {
					t.Errorf("%v after %v", now, last)
					return
				}
				last = now
			}
		})
	}
	all.Wait()
}

// reached reports whether a channel is closed once everything that can happen at
// this instant has happened.
func reached(c <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestTheSystemWakesAtTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock.System
		at := c.Now().Add(time.Hour)
		wake, cancel := c.Wake(at)
		defer cancel()
		time.Sleep(time.Hour - time.Microsecond)
		if reached(wake) {
			t.Fatal("woken too early")
		}
		time.Sleep(time.Microsecond)
		if !reached(wake) {
			t.Fatal("not woken")
		}
		if c.Now().Before(at) {
			t.Errorf("woken at %v for %v", c.Now(), at)
		}
	})
}

func TestAnInstantThatHasPassedIsReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock.System
		for _, ago := range []time.Duration{0, time.Microsecond, 200 * 365 * 24 * time.Hour} {
			wake, cancel := c.Wake(c.Now().Add(-ago))
			if !reached(wake) {
				t.Errorf("%v ago is not reached", ago)
			}
			cancel()
		}
	})
}

func TestAWaitCanBeGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock.System
		wake, cancel := c.Wake(c.Now().Add(time.Minute))
		cancel()
		cancel()
		time.Sleep(time.Hour)
		if reached(wake) {
			t.Error("woken all the same")
		}
	})
}

func TestAVirtualClockStands(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 30, 0, 123456789, time.FixedZone("", 3600))
	c := clock.NewVirtual(at)
	want := time.Date(2026, 11, 21, 9, 30, 0, 123456000, time.UTC)
	for range 2 {
		if got := c.Now(); got != want {
			t.Errorf("is at %v, want %v", got, want)
		}
	}
	wake, cancel := c.Wake(want.Add(-time.Hour))
	defer cancel()
	select {
	case <-wake:
		t.Error("it fired by itself")
	default:
	}
}

func TestAVirtualClockGoesWhereItIsTold(t *testing.T) {
	c := clock.NewVirtual(time.Unix(0, 0))
	for _, at := range []time.Time{time.Unix(5, 999).UTC(), time.Unix(3, 0).UTC(), time.Unix(-1, 0).UTC()} {
		c.Set(at.In(time.FixedZone("", -7200)))
		if got := c.Now(); got != at.Truncate(clock.Precision) {
			t.Errorf("is at %v, want %v", got, at)
		}
	}
}

func TestAVirtualClockServesMany(t *testing.T) {
	c := clock.NewVirtual(time.Unix(0, 0))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 1000 {
				c.Set(time.Unix(int64(n), 0))
				if c.Now().Nanosecond() != 0 {
					t.Errorf("%d reads half an instant", i)
					return
				}
			}
		})
	}
	all.Wait()
}
