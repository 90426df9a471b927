package graceful

import (
	"math"
	"sync/atomic"
)

// largeHead is the part of a head, with the handshake of TLS, that all connections can have
// at once, in bytes. A field of four bytes costs a hundred.
const largeHead = 4 << 10

// heads counts the bytes of the head that a connection receives.
type heads struct {
	// bytes is negative while none is expected.
	bytes atomic.Int64
	large atomic.Bool
}

// noHead is what bytes is while the head of no request is expected.
const noHead = math.MinInt64 / 2

// received counts n bytes, and reports whether they make the head a large one.
func (h *heads) received(n int) bool { return h.bytes.Add(int64(n)) > largeHead && !h.large.Swap(true) }

// whole notes that a head has arrived.
func (h *heads) whole() { h.bytes.Store(noHead) }

// next notes that the next head is expected, and reports whether the last one was large.
func (h *heads) next() bool {
	h.bytes.Store(0)
	return h.large.Load() && h.large.Swap(false)
}
