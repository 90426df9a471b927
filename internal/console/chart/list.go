package chart

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/console/visit"
	"accord/internal/org"
)

// Row is an account in a list.
type Row struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Email  string `json:"email"`
	State  string `json:"state"`
	Parent string `json:"parent"`
	// Below is the name of the parent.
	Below  string `json:"-"`
	Method string `json:"joinedMethod"`
	// Joined is an instant as text: of thousands of rows few are shown.
	Joined string `json:"joined"`
	// Organization is that of the account.
	Organization string `json:"organization"`
}

// JoinedAt is when the account joined.
func (r Row) JoinedAt() time.Time {
	at, _ := time.Parse(time.RFC3339, r.Joined) // The server wrote it.
	return at
}

// List is an organization as a list of accounts.
type List struct {
	Organization Organization
	Rows         []Row
	// Filters and Sort are those of the address.
	Find, State, Method, Below string
	Sort                       string
	Descending                 bool
	// Previous and Next are the accounts that the pages before and after are next to; empty at the
	// ends.
	Previous, Next string
	// Whole is how many accounts there are; with Cut, how many were looked at.
	Whole int
	Cut   bool
}

// PageTitle is the title of the page.
func (List) PageTitle() string { return "Accounts" }

// States are those that an account of an organization can be in.
func (List) States() []org.AccountState { return org.AccountStates }

// Matching is how many accounts the filters admit, as far as the page knows; empty if that are all.
func (l List) Matching() string {
	switch {
	case l.Find+l.State+l.Method+l.Below == "":
		return ""
	case l.Previous+l.Next == "":
		return strconv.Itoa(len(l.Rows))
	}
	return strconv.Itoa(len(l.Rows)) + " or more"
}

// perPage is how many rows a page has.
const perPage = 50

// sorts are the orders of the list: by which text of a row.
var sorts = map[string]func(r *Row) string{
	"name":   func(r *Row) string { return strings.ToLower(r.Name) },
	"id":     func(r *Row) string { return r.ID },
	"email":  func(r *Row) string { return strings.ToLower(r.Email) },
	"state":  func(r *Row) string { return r.State },
	"joined": func(r *Row) string { return r.Joined },
}

// ShowList lists the accounts of the organization that the filters of the address admit.
func ShowList(v *visit.Visit) (any, error) {
	query := v.URL.Query()
	l := List{
		Find: strings.TrimSpace(query.Get("find")), State: query.Get("state"), Method: query.Get("joined"), Below: query.Get("below"),
		Sort: query.Get("sort"), Descending: query.Get("order") == "descending",
	}
	if sorts[l.Sort] == nil {
		l.Sort = "name"
	}
	described, err := Describe(v)
	if err != nil || described == nil {
		return l, err
	}
	l.Organization = *described
	if v.Powers {
		err = l.ask(v, query.Get("after"), query.Get("before"))
	} else {
		err = l.gather(v, query.Get("after"), query.Get("before"))
	}
	if err != nil {
		return l, err
	}
	return l, l.nameParents(v)
}

// page is a page of accounts as the admin API shows it.
type page struct {
	Accounts []Row  `json:"accounts"`
	Previous string `json:"previous"`
	Next     string `json:"next"`
	All      int    `json:"all"`
}

// ask asks the admin API for a page, which reads no more than that.
func (l *List) ask(v *visit.Visit, after, before string) error {
	var found page
	err := v.Admin(http.MethodGet, "/accounts?"+parameters(
		"organization", l.Organization.ID, "text", l.Find, "state", l.State, "method", l.Method, "below", l.Below,
		"sort", l.Sort, "order", l.order(), "after", after, "before", before, "limit", strconv.Itoa(perPage),
	), nil, &found)
	l.Rows, l.Previous, l.Next, l.Whole = found.Accounts, found.Previous, found.Next, found.All
	return err
}

// gather makes the page of the accounts that the API lists first: a person without the powers of
// the admin API has no search.
func (l *List) gather(v *visit.Visit, after, before string) (err error) {
	all, err := members(v)
	if err != nil {
		return err
	}
	l.Whole, l.Cut = len(all.rows), all.cut
	matches := slices.DeleteFunc(all.rows, func(r Row) bool { return !l.admits(&r) })
	slices.SortFunc(matches, func(a, b Row) int {
		order := cmp.Or(cmp.Compare(sorts[l.Sort](&a), sorts[l.Sort](&b)), cmp.Compare(a.ID, b.ID))
		if l.Descending {
			return -order
		}
		return order
	})
	at := func(id string) int { return slices.IndexFunc(matches, func(r Row) bool { return r.ID == id }) }
	from := at(after) + 1
	if i := at(before); i >= 0 {
		from = max(0, i-perPage)
	}
	to := min(from+perPage, len(matches))
	if l.Rows = matches[from:to]; from > 0 && from < to {
		l.Previous = matches[from].ID
	}
	if to < len(matches) {
		l.Next = matches[to-1].ID
	}
	return nil
}

