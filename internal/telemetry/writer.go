package telemetry

import (
	"log/slog"
	"time"
)

// writer writes lines in one of the forms.
type writer struct {
	buffer *Buffer
	// level is that of the least important lines that are written.
	level slog.Level
	json  bool
	// stamp is guarded by the buffer.
	stamp stamp
}

// write adds a line. The fields are appended while the buffer is locked.
func (w *writer) write(at time.Time, level slog.Level, message string, fields func(*line)) error {
	return w.buffer.add(level >= slog.LevelError, func(b []byte) []byte {
		to := line{bytes: b, json: w.json}
		if w.json {
			to.bytes = append(w.stamp.append(append(to.bytes, `{"time":"`...), at), '"')
		} else {
			to.bytes = w.stamp.append(append(to.bytes, "time="...), at)
		}
		to.text("level", level.String())
		to.text("msg", message)
		fields(&to)
		if w.json {
			to.bytes = append(to.bytes, '}')
		}
		return append(to.bytes, '\n')
	})
}
