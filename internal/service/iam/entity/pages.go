package entity

import (
	"slices"
	"strings"

	"accord/internal/page"
	"accord/internal/service/operation"
)

// pageSize is the size of a page when MaxItems is not sent. [AWS: API reference]
const pageSize = 100

// Paged reads a page of a list that is ordered by keys: up to limit entries after a key.
func Paged[T any](r *operation.Reader, fetch func(after string, limit int) ([]T, error), key func(T) string) ([]T, *string, error) {
	return operation.Paginate(r, operation.List[T]{
		From:  page.First,
		Fetch: func(after page.Cursor, limit int) ([]T, error) { return fetch(after.Key, limit) },
		Key:   func(entry T) page.Cursor { return page.Cursor{Key: key(entry)} },
		Size:  pageSize,
	})
}

// Whole is Paged for a short list that was read as a whole, in the order of its keys.
func Whole[T any](r *operation.Reader, all []T, key func(T) string) ([]T, *string, error) {
	return Paged(r, func(after string, limit int) ([]T, error) {
		from := slices.IndexFunc(all, func(entry T) bool { return key(entry) > after })
		if from < 0 {
			return []T{}, nil
		}
		return all[from:min(from+limit, len(all))], nil
	}, key)
}

// ranked is an entry of a list with its rank.
type ranked[T any] struct {
	entry T
	rank  int64
}

// Ranked is a page of a short list that was read as a whole and has no keys: the next page
// goes on after as many entries as were shown.
func Ranked[T any](r *operation.Reader, all []T) ([]T, *string, error) {
	entries, next, err := operation.Paginate(r, operation.List[ranked[T]]{
		Fetch: func(after page.Cursor, limit int) ([]ranked[T], error) {
			var found []ranked[T]
			for rank := after.At; rank < int64(len(all)) && len(found) < limit; rank++ {
				found = append(found, ranked[T]{all[rank], rank})
			}
			return found, nil
		},
		Key:  func(e ranked[T]) page.Cursor { return page.Cursor{At: e.rank + 1} },
		Size: pageSize,
	})
	shown := make([]T, len(entries))
	for i, e := range entries {
		shown[i] = e.entry
	}
	return shown, next, err
}

// Prefix is a path prefix that may not have been sent.
func Prefix(path *string) string {
	if path == nil {
		return "/"
	}
	return *path
}

// Below leaves out what is not below a path.
func Below[T any](all []T, prefix *string, path func(T) string) []T {
	return slices.DeleteFunc(all, func(entry T) bool { return !strings.HasPrefix(path(entry), Prefix(prefix)) })
}
