package organizations

import (
	"accord/internal/api/orgapi"
	"accord/internal/page"
)

// defaultPage is the size of a page when MaxResults is not sent (assumed: AWS
// publishes only that it is at most 20).
const defaultPage = 20

// list describes one paged list.
type list[T any] struct {
	// from is the place before its first entry.
	from page.Cursor
	// fetch reads up to limit entries behind a place.
	fetch func(after page.Cursor, limit int) ([]T, error)
	// key is the place behind an entry.
	key func(T) page.Cursor
}

// turnTo reads the page that a client asks for: its entries, and the token of
// the next page, nil on the last one. parameters are all that decides what the
// list holds.
func turnTo[T any](r *reading, l list[T], token *string, maxResults *int32, parameters ...string) ([]T, *string, error) {
	question := page.Scope{Operation: r.operation, Account: r.caller.Account, Parameters: parameters}
	after := l.from
	if token != nil {
		var err error
		if after, err = r.service.pages.Open(question, *token); err != nil {
			return nil, nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonInvalidNextToken)
		}
	}
	size := defaultPage
	if maxResults != nil {
		size = int(*maxResults)
	}
	// One entry more than the page holds says whether there is a next one.
	entries, err := l.fetch(after, size+1)
	if err != nil || len(entries) <= size {
		return entries, nil, err
	}
	next := r.service.pages.Seal(question, l.key(entries[size-1]))
	return entries[:size], &next, nil
}

// render turns entries into their wire shapes. The result is never nil: an empty
// list is sent as [].
func render[T, W any](entries []T, shape func(*T) W) []W {
	shapes := make([]W, len(entries))
	for i := range entries {
		shapes[i] = shape(&entries[i])
	}
	return shapes
}

// text is a string member of a request, empty when it was not sent.
func text[T ~string](member *T) string {
	if member == nil {
		return ""
	}
	return string(*member)
}
