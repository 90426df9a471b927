package outbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/outbox"
	"accord/internal/store"
)

func TestUndoneNumbersAreThoseThatTheStoreHasNotGiven(t *testing.T) {
	first, a, b := ident.Timeline{}, ident.Timeline{ID: "a", Since: 5}, ident.Timeline{ID: "b", Since: 9}
	other := ident.Timeline{ID: "other", Since: 3}
	state := store.DeliveryState{Last: 12, Timelines: []ident.Timeline{a, b}}
	for _, test := range []struct {
		state            store.DeliveryState
		timeline         ident.Timeline
		number           int64
		undone, separate bool
	}{
		{store.DeliveryState{Last: 12}, first, 12, false, true},
		{store.DeliveryState{Last: 12}, first, 13, true, false},
		{store.DeliveryState{}, first, 1, true, false},
		{state, first, 5, false, true},
		{state, first, 6, true, true},
		{state, first, 20, true, true},
		{state, a, 9, false, true},
		{state, a, 10, true, true},
		{state, b, 12, false, true},
		{state, b, 13, true, false},
		{state, other, 4, true, false},
		{state, other, 40, true, false},
	} {
		if undone, separate := outbox.Undone(test.state, test.timeline, test.number); undone != test.undone || separate != test.separate {
			t.Errorf("%v %d of %v: %v, %v", test.timeline, test.number, test.state, undone, separate)
		}
	}
}

func TestATimelineBeginsOnceForEachCause(t *testing.T) {
	s := memory(t, clock.NewVirtual(start))
	for _, cause := range []string{"one", "two", "one", "two", "three"} {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return outbox.BeginTimeline(tx, "record", cause)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var state store.DeliveryState
	err := s.View(t.Context(), func(v *store.View) (err error) {
		state, err = outbox.DeliveryState(v, "record")
		return err
	})
	if diff := cmp.Diff([]ident.Timeline{{ID: "7692c3ad"}, {ID: "3fc4ccfe"}, {ID: "8b5b9db0"}}, state.Timelines); err != nil || diff != "" {
		t.Errorf("%v, timelines (-want +got):\n%s", err, diff)
	}
}
