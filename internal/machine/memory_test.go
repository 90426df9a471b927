package machine_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/machine"
	"accord/test/require"
)

// held is the memory, in MiB, that Go has from the system.
func held() int {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int((samples[0].Value.Uint64() - samples[1].Value.Uint64()) >> 20) //nolint:gosec // megabytes fit
}

// peak takes memory and forgets it.
func peak(mebibytes int) {
	blocks := make([][]byte, mebibytes)
	for i := range blocks {
		blocks[i] = make([]byte, 1<<20)
	}
	runtime.KeepAlive(blocks)
}

// TestMemoryIsGivenBackAfterAPeak, within a minute. The control is the same time without
// ReturnMemory.
func TestMemoryIsGivenBackAfterAPeak(t *testing.T) {
	require.Full(t)
	const size = 200
	synctest.Test(t, func(t *testing.T) {
		after := func(returning bool) int {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if returning {
				go machine.ReturnMemory(ctx)
				synctest.Wait()
			}
			before := held()
			peak(size)
			time.Sleep(time.Minute)
			return held() - before
		}
		given, kept := after(true), after(false)
		if given > size/4 {
			t.Errorf("%d of %d MiB are kept", given, size)
		}
		if kept < size/2 {
			t.Errorf("the check finds only %d of %d MiB without ReturnMemory", kept, size)
		}
		t.Logf("evidence: a minute after a peak of %d MiB %d MiB are kept; without giving back %d MiB", size, max(0, given), kept)
	})
}

// TestMemoryIsGivenBackAtRest: what a short load has taken, within seconds, and not while a
// server works. The control is the same time without ReturnMemory.
func TestMemoryIsGivenBackAtRest(t *testing.T) {
	require.Full(t)
	const size = 32
	synctest.Test(t, func(t *testing.T) {
		after := func(returning, working bool) int {
			debug.FreeOSMemory() // What other tests have left.
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if returning {
				go machine.ReturnMemory(ctx)
				synctest.Wait()
			}
			before := held()
			peak(size)
			for range 3 {
				time.Sleep(time.Second + time.Millisecond)
				if working {
					peak(2)
				}
			}
			return held() - before
		}
		for name, c := range map[string]struct {
			returning, working bool
			atLeast, below     int
		}{
			"at rest":     {true, false, -1 << 20, size / 4},
			"it works":    {true, true, size / 2, 1 << 20},
			"the control": {false, false, size / 2, 1 << 20},
		} {
			if kept := after(c.returning, c.working); kept < c.atLeast || kept >= c.below {
				t.Errorf("%s: %d of %d MiB are kept", name, kept, size)
			}
		}
	})
}
