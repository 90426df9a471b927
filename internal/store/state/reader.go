package state

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// owner is what rows belong to: something with an ID within an organization; both are empty
// for what belongs to none.
type owner struct {
	organization ident.OrganizationID
	id           string
}

// reader holds the rows by what they belong to.
type reader struct {
	view *store.View
	// only is the organization that is read; empty for all.
	only     ident.OrganizationID
	now      time.Time
	document *seed.Document

	// units and accounts are by their parents, tags and what is attached by their targets,
	// and the rest by organization.
	units          map[owner][]org.Unit
	accounts       map[owner][]accountRow
	tags           map[owner][]seed.Tag
	types          map[owner][]string
	policies       map[owner][]seed.Policy
	attached       map[owner][]attachmentRow
	delegation     map[owner][]seed.Policy
	services       map[owner][]seed.TrustedService
	administrators map[owner][]seed.DelegatedAdministrator
	quotas         map[owner][]quotaRow
	handshakes     map[owner][]seed.Handshake
	answers        map[owner][]seed.Answer
	creations      map[owner][]seed.Creation
	identities     map[ident.AccountID]*identitiesOf
}

type accountRow struct {
	org.Account
	method org.JoinedMethod
	joined time.Time
}

type attachmentRow struct {
	policy   ident.PolicyID
	detached bool
}

type quotaRow struct {
	name  string
	value int64
}

// grouped reads rows by what they belong to, in the order of the query, whose first two
// columns are that.
func grouped[T any](r *reader, scan func(row store.Scanner, o *owner, value *T) error, query string, args ...any) (map[owner][]T, error) {
	type entry struct {
		owner owner
		value T
	}
	rows, err := store.Many(r.view, func(row store.Scanner, e *entry) error { return scan(row, &e.owner, &e.value) }, query, append([]any{r.only}, args...)...)
	if err != nil {
		return nil, err
	}
	groups := map[owner][]T{}
	for _, e := range rows {
		groups[e.owner] = append(groups[e.owner], e.value)
	}
	return groups, nil
}

// identitiesOf is what IAM keeps of an account.
type identitiesOf struct {
	whole    []identities.Whole
	policies []identities.WholePolicy
	// names are those of groups and managed policies by their IDs.
	names map[string]string
}

// at is an instant in a document; nil for none.
func at(t time.Time) *seed.When {
	if t.IsZero() {
		return nil
	}
	return seed.At(t)
}
