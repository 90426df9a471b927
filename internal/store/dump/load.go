package dump

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/store"
)

// Load makes the state that a transaction sees that of a dump. What is as it has to be is
// not touched: most rows are, where a state goes back to one that it was in. With anew,
// everything is deleted first, which helps where rows of both states cannot be there
// together.
func (d *Dump) Load(tx *store.Tx, anew bool) error {
	tx.DropCache()
	differences := make([]difference, len(tables))
	for i := range tables {
		var err error
		if differences[i], err = d.compare(&tx.View, i, anew); err != nil {
			return err
		}
	}
	// What refers to rows goes before them, and comes after them.
	for i := len(tables) - 1; i >= 0; i-- {
		if err := differences[i].delete(tx, &tables[i]); err != nil {
			return tables[i].place(err)
		}
	}
	for i := range tables {
		if err := differences[i].insert(tx, &tables[i]); err != nil {
			return tables[i].place(err)
		}
	}
	if err := tx.RaiseSequence(d.last); err != nil {
		return err
	}
	return renew(tx, slices.ContainsFunc(differences[len(ofOrganizations):], difference.some))
}

// place says of an error which rows it is about.
func (t *table) place(err error) error { return fmt.Errorf("rows of the table %s: %w", t.name, err) }

// compare finds what has to change of the table with an index.
func (d *Dump) compare(v *store.View, i int, anew bool) (difference, error) {
	t, want := &tables[i], d.rows[i]
	switch {
	case t.ranked != "":
		return compareRanks(v, t, want, anew)
	case anew:
		return difference{all: true, missing: want}, nil
	}
	at := make(map[string]int, len(want))
	for n, row := range want {
		at[row] = n
	}
	found, count := make([]bool, len(want)), 0
	var others []byte
	var ends []int
	var row []byte
	err := scan(v, t, func(b *buffer) {
		row = b.append(row[:0])
		count++
		if n, same := at[string(row)]; same {
			found[n] = true
			return
		}
		others = append(others, row...)
		ends = append(ends, len(others))
	})
	if err != nil {
		return difference{}, err
	}
	diff := difference{gone: split(string(others), ends)}
	if len(diff.gone) == count && t.park == "" {
		return difference{all: count > 0, missing: want}, nil
	}
	for n, row := range want {
		if !found[n] {
			diff.missing = append(diff.missing, row)
		}
	}
	if t.park != "" {
		diff.keep(t)
	}
	return diff, nil
}

// keep moves rows that are gone, and missing with other values, to those that change.
func (d *difference) keep(t *table) {
	gone := make(map[string]bool, len(d.gone))
	for _, row := range d.gone {
		key, _ := t.key(row)
		gone[key] = true
	}
	d.missing = slices.DeleteFunc(d.missing, func(row string) bool {
		key, _ := t.key(row)
		if !gone[key] {
			return false
		}
		delete(gone, key)
		d.changed = append(d.changed, row)
		return true
	})
	d.gone = slices.DeleteFunc(d.gone, func(row string) bool {
		key, _ := t.key(row)
		return !gone[key]
	})
}

// delete deletes what goes, and parks what changes.
func (d *difference) delete(tx *store.Tx, t *table) error {
	for _, row := range d.changed {
		_, key := t.key(row)
		if err := tx.Exec(t.park, key...); err != nil {
			return err
		}
	}
	if d.all {
		return tx.Exec("DELETE FROM " + t.name + t.condition())
	}
	for _, place := range d.places {
		if err := tx.Exec("DELETE FROM "+t.name+" WHERE "+t.ranked+" = $1", place); err != nil {
			return err
		}
	}
	statement := "DELETE FROM " + t.name + t.where(0)
	for _, row := range d.gone {
		_, key := t.key(row)
		if err := tx.Exec(statement, key...); err != nil {
			return err
		}
	}
	return nil
}

// where is the condition of one row; the parameters of its key follow so many others.
func (t *table) where(others int) string {
	var conditions []string
	for i, c := range t.columns[:t.keys] {
		conditions = append(conditions, fmt.Sprintf("%s = $%d", c.name, others+i+1))
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// insert writes what changes and what is missing.
func (d *difference) insert(tx *store.Tx, t *table) error {
	if len(d.changed) > 0 {
		var sets []string
		for i, c := range t.columns[t.keys:] {
			sets = append(sets, fmt.Sprintf("%s = $%d", c.name, i+1))
		}
		statement := "UPDATE " + t.name + " SET " + strings.Join(sets, ", ") + t.where(len(sets))
		for _, row := range d.changed {
			values := t.values(row)
			if err := tx.ExecOne(statement, slices.Concat(values[t.keys:], values[:t.keys])...); err != nil {
				return err
			}
		}
	}
	if len(d.missing) == 0 {
		return nil
	}
	columns := t.names()
	values := make([]any, len(columns)+len(t.fixed))
	for i, f := range t.fixed {
		columns, values[len(t.columns)+i] = append(columns, f.column), f.value
	}
	missing, place := d.missing, int64(0)
	if t.ranked != "" {
		var err error
		if place, err = tx.TakeNumbers(int64(len(missing))); err != nil {
			return err
		}
	}
	return tx.InsertAll(t.name, columns, func() []any {
		if len(missing) == 0 {
			return nil
		}
		row := missing[0]
		missing = missing[1:]
		readAll(t.columns, row, values)
		if t.ranked != "" {
			values[0] = place
			place++
		}
		return values
	})
}

// renew gives what servers keep by its version another one, which it never had: what they
// have kept may be of another state. That of IAM stays where nothing of IAM has changed.
func renew(tx *store.Tx, iam bool) error {
	next, err := store.One(&tx.View, store.ScanNumber, `SELECT nextval('insertions')`)
	if err == nil {
		err = tx.Exec(`UPDATE organizations SET policy_version = $1`, next)
	}
	if err == nil && iam {
		err = tx.Exec(`UPDATE identity_versions SET version = $1`, 1+next<<versionBits)
	}
	return err
}

// versionBits are those below the number of the sequence in the version of an account.
const versionBits = 32
