package snapshot

import (
	"errors"
	"strings"

	"accord/internal/store"
)

// conflicts is how often a transaction that loads may fail by rows that are there twice
// until the file is taken to be the reason.
const conflicts = 3

// Loader returns a function that makes the state that a transaction sees that of the
// snapshot; it may be run again, as Update does. With check, rows that contradict each other
// are an *Error: those of a file may be of anybody.
func (s *Snapshot) Loader(check bool) func(tx *store.Tx) error {
	duplicates := 0
	return func(tx *store.Tx) error {
		err := s.Rows.Load(tx, duplicates > 0)
		if errors.Is(err, store.ErrDuplicate) {
			duplicates++
		}
		switch {
		case err == nil && check:
			return requireWhole(tx)
		case duplicates > conflicts:
			return refuse("%s", inOneLine(err))
		case err != nil && check && !errors.Is(err, store.ErrDuplicate):
			// A store that cannot be written is found in the cause.
			return &Error{inOneLine(err), err}
		}
		return err
	}
}

func inOneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// requireWhole refuses rows that contradict each other.
func requireWhole(tx *store.Tx) error {
	findings, err := tx.Contradictions()
	if err == nil && len(findings) > 0 {
		err = refuse("its rows contradict each other: %s", strings.Join(findings, "; "))
	}
	return err
}
