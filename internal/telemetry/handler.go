package telemetry

import (
	"context"
	"log/slog"
	"slices"
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
	return h.writer.record(r, all)
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