// nameParents finds the names of the units that the rows are in.
func (l *List) nameParents(v *visit.Visit) error {
	names := map[string]string{}
	for i := range l.Rows {
		id := l.Rows[i].Parent
		if KindOf(id) == Root {
			names[id] = "Root"
		}
		if _, known := names[id]; !known && id != "" {
			unit, err := DescribeUnit(v, id)
			if unlessDenied(err) != nil {
				return err
			}
			names[id] = cmp.Or(unit.Name, id)
		}
		l.Rows[i].Below = names[id]
	}
	return nil
}

func (l *List) admits(r *Row) bool {
	return (l.State == "" || r.State == l.State) && (l.Method == "" || r.Method == l.Method) && (l.Below == "" || r.Parent == l.Below) && r.has(l.Find)
}

// has reports whether the ID, the name or the address of an account has a text.
func (r *Row) has(text string) bool {
	return text == "" || strings.Contains(r.ID, text) || contains(r.Name, text) || contains(r.Email, text)
}

// contains reports whether a text is in another, whatever the case.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// Query is the query of the address of the list with some parameters changed, name after name.
func (l List) Query(changes ...string) string {
	all := []string{"find", l.Find, "state", l.State, "joined", l.Method, "below", l.Below, "sort", l.Sort, "order", l.order()}
	return "/organization/accounts?" + parameters(append(all, changes...)...)
}

func (l List) order() string {
	if l.Descending {
		return "descending"
	}
	return ""
}

// parameters is a query of parameters, name after name: of several with a name the last one counts, and
// empty ones are left out.
func parameters(all ...string) string {
	q := url.Values{}
	for n := 0; n < len(all); n += 2 {
		if q.Set(all[n], all[n+1]); all[n+1] == "" {
			q.Del(all[n])
		}
	}
	return q.Encode()
}

// SortedBy is the query of the list in an order, or reversed if it is in that order.
func (l List) SortedBy(sort string) string {
	order := ""
	if l.Sort == sort && !l.Descending {
		order = "descending"
	}
	return l.Query("sort", sort, "order", order)
}

// Order is how a column is sorted, for its header.
func (l List) Order(sort string) string {
	switch {
	case l.Sort != sort:
		return "none"
	case l.Descending:
		return "descending"
	}
	return "ascending"
}

// Earlier is the query of the page before.
func (l List) Earlier() string { return l.Query("before", l.Previous) }

// Later is the query of the page after.
func (l List) Later() string { return l.Query("after", l.Next) }

// mostFound bounds what a search of the tree lists.
const mostFound = 20

// search finds accounts by a part of their ID, name or address, up to a number. With cut, there are more
// accounts than were looked at.
func search(v *visit.Visit, organization, text string, limit int) (rows []Row, cut bool, err error) {
	if limit <= 0 {
		return nil, false, nil
	}
	if v.Powers {
		var found page
		err := v.Admin(http.MethodGet, "/accounts?"+parameters("organization", organization, "text", text, "limit", strconv.Itoa(limit)), nil, &found)
		return found.Accounts, false, err
	}
	all, err := members(v)
	found := slices.DeleteFunc(all.rows, func(r Row) bool { return !r.has(text) })
	return found[:min(len(found), limit)], all.cut, err
}

// memberPages bounds how many accounts are read where there is no search, in pages of the API.
const memberPages = 100

// known are accounts as the API lists them; with cut, there are more.
type known struct {
	rows []Row
	cut  bool
}

// members reads the accounts that the API lists first.
func members(v *visit.Visit) (k known, err error) {
	found, more, err := visit.Each[Member](v, "ListAccounts", "Accounts", nil, "", memberPages)
	for _, m := range found {
		r := Row{ID: m.ID, Name: m.Name, Email: m.Email, State: m.State, Method: m.JoinedMethod, Joined: m.JoinedTimestamp.Time().Format(time.RFC3339)}
		if path := m.Path(); len(path) > 1 {
			r.Parent = path[len(path)-2]
		}
		k.rows = append(k.rows, r)
	}
	k.cut = more != ""
	return k, err
}
