package store

import (
	"sync"

	"accord/internal/store/engine"
)

// Scanner reads the columns of a row.
type Scanner interface{ Scan(dest ...any) error }

// scanBuffer is a reusable buffer for the columns of a row. The rows that most calls read
// use one; for the others a scan function reads into the value itself.
type scanBuffer[T any] struct {
	dest []any
	// value makes a value of the columns; it must not point into the buffer.
	value func(*T)
}

// buffered returns a scan function with a pool of buffers. It takes a quarter off the
// CPU time of a point read and of a page of twenty rows (BenchmarkMembers).
func buffered[T any](newBuffer func() scanBuffer[T]) func(Scanner, *T) error {
	buffers := sync.Pool{New: func() any { return new(newBuffer()) }}
	return func(row Scanner, value *T) error {
		b := buffers.Get().(*scanBuffer[T])
		defer buffers.Put(b)
		if err := row.Scan(b.dest...); err != nil {
			return err
		}
		b.value(value)
		return nil
	}
}

// One reads the only row of a query, or ErrNotFound.
func One[T any](v *View, scan func(Scanner, *T) error, query string, args ...any) (T, error) {
	value, err := cached(v, query, args, func() (*T, int, error) { return readRow(v, scan, query, args) })
	if err != nil {
		var none T
		return none, err
	}
	return *value, nil
}

// readRow returns the only row of a query and its size in bytes, or ErrNotFound.
func readRow[T any](v *View, scan func(Scanner, *T) error, query string, args []any) (*T, int, error) {
	rows, err := v.session.Query(query, args)
	if err != nil {
		return nil, 0, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, 0, v.fail(err)
		}
		return nil, 0, ErrNotFound
	}
	var value T
	row := engine.Sizer{Row: rows}
	if err := scan(&row, &value); err != nil {
		return nil, 0, v.fail(err)
	}
	return &value, row.Bytes + engine.SizeOf[T](), v.fail(rows.Close())
}

// Many reads all rows of a query. The result is never nil.
func Many[T any](v *View, scan func(Scanner, *T) error, query string, args ...any) ([]T, error) {
	return readRows(v, 0, scan, query, args)
}

// UpTo reads the first rows of a query whose last parameter is their maximal number.
// The result is never nil.
func UpTo[T any](v *View, limit int, scan func(Scanner, *T) error, query string, args ...any) ([]T, error) {
	return readRows(v, min(limit, firstCapacity), scan, query, append(args, limit))
}

// firstCapacity bounds the capacity of a list before its rows are read. It is more than
// a page of a client.
const firstCapacity = 32

// readRows returns the rows of a query in a slice with this capacity. They are not
// cached: answers are, which hold less.
func readRows[T any](v *View, capacity int, scan func(Scanner, *T) error, query string, args []any) ([]T, error) {
	rows, err := v.session.Query(query, args)
	if err != nil {
		return nil, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	values := make([]T, 0, capacity)
	for rows.Next() {
		var value T
		values = append(values, value)
		if err := scan(rows, &values[len(values)-1]); err != nil {
			return nil, v.fail(err)
		}
	}
	return values, v.fail(rows.Err())
}

// ScanText reads a row of one text column.
func ScanText[T ~string](row Scanner, value *T) error { return row.Scan(value) }

// ScanNumber reads a row of one number.
func ScanNumber(row Scanner, value *int64) error { return row.Scan(value) }
