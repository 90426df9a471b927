package timekeeper_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/health"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/timekeeper"
	"accord/test/postgres"
)

const day = 24 * time.Hour

// server is a store that is open with a clock and its keeper.
type server struct {
	*timekeeper.Keeper
	db  *store.Store
	log bytes.Buffer
}

// start opens a store on a machine whose clock is off by a duration.
func start(t *testing.T, url, slot string, off time.Duration, accept bool) *server {
	t.Helper()
	s := &server{}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	its := clock.NewSystem(func() time.Time { return time.Now().Add(off) })
	var err error
	if s.db, err = store.Open(t.Context(), url, store.Options{Clock: its, Source: ident.NewSource()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	s.Keeper = timekeeper.New(its, s.db, slot, log)
	if err := s.Start(t.Context(), accept); err != nil {
		t.Fatal(err)
	}
	return s
}

// now is the time of a transaction.
func (s *server) now(t *testing.T) (now time.Time) {
	t.Helper()
	if err := s.db.View(t.Context(), func(v *store.View) error { now = v.Now(); return nil }); err != nil {
		t.Fatal(err)
	}
	return now
}

// stop saves the time and closes the store.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAMachineThatWasSetBackDoesNotSetTheStoreBack between two starts. The control is the
// same start by which the store forgets the newest instant.
func TestAMachineThatWasSetBackDoesNotSetTheStoreBack(t *testing.T) {
	to2015 := time.Since(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC))
	back := []time.Duration{time.Second, 10 * time.Minute, 48 * time.Hour, to2015}
	for _, by := range back {
		url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
		first := start(t, url, "01", 0, false)
		shown := first.now(t)
		first.stop(t)

		second := start(t, url, "02", -by, false)
		begun := second.now(t)
		if begun.Before(shown) {
			t.Errorf("set back by %v: %v after %v", by, begun, shown)
		}
		if warned := strings.Contains(second.log.String(), "is behind the store"); warned != (by > time.Minute) {
			t.Errorf("set back by %v: warned %t: %s", by, warned, second.log.String())
		}
		want := health.OK
		if by > 5*time.Minute {
			want = health.Failed
		}
		if got := second.Check(t.Context()); got.Status != want || want == health.Failed && !strings.Contains(got.Message, "--accept-clock on") {
			t.Errorf("set back by %v: %+v", by, got)
		}
		second.stop(t)

		control := start(t, url, "03", -by, true)
		if again := control.now(t); !again.Before(shown) && by > time.Minute {
			t.Errorf("the control: the time did not go back by %v", by)
		}
		if got := control.Check(t.Context()); got.Status != health.OK || strings.Contains(control.log.String(), "behind") {
			t.Errorf("the control: %+v, %s", got, control.log.String())
		}
	}
	t.Logf("evidence: %d starts with a clock set back by 1 s to 11 years: the time ran behind in 0, in the control in %d", len(back), len(back)-1)
}

// TestWhatAClockFarAheadMakesDueIsSaid, before it is done. The control is a start after six
// days.
func TestWhatAClockFarAheadMakesDueIsSaid(t *testing.T) {
	for ahead, want := range map[time.Duration]bool{6 * day: false, 400 * day: true} {
		url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
		first := start(t, url, "01", 0, false)
		if err := first.db.Update(t.Context(), func(tx *store.Tx) error {
			for _, subject := range []string{"a", "b"} {
				if err := tx.InsertJob(store.Job{At: tx.Now().Add(5 * day), Kind: "ExpireHandshake", Subject: subject}); err != nil {
					return err
				}
			}
			return tx.InsertJob(store.Job{At: tx.Now().Add(15 * day), Kind: "CloseAccount", Subject: "c"})
		}); err != nil {
			t.Fatal(err)
		}
		first.stop(t)
		second := start(t, url, "02", ahead, false)
		said := strings.Contains(second.log.String(), "2 ExpireHandshake, 1 CloseAccount")
		if said != want {
			t.Errorf("%v ahead, said %t: %s", ahead, said, second.log.String())
		}
		second.stop(t)
		// The clock is right again, and the store has seen a later one.
		third := start(t, url, "03", 0, false)
		if got := third.Check(t.Context()); got.Status != health.Failed {
			t.Errorf("%v ahead before: %+v", ahead, got)
		}
	}
}

// TestTheNewestInstantIsThatOfAllServers, whatever their slots are.
func TestTheNewestInstantIsThatOfAllServers(t *testing.T) {
	for _, slots := range [][2]string{{"00", "ff"}, {"ff", "00"}} {
		url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
		start(t, url, slots[0], 0, false).stop(t)
		ahead := start(t, url, slots[1], day, false)
		newest := ahead.now(t)
		ahead.stop(t)
		if now := start(t, url, "80", 0, false).now(t); now.Before(newest) {
			t.Errorf("slots %v: %v after %v", slots, now, newest)
		}
	}
}

// TestTheNewestInstantIsSavedAfterAChange, and not only at the stop: a second after it.
func TestTheNewestInstantIsSavedAfterAChange(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	s := start(t, url, "01", 0, false)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	s.Changed()
	for saved := ""; saved == ""; <-time.After(10 * time.Millisecond) {
		if err := s.db.View(ctx, func(v *store.View) (err error) {
			saved, err = v.LargestFact("probe-", "probe.")
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-ended
}

// TestAMachineIsCorrectedByTheDatabase, also one that is ahead: what it showed while it
// opened the store has left nobody.
func TestAMachineIsCorrectedByTheDatabase(t *testing.T) {
	url := postgres.URL(t)
	for _, c := range []struct {
		off  time.Duration
		want health.Status
	}{
		{0, health.OK}, {2 * time.Minute, health.Warning}, {-2 * time.Minute, health.Warning},
		{time.Hour, health.Failed}, {-time.Hour, health.Failed}, {-48 * time.Hour, health.Failed},
	} {
		s := start(t, url, "01", c.off, false)
		// The machine of the database is this one, so that the difference is that of round trips.
		if off := time.Until(s.now(t)); off > 30*time.Second || off < -30*time.Second {
			t.Errorf("a clock that is off by %v: the time of the store is off by %v", c.off, off)
		}
		if got := s.Check(t.Context()); got.Status != c.want || got.Status != health.OK && !strings.Contains(got.Message, "the clock of the database") {
			t.Errorf("a clock that is off by %v: %+v", c.off, got)
		}
		s.stop(t)
	}
}

// TestAVirtualClockIsLeftAlone: it belongs to whoever moves it.
func TestAVirtualClockIsLeftAlone(t *testing.T) {
	its := clock.NewVirtual(time.Unix(0, 0))
	db, err := store.Open(t.Context(), "memory", store.Options{Clock: its, Source: ident.NewSource()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	k := timekeeper.New(its, db, "01", slog.New(slog.DiscardHandler))
	if err := k.Start(t.Context(), false); err != nil {
		t.Error(err)
	}
	k.Run(t.Context())
	if got := k.Check(t.Context()); got.Status != health.OK || got.Value != "virtual" || !its.Now().Equal(time.Unix(0, 0)) {
		t.Errorf("%+v at %v", got, its.Now())
	}
	if err := k.Save(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.View(t.Context(), func(v *store.View) error {
		text, err := v.LargestFact("probe-", "probe.")
		if text != "" {
			t.Errorf("it saved %s", text)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
