package store

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// messageOrder numbers the transactions that write messages; ids begin with it.
type messageOrder struct {
	last atomic.Int64
}

// next is the number of a transaction at an instant: that instant, or the next one when
// the clock stands or was set back.
func (o *messageOrder) next(now time.Time) int64 {
	for {
		last := o.last.Load()
		next := max(micros(now), last+1)
		if o.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// resume continues after the message with an id; an empty one is none.
func (o *messageOrder) resume(id string) error {
	if id == "" {
		return nil
	}
	order, _, _ := strings.Cut(id, "-")
	last, err := strconv.ParseInt(order, 16, 64)
	o.last.Store(last)
	return err
}
