package dump

import (
	"database/sql"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// cell is a reusable scan buffer of one column.
type cell struct {
	text   sql.NullString
	number sql.NullInt64
	truth  sql.NullBool
}

// buffer scans the rows of a table.
type buffer struct {
	columns []column
	cells   []cell
	dest    []any
	// place is the number of a row that is ranked.
	place int64
}

func newBuffer(columns []column) *buffer {
	b := &buffer{columns: columns, cells: make([]cell, len(columns)), dest: make([]any, len(columns))}
	for i, c := range columns {
		at := &b.cells[i]
		switch {
		case c.kind == text && c.optional:
			b.dest[i] = &at.text
		case c.kind == text:
			b.dest[i], at.text.Valid = &at.text.String, true
		case c.kind == boolean && c.optional:
			b.dest[i] = &at.truth
		case c.kind == boolean:
			b.dest[i], at.truth.Valid = &at.truth.Bool, true
		case c.optional:
			b.dest[i] = &at.number
		default:
			b.dest[i], at.number.Valid = &at.number.Int64, true
		}
	}
	return b
}

// append appends the row that was scanned: the values of its columns, one after the other.
func (b *buffer) append(to []byte) []byte {
	for i, c := range b.columns {
		at := &b.cells[i]
		switch c.kind {
		case text:
			if to = appendPresence(to, c, at.text.Valid); at.text.Valid {
				to = appendText(to, at.text.String)
			}
		case boolean:
			if to = appendPresence(to, c, at.truth.Valid); at.truth.Valid {
				to = appendTruth(to, at.truth.Bool)
			}
		default:
			if to = appendPresence(to, c, at.number.Valid); at.number.Valid {
				to = binary.AppendVarint(to, at.number.Int64)
			}
		}
	}
	return to
}

// appendPresence appends whether an optional value is there.
func appendPresence(to []byte, c column, present bool) []byte {
	if !c.optional {
		return to
	}
	return appendTruth(to, present)
}

func appendTruth(to []byte, b bool) []byte {
	if b {
		return append(to, 1)
	}
	return append(to, 0)
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// appendValue appends a value that read has returned.
func appendValue(to []byte, c column, value any) []byte {
	to = appendPresence(to, c, value != nil)
	switch v := value.(type) {
	case string:
		to = appendText(to, v)
	case int64:
		to = binary.AppendVarint(to, v)
	case bool:
		to = appendTruth(to, v)
	}
	return to
}

// read reads the value of a column from the front of a row: a string, an int64, a bool, or
// nil for NULL. The row has at least as many bytes as one can tell by its values.
func (c column) read(row string) (value any, rest string, valid bool) {
	if c.optional {
		if row == "" || row[0] > 1 {
			return nil, row, false
		}
		present := row[0] == 1
		if row = row[1:]; !present {
			return nil, row, true
		}
	}
	switch c.kind {
	case text:
		s, rest, valid := readText(row)
		return s, rest, valid
	case boolean:
		if row == "" || row[0] > 1 {
			return nil, row, false
		}
		return row[0] == 1, row[1:], true
	default:
		n, rest, valid := readVarint(row)
		return n, rest, valid
	}
}

// readText reads a text that every engine can store.
func readText(from string) (s, rest string, valid bool) {
	size, rest, valid := readUvarint(from)
	if !valid || size > uint64(len(rest)) {
		return "", from, false
	}
	s, rest = rest[:size], rest[size:]
	return s, rest, utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// readUvarint reads a number that is written in as few bytes as it needs.
func readUvarint(from string) (n uint64, rest string, valid bool) {
	for i := 0; i < len(from) && i < binary.MaxVarintLen64; i++ {
		b := from[i]
		if b < 0x80 {
			shortest := b > 0 || i == 0
			return n | uint64(b)<<(7*i), from[i+1:], shortest && (i < binary.MaxVarintLen64-1 || b <= 1)
		}
		n |= uint64(b&0x7f) << (7 * i)
	}
	return 0, from, false
}

func readVarint(from string) (n int64, rest string, valid bool) {
	u, rest, valid := readUvarint(from)
	n = int64(u >> 1) //nolint:gosec // As encoding/binary does.
	if u&1 != 0 {
		n = ^n
	}
	return n, rest, valid
}

// readAll reads the values of columns from the front of a row that is known to be valid.
func readAll(columns []column, row string, values []any) (rest string) {
	for i, c := range columns {
		values[i], row, _ = c.read(row)
	}
	return row
}

// key is the part of a row that is the primary key, and values are its values.
func (t *table) key(row string) (key string, values []any) {
	values = make([]any, t.keys)
	rest := readAll(t.columns[:t.keys], row, values)
	return row[:len(row)-len(rest)], values
}
