package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

// Engine is an engine as the suite sees it.
type Engine struct {
	// Open opens a store that is empty and the test's own. The suite closes it.
	Open func(t *testing.T, options store.Options) *store.Store
	// Shared says whether several servers can use a store.
	Shared bool
}

// testCase is one case of the suite, named after what it tests.
type testCase struct {
	name string
	run  func(t *fixture)
}

// epoch is where the clock of each case begins.
var epoch = time.Date(2026, time.November, 21, 9, 30, 0, 123456000, time.UTC)

// fixture is a case with its clock and its store.
type fixture struct {
	*testing.T
	engine Engine
	clock  *clock.Virtual
	// opened is opened at the first use, so that a case can choose the options.
	opened *store.Store
}

// with opens the store in another way than usual, for cases about transactions.
func (t *fixture) with(o store.Options) *store.Store {
	t.Helper()
	o.Clock, o.Source = t.clock, ident.NewSeededSource(1)
	t.opened = t.engine.Open(t.T, o)
	t.Cleanup(func() {
		if err := t.opened.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return t.opened
}

// store is the case's store. Every Update is run twice, so that each case also
// shows that what was rolled back is not there.
func (t *fixture) store() *store.Store {
	t.Helper()
	if t.opened == nil {
		t.with(store.Options{Rehearse: true})
	}
	return t.opened
}

// pass moves the clock.
func (t *fixture) pass(d time.Duration) { t.clock.Set(t.clock.Now().Add(d)) }

// write runs fn in a transaction that has to succeed.
func (t *fixture) write(fn func(tx *store.Tx) error) {
	t.Helper()
	if err := t.store().Update(t.Context(), fn); err != nil {
		t.Fatalf("writing: %v", err)
	}
}

var errRefused = errors.New("refused as it should be")

// refuses wants fn to fail, or else the next question, and what it did before to be
// undone.
func (t *fixture) refuses(want error, fn func(tx *store.Tx) error) {
	t.Helper()
	var got error
	err := t.store().Update(t.Context(), func(tx *store.Tx) error {
		if got = fn(tx); got == nil {
			_, got = tx.Empty()
		}
		if got != nil {
			return errRefused
		}
		return nil
	})
	if err == nil {
		t.Fatalf("was not refused, want %v", want)
	}
	if !errors.Is(err, errRefused) {
		t.Fatalf("the transaction failed with %v, want the error of the closure", err)
	}
	if !errors.Is(got, want) {
		t.Errorf("refused with %v, want %v", got, want)
	}
}

// fails is refuses where the engine's own error is all there is.
func (t *fixture) fails(fn func(tx *store.Tx) error) {
	t.Helper()
	if err := t.store().Update(t.Context(), fn); err == nil {
		t.Error("was not refused")
	}
}

// read runs fn on a snapshot, where it has to succeed.
func read[T any](t *fixture, fn func(v *store.View) (T, error)) T {
	t.Helper()
	var value T
	if err := t.store().View(t.Context(), func(v *store.View) (err error) {
		value, err = fn(v)
		return err
	}); err != nil {
		t.Fatalf("reading: %v", err)
	}
	return value
}

// wants compares what fn reads on a snapshot.
func wants[T any](t *fixture, what string, want T, fn func(v *store.View) (T, error)) {
	t.Helper()
	if diff := cmp.Diff(want, read(t, fn), noSequences); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// noSequences leaves out the numbers that the store gives to what is inserted.
var noSequences = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Sequence" }, cmp.Ignore())

// misses wants fn to find nothing.
func misses[T any](t *fixture, what string, fn func(v *store.View) (T, error)) {
	t.Helper()
	err := t.store().View(t.Context(), func(v *store.View) error {
		_, err := fn(v)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s: %v, want %v", what, err, store.ErrNotFound)
	}
}

// paged wants a list in pages of every size to be the same list.
func paged[T, P any](t *fixture, what string, want []T, from P, after func(T) P, list func(v *store.View, after P, limit int) ([]T, error)) {
	t.Helper()
	for limit := 1; limit <= len(want)+1; limit++ {
		got, place := []T{}, from
		for {
			page := read(t, func(v *store.View) ([]T, error) { return list(v, place, limit) })
			got = append(got, page...)
			if len(page) < limit || len(got) > len(want) {
				break
			}
			place = after(page[limit-1])
		}
		if diff := cmp.Diff(want, got, noSequences); diff != "" {
			t.Errorf("%s in pages of %d (-want +got):\n%s", what, limit, diff)
			return
		}
	}
}

// unordered are ids in the order of their bytes, which is neither the order of
// any language nor that of writing them in the tests.
var unordered = []string{"B", "Z", "a", "aé", "b", "é", "日", "😀"}

// mixed returns the elements in an order of writing that is not that of reading.
func mixed[T any](ordered []T) []T {
	out := make([]T, 0, len(ordered))
	for start := range 5 {
		for i := len(ordered) - 1 - start; i >= 0; i -= 5 {
			out = append(out, ordered[i])
		}
	}
	return out
}

// descending are the same ids from the last to the first: an order that only a sequence
// can give.
var descending = reversed(unordered)

// latestFirst returns the elements in an order of writing in which the latest instant
// comes first, and elements of the same instant keep their order.
func latestFirst[T any](oldestFirst []T, at func(T) time.Time) []T {
	return slices.SortedStableFunc(slices.Values(oldestFirst), func(a, b T) int { return at(b).Compare(at(a)) })
}

// reversed returns the elements from the last to the first.
func reversed[T any](elements []T) []T {
	elements = slices.Clone(elements)
	slices.Reverse(elements)
	return elements
}

// hard are texts that an engine could change or trip over.
var hard = []string{
	`quotes ' " ` + "`" + ` and \ back`, `%_*?$1`, "'; DROP TABLE accounts; --", " spaces around ", "line\nfeed\ttab\r\n",
	"ÄÖÜß é e\u0301 İı", "日本語 😀 \u202eright to left", "true", "0012", "1e3", "NULL", "{\"a\": [1, 2]}", "\u0001\u007f\ufffd",
}

// within is a context that ends when the test has taken far too long.
func (t *fixture) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
