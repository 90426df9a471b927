package policies

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
)

// Trial is what changes would do.
type Trial struct {
	// Hidden says that the person lacks the powers of the admin API. Refused is why the changes
	// cannot be tried, in its words.
	Hidden  bool
	Refused string
	// Asked says that something was asked; otherwise there is nothing to change.
	Asked bool
	// Changes are the changes in words.
	Changes []string
	Summary whatif.Summary
	// Changed is how many effective policies change.
	Changed int
	// Groups are the accounts for which something changes, those with the same changes together,
	// as far as they are shown; MoreRows is how many rows are not, MoreAccounts how many accounts
	// were not asked about.
	Groups                 []Group
	MoreRows, MoreAccounts int
	// Effective are the effective policies that change; MoreEffective is how many are not shown.
	Effective     []Effective
	MoreEffective int
	Notes         []string
}

// Group are accounts for which the same changes.
type Group struct {
	// Accounts are the first of them, More is how many others there are.
	Accounts []Account
	More     int
	Rows     []whatif.Row
}

// Account is an account with its name.
type Account struct {
	ID   ident.AccountID
	Name string
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
	mostPrincipals = 500
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
	t := &Trial{Asked: true, Changes: r.Changes, Summary: r.Summary, Notes: r.Notes}
	if r.Left != nil {
		t.MoreRows, t.MoreAccounts = r.Left.Rows, r.Left.Accounts
	}
	t.group(r.Rows)
	for _, e := range r.Effective {
		t.Changed += len(e.Accounts)
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

// group groups the rows of a report, in which those of an account follow each other.
func (t *Trial) group(all []whatif.Row) {
	known := map[string]int{}
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(row whatif.Row) bool { return row.Account != all[0].Account })
		if n < 0 {
			n = len(all)
		}
		rows := slices.Clone(all[:n])
		all = all[n:]
		slices.SortStableFunc(rows, func(a, b whatif.Row) int { return slices.Index(worst, a.After) - slices.Index(worst, b.After) })
		same := t.same(rows)
		if _, is := known[same]; !is {
			known[same] = len(t.Groups)
			t.Groups = append(t.Groups, Group{Rows: rows})
		}
		g := &t.Groups[known[same]]
		if len(g.Accounts) == mostNamed {
			g.More++
			continue
		}
		g.Accounts = append(g.Accounts, Account{rows[0].Account, rows[0].Name})
	}
}

// same tells apart what changes for an account.
func (t *Trial) same(rows []whatif.Row) string {
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintln(&b, row.Before, row.After, row.Statement, row.Keys, row.Administrator, t.Principals(row), row.Actions)
	}
	return b.String()
}

// worst are the verdicts, the one first that is to be read first.
var worst = []whatif.Verdict{whatif.Denied, whatif.Allowed, whatif.Depends}

// Verdict is the worst of what becomes of something; empty if nothing does.
func (t *Trial) Verdict() whatif.Verdict {
	switch s := t.Summary; {
	case s.Denied+s.Invalid > 0:
		return whatif.Denied
	case s.Depends > 0:
		return whatif.Depends
	case s.Allowed > 0:
		return whatif.Allowed
	}
	return ""
}

// Results are the numbers of the result in words, without those that are zero.
func (t *Trial) Results() (all []string) {
	for _, n := range []struct {
		n    int
		text string
	}{
		{t.Summary.Denied, "would be denied"}, {t.Summary.Allowed, "would be allowed"}, {t.Summary.Depends, "depend on what is not known"},
		{t.Changed, "effective policies change"}, {t.Summary.Invalid, "become invalid"},
	} {
		if n.n > 0 {
			all = append(all, strconv.Itoa(n.n)+" "+n.text)
		}
	}
	return all
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
