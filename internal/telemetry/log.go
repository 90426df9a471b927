package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines to w. Format is "text" or
// "json". Both escape control characters, so that no value can forge a line or
// drive a terminal. A logger on a *Buffer flushes it after each line of level ERROR.
func NewLogger(w io.Writer, format string, level slog.Level) (*slog.Logger, error) {
	options := slog.HandlerOptions{Level: level}
	var handler slog.Handler
	switch format {
	case "text":
		handler = slog.NewTextHandler(w, &options)
	case "json":
		handler = slog.NewJSONHandler(w, &options)
	default:
		return nil, fmt.Errorf("log format %q is neither text nor json", format)
	}
	if buffer, is := w.(*Buffer); is {
		handler = flushing{handler, buffer}
	}
	return slog.New(handler), nil
}
