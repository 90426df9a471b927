package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/clock"
	"accord/internal/jobs"
	"accord/internal/store"
)

func TestJobsRunInTheOrderOfTimeRankAndInsertion(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	child, parent := row(time.Hour, "child"), row(time.Hour, "parent")
	child.Rank = 1
	plan(t, s, row(3*time.Hour, "c"), child, row(2*time.Hour, "b"), row(2*time.Hour, "a"), parent, row(5*time.Hour, "later"))

	l := jobs.New(s, c, quiet)
	l.Handle("work", write)
	if err := l.RunUntil(t.Context(), start.Add(4*time.Hour), c.Set); err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"parent at 1h0m0s", "child at 1h0m0s", "b at 2h0m0s", "a at 2h0m0s", "c at 3h0m0s"}, done(t, s))
	same(t, "left", []string{"later"}, left(t, s))
	if now := c.Now(); !now.Equal(start.Add(4 * time.Hour)) {
		t.Errorf("the clock stands at %v", now)
	}
	// Exactly its instant is enough.
	if err := l.RunUntil(t.Context(), start.Add(5*time.Hour), c.Set); err != nil {
		t.Fatal(err)
	}
	same(t, "left", []string{}, left(t, s))
}

func TestJobsThatHandlersPlanRunInTheirOrder(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	plan(t, s, row(time.Hour, "m"), row(time.Hour, "z"), row(4*time.Hour, "end"))
	l := jobs.New(s, c, quiet)
	l.Handle("work", func(ctx context.Context, tx *store.Tx, d store.Job) error {
		if d.Subject == "m" {
			for _, more := range []store.Job{row(time.Hour, "n"), row(2*time.Hour, "next"), row(-time.Hour, "past"), row(9*time.Hour, "not yet")} {
				if err := tx.InsertJob(more); err != nil {
					return err
				}
			}
		}
		return write(ctx, tx, d)
	})
	if err := l.RunUntil(t.Context(), start.Add(8*time.Hour), c.Set); err != nil {
		t.Fatal(err)
	}
	// Time does not go back to a job that is past.
	same(t, "done", []string{"m at 1h0m0s", "past at 1h0m0s", "z at 1h0m0s", "n at 1h0m0s", "next at 2h0m0s", "end at 4h0m0s"}, done(t, s))
	same(t, "left", []string{"not yet"}, left(t, s))
}

func TestTheClockNeverGoesBack(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	plan(t, s, row(-time.Hour, "past"))
	l := jobs.New(s, c, quiet)
	l.Handle("work", write)
	move := func(at time.Time) { t.Errorf("moved to %v", at) }
	if err := l.RunUntil(t.Context(), start.Add(-time.Minute), move); err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"past at 0s"}, done(t, s))
}

// failing is a handler that fails, or panics, for the subjects with the prefix
// while it is set.
type failing struct {
	prefix string
	healed atomic.Bool
}

var errSick = errors.New("sick")

func (f *failing) handle(ctx context.Context, tx *store.Tx, d store.Job) error {
	if strings.HasPrefix(d.Subject, f.prefix) && !f.healed.Load() {
		if err := write(ctx, tx, d); err != nil {
			return err
		}
		if strings.HasSuffix(d.Subject, "!") {
			panic("very sick")
		}
		return errSick
	}
	return write(ctx, tx, d)
}

func TestAJobThatFailsStaysAndDelaysNoOther(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	want := []string{}
	for i := range 60 {
		plan(t, s, row(time.Minute, fmt.Sprintf("bad %02d", i)))
		want = append(want, fmt.Sprintf("bad %02d", i))
	}
	plan(t, s, row(time.Minute, "bad panic!"), row(time.Hour, "good"))
	want = append(want, "bad panic!")
	l := jobs.New(s, c, quiet)
	sick := failing{prefix: "bad"}
	l.Handle("work", sick.handle)

	err := l.RunUntil(t.Context(), start.Add(2*time.Hour), c.Set)
	var failed *jobs.FailedError
	if !errors.As(err, &failed) || failed.Jobs != 61 || !errors.Is(err, errSick) {
		t.Fatalf("error %v", err)
	}
	same(t, "done", []string{"good at 1h0m0s"}, done(t, s))
	same(t, "left", want, left(t, s))
	if now := c.Now(); !now.Equal(start.Add(2 * time.Hour)) {
		t.Errorf("the clock stands at %v", now)
	}

	sick.healed.Store(true)
	if err := l.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "left", []string{}, left(t, s))
}

