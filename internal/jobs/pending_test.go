package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/jobs"
	"accord/internal/store"
)

func runPending(t *testing.T, s *store.Store, l *jobs.Loop) error {
	t.Helper()
	return s.Update(t.Context(), func(tx *store.Tx) error { return l.RunPending(t.Context(), tx, organization) })
}

func TestRunPendingRunsTheJobsOfOneOrganization(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	other, global := row(-time.Hour, "other"), row(-time.Hour, "global")
	other.Organization, global.Organization = "o-anotherorgid", ""
	plan(t, s, row(-time.Hour, "b"), row(-2*time.Hour, "a"), row(0, "now"), row(time.Microsecond, "later"), other, global)
	l := jobs.New(s, c, quiet)
	l.Handle("work", func(ctx context.Context, tx *store.Tx, d store.Job) error {
		if d.Subject == "a" {
			if err := tx.InsertJob(row(-90*time.Minute, "added")); err != nil {
				return err
			}
		}
		return write(ctx, tx, d)
	})
	if err := runPending(t, s, l); err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"a at 0s", "added at 0s", "b at 0s", "now at 0s"}, done(t, s))
	same(t, "left", []string{"other", "global", "later"}, left(t, s))

	// A caller in no organization runs nothing.
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return l.RunPending(t.Context(), tx, "") }); err != nil {
		t.Fatal(err)
	}
	same(t, "left", []string{"other", "global", "later"}, left(t, s))
}

func TestRunPendingIsPartOfItsTransaction(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	plan(t, s, row(-time.Hour, "past"))
	l := jobs.New(s, c, quiet)
	l.Handle("work", write)
	refused := errors.New("refused")
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := l.RunPending(t.Context(), tx, organization); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	same(t, "done", []string{}, done(t, s))
	same(t, "left", []string{"past"}, left(t, s))
}

// The first call meets the failure; afterwards the row is known and left to the
// loop, so that the organization can go on.
func TestARowThatFailsDoesNotLockItsOrganization(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	strange := row(-2*time.Hour, "strange")
	strange.Kind = "of the future"
	plan(t, s, strange, row(-time.Hour, "bad"), row(-time.Minute, "good"))
	l := jobs.New(s, c, quiet)
	sick := failing{prefix: "bad"}
	l.Handle("work", sick.handle)

	if err := runPending(t, s, l); !errors.Is(err, errSick) {
		t.Fatalf("error %v", err)
	}
	same(t, "done", []string{}, done(t, s))

	if err := l.Idle(t.Context()); !errors.Is(err, errSick) {
		t.Fatalf("error %v", err)
	}
	if err := runPending(t, s, l); err != nil {
		t.Fatal(err)
	}
	same(t, "left", []string{"strange", "bad"}, left(t, s))

	sick.healed.Store(true)
	if err := l.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "done", []string{"good at 0s", "bad at 0s"}, done(t, s))
}

func TestRunPendingEndsWithTheContext(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	plan(t, s, row(0, "again"))
	l := jobs.New(s, c, quiet)
	l.Handle("work", func(_ context.Context, tx *store.Tx, d store.Job) error { return tx.InsertJob(d) })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := s.Update(context.Background(), func(tx *store.Tx) error { return l.RunPending(ctx, tx, organization) })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
