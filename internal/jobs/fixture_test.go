package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 9, 13, 20, 0, 0, 0, time.UTC)

const organization ident.OrganizationID = "o-exampleorgid"

// open opens a store that runs every transaction twice and is closed at the end.
func open(t *testing.T, c clock.Clock, options store.Options) *store.Store {
	t.Helper()
	options.Clock, options.Source, options.Rehearse = c, ident.NewSource(), true
	s, err := store.Open(t.Context(), "memory", options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func plan(t *testing.T, s *store.Store, rows ...store.Job) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, d := range rows {
			if err := tx.InsertJob(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func row(after time.Duration, subject string) store.Job {
	return store.Job{Organization: organization, At: start.Add(after), Kind: "work", Subject: subject}
}

// write is a handler that leaves a letter: what was done, and at which instant of
// the transaction. Messages are there exactly when the transaction is.
func write(_ context.Context, tx *store.Tx, d store.Job) error {
	return tx.InsertMessage(store.Message{Kind: "done", Organization: d.Organization, Body: fmt.Sprintf("%s at %s", d.Subject, tx.Now().Sub(start))})
}

// done lists what write left.
func done(t *testing.T, s *store.Store) []string {
	t.Helper()
	bodies := []string{}
	err := s.View(context.WithoutCancel(t.Context()), func(v *store.View) error {
		messages, err := v.Messages("done", 0, 10000)
		for _, l := range messages {
			bodies = append(bodies, l.Body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bodies
}

// left lists the subjects of the rows that stay.
func left(t *testing.T, s *store.Store) []string {
	t.Helper()
	subjects := []string{}
	err := s.View(context.WithoutCancel(t.Context()), func(v *store.View) error {
		rows, err := v.JobsDueBy(start.AddDate(10, 0, 0), 10000)
		for _, d := range rows {
			subjects = append(subjects, d.Subject)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return subjects
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var quiet = slog.New(slog.DiscardHandler)
