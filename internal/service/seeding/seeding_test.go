package seeding_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/app/apptest"
	"accord/internal/seed"
	"accord/internal/service/seeding"
	"accord/internal/store"
	"accord/internal/store/state"
	"accord/test/require"
)

var start = time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC)

// open opens the operations on a store.
func open(t testing.TB, url string, behaviors map[string]string) *apptest.Service {
	return apptest.OpenService(t, apptest.ServiceOptions{Store: url, Start: start, Seed: 1, Behavior: behaviors})
}

// read reads a seed of the examples.
func read(t testing.TB, name string) *seed.File {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "examples", "seeds")
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := seed.Parse(text, seed.Options{Name: name, ReadFile: os.DirFS(dir).(interface {
		ReadFile(string) ([]byte, error)
	}).ReadFile})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func apply(t testing.TB, s *apptest.Service, f *seed.File, o seeding.Options) *seeding.Report {
	t.Helper()
	report, err := s.Apply(context.Background(), f, o)
	if err != nil {
		var answer *api.Error
		errors.As(err, &answer)
		t.Fatalf("%v %v", err, errors.Unwrap(answer))
	}
	if err := s.Jobs.Idle(context.Background()); err != nil {
		t.Fatal(err)
	}
	return report
}

// whole is the state of a store as a document.
func whole(t testing.TB, s *apptest.Service) string {
	t.Helper()
	var text []byte
	if err := s.Store.View(context.Background(), func(v *store.View) error {
		d, err := state.Read(v, "")
		if err != nil {
			return err
		}
		text, err = json.MarshalIndent(d, "", " ")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var examples = []string{"invitation.yaml", "landing-zone.yaml", "all-features.yaml", "everything.yaml", "thousand-accounts.yaml"}

// some are the examples; a short run leaves out the largest.
func some() []string {
	return examples[:require.Amount(4, 5, 5)]
}

func TestEveryExampleIsAppliedOnceAndThenChangesNothing(t *testing.T) {
	for _, name := range some() {
		t.Run(name, func(t *testing.T) {
			s, f := open(t, "memory", nil), read(t, name)
			dry := apply(t, s, f, seeding.Options{DryRun: true})
			if empty := whole(t, open(t, "memory", nil)); whole(t, s) != empty {
				t.Fatal("a dry run changed something")
			}
			done := apply(t, s, f, seeding.Options{})
			if len(dry.Changes) != len(done.Changes) || len(done.Changes) == 0 {
				t.Errorf("a dry run announced %d changes, and %d were made", len(dry.Changes), len(done.Changes))
			}
			if len(done.Skipped) > 0 {
				t.Errorf("skipped: %v", done.Skipped)
			}
			before := whole(t, s)
			for _, o := range []seeding.Options{{}, {Prune: true}} {
				if again := apply(t, s, f, o); len(again.Changes) > 0 {
					t.Errorf("applied again with %+v: %v", o, again.Changes)
				}
			}
			if after := whole(t, s); after != before {
				t.Errorf("the state changed from\n%s\nto\n%s", before, after)
			}
		})
	}
}