func TestAJobWithoutHandlerStaysAndIsReportedOnce(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	strange := row(0, "strange")
	strange.Kind = "of the future"
	plan(t, s, strange, row(time.Minute, "known"))
	var log strings.Builder
	l := jobs.New(s, c, slog.New(slog.NewTextHandler(&log, nil)))
	l.Handle("work", write)
	for range 3 {
		if err := l.RunUntil(t.Context(), c.Now().Add(time.Hour), c.Set); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "done", []string{"known at 1m0s"}, done(t, s))
	same(t, "left", []string{"strange"}, left(t, s))
	if n := strings.Count(log.String(), "of the future"); n != 1 {
		t.Errorf("reported %d times:\n%s", n, log.String())
	}
}

func TestACrashBeforeTheCommitLeavesTheJobAndNothingElse(t *testing.T) {
	c := clock.NewVirtual(start)
	var crash atomic.Bool
	s := open(t, c, store.Options{BeforeCommit: func() error {
		if crash.Load() {
			return errors.New("gone")
		}
		return nil
	}})
	plan(t, s, row(0, "once"))
	l := jobs.New(s, c, quiet)
	l.Handle("work", write)
	crash.Store(true)
	if err := l.Idle(t.Context()); err == nil {
		t.Error("no error")
	}
	same(t, "done", []string{}, done(t, s))
	crash.Store(false)
	// Another process finds what is left.
	next := jobs.New(s, c, quiet)
	next.Handle("work", write)
	if err := next.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"once at 0s"}, done(t, s))
}

func TestTwoHandlersForOneKindAreRejected(t *testing.T) {
	l := jobs.New(nil, nil, quiet)
	l.Handle("work", write)
	defer func() {
		if recover() == nil {
			t.Error("accepted")
		}
	}()
	l.Handle("work", write)
}

// running runs the loop until stop is called, or the test ends.
func running(t *testing.T, l *jobs.Loop) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestTheLoopRunsJobsAtTheirInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.System)
		s := open(t, c, store.Options{})
		begin := c.Now()
		committed := make(chan time.Duration, 10)
		l := jobs.New(s, c, quiet, jobs.Poll(24*time.Hour))
		l.Handle("work", func(ctx context.Context, tx *store.Tx, d store.Job) error {
			if d.Subject == "first" {
				d.Subject, d.At = "third", begin.Add(time.Hour+time.Second)
				return tx.InsertJob(d)
			}
			return nil
		})
		l.OnCommit(func() { committed <- c.Now().Sub(begin) })
		plan(t, s, store.Job{Kind: "work", Subject: "first", At: begin.Add(time.Hour)})
		running(t, l)
		time.Sleep(time.Minute)
		// Planned while the loop waits for something later.
		plan(t, s, store.Job{Kind: "work", Subject: "notified", At: begin.Add(time.Minute)})
		l.Notify()
		for _, want := range []time.Duration{time.Minute, time.Hour, time.Hour + time.Second} {
			if got := <-committed; got != want {
				t.Errorf("done at %v instead of %v", got, want)
			}
		}
	})
}

func TestJobsOfOtherServersAreSeenByThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.System)
		s := open(t, c, store.Options{})
		l := jobs.New(s, c, quiet, jobs.Poll(10*time.Second))
		l.Handle("work", write)
		running(t, l)
		time.Sleep(time.Second)
		plan(t, s, store.Job{Kind: "work", At: c.Now()})
		time.Sleep(8 * time.Second)
		same(t, "before the poll", 0, len(done(t, s)))
		time.Sleep(2 * time.Second)
		same(t, "after the poll", 1, len(done(t, s)))
	})
}

func TestAJobThatFailsWaitsLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(clock.System)
		s := open(t, c, store.Options{})
		begin := c.Now()
		var tries []time.Duration
		l := jobs.New(s, c, quiet, jobs.Poll(time.Hour), jobs.Backoff(time.Second, 5*time.Second))
		l.Handle("work", func(context.Context, *store.Tx, store.Job) error {
			if at := c.Now().Sub(begin); !slices.Contains(tries, at) {
				tries = append(tries, at)
			}
			if c.Now().Sub(begin) < 15*time.Second {
				return errSick
			}
			return nil
		})
		plan(t, s, store.Job{Kind: "work", At: begin})
		stop := running(t, l)
		time.Sleep(time.Minute)
		stop()
		same(t, "tries", []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second, 12 * time.Second, 17 * time.Second}, tries)
		same(t, "left", []string{}, left(t, s))
	})
}

func TestAJobWithoutDelayRunsWhileTheClockStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewVirtual(start)
		s := open(t, c, store.Options{})
		l := jobs.New(s, c, quiet)
		l.Handle("work", write)
		stop := running(t, l)
		plan(t, s, row(0, "now"), row(time.Nanosecond*1000, "a microsecond later"))
		l.Notify()
		synctest.Wait()
		same(t, "done", []string{"now at 0s"}, done(t, s))
		time.Sleep(time.Hour)
		stop()
		same(t, "left", []string{"a microsecond later"}, left(t, s))
	})
}

func TestIdleWaitsForWhatIsBeingDone(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	l := jobs.New(s, c, quiet)
	l.Handle("work", func(ctx context.Context, tx *store.Tx, d store.Job) error {
		once.Do(func() { close(begun); <-goOn })
		return write(ctx, tx, d)
	})
	plan(t, s, row(0, "now"))
	running(t, l)
	<-begun
	idle := make(chan error)
	go func() { idle <- l.Idle(t.Context()) }()
	impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.Idle(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("did not wait: %v", err)
	}
	close(goOn)
	if err := <-idle; err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"now at 0s"}, done(t, s))
}

func TestTheMovedClockAndTheLoopDoNotDisturbEachOther(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	l := jobs.New(s, c, quiet, jobs.Poll(time.Millisecond))
	l.Handle("work", write)
	running(t, l)
	want := []string{}
	for i := range 40 {
		plan(t, s, row(time.Duration(i)*time.Minute, fmt.Sprintf("%02d", i)))
		l.Notify()
		want = append(want, fmt.Sprintf("%02d at %s", i, time.Duration(i)*time.Minute))
	}
	for i := range 4 {
		if err := l.RunUntil(t.Context(), start.Add(time.Duration(i)*13*time.Minute), c.Set); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "done", want, done(t, s))
}

func TestTwoServersRunEachJobOnce(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	want := []string{}
	for i := range 50 {
		plan(t, s, row(0, fmt.Sprintf("%02d", i)))
		want = append(want, fmt.Sprintf("%02d at 0s", i))
	}
	var servers sync.WaitGroup
	for range 4 {
		servers.Go(func() {
			l := jobs.New(s, c, quiet)
			l.Handle("work", write)
			if err := l.Idle(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	servers.Wait()
	same(t, "done", want, done(t, s))
}

func TestTheEndOfTheContextEndsTheRun(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	plan(t, s, row(0, "again"))
	l := jobs.New(s, c, quiet)
	// A handler that never runs out of work.
	l.Handle("work", func(_ context.Context, tx *store.Tx, d store.Job) error {
		d.Subject += "."
		if len(d.Subject) > 200 {
			d.Subject = "again"
		}
		return tx.InsertJob(d)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := l.RunUntil(ctx, start, c.Set); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	stop := running(t, l)
	l.Notify()
	stop()
}
