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
	lookEvery = 15 * time.Second
	// worthReturning is how much more memory than after the last return is given back.
	worthReturning = 64 << 20
	// growing is what tells memory that is still being taken.
	growing = 8 << 20
)

// ReturnMemory gives memory back to the system after a peak, until ctx ends. Go keeps what
// its heap has had for minutes, and the garbage of the peak until the next collection.
func ReturnMemory(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	after, before := held(), int64(math.MaxInt64)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := held()
		if now > after+worthReturning && now < before+growing {
			debug.FreeOSMemory()
			now = held()
			after = now
		}
		before, after = now, min(after, now)
	}
}

// held is the memory, in bytes, that Go has from the system.
func held() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64()) //nolint:gosec // bytes of memory fit
}
