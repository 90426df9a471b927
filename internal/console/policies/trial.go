package policies

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/render"
)

// Trial is what changes would do.
type Trial struct {
	// Hidden says that the person lacks the powers of the admin API. Refused is why the changes
	// cannot be tried, in its words.
	Hidden  bool
	Refused string
	// Asked says that something was asked; otherwise there is nothing to change.
	Asked bool
	// Changes are the changes in words, Summary the result in a line.
	Changes []string
	Summary string
	// Accounts are the accounts for which something changes, as far as they are shown;
	// MoreRows is how many rows are not, MoreAccounts how many accounts were not asked about.
	Accounts               []Account
	MoreRows, MoreAccounts int
	// Effective are the effective policies that change; MoreEffective is how many are not shown.
	Effective     []Effective
	MoreEffective int
	Notes         []string
}

// Account is an account for which something changes.
type Account struct {
	ID   ident.AccountID
	Name string
	Rows []whatif.Row
}

// Effective is an effective policy that changes.
type Effective struct {
	whatif.Effective
	// Name is what policies of the type are called.
	Name  string
	Lines []Line
	// More is how many accounts that have it are not named.
	More int
}

// Line is a line of a diff: Mark is "added", "removed" or empty.
type Line struct{ Mark, Text string }

// Bounds on what is asked, so that a page is there within a second or so, and on what is shown.
const (
	mostPrincipals = 1000
	mostRows       = 100
	mostEffective  = 20
	mostNamed      = 8
)

// try says what changes to the organization would do. It changes nothing.
func (g Ground) try(v *visit.Visit, changes ...change.Change) (*Trial, error) {
	if !v.Powers {
		return &Trial{Hidden: true}, nil
	}
	report, err := g.report(v, changes)
	var f *visit.Failure
	if errors.As(err, &f) && f.Status == http.StatusBadRequest {
		return &Trial{Refused: f.Message}, nil
	}
	if err != nil {
		return nil, err
	}
	return shown(report), nil
}

// report asks the admin API what changes would do.
func (g Ground) report(v *visit.Visit, changes []change.Change) (*whatif.Report, error) {
	var report whatif.Report
	asked := map[string]any{"organization": g.Organization.ID, "changes": changes, "mostPrincipals": mostPrincipals, "mostRows": mostRows}
	err := v.Admin(http.MethodPost, "/whatif", asked, &report)
	return &report, err
}

// enabling are changes to policies of a type; where it is not enabled yet, it is enabled first.
func (g Ground) enabling(k Kind, changes ...change.Change) []change.Change {
	if k.Enabled {
		return changes
	}
	return append([]change.Change{{Enable: k.Type}}, changes...)
}

// shown is what the page shows of a report.
func shown(r *whatif.Report) *Trial {
	t := &Trial{Asked: true, Changes: r.Changes, Summary: render.Summary(r), Notes: r.Notes}
	if r.Left != nil {
		t.MoreRows, t.MoreAccounts = r.Left.Rows, r.Left.Accounts
	}
	for _, row := range r.Rows {
		if n := len(t.Accounts); n == 0 || t.Accounts[n-1].ID != row.Account {
			t.Accounts = append(t.Accounts, Account{ID: row.Account, Name: row.Name})
		}
		last := &t.Accounts[len(t.Accounts)-1]
		last.Rows = append(last.Rows, row)
	}
	t.MoreEffective = max(0, len(r.Effective)-mostEffective)
	for _, e := range r.Effective[:len(r.Effective)-t.MoreEffective] {
		one := Effective{Effective: e, Name: find(kinds(nil, nil), string(e.Type)).One(), More: max(0, len(e.Accounts)-mostNamed)}
		one.Accounts = slices.Clip(e.Accounts[:len(e.Accounts)-one.More])
		for text := range strings.Lines(e.Diff) {
			one.Lines = append(one.Lines, line(strings.TrimSuffix(text, "\n")))
		}
		t.Effective = append(t.Effective, one)
	}
	return t
}

// line is a line of a diff, which begins with its mark.
func line(text string) Line {
	switch {
	case strings.HasPrefix(text, "+"):
		return Line{"added", text}
	case strings.HasPrefix(text, "-"):
		return Line{"removed", text}
	}
	return Line{"", text}
}

// Principals are the principals of a row without what the account says.
func (t *Trial) Principals(r whatif.Row) []string {
	var names []string
	for _, p := range r.Principals {
		if i := strings.LastIndexByte(p, ':'); i >= 0 && strings.HasPrefix(p, "arn:") {
			p = p[i+1:]
		}
		names = append(names, strings.Replace(p, "root", "root user", 1))
	}
	return names
}

// By names the statement that decides a row.
func (t *Trial) By(r whatif.Row) string { return r.Statement.Text() }
