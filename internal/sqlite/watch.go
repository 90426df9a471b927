package sqlite

import (
	"context"
	"time"
)

// watchInterval is how often the names and the content of the files are compared with what
// is open.
const watchInterval = time.Second

// watch compares the names and the content of the files of a writer until it is stopped, and cuts what has
// grown.
func watch(ctx context.Context, w *writer) {
	ticks := time.NewTicker(watchInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			_ = w.guard.compareAll()
			_ = w.guard.compareContent()
			w.guard.countNames()
		case <-ctx.Done():
			return
		}
		if w.guard.isTooLong() || w.guard.isMostlyFree() {
			_ = w.update(ctx, func(*Conn) error {
				w.maintain = (*writer).shrink
				return nil
			})
		}
	}
}
