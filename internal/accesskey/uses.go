package accesskey

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"accord/internal/iam"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Used notes that an access key signed a call of a service in a Region.
func (k *Keys) Used(accessKeyID string, at time.Time, service, region string) {
	k.uses.note(accessKeyID, iam.LastUse{At: at, Service: service, Region: region})
}

// writeInterval is how long a last use waits to be written. [assumed: AWS shows it later
// too]
const writeInterval = time.Minute

// Run writes the last uses of access keys until the context ends, and then once more.
func (k *Keys) Run(ctx context.Context, log *slog.Logger) {
	ticks := time.NewTicker(writeInterval)
	defer ticks.Stop()
	for ended := false; !ended; {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			ended = true
		}
		if err := k.WriteUses(context.WithoutCancel(ctx)); err != nil {
			log.WarnContext(ctx, "the last uses of access keys were not written", "error", err)
		}
	}
}

// WriteUses writes the last uses that wait. Those of keys that were deleted are forgotten,
// and so are all after an error: the next use is as good.
func (k *Keys) WriteUses(ctx context.Context) error {
	waiting := k.uses.take()
	if len(waiting) == 0 {
		return nil
	}
	return k.store.Update(ctx, func(tx *store.Tx) error {
		for id, use := range waiting {
			_, err := identities.AccessKey(&tx.View, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err == nil {
				err = identities.SetKeyLastUse(tx, id, use)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
