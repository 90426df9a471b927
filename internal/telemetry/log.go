package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines to w. Format is "text" or
// "json". Both escape control characters, so that no value can forge a line or
// drive a terminal.
func NewLogger(w io.Writer, format string, level slog.Level) (*slog.Logger, error) {
	options := slog.HandlerOptions{Level: level}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, &options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, &options)), nil
	}
	return nil, fmt.Errorf("log format %q is neither text nor json", format)
}
