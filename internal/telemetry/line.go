package telemetry

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"
	"unicode"
	"unicode/utf16"
)

// line is a line under construction. No value in it can forge another line, or drive
// a terminal: what is not printable is escaped.
type line struct {
	bytes []byte
	json  bool
}

// key appends the name of a field, which is a constant, or was quoted.
func (l *line) key(name string) {
	if l.json {
		if l.bytes[len(l.bytes)-1] != '{' {
			l.bytes = append(l.bytes, ',')
		}
		l.bytes = append(append(append(l.bytes, '"'), name...), '"', ':')
		return
	}
	l.bytes = append(append(append(l.bytes, ' '), name...), '=')
}

// text appends a field, if it has a value.
func (l *line) text(name, value string) {
	if value != "" {
		l.key(name)
		l.bytes = appendString(l.bytes, value, l.json)
	}
}

// call appends the fields of a call.
func (l *line) call(c *Call) {
	l.text("service", c.Service)
	l.text("operation", c.Operation)
	l.text("operation", c.Asked)
	l.text("account", c.Account)
	l.text("outcome", c.Outcome)
	l.text("reason", c.Reason)
	l.text("member", bounded(c.Member))
	l.text("rule", c.Rule)
	l.number("status", c.Status)
	l.duration("duration", c.Duration)
	l.text("raised_by", c.Setting)
	l.text("fault", c.Fault)
	l.text("request", c.RequestID)
	if c.Cause != nil {
		// Sprint survives an Error that panics, as the buffer is locked.
		l.text("error", fmt.Sprint(c.Cause))
	}
	l.text("stack", c.Stack)
	l.text("input", c.Input)
	l.text("answer", c.Answer)
}

// longestName bounds names that a client chose.
const longestName = 128

func bounded(name string) string {
	if len(name) <= longestName {
		return name
	}
	return name[:longestName] + "..."
}

// attr appends an attribute of slog.
func (l *line) attr(name string, value slog.Value) {
	quoted := string(appendString(nil, name, l.json))
	if l.json {
		quoted = quoted[1 : len(quoted)-1]
	}
	l.key(quoted)
	l.value(value)
}

// value appends a value of slog.
func (l *line) value(value slog.Value) {
	switch value.Kind() {
	case slog.KindInt64:
		l.bytes = strconv.AppendInt(l.bytes, value.Int64(), 10)
	case slog.KindUint64:
		l.bytes = strconv.AppendUint(l.bytes, value.Uint64(), 10)
	case slog.KindBool:
		l.bytes = strconv.AppendBool(l.bytes, value.Bool())
	case slog.KindDuration:
		l.bytes = appendString(l.bytes, string(appendDuration(nil, value.Duration())), l.json)
	case slog.KindTime:
		l.bytes = appendString(l.bytes, value.Time().Format(time.RFC3339Nano), l.json)
	default:
		// Sprint survives an Error or String that panics.
		l.bytes = appendString(l.bytes, fmt.Sprint(value.Any()), l.json)
	}
}

// close ends a line.
func (l *line) close() []byte {
	if l.json {
		l.bytes = append(l.bytes, '}')
	}
	return append(l.bytes, '\n')
}

func (l *line) number(name string, value int) {
	l.key(name)
	l.bytes = strconv.AppendInt(l.bytes, int64(value), 10)
}

func (l *line) duration(name string, value time.Duration) {
	l.key(name)
	if l.json {
		l.bytes = append(appendDuration(append(l.bytes, '"'), value), '"')
		return
	}
	l.bytes = appendDuration(l.bytes, value)
}

// plain has, for each byte, in which forms it stands as it is.
var plain = func() (table [256]byte) {
	for c := ' '; c <= '~'; c++ {
		switch c {
		case '"', '\\':
		case ' ', '=':
			table[c] = inJSON
		default:
			table[c] = inJSON | inText
		}
	}
	return table
}()

const (
	inText = 1 << iota
	inJSON
)

// appendString appends a value: in text with quotes only where they are needed.
func appendString(b []byte, s string, json bool) []byte {
	need := byte(inText)
	if json {
		need = inJSON
	}
	for i := range len(s) {
		if plain[s[i]]&need == 0 {
			if json {
				return appendEscaped(b, s)
			}
			return strconv.AppendQuote(b, s)
		}
	}
	if json || s == "" {
		return append(append(append(b, '"'), s...), '"')
	}
	return append(b, s...)
}

// appendEscaped appends a string of JSON, of which all that is not printable is
// escaped, and each byte that is not UTF-8 replaced.
func appendEscaped(b []byte, s string) []byte {
	unit := func(u rune) {
		const digits = "0123456789abcdef"
		b = append(b, '\\', 'u', digits[u>>12&15], digits[u>>8&15], digits[u>>4&15], digits[u&15])
	}
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case unicode.IsPrint(r):
			b = append(b, string(r)...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			unit(high)
			unit(low)
		default:
			unit(r)
		}
	}
	return append(b, '"')
}

// appendDuration appends a duration in microseconds, milliseconds or seconds, with at
// most three decimals. time.ParseDuration reads it.
func appendDuration(b []byte, d time.Duration) []byte {
	unit, name := time.Microsecond, "µs"
	switch {
	case d >= time.Second:
		unit, name = time.Second, "s"
	case d >= time.Millisecond:
		unit, name = time.Millisecond, "ms"
	}
	b = strconv.AppendInt(b, int64(d/unit), 10)
	if part := int64(d % unit * 1000 / unit); part > 0 && unit > time.Microsecond {
		b = append(b, '.', byte('0'+part/100), byte('0'+part/10%10), byte('0'+part%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return append(b, name...)
}

// stamp formats instants with milliseconds, as RFC 3339 and slog do, and keeps the
// text of the last second.
type stamp struct {
	second     int64
	text, zone []byte
}

func (s *stamp) append(b []byte, at time.Time) []byte {
	if second := at.Unix(); second != s.second || len(s.text) == 0 {
		local := at.Local()
		s.second = second
		s.text = local.AppendFormat(s.text[:0], "2006-01-02T15:04:05.")
		s.zone = local.AppendFormat(s.zone[:0], "Z07:00")
	}
	ms := at.Nanosecond() / int(time.Millisecond)
	b = append(append(b, s.text...), byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	return append(b, s.zone...)
}
