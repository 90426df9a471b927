package storetest

import (
	"errors"

	"accord/internal/ident"
	"accord/internal/store"
)

// commits are about what follows a commit.
var commits = []testCase{
	{"functions for after the commit run once, and only after a commit", func(t *fixture) {
		t.with(store.Options{Rehearse: true})
		called, runs := 0, 0
		tell := func(tx *store.Tx) {
			tx.AfterCommit(func() {
				called++
				// The change is there for everybody.
				wants(t, "after the commit", ours.ID, func(v *store.View) (ident.OrganizationID, error) {
					o, err := v.Organization(ours.ID)
					return o.ID, err
				})
			})
		}
		t.write(func(tx *store.Tx) error {
			tell(tx)
			if err := found(tx, ours); err != nil {
				return err
			}
			// The rehearsal is one run; the next one conflicts with itself.
			if runs++; runs == 2 {
				return store.ErrDuplicate
			}
			return nil
		})
		if called != 1 || runs != 3 {
			t.Errorf("called %d times in %d runs", called, runs)
		}
		err := t.store().Update(t.Context(), func(tx *store.Tx) error {
			tell(tx)
			return errExpected
		})
		if !errors.Is(err, errExpected) || called != 1 {
			t.Errorf("error %v, called %d times", err, called)
		}
	}},
}
