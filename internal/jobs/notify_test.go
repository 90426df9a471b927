package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/clock"
	"accord/internal/jobs"
	"accord/internal/store"
)

// TestTheLoopSleepsOnForWorkThatComesLater: it wakes only for work that is due
// before it would wake by itself.
func TestTheLoopSleepsOnForWorkThatComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.System)
		s := open(t, c, store.Options{})
		begin := c.Now()
		l := jobs.New(s, c, quiet, jobs.Poll(24*time.Hour))
		l.Handle("work", write)
		plan(t, s, store.Job{Kind: "work", Subject: "planned", At: begin.Add(time.Hour)})
		running(t, l)
		time.Sleep(time.Minute)

		// What nobody says shows whether the loop looked.
		plan(t, s, store.Job{Kind: "work", Subject: "unsaid", At: c.Now()})
		l.WakeBy(begin.Add(time.Hour))
		l.WakeBy(begin.Add(2 * time.Hour))
		synctest.Wait()
		same(t, "done after notifications for later", 0, len(done(t, s)))
		l.WakeBy(begin.Add(time.Hour - time.Microsecond))
		synctest.Wait()
		same(t, "done after a notification for earlier", 1, len(done(t, s)))
		time.Sleep(time.Hour)
		same(t, "done in the end", 2, len(done(t, s)))
	})
}

// TestALoopWithNothingToWaitForWakesForAnything that is planned.
func TestALoopWithNothingToWaitForWakesForAnything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.System)
		s := open(t, c, store.Options{})
		l := jobs.New(s, c, quiet, jobs.Poll(24*time.Hour))
		l.Handle("work", write)
		running(t, l)
		time.Sleep(time.Minute)
		at := c.Now().Add(time.Hour)
		plan(t, s, store.Job{Kind: "work", At: at})
		l.WakeBy(at)
		time.Sleep(time.Hour + time.Second)
		same(t, "done", 1, len(done(t, s)))
	})
}
