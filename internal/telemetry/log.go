package telemetry

import (
	"fmt"
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

// NewLog returns a log that writes the lines of a level and above. Format is "text" or
// "json". Both escape what is not printable, so that no value can forge a line or
// drive a terminal.
func NewLog(buffer *Buffer, format string, level slog.Level) (*Log, error) {
	if format != "text" && format != "json" {
		return nil, fmt.Errorf("log format %q is neither text nor json", format)
	}
	lines := &writer{buffer: buffer, level: level, json: format == "json"}
	return &Log{Logger: slog.New(handler{writer: lines}), lines: lines}, nil
}

// Discard returns a log that writes nothing.
func Discard() *Log {
	return &Log{Logger: slog.New(slog.DiscardHandler), lines: &writer{level: math.MaxInt}}
}
