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
	form  Format
	// color is for the form for people.
	color bool
	// stamp is guarded by the buffer.
	stamp stamp
}

// call adds the line of a call.
func (w *writer) call(level slog.Level, c *Call) {
	w.tellLost(c.Ended)
	_ = w.buffer.add(level >= slog.LevelError, func(b []byte) []byte {
		if w.form == Terminal {
			return appendCallForPeople(b, w.color, level, c)
		}
		l := w.open(b, c.Ended, level, "call")
		l.call(c)
		return l.close()
	})
}

// record adds the line of a record of slog.
func (w *writer) record(r slog.Record, fields []slog.Attr) error {
	w.tellLost(r.Time)
	return w.add(r, fields)
}

// tellLost adds a line if lines were dropped, because nothing read the log.
func (w *writer) tellLost(now time.Time) {
	if n := w.buffer.Lost(); n > 0 {
		_ = w.add(slog.NewRecord(now, slog.LevelWarn, "lines of the log were lost: what reads it stood still", 0), []slog.Attr{slog.Int64("lines", n)})
	}
}

func (w *writer) add(r slog.Record, fields []slog.Attr) error {
	// Values are formatted before the buffer is locked: they may panic, or log.
	text := line{bytes: []byte{'{'}, json: w.form == JSON}
	if w.form == Terminal {
		text.bytes = appendRecordForPeople(nil, w.color, r, fields)
	} else {
		for _, f := range fields {
			text.attr(f.Key, f.Value)
		}
	}
	return w.buffer.add(r.Level >= slog.LevelError, func(b []byte) []byte {
		if w.form == Terminal {
			return append(b, text.bytes...)
		}
		l := w.open(b, r.Time, r.Level, r.Message)
		if rest := text.bytes[1:]; len(rest) > 0 {
			if l.json {
				l.bytes = append(l.bytes, ',')
			}
			l.bytes = append(l.bytes, rest...)
		}
		return l.close()
	})
}

// open begins a line for programs.
func (w *writer) open(b []byte, at time.Time, level slog.Level, message string) line {
	l := line{bytes: b, json: w.form == JSON}
	if l.json {
		l.bytes = append(w.stamp.append(append(l.bytes, `{"time":"`...), at), '"')
	} else {
		l.bytes = w.stamp.append(append(l.bytes, "time="...), at)
	}
	l.text("level", level.String())
	l.text("msg", message)
	return l
}
