package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"
)

// handler writes the lines of a slog.Logger. The names in a group begin with that of
// the group and a dot.
type handler struct {
	writer *writer
	// prefix is that of the names, given are the attributes of the logger.
	prefix string
	given  []slog.Attr
}

// Enabled reports whether lines of a level are written.
func (h handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.writer.level }

// WithAttrs returns a handler whose lines have further attributes.
func (h handler) WithAttrs(attributes []slog.Attr) slog.Handler {
	h.given = slices.Clip(h.given)
	for _, a := range attributes {
		h.given = appendAttr(h.given, h.prefix, a)
	}
	return h
}

// WithGroup returns a handler whose further attributes are in a group.
func (h handler) WithGroup(name string) slog.Handler {
	if name != "" {
		h.prefix += name + "."
	}
	return h
}

// Handle writes a line.
func (h handler) Handle(_ context.Context, r slog.Record) error {
	all := slices.Clip(h.given)
	r.Attrs(func(a slog.Attr) bool {
		all = appendAttr(all, h.prefix, a)
		return true
	})
	// Values are formatted before the buffer is locked: they may panic, or log.
	fields := line{bytes: []byte{'{'}, json: h.writer.json}
	for _, a := range all {
		fields.attr(a.Key, a.Value)
	}
	return h.writer.write(r.Time, r.Level, r.Message, func(l *line) {
		if rest := fields.bytes[1:]; len(rest) > 0 {
			if l.json {
				l.bytes = append(l.bytes, ',')
			}
			l.bytes = append(l.bytes, rest...)
		}
	})
}

// appendAttr appends an attribute, or those of a group.
func appendAttr(to []slog.Attr, prefix string, a slog.Attr) []slog.Attr {
	value := a.Value.Resolve()
	if value.Kind() != slog.KindGroup {
		if a.Key == "" && value.Any() == nil {
			return to
		}
		return append(to, slog.Attr{Key: prefix + a.Key, Value: value})
	}
	if a.Key != "" {
		prefix += a.Key + "."
	}
	for _, inner := range value.Group() {
		to = appendAttr(to, prefix, inner)
	}
	return to
}

// attr appends an attribute of slog.
func (l *line) attr(name string, value slog.Value) {
	quoted := string(appendString(nil, name, l.json))
	if l.json {
		quoted = quoted[1 : len(quoted)-1]
	}
	if value.Kind() == slog.KindDuration {
		l.duration(quoted, value.Duration())
		return
	}
	l.key(quoted)
	switch value.Kind() {
	case slog.KindInt64:
		l.bytes = strconv.AppendInt(l.bytes, value.Int64(), 10)
	case slog.KindUint64:
		l.bytes = strconv.AppendUint(l.bytes, value.Uint64(), 10)
	case slog.KindBool:
		l.bytes = strconv.AppendBool(l.bytes, value.Bool())
	case slog.KindTime:
		l.bytes = appendString(l.bytes, value.Time().Format(time.RFC3339Nano), l.json)
	default:
		// Sprint survives an Error or String that panics.
		l.bytes = appendString(l.bytes, fmt.Sprint(value.Any()), l.json)
	}
}
