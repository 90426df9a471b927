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
	// Filters and Sort are those of the address, Page counts from 1, of Pages.
	Find, State, Method, Below string
	Sort                       string
	Descending                 bool
	Page, Pages                int
	// Whole is how many accounts there are, and Matching how many are listed. With Cut there are
	// more, which were not read.
	Whole, Matching int
	Cut             bool
}

// PageTitle is the title of the page.
func (List) PageTitle() string { return "Accounts" }

// States are those that an account of an organization can be in.
func (List) States() []string {
	return []string{string(org.Active), string(org.PendingActivation), string(org.Suspended), string(org.PendingClosure), string(org.Closed)}
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

// keyed is a row with the text that it is sorted by.
type keyed struct {
	key string
	row *Row
}

// sort sorts rows. Of thousands of rows, what is compared is made once, and what is moved is small.
func (l *List) sort(matches []keyed) {
	slices.SortFunc(matches, func(a, b keyed) int {
		order := cmp.Compare(a.key, b.key)
		if l.Descending {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.row.ID, b.row.ID))
	})
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
	var matches []keyed
	l.Cut, err = rows(v, l.Organization.ID, func(r *Row) bool {
		l.Whole++
		if l.admits(r) {
			matches = append(matches, keyed{sorts[l.Sort](r), r})
		}
		return true
	})
	if err != nil {
		return l, err
	}
	l.sort(matches)
	l.Matching = len(matches)
	l.Pages = max(1, (l.Matching+perPage-1)/perPage)
	page, _ := strconv.Atoi(query.Get("page")) // What is no number is the first page.
	l.Page = min(max(page, 1), l.Pages)
	for _, m := range matches[(l.Page-1)*perPage : min(l.Page*perPage, l.Matching)] {
		l.Rows = append(l.Rows, *m.row)
	}
	return l, l.nameParents(v)
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
	q := url.Values{}
	order := ""
	if l.Descending {
		order = "descending"
	}
	all := append([]string{"find", l.Find, "state", l.State, "joined", l.Method, "below", l.Below, "sort", l.Sort, "order", order}, changes...)
	for n := 0; n < len(all); n += 2 {
		q.Set(all[n], all[n+1])
	}
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	return "/organization/accounts?" + q.Encode()
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

// PageAt is the query of another page.
func (l List) PageAt(by int) string { return l.Query("page", strconv.Itoa(l.Page+by)) }

// mostFound bounds what a search of the tree lists.
const mostFound = 20

// search finds accounts by a part of their ID, name or address, as many as are listed.
func search(v *visit.Visit, organization, text string) ([]Row, error) {
	var found []Row
	_, err := rows(v, organization, func(r *Row) bool {
		if r.has(text) {
			found = append(found, *r)
		}
		return len(found) < mostFound
	})
	return found, err
}

// Bounds on what is read: accounts of the server in parts of the admin API, or accounts of
// the organization in pages of the API.
const (
	adminParts   = 50
	memberPages  = 100
	adminPerPart = "1000"
)

// rows yields the accounts of an organization for as long as that is wanted: with the powers of
// the admin API in few large parts, otherwise as the API lists them. With cut, there are more.
func rows(v *visit.Visit, organization string, yield func(*Row) bool) (cut bool, err error) {
	if !v.Powers {
		members, more, err := visit.Each[Member](v, "ListAccounts", "Accounts", nil, "", memberPages)
		for _, m := range members {
			r := Row{ID: m.ID, Name: m.Name, Email: m.Email, State: m.State, Method: m.JoinedMethod, Joined: m.JoinedTimestamp.Time().Format(time.RFC3339)}
			if path := m.Path(); len(path) > 1 {
				r.Parent = path[len(path)-2]
			}
			if !yield(&r) {
				break
			}
		}
		return more != "", err
	}
	after := ""
	for range adminParts {
		var part struct {
			Accounts []Row  `json:"accounts"`
			Next     string `json:"next"`
		}
		if err := v.Admin(http.MethodGet, "/accounts?limit="+adminPerPart+"&after="+url.QueryEscape(after), nil, &part); err != nil {
			return false, err
		}
		for i := range part.Accounts {
			if part.Accounts[i].Organization == organization && !yield(&part.Accounts[i]) {
				return true, nil
			}
		}
		if after = part.Next; after == "" {
			return false, nil
		}
	}
	return true, nil
}
