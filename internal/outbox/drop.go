package outbox

import (
	"context"
	"time"

	"accord/internal/store"
)

// DropLetters is the kind of the due work that removes old letters; its handler
// is Dispatcher.Drop.
const DropLetters = "drop letters"

// Retention is how long letters stay in the store for people to read, delivered
// or not.
const Retention = 90 * 24 * time.Hour

// PlanDrop plans the next removal of old letters: at the next midnight, so that
// servers which start at different times plan the same work. It is called at the
// start and after a reset.
func PlanDrop(tx *store.Tx) error {
	midnight := tx.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
	return tx.AddDue(store.Due{At: midnight, Kind: DropLetters})
}

// Drop removes the letters whose retention is over and plans the next removal.
// Letters that wait for their sink are kept however old they are: time may have
// been moved past them, or have passed while no server ran.
func (d *Dispatcher) Drop(_ context.Context, tx *store.Tx, _ store.Due) error {
	before := tx.Now().Add(-Retention)
	for _, p := range d.posts {
		// A lease that ends at once takes nothing away; it shows what waits.
		waiting, err := tx.Lease(p.kind, tx.Now(), batch)
		if err != nil {
			return err
		}
		if len(waiting) == batch {
			// There may be more, of any age.
			return PlanDrop(tx)
		}
		for _, l := range waiting {
			if l.At.Before(before) {
				before = l.At
			}
		}
	}
	if err := tx.DropLetters(before); err != nil {
		return err
	}
	return PlanDrop(tx)
}
