package telemetry

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// flushInterval is how long a line waits at most before it is written. A process
	// that is killed loses at most the lines of this time.
	flushInterval = 100 * time.Millisecond
	// flushSize is how many bytes wait at most while the log can be written.
	flushSize = 64 << 10
	// waitingSize is how many bytes wait while it cannot be written, for whoever reads the
	// log to go on: further lines are dropped.
	waitingSize = 1 << 20
	// writeTimeout is how long a write may take before callers no longer wait for it.
	writeTimeout = time.Second
)

// Buffer collects the lines of a log and writes many of them with one system call:
// after flushInterval, when flushSize bytes wait, and at Flush. While they are
// written, others collect. It may be used by many goroutines.
//
// A write is made by a goroutine of its own, so that what reads the log cannot stop the
// server: callers wait for a write that takes long, once, and then for none until it ends.
type Buffer struct {
	out io.Writer
	// direct buffers write each line at once.
	direct bool
	timer  *time.Timer

	mu sync.Mutex
	// next are the lines that wait, and spare is the memory of those that were written.
	next  *batch
	spare []byte
	// writing is true while a goroutine writes, due when it is to write the next lines too,
	// and stalled after a caller has waited for it in vain.
	writing, due, stalled bool

	// lost counts the lines that were dropped since Lost was asked.
	lost atomic.Int64
}

// batch are lines that are written together.
type batch struct {
	lines []byte
	// written is closed when they are, or could not be, which err says.
	written chan struct{}
	err     error
}

func newBatch(memory []byte) *batch { return &batch{lines: memory[:0], written: make(chan struct{})} }

// NewBuffer returns a buffer in front of out.
func NewBuffer(out io.Writer) *Buffer {
	b := &Buffer{out: out, next: newBatch(nil)}
	// The timer can fire before it is stopped.
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(flushInterval, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.start()
	})
	b.timer.Stop()
	return b
}

// Unbuffered returns a buffer that writes each line to out at once.
func Unbuffered(out io.Writer) *Buffer {
	b := NewBuffer(out)
	b.direct = true
	return b
}

// add appends a line, which may be more than one call of append. With now it is
// written at once, with all lines before it.
func (b *Buffer) add(now bool, line func([]byte) []byte) error {
	b.mu.Lock()
	if len(b.next.lines) >= waitingSize {
		b.lost.Add(1)
		b.mu.Unlock()
		return nil
	}
	if len(b.next.lines) == 0 && !b.direct {
		b.timer.Reset(flushInterval)
	}
	b.next.lines = line(b.next.lines)
	if now || b.direct || len(b.next.lines) >= flushSize {
		return b.flush()
	}
	b.mu.Unlock()
	return nil
}

// Flush writes all lines that wait, and returns when they are written, or do not get
// written in time.
func (b *Buffer) Flush() error {
	b.mu.Lock()
	return b.flush()
}

// Lost returns how many lines were dropped since it was last asked, once lines can be
// written again.
func (b *Buffer) Lost() int64 {
	if b.lost.Load() == 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stalled || len(b.next.lines) >= flushSize {
		return 0 // The line that says so would be lost as well.
	}
	return b.lost.Swap(0)
}

// flush is Flush for one who has the lock, and gives it up.
func (b *Buffer) flush() error {
	mine := b.next
	waits := !b.stalled
	b.start()
	b.mu.Unlock()
	if !waits {
		return nil
	}
	timeout := time.NewTimer(writeTimeout)
	defer timeout.Stop()
	select {
	case <-mine.written:
		return mine.err
	case <-timeout.C:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stalled = b.writing
	return nil
}

// start lets the lines that wait be written.
func (b *Buffer) start() {
	b.timer.Stop()
	b.due = true
	if !b.writing {
		b.writing = true
		go b.write()
	}
}

// write writes lines for as long as some are due.
func (b *Buffer) write() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.due {
		full := b.next
		b.next, b.due = newBatch(b.spare), false
		b.spare = nil
		if len(full.lines) > 0 {
			b.mu.Unlock()
			// Lines that cannot be written are lost, as they would be without a buffer.
			_, full.err = b.out.Write(full.lines)
			b.mu.Lock()
			b.stalled = false
		}
		close(full.written)
		if cap(full.lines) <= 2*flushSize {
			b.spare = full.lines // Unless one line was very long.
		}
	}
	b.writing = false
}
