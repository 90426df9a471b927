package seeding_test

import (
	"strings"
	"testing"

	"accord/internal/app/apptest"

	"accord/internal/seed"
	"accord/internal/service/seeding"
)

// TestAStateThatIsReadIsMadeAgain reads the state that each example makes, and makes it in an
// empty store: everything is the same there, IDs, instants and orders included.
func TestAStateThatIsReadIsMadeAgain(t *testing.T) {
	for _, name := range some() {
		t.Run(name, func(t *testing.T) {
			s, f := open(t, "memory", nil), read(t, name)
			apply(t, s, f, seeding.Options{})
			again(t, s)
		})
	}
}

// again makes the state of a store in another one, and compares them.
func again(t *testing.T, from *apptest.Service) {
	t.Helper()
	before := whole(t, from)
	f, err := seed.Parse([]byte(before), seed.Options{Name: "state"})
	if err != nil {
		t.Fatal(err)
	}
	if report := apply(t, from, f, seeding.Options{Prune: true}); len(report.Changes) > 0 {
		t.Errorf("its own state changes a store: %v", report.Changes)
	}
	to := open(t, "memory", nil)
	report := apply(t, to, f, seeding.Options{Prune: true})
	if len(report.Skipped) > 0 {
		t.Errorf("skipped: %v", report.Skipped)
	}
	if after := whole(t, to); after != before {
		t.Errorf("made again it differs:\n%s", difference(before, after))
	}
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return strings.Join(x[max(0, i-6):min(len(x), i+6)], "\n") + "\n---\n" + strings.Join(y[max(0, min(len(y), i-6)):min(len(y), i+6)], "\n")
		}
	}
	return ""
}
