package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accord/internal/store"
)

// DeleteExpiredMessages is the kind of the job that deletes old messages; its handler
// is Worker.DeleteExpired.
const DeleteExpiredMessages = "delete expired messages"

// Retention is how long messages stay in the store for people to read, delivered or
// not.
const Retention = 90 * day

const day = 24 * time.Hour

// PlanDeletion plans the next deletion of old messages: at the next midnight, so that
// servers that start at different times plan the same job. It is called at the start
// and after a reset.
//
// The store has the target of a virtual clock before the clock gets there. The days
// on the way need no deletion of their own; there could be millions.
func PlanDeletion(tx *store.Tx) error {
	now := tx.Now()
	target, err := tx.Fact(store.VirtualNow)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	default:
		virtual, err := time.Parse(time.RFC3339, target)
		if err != nil {
			return fmt.Errorf("reading the time of the virtual clock: %w", err)
		}
		if virtual.After(now) {
			now = virtual
		}
	}
	return tx.InsertJob(store.Job{At: now.Truncate(day).Add(day), Kind: DeleteExpiredMessages})
}

// DeleteExpired deletes the messages whose retention has ended and plans the next
// deletion. Messages that wait for their sink are kept at any age: the virtual clock
// may have skipped their time, or no server may have run.
func (w *Worker) DeleteExpired(_ context.Context, tx *store.Tx, _ store.Job) error {
	before := tx.Now().Add(-Retention)
	for _, d := range w.deliveries {
		waiting, err := tx.WaitingMessages(d.kind, batch)
		if err != nil {
			return err
		}
		if len(waiting) == batch {
			// There may be more, of any age.
			return PlanDeletion(tx)
		}
		for _, m := range waiting {
			if m.At.Before(before) {
				before = m.At
			}
		}
	}
	if err := tx.DeleteMessages(before); err != nil {
		return err
	}
	return PlanDeletion(tx)
}
