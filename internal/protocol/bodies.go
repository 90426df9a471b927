package protocol

import "sync/atomic"

// Bodies bounds the memory of the bodies of all requests together. A nil *Bodies has no
// bound.
type Bodies struct {
	most    int64
	used    atomic.Int64
	refused func()
}

// NewBodies returns a bound of most bytes. It calls refused for each body that gets no
// memory; it must not block.
func NewBodies(most int64, refused func()) *Bodies {
	return &Bodies{most: most, refused: refused}
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
	b.refused()
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
	if b != nil {
		b.used.Add(-n)
	}
}
