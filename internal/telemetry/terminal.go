package telemetry

import (
	"cmp"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The layout of the lines for people: what does not fit into the width goes on in the
// next line, below the operation of a call or the message.
const (
	width           = 100
	callIndent      = 24
	messageIndent   = 10
	accountWidth    = 12
	operationWidth  = 28
	emphasizedLevel = slog.LevelWarn
)

// mainService is the service whose operations are shown without its name.
const mainService = "organizations"

// The colors, as sequences of ECMA-48.
const (
	faint  = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

// screen is a line for people under construction.
type screen struct {
	bytes  []byte
	color  bool
	indent int
	column int
}

// piece appends a text that is safe, in a color, or none, and fills up to a width.
func (s *screen) piece(color, text string, fill int) {
	size := utf8.RuneCountInString(text)
	switch {
	case s.column == 0:
	case s.column+2+size > width && s.column > s.indent:
		s.bytes = append(append(s.bytes, '\n'), strings.Repeat(" ", s.indent)...)
		s.column = s.indent
	default:
		s.bytes = append(s.bytes, "  "...)
		s.column += 2
	}
	if s.color && color != "" {
		text = color + text + reset
	}
	s.bytes = append(s.bytes, text...)
	s.column += size
	if size < fill {
		s.bytes = append(s.bytes, strings.Repeat(" ", fill-size)...)
		s.column += fill - size
	}
}

// printable returns a value as it is if it is printable ASCII, else quoted.
func printable(value string) string {
	for i := range len(value) {
		if plain[value[i]]&inJSON == 0 {
			return strconv.Quote(value)
		}
	}
	return value
}

// field appends NAME=VALUE, if there is a value.
func (s *screen) field(name, value string) {
	if value != "" {
		s.piece("", name+"="+string(appendString(nil, value, false)), 0)
	}
}

func (s *screen) open(at time.Time) { s.piece(faint, at.Local().Format(time.TimeOnly), 0) }

// below appends the lines of a text, such as a stack, below the line.
func (s *screen) below(sign, text string) {
	for line := range strings.Lines(text) {
		s.bytes = append(append(s.bytes, '\n'), strings.Repeat(" ", s.indent)...)
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
			line = strconv.Quote(line)
		}
		s.bytes = append(append(s.bytes, sign...), line...)
	}
}

// appendCallForPeople appends the line of a call.
func appendCallForPeople(b []byte, color bool, level slog.Level, c *Call) []byte {
	s := screen{bytes: b, color: color, indent: callIndent}
	s.open(c.Ended)
	s.piece("", printable(c.Account), accountWidth)
	operation := cmp.Or(c.Operation, c.Asked)
	if c.Service != mainService && c.Service != "" {
		operation = c.Service + ":" + operation
	}
	s.piece("", printable(operation), operationWidth)
	outcome, shade := c.Outcome, yellow
	switch {
	case c.Outcome == Success:
		outcome, shade = "OK", green
	case level >= slog.LevelError:
		shade = red
	}
	s.piece(shade, printable(outcome), 0)
	s.piece(faint, briefly(c.Duration), 0)
	if c.Reason != "" {
		s.piece(shade, printable(c.Reason), 0)
	}
	if c.Member != "" || c.Rule != "" {
		s.piece("", strings.TrimSpace(printable(bounded(c.Member))+" "+printable(c.Rule)), 0)
	}
	s.field("raised_by", c.Setting)
	s.field("fault", c.Fault)
	if level >= slog.LevelError {
		s.field("request", c.RequestID)
	}
	if c.Cause != nil {
		s.piece(shade, printable(fmt.Sprint(c.Cause)), 0)
	}
	s.below("", c.Stack)
	s.below("> ", c.Input)
	s.below("< ", c.Answer)
	return append(s.bytes, '\n')
}

// appendRecordForPeople appends the line of a record of slog.
func appendRecordForPeople(b []byte, color bool, r slog.Record, fields []slog.Attr) []byte {
	s := screen{bytes: b, color: color, indent: messageIndent}
	s.open(r.Time)
	shade := ""
	if r.Level >= emphasizedLevel {
		if shade = yellow; r.Level >= slog.LevelError {
			shade = red
		}
		s.piece(shade, r.Level.String(), 0)
	}
	s.piece(shade, printable(r.Message), 0)
	for _, f := range fields {
		value := line{}
		value.value(f.Value)
		s.piece("", printable(f.Key)+"="+string(value.bytes), 0)
	}
	return append(s.bytes, '\n')
}

// briefly is a duration with one decimal.
func briefly(d time.Duration) string {
	switch {
	case d >= time.Second:
		d = d.Round(100 * time.Millisecond)
	case d >= time.Millisecond:
		d = d.Round(100 * time.Microsecond)
	}
	return string(appendDuration(nil, d))
}
