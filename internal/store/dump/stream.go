package dump

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Append appends a dump as text: for each table its name, its columns and its rows, each
// after their number, and an empty name at the end. A text is written after its length, and
// so is a row.
func (d *Dump) Append(to []byte) []byte {
	for i, rows := range d.rows {
		if len(rows) == 0 {
			continue
		}
		t := &tables[i]
		to = binary.AppendUvarint(appendText(to, t.name), uint64(len(t.columns)))
		for _, c := range t.columns {
			to = appendTruth(append(appendText(to, c.name), byte(c.kind)), c.optional)
		}
		to = binary.AppendUvarint(to, uint64(len(rows)))
		for _, row := range rows {
			to = appendText(to, row)
		}
	}
	return appendText(to, "")
}

// Error says what is wrong with the text of a dump, and where.
type Error struct {
	// Table and Row say where, as far as it is known: Row counts from 1.
	Table string
	Row   int
	// Byte is the position in the text.
	Byte   int
	Reason string
}

func (e *Error) Error() string {
	switch {
	case e.Row > 0:
		return fmt.Sprintf("table %.80s, row %d, byte %d of the rows: %s", e.Table, e.Row, e.Byte, e.Reason)
	case e.Table != "":
		return fmt.Sprintf("table %.80s, byte %d of the rows: %s", e.Table, e.Byte, e.Reason)
	}
	return fmt.Sprintf("byte %d of the rows: %s", e.Byte, e.Reason)
}

// largestSequence bounds the numbers of the sequence: SQLite counts up to some 4 * 10^12.
const largestSequence = 1 << 40

// parser reads the text of a dump.
type parser struct {
	whole, rest string
	dump        *Dump
	// seen are the tables that were read.
	seen []bool
}

// Parse reads what Append has written, of this program or an older one. It refuses whatever
// that cannot be, with an *Error.
func Parse(whole string) (*Dump, error) {
	p := &parser{whole, whole, &Dump{rows: make([][]string, len(tables))}, make([]bool, len(tables))}
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if name == "" {
			break
		}
		if err := p.table(name); err != nil {
			return nil, err
		}
	}
	if p.rest != "" {
		return nil, p.error("", 0, "there is something after the end")
	}
	return p.dump, nil
}

func (p *parser) error(table string, row int, format string, args ...any) error {
	return &Error{table, row, len(p.whole) - len(p.rest), fmt.Sprintf(format, args...)}
}

func (p *parser) name() (name string, err error) {
	name, rest, valid := readText(p.rest)
	if !valid || len(name) > longestName {
		return "", p.error("", 0, "a name is expected")
	}
	p.rest = rest
	return name, nil
}

// firstRows bounds the rows for which memory is taken at first.
const firstRows = 1 << 14

// longestName bounds the names of tables and columns.
const longestName = 63

// number reads how many there are of what takes at least a byte each.
func (p *parser) number(table, of string) (int, error) {
	n, rest, valid := readUvarint(p.rest)
	if !valid || n > uint64(len(rest)) {
		return 0, p.error(table, 0, "the number of %s is larger than the rest of the file, or cannot be read", of)
	}
	p.rest = rest
	return int(n), nil //nolint:gosec // At most a length.
}

func (p *parser) table(name string) error {
	i := find(name)
	if i < 0 || p.seen[i] {
		return p.error(name, 0, "this program knows no such table, or it is there twice")
	}
	p.seen[i] = true
	t := &tables[i]
	columns, err := p.columns(name)
	if err != nil {
		return err
	}
	convert, err := p.converter(t, columns)
	if err != nil {
		return err
	}
	count, err := p.number(name, "rows")
	if err != nil {
		return err
	}
	// The memory grows with what there is, whatever the number says.
	rows := make([]string, 0, min(count, firstRows))
	before := ""
	for n := range count {
		size, rest, valid := readUvarint(p.rest)
		if !valid || size > uint64(len(rest)) {
			return p.error(name, n+1, "the row is longer than the rest of the file, or its length cannot be read")
		}
		row := rest[:size]
		if reason := p.check(columns, row); reason != "" {
			return p.error(name, n+1, "%s", reason)
		}
		if n > 0 && row <= before {
			return p.error(name, n+1, "the row is there twice, or not in its order")
		}
		rows, before, p.rest = append(rows, row), row, rest[size:]
	}
	if convert != nil {
		for n, row := range rows {
			rows[n] = convert(row)
		}
		slices.Sort(rows)
	}
	for n := 1; n < len(rows); n++ {
		if key, _ := t.key(rows[n]); len(rows[n-1]) >= len(key) && rows[n-1][:len(key)] == key {
			return p.error(name, n+1, "another row has the same key")
		}
	}
	p.dump.rows[i] = rows
	return nil
}

// check returns why a row is none of these columns; empty for a valid one.
func (p *parser) check(columns []column, row string) (reason string) {
	for _, c := range columns {
		value, rest, valid := c.read(row)
		if !valid {
			return "the value of " + c.name + " cannot be read"
		}
		row = rest
		if c.kind == sequence && value != nil {
			n := value.(int64)
			if n < 0 || n > largestSequence {
				return fmt.Sprintf("%s is %d, which is no number of the sequence", c.name, n)
			}
			p.dump.last = max(p.dump.last, n)
		}
	}
	if row != "" {
		return "it has more values than columns"
	}
	return ""
}

func (p *parser) columns(table string) ([]column, error) {
	count, err := p.number(table, "columns")
	if err != nil {
		return nil, err
	}
	var columns []column
	for range count {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if len(p.rest) < 2 || p.rest[1] > 1 {
			return nil, p.error(table, 0, "the kind of the column %.80s cannot be read", name)
		}
		columns = append(columns, column{name, kind(p.rest[0]), p.rest[1] == 1})
		p.rest = p.rest[2:]
	}
	return columns, nil
}

// converter returns the function that makes rows of these columns those of the table; nil
// where they are the same. A column that the rows do not have is NULL, as that of a
// migration is in rows that were there before it.
func (p *parser) converter(t *table, columns []column) (func(row string) string, error) {
	if slices.Equal(columns, t.columns) {
		return nil, nil
	}
	// at are the indices of the table's columns in the rows.
	at := make([]int, len(t.columns))
	found := 0
	for i, c := range t.columns {
		at[i] = slices.IndexFunc(columns, func(their column) bool { return their.name == c.name })
		switch {
		case at[i] < 0 && !c.optional:
			return nil, p.error(t.name, 0, "the column %s is missing", c.name)
		case at[i] < 0:
			continue
		case columns[at[i]].kind != c.kind || columns[at[i]].optional && !c.optional:
			return nil, p.error(t.name, 0, "the column %s is of another kind", c.name)
		}
		found++
	}
	if found != len(columns) {
		for _, c := range columns {
			if !slices.ContainsFunc(t.columns, func(own column) bool { return own.name == c.name }) {
				return nil, p.error(t.name, 0, "this program knows no column %.80s", c.name)
			}
		}
		return nil, p.error(t.name, 0, "a column is there twice")
	}
	return func(row string) string {
		values := make([]any, len(columns))
		readAll(columns, row, values)
		var converted []byte
		for i, c := range t.columns {
			var value any
			if at[i] >= 0 {
				value = values[at[i]]
			}
			converted = appendValue(converted, c, value)
		}
		return string(converted)
	}, nil
}
