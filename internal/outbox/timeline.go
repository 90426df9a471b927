package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"accord/internal/ident"
	"accord/internal/store"
)

// timelines is the fact that holds them; JSON.
const timelines store.FactName = "timelines"

// timeline is a timeline, and why it was begun.
type timeline struct {
	ident.Timeline
	Cause string `json:"cause"`
}

// readTimelines reads the timelines of a store after the first one, in order.
func readTimelines(v *store.View) ([]timeline, error) {
	text, err := v.Fact(timelines)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []timeline
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("reading the timelines of the store: %w", err)
	}
	return all, nil
}

// of returns the timeline of a number: the last one that begins before it.
func of(all []timeline, number int64) ident.Timeline {
	for _, t := range slices.Backward(all) {
		if number > t.Since {
			return t.Timeline
		}
	}
	return ident.Timeline{}
}

// DeliveryState reads what is known of the delivery of a kind of messages.
func DeliveryState(v *store.View, kind string) (store.DeliveryState, error) {
	state, err := v.DeliveryState(kind)
	if err != nil {
		return state, err
	}
	all, err := readTimelines(v)
	state.Timelines = []ident.Timeline{}
	for _, t := range all {
		state.Timelines = append(state.Timelines, t.Timeline)
	}
	return state, err
}

// BeginTimeline begins a timeline, because of a cause: numbers that are given from now on
// differ from those that were given before the store went back to an older state. It does
// so once for each cause, which also makes the name: what a store draws at random, it may
// have drawn before it went back.
func BeginTimeline(tx *store.Tx, kind, cause string) error {
	state, err := tx.DeliveryState(kind)
	if err != nil {
		return err
	}
	all, err := readTimelines(&tx.View)
	if err != nil || slices.ContainsFunc(all, func(t timeline) bool { return t.Cause == cause }) {
		return err
	}
	name := sha256.Sum256([]byte(cause))
	all = append(all, timeline{ident.Timeline{ID: hex.EncodeToString(name[:4]), Since: state.Last}, cause})
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return tx.UpsertFact(timelines, string(text))
}

// Undone reports whether a number was given to a record that the store does not have: it
// has gone back to an older state, or is another store. separate is false where the number
// may be given again in the same timeline.
func Undone(state store.DeliveryState, t ident.Timeline, number int64) (undone, separate bool) {
	known := []timeline{}
	for _, k := range state.Timelines {
		known = append(known, timeline{Timeline: k})
	}
	its := of(known, number)
	switch {
	case its == t:
		return number > state.Last, number <= state.Last
	case t.ID == "" || slices.Contains(state.Timelines, t):
		// A later timeline has begun before this number.
		return true, true
	}
	return true, false
}
