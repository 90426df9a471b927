package operation

import (
	"accord/internal/api/orgapi"
	"accord/internal/page"
)

// defaultPage is the size of a page when MaxResults is not sent [assumed: AWS
// publishes only that it is at most 20].
const defaultPage = 20

// List describes one paged list.
type List[T any] struct {
	// From is the cursor before its first entry.
	From page.Cursor
	// Fetch reads up to limit entries after a cursor.
	Fetch func(after page.Cursor, limit int) ([]T, error)
	// Key is the cursor of an entry.
	Key func(T) page.Cursor
}

// Paginate reads the page that a client asks for: its entries, and the token of
// the next page, nil on the last one. parameters are all that decides what the
// list holds.
func Paginate[T any](r *Reader, l List[T], token *string, maxResults *int32, parameters ...string) ([]T, *string, error) {
	scope := page.Scope{Operation: r.Operation.Name, Account: r.Caller.Identity.Account, Parameters: parameters}
	after := l.From
	if token != nil {
		var err error
		if after, err = r.pages.Open(scope, *token); err != nil {
			return nil, nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonInvalidNextToken)
		}
	}
	size := defaultPage
	if maxResults != nil {
		size = int(*maxResults)
	}
	// One entry more than the page holds says whether there is a next one.
	entries, err := l.Fetch(after, size+1)
	if err != nil || len(entries) <= size {
		return entries, nil, err
	}
	next := r.pages.Seal(scope, l.Key(entries[size-1]))
	return entries[:size], &next, nil
}
