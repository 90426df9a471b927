package store

// InsertAll inserts rows into a table. next returns the values of a row, which it may use
// again for the next one, and nil after the last.
func (t *Tx) InsertAll(table string, columns []string, next func() []any) error {
	return t.fail(t.session.Copy(table, columns, next))
}

// raiseMargin is more than the numbers that other servers take between two statements.
const raiseMargin = 1 << 8

// TakeNumbers takes so many numbers of the sequence, and returns the first of them.
func (t *Tx) TakeNumbers(n int64) (first int64, err error) {
	last, err := One(&t.View, ScanNumber, `SELECT nextval('insertions')`)
	if err == nil {
		first = last + raiseMargin
		_, err = One(&t.View, ScanNumber, `SELECT setval('insertions', $1)`, first+n)
	}
	return first, err
}

// RaiseSequence makes nextval('insertions') return numbers above one only.
func (t *Tx) RaiseSequence(above int64) error {
	last, err := One(&t.View, ScanNumber, `SELECT nextval('insertions')`)
	if err == nil && last <= above {
		_, err = One(&t.View, ScanNumber, `SELECT setval('insertions', $1)`, above+raiseMargin)
	}
	return err
}

// DropCache forgets what the transaction has read, before statements that change any of it.
func (t *Tx) DropCache() { *t.cache = *newCache() }
