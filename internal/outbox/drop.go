package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accord/internal/store"
)

// DeleteExpiredMessages is the kind of the due work that removes old letters; its handler
// is Dispatcher.Drop.
const DeleteExpiredMessages = "drop letters"

// Retention is how long letters stay in the store for people to read, delivered
// or not.
const Retention = 90 * day

const day = 24 * time.Hour

// PlanDeletion plans the next removal of old letters: at the next midnight, so that
// servers which start at different times plan the same work. It is called at the
// start and after a reset.
//
// Where a virtual clock is being moved to is in the store before it gets there.
// The days on the way need no removal of their own, of which there could be
// millions.
func PlanDeletion(tx *store.Tx) error {
	now := tx.Now()
	stands, err := tx.Fact(store.VirtualNow)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	default:
		virtual, err := time.Parse(time.RFC3339, stands)
		if err != nil {
			return fmt.Errorf("where the virtual clock stands: %w", err)
		}
		if virtual.After(now) {
			now = virtual
		}
	}
	return tx.InsertJob(store.Job{At: now.Truncate(day).Add(day), Kind: DeleteExpiredMessages})
}

// DeleteExpired removes the letters whose retention is over and plans the next removal.
// Letters that wait for their sink are kept however old they are: time may have
// been moved past them, or have passed while no server ran.
func (d *Worker) DeleteExpired(_ context.Context, tx *store.Tx, _ store.Job) error {
	before := tx.Now().Add(-Retention)
	for _, p := range d.posts {
		// A lease that ends at once takes nothing away; it shows what waits.
		waiting, err := tx.LeaseMessages(p.kind, tx.Now(), batch)
		if err != nil {
			return err
		}
		if len(waiting) == batch {
			// There may be more, of any age.
			return PlanDeletion(tx)
		}
		for _, l := range waiting {
			if l.At.Before(before) {
				before = l.At
			}
		}
	}
	if err := tx.DeleteMessages(before); err != nil {
		return err
	}
	return PlanDeletion(tx)
}
