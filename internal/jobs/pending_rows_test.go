package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/require"
)

// TestPendingJobsAreReadAFewAtATime: a server that was down finds the jobs of weeks, and one
// call runs those of its organization. The control reads all that wait before each job.
func TestPendingJobsAreReadAFewAtATime(t *testing.T) {
	require.Long(t)
	p := postgres.NewProxy(t, postgres.URL(t))
	c := clock.NewVirtual(start)
	s, err := store.Open(t.Context(), p.URL(), store.Options{Clock: c, Source: ident.NewSource()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l := jobs.New(s, c, quiet)
	l.Handle("work", func(context.Context, *store.Tx, store.Job) error { return nil })
	rows := func(n int, run func(context.Context, *store.Tx) error) int {
		t.Helper()
		for i := range n {
			plan(t, s, row(time.Duration(i-n)*time.Minute, fmt.Sprint(i)))
		}
		read := p.During(func() {
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return run(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		}).Rows
		if waiting := left(t, s); len(waiting) > 0 {
			t.Errorf("%d of %d are left", len(waiting), n)
		}
		return read
	}
	all := func(_ context.Context, tx *store.Tx) error {
		for {
			pending, err := tx.PendingJobs(organization, 1000)
			if err != nil || len(pending) == 0 {
				return err
			}
			if err := tx.DeleteJob(pending[0]); err != nil {
				return err
			}
		}
	}
	pending := func(ctx context.Context, tx *store.Tx) error { return l.RunPending(ctx, tx, organization) }
	if few, many := rows(4, pending), rows(40, pending); many > 10*few {
		t.Errorf("4 and 40 jobs read %d and %d rows", few, many)
	} else {
		t.Logf("evidence: 4 and 40 pending jobs read %d and %d rows", few, many)
	}
	if few, many := rows(4, all), rows(40, all); many <= 10*few {
		t.Errorf("the control: 4 and 40 jobs read %d and %d rows", few, many)
	} else {
		t.Logf("evidence: control: %d and %d rows", few, many)
	}
}
