package telemetry

import (
	"sync"
	"time"
)

// keptDurations is of how many calls the durations are kept: as many as a page of records has.
const keptDurations = 1000

// durations are how long the last calls took. They are in memory alone: a record of a call is
// made with what it changes, before the call has ended.
type durations struct {
	mu   sync.Mutex
	last [keptDurations]struct {
		request string
		took    time.Duration
	}
	next int
}

func (d *durations) add(request string, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last[d.next].request, d.last[d.next].took = request, took
	d.next = (d.next + 1) % keptDurations
}

// all are the durations by the request IDs of the calls.
func (d *durations) all() map[string]time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string]time.Duration{}
	for _, c := range d.last {
		if c.request != "" {
			all[c.request] = c.took
		}
	}
	return all
}
