package policies

import (
	"net/url"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/policy"
)

// Target is a root, a unit or an account that a policy is attached to.
type Target struct {
	TargetID, Name, Type string
	// Path are the nodes from the root to its parent.
	Path []chart.Node
}

// Link is the path of the page that shows the target.
func (t Target) Link() string { return "/organization/" + t.TargetID }

// targetPages bounds how many targets are shown at once: each needs its path.
const targetPages = 2

// targets reads what a policy is attached to, from a token on, and the token of what follows.
func targets(v *visit.Visit, id, token string) ([]Target, string, error) {
	all, after, err := visit.Each[Target](v, "ListTargetsForPolicy", "Targets", map[string]any{"PolicyId": id}, token, targetPages)
	if err != nil {
		return nil, "", err
	}
	known := map[string]string{}
	for i := range all {
		if err := all[i].locate(v, known); err != nil {
			return nil, "", err
		}
	}
	return all, after, nil
}

// locate finds the way to a target. Known are names of units.
func (t *Target) locate(v *visit.Visit, known map[string]string) error {
	var ids []string
	switch chart.KindOf(t.TargetID) {
	case chart.Root:
		return nil
	case chart.Unit:
		unit, err := chart.DescribeUnit(v, t.TargetID)
		if err != nil {
			return unlessGone(err)
		}
		ids = chart.Path(unit.Path)
	case chart.Account:
		member, err := chart.DescribeMember(v, t.TargetID)
		if err != nil {
			return unlessGone(err)
		}
		ids = member.Path()
	}
	for _, id := range ids[:max(0, len(ids)-1)] {
		n := chart.Node{ID: id, Name: known[id], Kind: chart.KindOf(id)}
		switch {
		case n.Kind == chart.Root:
			n.Name = "Root"
		case n.Name == "":
			unit, err := chart.DescribeUnit(v, id)
			if err != nil {
				return unlessGone(err)
			}
			n.Name, known[id] = unit.Name, unit.Name
		}
		t.Path = append(t.Path, n)
	}
	return nil
}

// unlessGone is an error apart from that of a target that has gone while the page is made, or
// that the account may not see.
func unlessGone(err error) error {
	if visit.Is(err, "OrganizationalUnitNotFoundException", "AccountNotFoundException", "AccessDeniedException") {
		return nil
	}
	return err
}

// Question is a call that an account can be asked about.
type Question struct{ Account, Name, Action string }

// Link is the path of the page that answers.
func (q Question) Link() string {
	return "/organization/accounts/" + q.Account + "?action=" + url.QueryEscape(q.Action)
}

// ask finds a question about an account that a document binds at a target. It has no account
// where none is found below.
func ask(v *visit.Visit, o chart.Organization, t Target, content string) (Question, error) {
	q := Question{Account: t.TargetID, Name: t.Name, Action: action(content)}
	if chart.KindOf(t.TargetID) == chart.Account {
		return q, nil
	}
	below := []string{t.TargetID}
	for n := 0; n < min(len(below), mostAsked); n++ {
		var accounts struct{ Accounts []chart.Member }
		if err := v.Call("ListAccountsForParent", map[string]string{"ParentId": below[n]}, &accounts); err != nil {
			return Question{}, unlessGone(err)
		}
		for _, a := range accounts.Accounts {
			if a.ID != string(o.Management) {
				q.Account, q.Name = a.ID, a.Name
				return q, nil
			}
		}
		var units struct{ OrganizationalUnits []chart.Described }
		if err := v.Call("ListOrganizationalUnitsForParent", map[string]string{"ParentId": below[n]}, &units); err != nil {
			return Question{}, unlessGone(err)
		}
		for _, u := range units.OrganizationalUnits {
			below = append(below, u.ID)
		}
	}
	return Question{}, nil
}

// mostAsked bounds how many units are looked at for an account.
const mostAsked = 20

// anyAction is asked about where a document names no action.
const anyAction = "organizations:LeaveOrganization"

// action is the first action that a statement of a document names.
func action(content string) string {
	read, _ := policy.Read(content)
	for _, s := range read.Statements {
		for _, a := range s.Actions {
			if !strings.ContainsAny(a, "*?") && strings.Contains(a, ":") {
				return a
			}
		}
	}
	return anyAction
}
