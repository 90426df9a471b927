package operation

import (
	"cmp"
	"context"
	"errors"

	"accord/internal/api"
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
	// Size is the size of a page when MaxResults is not sent; 0 is that of most lists.
	Size int
}

// Paginate reads the page that the caller asks for: its entries, and the token of the
// next page, nil on the last one.
func Paginate[T any](r *Reader, l List[T]) ([]T, *string, error) {
	after := l.From
	token, maxResults := r.list.Page()
	if token != nil {
		after = r.cursor
	}
	size := cmp.Or(l.Size, defaultPage)
	if maxResults != nil {
		size = int(*maxResults)
	}
	// One entry more than the page holds says whether there is a next one.
	entries, err := l.Fetch(after, size+1)
	if err != nil || len(entries) <= size {
		return entries, nil, err
	}
	last := l.Key(entries[size-1])
	last.Organization = r.listed()
	next := r.pages.Seal(r.scope(r.list, r.Caller.Identity.Account), last)
	return entries[:size], &next, nil
}

// openToken reads the token of a paged request, whoever sent it, before anything else:
// it is part of the input. [assumed]
func (r *Runner) openToken(ctx context.Context, in api.Request) (page.Cursor, error) {
	list, paged := in.(api.Paged)
	if !paged {
		return page.Cursor{}, nil
	}
	token, _ := list.Page()
	if token == nil {
		return page.Cursor{}, nil
	}
	cursor, err := r.pages.Open(r.scope(list, api.CallerOf(ctx).Account), *token)
	if err != nil {
		return cursor, ErrInvalidToken
	}
	return cursor, nil
}

// requireOwnToken rejects a token of another organization, for example of a deleted one
// of the same account. [assumed]
func (r *Reader) requireOwnToken() error {
	if r.list == nil {
		return nil
	}
	if token, _ := r.list.Page(); token != nil && r.cursor.Organization != r.listed() {
		return ErrInvalidToken
	}
	return nil
}

// listed is the organization whose list the operation pages; empty for the list of an
// account, which it takes along.
func (r *Reader) listed() string {
	if r.Operation.Access.Standing == api.Anyone {
		return ""
	}
	return string(r.Caller.OrganizationID())
}

// scope is what the tokens of a list are bound to.
func (r *Runner) scope(in api.Paged, account string) page.Scope {
	return page.Scope{Operation: in.Operation().Name, Account: account, Parameters: []string{in.PageParameters()}}
}

// ErrInvalidToken says that a token is not one of the list that was asked for. The
// mapper of each service makes its own exception of it.
var ErrInvalidToken = errors.New("the token of the page is not valid")
