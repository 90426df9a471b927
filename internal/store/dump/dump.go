// Package dump reads all rows that users have made into a form that knows no engine, and
// makes a store hold exactly such rows. Its functions read and write within transactions of
// the store, whose rules hold for its SQL, which it makes of one table of tables.
//
// What belongs to a store and not to its state is not in a dump: its keys, its facts, event
// records and how far they are delivered, and the versions by which servers know whether
// what they have kept of the store is still so.
package dump

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"accord/internal/store"
)

// Dump is the rows of a state. It is not changed.
type Dump struct {
	// rows are those of each table, in the order of their bytes. Values of one are in
	// the order of the columns.
	rows [][]string
	// last is the highest number of the sequence.
	last int64
}

// Read reads the rows of the state that a transaction sees. Without secrets, the rows that
// have any are left out.
func Read(v *store.View, secrets bool) (*Dump, error) {
	d := &Dump{rows: make([][]string, len(tables))}
	for i := range tables {
		t := &tables[i]
		if t.secret && !secrets {
			continue
		}
		var all []byte
		var ends []int
		err := scan(v, t, func(b *buffer) {
			all = b.append(all)
			ends = append(ends, len(all))
			d.note(b)
		})
		if err != nil {
			return nil, err
		}
		d.rows[i] = split(string(all), ends)
		slices.Sort(d.rows[i])
	}
	return d, nil
}

// scan calls a function with the buffer of each row of a table.
func scan(v *store.View, t *table, each func(b *buffer)) error {
	b := newBuffer(t.columns)
	query, rank := "SELECT "+strings.Join(t.names(), ", ")+" FROM "+t.name+t.condition(), int64(0)
	if t.ranked != "" {
		query += " ORDER BY " + t.ranked
	}
	_, err := store.Many(v, func(row store.Scanner, _ *struct{}) error {
		err := row.Scan(b.dest...)
		if t.ranked != "" {
			rank++
			b.place, b.cells[0].number.Int64 = b.cells[0].number.Int64, rank
		}
		if err == nil {
			each(b)
		}
		return err
	}, query)
	return err
}

// note notes the numbers of the sequence in a row.
func (d *Dump) note(b *buffer) {
	for i, c := range b.columns {
		if c.kind == sequence {
			d.last = max(d.last, b.cells[i].number.Int64)
		}
	}
}

// split cuts a text at positions.
func split(all string, ends []int) []string {
	rows := make([]string, len(ends))
	begin := 0
	for i, end := range ends {
		rows[i], begin = all[begin:end], end
	}
	return rows
}

// Counts are the numbers of rows by their tables, of those that have any.
func (d *Dump) Counts() map[string]int {
	counts := map[string]int{}
	for i, rows := range d.rows {
		if len(rows) > 0 {
			counts[tables[i].name] = len(rows)
		}
	}
	return counts
}

// WithoutSecrets is the dump without the rows that have secrets.
func (d *Dump) WithoutSecrets() *Dump {
	without := *d
	without.rows = slices.Clone(d.rows)
	for i := range tables {
		if tables[i].secret {
			without.rows[i] = nil
		}
	}
	return &without
}

// Sealed returns the encrypted secrets with the access keys that they belong to.
func (d *Dump) Sealed() map[string]string {
	sealed := map[string]string{}
	i := find("access_keys")
	at := slices.IndexFunc(tables[i].columns, func(c column) bool { return c.name == "sealed" })
	for _, row := range d.rows[i] {
		values := tables[i].values(row)
		sealed[values[0].(string)] = values[at].(string)
	}
	return sealed
}

// values are those of all columns of a row.
func (t *table) values(row string) []any {
	values := make([]any, len(t.columns))
	readAll(t.columns, row, values)
	return values
}

// DeleteEverything deletes all data created by users: what a dump holds, and messages, apart
// from those that wait for their delivery. The facts of the store stay, because other servers
// have read its keys.
func DeleteEverything(tx *store.Tx) error {
	tx.DropCache()
	if err := tx.Exec(`DELETE FROM outbox WHERE delivered = TRUE OR kind NOT IN (SELECT kind FROM deliveries)`); err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) {
		if t.only != "" {
			continue
		}
		if err := tx.Exec("DELETE FROM " + t.name); err != nil {
			return err
		}
	}
	return nil
}

// Digest is a hash of the rows.
func (d *Dump) Digest() string {
	h := sha256.New()
	for i, rows := range d.rows {
		for _, row := range rows {
			_, _ = h.Write([]byte(row))
		}
		_, _ = h.Write([]byte(tables[i].name))
	}
	return hex.EncodeToString(h.Sum(nil))
}
