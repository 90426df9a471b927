package telemetry

import (
	"io"
	"sync"
	"time"
)

const (
	// flushInterval is how long a line waits at most before it is written. A process
	// that is killed loses at most the lines of this time.
	flushInterval = 100 * time.Millisecond
	// flushSize is how many bytes wait at most, but for the lines of callers that wait
	// too.
	flushSize = 64 << 10
)

// Buffer collects the lines of a log and writes many of them with one system call:
// after flushInterval, when flushSize bytes wait, and at Flush. While they are
// written, others collect. It may be used by many goroutines.
type Buffer struct {
	out io.Writer
	// direct buffers write each line at once.
	direct bool
	timer  *time.Timer

	// writing is held by the goroutine that writes, so that lines stay in order, and
	// locked before mu.
	writing sync.Mutex
	// written is the memory of the lines that are written, or were.
	written []byte

	mu      sync.Mutex
	waiting []byte
}

// NewBuffer returns a buffer in front of out.
func NewBuffer(out io.Writer) *Buffer {
	b := &Buffer{out: out}
	// The timer can fire before it is stopped.
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(flushInterval, func() { _ = b.Flush() })
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
	if len(b.waiting) == 0 && !b.direct {
		b.timer.Reset(flushInterval)
	}
	b.waiting = line(b.waiting)
	full := len(b.waiting) >= flushSize
	b.mu.Unlock()
	if now || full || b.direct {
		return b.Flush()
	}
	return nil
}

// Flush writes all lines that wait.
func (b *Buffer) Flush() error {
	b.writing.Lock()
	defer b.writing.Unlock()
	b.mu.Lock()
	b.timer.Stop()
	full := b.waiting
	b.waiting, b.written = b.written[:0], full
	b.mu.Unlock()
	if len(full) == 0 {
		return nil
	}
	// Lines that cannot be written are lost, as they would be without a buffer.
	_, err := b.out.Write(full)
	if cap(full) > 2*flushSize {
		b.written = nil // One line was very long.
	}
	return err
}
