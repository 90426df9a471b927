package dump

import (
	"cmp"
	"slices"

	"accord/internal/store"
)

// difference is what has to change of a table. Rows are in the order of their bytes.
type difference struct {
	// gone are rows that are not in the dump, missing those that are only there, and
	// changed those of missing whose key is that of a row that stays.
	gone, missing, changed []string
	// all is true if every row goes.
	all bool
	// places are the numbers of the rows that go, where they are ranked.
	places []int64
}

// some reports whether anything changes.
func (d difference) some() bool { return d.all || len(d.gone)+len(d.missing)+len(d.changed) > 0 }

// compareRanks compares rows that are ranked. From the first one that is another on, all are
// replaced: new rows have greater numbers than those that stay.
func compareRanks(v *store.View, t *table, want []string, anew bool) (difference, error) {
	ranked := slices.Clone(want)
	slices.SortFunc(ranked, func(a, b string) int { return cmp.Compare(t.rank(a), t.rank(b)) })
	if anew {
		return difference{all: true, missing: ranked}, nil
	}
	diff := difference{}
	same, count, differ := 0, 0, false
	var row []byte
	err := scan(v, t, func(b *buffer) {
		row = b.append(row[:0])
		count++
		differ = differ || same == len(ranked) || string(row) != ranked[same]
		if !differ {
			same++
			return
		}
		diff.places = append(diff.places, b.place)
	})
	diff.missing = ranked[same:]
	if same == 0 && count > 0 {
		diff.all, diff.places = true, nil
	}
	return diff, err
}

// rank is the rank of a row.
func (t *table) rank(row string) int64 {
	rank, _, _ := t.columns[0].read(row)
	return rank.(int64)
}
