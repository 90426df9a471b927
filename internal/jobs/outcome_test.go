package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/jobs"
	"accord/internal/store"
)

// TestOutcomesAreLoggedAndCounted: each job that is done once, also if its transaction
// runs twice, and none that failed.
func TestOutcomesAreLoggedAndCounted(t *testing.T) {
	c := clock.NewVirtual(start)
	s := open(t, c, store.Options{})
	var out bytes.Buffer
	l := jobs.New(s, c, slog.New(slog.NewTextHandler(&out, nil)))
	l.Handle("work", func(_ context.Context, tx *store.Tx, job store.Job) error {
		o := jobs.Outcome{Object: "invitation", Verb: "expired"}
		if job.Subject == "closes" {
			o = jobs.Outcome{Object: "account", Verb: "closed"}
		}
		l.Report(tx, job.At, o, "subject", job.Subject)
		if job.Subject == "fails" {
			return errors.New("broken")
		}
		return nil
	})
	plan(t, s, row(time.Hour, "a"), row(2*time.Hour, "closes"), row(3*time.Hour, "b"), row(4*time.Hour, "fails"))
	end := l.Count()
	var failed *jobs.FailedError
	if err := l.RunUntil(t.Context(), start.Add(5*time.Hour), c.Set); !errors.As(err, &failed) {
		t.Fatal(err)
	}
	same(t, "counts", "2 invitations expired, 1 account closed", end())
	lines := regexp.MustCompile(`(?m)^time=\S+ level=INFO (.*)$`).FindAllStringSubmatch(out.String(), -1)
	var told []string
	for _, line := range lines {
		told = append(told, line[1])
	}
	same(t, "lines", []string{
		`msg="invitation expired" subject=a at=2026-09-13T21:00:00.000Z`,
		`msg="account closed" subject=closes at=2026-09-13T22:00:00.000Z`,
		`msg="invitation expired" subject=b at=2026-09-13T23:00:00.000Z`,
	}, told)
	same(t, "without jobs", "", l.Count()())

	// Those that run within a call are reported when the call is committed.
	out.Reset()
	plan(t, s, row(5*time.Hour, "c"))
	rollback := errors.New("the call fails")
	for _, result := range []error{rollback, nil} {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			if err := l.RunPending(t.Context(), tx, organization); err != nil {
				return err
			}
			return result
		})
		if !errors.Is(err, result) {
			t.Fatal(err)
		}
		if got := bytes.Count(out.Bytes(), []byte("subject=c")); got != map[bool]int{true: 0, false: 1}[result != nil] {
			t.Errorf("%d lines after %v", got, result)
		}
	}
}
