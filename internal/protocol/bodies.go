package protocol

import "sync/atomic"

// Bodies bounds the memory of the bodies of all requests together. A nil *Bodies has no
// bound.
type Bodies struct {
	most int64
	used atomic.Int64
	// full is set from the first body that gets no memory until half of it is free.
	full  atomic.Bool
	watch BodyWatch
}

// BodyWatch follows what a bound refuses. Its methods must not block.
type BodyWatch interface {
	// Refused is called for each body that gets no memory. It is the first since half of
	// the memory, in bytes, was free.
	Refused(first bool, memory int64)
	// Relieved is called when half of the memory is free again.
	Relieved()
}

// NewBodies returns a bound of most bytes.
func NewBodies(most int64, watch BodyWatch) *Bodies {
	return &Bodies{most: most, watch: watch}
}

// smallShare is the share of the memory that is kept for small bodies, which almost all
// are: large ones that arrive slowly leave it to them.
const smallShare = 4

// reserve takes n bytes for a body, if they are there.
func (b *Bodies) reserve(n int64, small bool) bool {
	if b == nil {
		return true
	}
	most := b.most
	if !small {
		most -= most / smallShare
	}
	if b.used.Add(n) <= most {
		return true
	}
	b.used.Add(-n)
	b.watch.Refused(!b.full.Swap(true), b.most)
	return false
}

// take takes n bytes that are in use already, and returns n.
func (b *Bodies) take(n int64) int64 {
	if b != nil {
		b.used.Add(n)
	}
	return n
}

// release gives n bytes back.
func (b *Bodies) release(n int64) {
	if b == nil || n == 0 {
		return
	}
	if b.used.Add(-n) <= b.most/2 && b.full.Load() && b.full.Swap(false) {
		b.watch.Relieved()
	}
}
