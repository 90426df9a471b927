package operation

import (
	"context"
	"time"
)

// sweepBatch bounds the accounts that one transaction deletes.
const sweepBatch = 500

// Sweep deletes the accounts that calls registered before an instant and that are unused,
// and returns how many: their keys are free to register them again.
func (r *Runner) Sweep(ctx context.Context, before time.Time) (deleted int, err error) {
	for n := sweepBatch; n == sweepBatch; deleted += n {
		err := r.Change(ctx, func(u *Unit) error {
			n = 0
			unused, err := u.UnusedRegistrations(before, sweepBatch)
			if err != nil || len(unused) == 0 {
				return err
			}
			for _, id := range unused {
				if err := u.Tx.DeleteAccount(id); err != nil {
					return err
				}
			}
			n = len(unused)
			return u.Tx.AddToCounter(wholeServer, Registered, -int64(n))
		})
		if err != nil {
			return deleted, err
		}
		// One record is enough, however many transactions it takes.
		ctx = context.WithValue(ctx, changeKey{}, nil)
	}
	return deleted, nil
}
