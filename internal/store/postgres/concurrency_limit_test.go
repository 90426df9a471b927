package postgres

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestTheLimitHalvesAtAConflictAndGrowsWithout(t *testing.T) {
	conflict := &pgconn.PgError{Code: serializationFailure}
	l := concurrencyLimit{limit: maxWriters, size: maxGroup}
	want := func(limit int) {
		t.Helper()
		if l.limit != limit {
			t.Errorf("the limit is %d, want %d", l.limit, limit)
		}
	}
	l.adapt(1, nil)
	want(16)
	for _, limit := range []int{8, 4, 2, 1, 1} {
		l.adapt(1, conflict)
		want(limit)
	}
	for range increaseAfter - 1 {
		l.adapt(1, nil)
	}
	want(1)
	l.adapt(1, nil)
	want(2)
	for range 2*increaseAfter - 1 {
		l.adapt(1, nil)
	}
	l.adapt(1, conflict)
	want(1)
	for range 16 * 16 * increaseAfter {
		l.adapt(1, nil)
	}
	want(16)
	l.adapt(1, errors.New("of a member"))
	want(16)
}

// TestGroupsThatFailBecomeSmaller: each failure of a group repeats the work of all its
// members, whatever the reason was.
func TestGroupsThatFailBecomeSmaller(t *testing.T) {
	l := concurrencyLimit{limit: maxWriters, size: maxGroup}
	for _, err := range []error{&pgconn.PgError{Code: serializationFailure}, errors.New("of a member")} {
		l.size = maxGroup
		for _, size := range []int{16, 8, 4, 2, 1} {
			l.adapt(2, err)
			if l.size != size {
				t.Errorf("%v: the size is %d, want %d", err, l.size, size)
			}
		}
		l.adapt(1, err)
		if l.size != 1 {
			t.Errorf("%v: a lone transaction made the size %d", err, l.size)
		}
		for range 2 * maxGroup {
			l.adapt(1, nil)
		}
		if l.size != maxGroup {
			t.Errorf("it grew to %d, want %d", l.size, maxGroup)
		}
	}
}
