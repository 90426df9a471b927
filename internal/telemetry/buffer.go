package telemetry

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// flushInterval is how long a line waits at most before it is written. A process
	// that is killed loses at most the lines of this time.
	flushInterval = 100 * time.Millisecond
	// flushSize is how many bytes wait at most.
	flushSize = 32 << 10
)

// Buffer collects the lines of a log and writes many of them with one system call:
// after flushInterval, when flushSize bytes wait, and at Flush. It may be used by
// many goroutines.
type Buffer struct {
	mu      sync.Mutex
	out     io.Writer
	waiting []byte
	timer   *time.Timer
}

// NewBuffer returns a buffer in front of out.
func NewBuffer(out io.Writer) *Buffer {
	b := &Buffer{out: out, waiting: make([]byte, 0, flushSize)}
	b.timer = time.AfterFunc(flushInterval, func() { _ = b.Flush() })
	b.timer.Stop()
	return b
}

// Write takes one line.
func (b *Buffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting)+len(line) > flushSize {
		if err := b.flush(); err != nil {
			return 0, err
		}
	}
	if len(b.waiting) == 0 {
		b.timer.Reset(flushInterval)
	}
	b.waiting = append(b.waiting, line...)
	return len(line), nil
}

// Flush writes all lines that wait.
func (b *Buffer) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flush()
}

func (b *Buffer) flush() error {
	b.timer.Stop()
	if len(b.waiting) == 0 {
		return nil
	}
	// Lines that cannot be written are lost, as they would be without a buffer.
	_, err := b.out.Write(b.waiting)
	b.waiting = b.waiting[:0]
	if cap(b.waiting) > 2*flushSize {
		b.waiting = make([]byte, 0, flushSize) // One line was very long.
	}
	return err
}

// flushing is a handler that flushes its buffer after each line of level ERROR: the
// lines that explain why a process ended are never lost.
type flushing struct {
	slog.Handler
	buffer *Buffer
}

func (f flushing) Handle(ctx context.Context, line slog.Record) error {
	err := f.Handler.Handle(ctx, line)
	if line.Level < slog.LevelError {
		return err
	}
	if failed := f.buffer.Flush(); err == nil {
		err = failed
	}
	return err
}

func (f flushing) WithAttrs(attributes []slog.Attr) slog.Handler {
	return flushing{f.Handler.WithAttrs(attributes), f.buffer}
}

func (f flushing) WithGroup(name string) slog.Handler {
	return flushing{f.Handler.WithGroup(name), f.buffer}
}
