package health_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/clock"
	"accord/internal/health"
)

// checks is a registry with one check, whose result can be set.
type checks struct {
	*health.Checks
	result  health.Result
	runs    atomic.Int64
	hang    time.Duration
	changes []string
}

func newChecks() *checks {
	c := &checks{result: health.Result{Status: health.OK}}
	c.Checks = health.NewChecks(&clock.System{}, func(before, now health.Report) {
		for _, change := range now.Changes(before) {
			c.changes = append(c.changes, change.Name+" "+string(change.Status))
		}
	})
	c.Add(health.Check{Name: "it", Run: func(context.Context) health.Result {
		c.runs.Add(1)
		time.Sleep(c.hang)
		return c.result
	}})
	return c
}

// TestChecksRunRarely, however many ask: every five seconds, and every second while the
// server is not ready.
func TestChecksRunRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChecks()
		ask := func(d time.Duration) (ready int) {
			for range int(d / (50 * time.Millisecond)) {
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() { c.Report(t.Context()) })
				}
				all.Wait()
				if c.Report(t.Context()).Ready {
					ready++
				}
				time.Sleep(50 * time.Millisecond)
			}
			return ready
		}
		ask(20 * time.Second)
		if n := c.runs.Swap(0); n != 4 {
			t.Errorf("%d runs in 20 s, want 4", n)
		}
		c.result = health.Of("", errFull)
		if ready := ask(20 * time.Second); ready > 0 {
			t.Errorf("ready %d times", ready)
		}
		if n := c.runs.Swap(0); n != 20 {
			t.Errorf("%d runs in 20 s while not ready, want 20", n)
		}
		c.result = health.Result{Status: health.OK}
		ask(time.Second)
		if !c.Report(t.Context()).Ready {
			t.Error("not ready a second after the cure")
		}
	})
}

// TestACheckThatHangsIsReported within the patience of an orchestrator: it is a warning at
// first, and has failed after its limit. It is not run again meanwhile.
func TestACheckThatHangsIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChecks()
		c.hang = 12 * time.Second
		for at := range 11 {
			began := time.Now()
			report := c.Report(t.Context())
			if took := time.Since(began); took >= time.Second {
				t.Errorf("a report took %s", took)
			}
			if want := at >= 10; report.Ready == want && at != 10 {
				t.Errorf("after %d s: %+v", at, report)
			}
			time.Sleep(time.Second - time.Since(began))
		}
		if n := c.runs.Load(); n != 1 {
			t.Errorf("%d runs at a time", n)
		}
		time.Sleep(20 * time.Second)
		c.hang = 0
		// What the run said that ended meanwhile is old.
		c.result = health.Of("", errors.New("new"))
		if report := c.Report(t.Context()); report.Ready || report.Checks[0].Message != "new" {
			t.Errorf("afterwards: %+v", report)
		}
	})
}

// TestChangesOfChecksAreReportedOnce, but not what the monitor of the store has logged.
func TestChangesOfChecksAreReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChecks()
		warning := health.Result{Status: health.Warning, Message: "soon"}
		for _, result := range []health.Result{
			{Status: health.OK}, warning, warning, health.Of("", errors.New("other")), {Status: health.OK}, {Status: health.OK},
			health.Of("", errFull), health.Of("", errFull), {Status: health.OK}, warning,
		} {
			c.result = result
			c.Report(t.Context())
			time.Sleep(6 * time.Second)
		}
		if got := strings.Join(c.changes, ", "); got != "it warning, it failed, it ok, it warning" {
			t.Error(got)
		}
	})
}

func TestChecksAreWatchedWhileNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChecks()
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { c.Watch(ctx, 15*time.Second) })
		time.Sleep(151 * time.Second)
		stop()
		all.Wait()
		if n := c.runs.Load(); n != 10 {
			t.Errorf("%d runs in ten intervals", n)
		}
	})
}

func TestResultsOfErrorsHaveTheCure(t *testing.T) {
	for _, c := range []struct {
		err           error
		status        health.Status
		value, inside string
	}{
		{nil, health.OK, "3 s", ""},
		{errors.New("of any kind"), health.Failed, "", "of any kind"},
		{errFull, health.Failed, "disk-full", "; free space on /data"},
	} {
		got := health.Of("3 s", c.err)
		if got.Status != c.status || got.Value != c.value || !strings.Contains(got.Message, c.inside) {
			t.Errorf("%v: %+v", c.err, got)
		}
	}
}

// TestACheckThatFailsSlowlyHasFailed also while it runs again, and not only if a report comes
// just when a run ends. The control is a run that ends well.
func TestACheckThatFailsSlowlyHasFailed(t *testing.T) {
	for name, want := range map[string]health.Result{"it fails": health.Of("", errors.New("slow")), "control": {Status: health.OK}} {
		synctest.Test(t, func(t *testing.T) {
			c := newChecks()
			c.hang, c.result = 9500*time.Millisecond, want
			for range 10 {
				c.Report(t.Context())
				time.Sleep(2300 * time.Millisecond)
			}
			for range 10 {
				if ready := c.Report(t.Context()).Ready; ready != (want.Status == health.OK) {
					t.Errorf("%s: ready is %v", name, ready)
				}
				time.Sleep(2300 * time.Millisecond)
			}
			time.Sleep(20 * time.Second)
		})
	}
}
