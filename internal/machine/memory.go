package machine

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// share is what Go may use of the memory of the cgroup. The rest is for what it does not
// count: the pages of SQLite and the buffers of connections.
const share = 0.75

// LimitMemory tells Go the limit of the process's cgroup, unless GOMEMLIMIT is set, and
// logs the limit in force. It returns it in bytes; 0 is no limit.
func LimitMemory(log *slog.Logger) int64 {
	_, err := memlimit.Set(memlimit.WithRatio(share))
	if err != nil && !errors.Is(err, memlimit.ErrNoCgroup) && !errors.Is(err, memlimit.ErrCgroupsNotSupported) {
		log.Warn("the memory limit of the cgroup cannot be read", "error", err)
	}
	limit := MemoryLimit()
	if limit > 0 {
		log.Info("memory limit", "bytes", limit)
	}
	return limit
}

// MemoryLimit is the limit in force, GOMEMLIMIT, in bytes; 0 is no limit.
func MemoryLimit() int64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return limit
	}
	return 0
}

// The memory of bodies. A body costs up to four times its size while it is read.
const (
	bodyShare  = 16
	leastBody  = 8 << 20
	mostBodies = 64 << 20
)

// BodyMemory is the memory, in bytes, that the bodies of all requests may take together
// within a memory limit; 0 is no limit.
func BodyMemory(limit int64) int64 {
	if limit == 0 {
		return mostBodies
	}
	return min(mostBodies, max(leastBody, limit/bodyShare))
}

const (
	// lookEvery is how often ReturnMemory looks.
	lookEvery = time.Second
	// peakEvery is after how many looks it looks for the end of a peak of a server that goes
	// on working.
	peakEvery = 15
	// worthAfterPeak is how much more memory than after the last return is given back then,
	// and growing is what tells memory that is still being taken.
	worthAfterPeak = 64 << 20
	growing        = 8 << 20
	// A server is at rest if it has allocated less than resting since the last look. Then it
	// gives back less too: worthAtRest, and of much memory that part of it.
	resting, worthAtRest, partAtRest = 1 << 20, 4 << 20, 8
)

// ReturnMemory gives memory back to the system after a peak, and at rest, until ctx ends. Go
// keeps what its heap has had for minutes, and the garbage until the next collection, which
// a server at rest does not have.
func ReturnMemory(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	last := look()
	after, before := last.held, int64(math.MaxInt64)
	for looks := 1; ; looks++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := look()
		worth := now.allocated < last.allocated+resting && now.held > after+max(worthAtRest, after/partAtRest)
		if looks%peakEvery == 0 {
			worth = worth || now.held > after+worthAfterPeak && now.held < before+growing
			before = now.held
		}
		if worth {
			debug.FreeOSMemory()
			now = look()
			after = now.held
		}
		after, last = min(after, now.held), now
	}
}

// usage is the memory, in bytes, that Go has from the system, and what it has allocated since
// the start.
type usage struct{ held, allocated int64 }

func look() usage {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	bytes := func(i int) int64 { return int64(samples[i].Value.Uint64()) } //nolint:gosec // bytes of memory fit
	return usage{held: bytes(0) - bytes(1), allocated: bytes(2)}
}
