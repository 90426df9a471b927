package telemetry

import (
	"log/slog"
	"math"
)

// Log is a log of lines. The lines of calls are appended to its buffer; all others
// come through its slog.Logger. Lines of level ERROR are written at once, with all
// lines before them.
type Log struct {
	*slog.Logger
	lines *writer
}

// Options are how a log writes.
type Options struct {
	Format Format
	// Level is that of the least important lines that are written.
	Level slog.Level
	// Color colors the format Terminal.
	Color bool
}

// NewLog returns a log. Every format escapes what is not printable, so that no value
// can forge a line or drive a terminal.
func NewLog(buffer *Buffer, o Options) *Log {
	lines := &writer{buffer: buffer, level: o.Level, form: o.Format, color: o.Color}
	return &Log{Logger: slog.New(handler{writer: lines}), lines: lines}
}

// Discard returns a log that writes nothing.
func Discard() *Log {
	return &Log{Logger: slog.New(slog.DiscardHandler), lines: &writer{level: math.MaxInt}}
}
