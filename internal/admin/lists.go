package admin

import (
	"errors"
	"net/http"
	"slices"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
	"accord/internal/store/lists"
)

// accounts lists accounts in the order of registration, ?limit= in a page; ?after= takes
// "next" of the page before. With ?email= it is the account that has the address, with
// ?standalone=true those are left out that are in an organization, and with ?organization= it is a
// list of an organization.
func (s *Server) accounts(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	q, list := r.URL.Query(), s.Provider.Accounts
	switch {
	case q.Get("email") != "":
		return s.accountsWith(r, ident.Email(q.Get("email")))
	case q.Has("organization"):
		return s.members(r, n)
	case q.Get("standalone") == "true":
		list = s.Provider.Standalone
	}
	found, err := list(r.Context(), ident.AccountID(q.Get("after")), n+1)
	if err != nil {
		return nil, err
	}
	page := accountsJSON{Accounts: []accountJSON{}}
	for i, a := range found {
		if i == n {
			page.Next = found[n-1].ID
			break
		}
		page.Accounts = append(page.Accounts, toAccountJSON(a))
	}
	return page, nil
}

// accountsJSON is a page of accounts.
type accountsJSON struct {
	Accounts []accountJSON   `json:"accounts"`
	Next     ident.AccountID `json:"next,omitempty"`
}

// accountsWith lists the account that has an address, if there is one.
func (s *Server) accountsWith(r *http.Request, email ident.Email) (any, error) {
	list := accountsJSON{Accounts: []accountJSON{}}
	a, err := s.Provider.AccountByEmail(r.Context(), email)
	if err == nil {
		list.Accounts = append(list.Accounts, toAccountJSON(a))
	}
	if errors.Is(err, provider.ErrNoAccount) {
		err = nil
	}
	return list, err
}

// membersJSON is a page of the accounts of an organization.
type membersJSON struct {
	Accounts []accountJSON `json:"accounts"`
	// Previous begins the page before as ?before=, Next the page after as ?after=.
	Previous ident.AccountID `json:"previous,omitempty"`
	Next     ident.AccountID `json:"next,omitempty"`
	// All is how many accounts the organization has.
	All int64 `json:"all"`
}

// The values of filters that have a set of them.
var (
	memberMethods = []org.JoinedMethod{org.Created, org.Invited}
	directions    = []string{"ascending", "descending"}
)

// longestSearch bounds the text that is searched for: an address has at most 64 characters, a name
// at most 128.
const longestSearch = 128

// members lists accounts of the organization ?organization=, filtered by ?state=, ?method=, ?below=
// and ?text=, sorted by ?sort= and ?order=; ?limit= in a page, which ?after= or ?before= is next to.
func (s *Server) members(r *http.Request, n int) (any, error) {
	q := r.URL.Query()
	query := provider.AccountQuery{
		Organization: ident.OrganizationID(q.Get("organization")), Order: lists.ByJoining, Limit: n,
		After: ident.AccountID(q.Get("after")), Before: ident.AccountID(q.Get("before")),
		Filter: lists.Filter{Parent: ident.ParentID(q.Get("below")), Text: q.Get("text")},
	}
	direction := directions[0]
	for _, err := range []error{
		oneOf(r, "state", &query.Filter.State, org.AccountStates), oneOf(r, "method", &query.Filter.Method, memberMethods),
		oneOf(r, "sort", &query.Order, lists.Orders), oneOf(r, "order", &direction, directions),
	} {
		if err != nil {
			return nil, err
		}
	}
	switch query.Descending = direction == directions[1]; {
	case query.After != "" && query.Before != "":
		return nil, badRequest("a page is after an account or before one, not both")
	case len([]rune(query.Filter.Text)) > longestSearch:
		return nil, badRequest("text: more than %d characters", longestSearch)
	}
	page, err := s.Provider.AccountsOf(r.Context(), query)
	if err != nil {
		return nil, err
	}
	list := membersJSON{Accounts: []accountJSON{}, All: page.Whole}
	for _, a := range page.Accounts {
		list.Accounts = append(list.Accounts, toAccountJSON(a))
	}
	if last := len(page.Accounts) - 1; last >= 0 {
		if page.Earlier {
			list.Previous = page.Accounts[0].ID
		}
		if page.Later {
			list.Next = page.Accounts[last].ID
		}
	}
	return list, nil
}

// oneOf reads a parameter that is one of some values, if it is given.
func oneOf[T ~string](r *http.Request, name string, into *T, values []T) error {
	given := T(r.URL.Query().Get(name))
	if given == "" {
		return nil
	}
	if !slices.Contains(values, given) {
		return badRequest("%s: %.40q is not one of %v", name, given, values)
	}
	*into = given
	return nil
}

// attachmentJSON is a policy at a place of an organization.
type attachmentJSON struct {
	Target ident.TargetID `json:"target"`
	Policy ident.PolicyID `json:"policy"`
	Type   org.PolicyType `json:"type"`
	Name   string         `json:"name"`
}

// attachments lists the policies of users that are attached to the roots, units and accounts that
// ?target= names, as often as it is given.
func (s *Server) attachments(_ http.ResponseWriter, r *http.Request) (any, error) {
	asked := r.URL.Query()["target"]
	if len(asked) == 0 || len(asked) > maxPageSize {
		return nil, badRequest("target: %d are given, 1 to %d are possible", len(asked), maxPageSize)
	}
	targets := make([]ident.TargetID, len(asked))
	for i, t := range asked {
		targets[i] = ident.TargetID(t)
	}
	found, err := s.Provider.Attached(r.Context(), ident.OrganizationID(r.PathValue("id")), targets)
	if err != nil {
		return nil, err
	}
	list := []attachmentJSON{}
	for _, p := range found {
		list = append(list, attachmentJSON(p))
	}
	return map[string]any{"attachments": list}, nil
}
