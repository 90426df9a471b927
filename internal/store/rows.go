package store

import "sync"

// scanner is what a row and rows have in common.
type scanner interface{ Scan(dest ...any) error }

// form is how rows are read: into places that stay, so that a word which is there
// already, from the row or the call before, is not made again.
type form[T any] struct {
	places []any
	// into makes a value of what stands in the places; it must not point there.
	into func(*T)
}

// kept returns a function that reads rows by a form.
func kept[T any](makeForm func() form[T]) func(scanner, *T) error {
	forms := sync.Pool{New: func() any { return new(makeForm()) }}
	return func(row scanner, value *T) error {
		f := forms.Get().(*form[T])
		defer forms.Put(f)
		if err := row.Scan(f.places...); err != nil {
			return err
		}
		f.into(value)
		return nil
	}
}

// one reads the only row of a query, or ErrNotFound.
func one[T any](v *View, scan func(scanner, *T) error, query string, args ...any) (T, error) {
	var value T
	rows, err := v.session.Query(query, args)
	if err != nil {
		return value, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return value, v.fail(err)
		}
		return value, ErrNotFound
	}
	if err := scan(rows, &value); err != nil {
		return value, v.fail(err)
	}
	if err := rows.Close(); err != nil {
		return value, v.fail(err)
	}
	return value, nil
}

// many reads all rows of a query. The result is never nil.
func many[T any](v *View, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	return collect(v, []T{}, scan, query, args)
}

// upTo reads the first rows of a query whose last parameter says how many at most.
// The result is never nil.
func upTo[T any](v *View, limit int, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	return collect(v, make([]T, 0, min(limit, oneGrowth)), scan, query, append(args, limit))
}

// oneGrowth bounds the rows for which there is room before they are found. It is
// more than a page of a client has.
const oneGrowth = 32

// collect appends the rows of a query to values.
func collect[T any](v *View, values []T, scan func(scanner, *T) error, query string, args []any) ([]T, error) {
	rows, err := v.session.Query(query, args)
	if err != nil {
		return nil, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value T
		values = append(values, value)
		if err := scan(rows, &values[len(values)-1]); err != nil {
			return nil, v.fail(err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, v.fail(err)
	}
	return values, nil
}

// scanText reads a row of one text column.
func scanText[T ~string](row scanner, value *T) error { return row.Scan(value) }

// scanNumber reads a row of one number.
func scanNumber(row scanner, value *int64) error { return row.Scan(value) }
