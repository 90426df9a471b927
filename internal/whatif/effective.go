package whatif

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
	"accord/internal/whatif/model"
)

// merger merges the management policies of one type.
type merger struct {
	kind    *policy.Definition
	parsed  map[string]*inherit.Parsed
	results map[string]inherit.Result
}

// effectivePolicies are the effective policies of accounts that changes make different.
func effectivePolicies(before, after *model.State, accounts []model.Account) []Effective {
	var all []Effective
	for i := range policy.Types {
		kind := &policy.Types[i]
		if !kind.IsManagement() || !slices.Contains(before.Organization.Enabled, kind.Type) && !slices.Contains(after.Organization.Enabled, kind.Type) {
			continue
		}
		m := merger{kind, map[string]*inherit.Parsed{}, map[string]inherit.Result{}}
		was, is := attachedOf(before.Organization, kind.Type), attachedOf(after.Organization, kind.Type)
		found := map[[2]string]int{}
		for _, a := range accounts {
			key := [2]string{was.key(before.Chain(a.ID.Target())), is.key(after.Chain(a.ID.Target()))}
			if key[0] == key[1] {
				continue
			}
			if n, known := found[key]; known {
				if n >= 0 {
					all[n].Accounts = append(all[n].Accounts, a.ID)
				}
				continue
			}
			found[key] = -1
			e := m.compare(was, is, before.Chain(a.ID.Target()), after.Chain(a.ID.Target()), before.Organization)
			if e == nil {
				continue
			}
			e.Accounts = []ident.AccountID{a.ID}
			found[key] = len(all)
			all = append(all, *e)
		}
	}
	return all
}

// attached is what is attached of one management policy type; nothing while it is disabled.
type attached map[ident.TargetID][]*model.Policy

func attachedOf(o *model.Organization, t org.PolicyType) attached {
	a := attached{}
	if !slices.Contains(o.Enabled, t) {
		return a
	}
	byID := map[ident.PolicyID]*model.Policy{}
	for i := range o.Policies {
		byID[o.Policies[i].ID] = &o.Policies[i]
	}
	for _, x := range o.Attachments {
		if p := byID[x.Policy]; p != nil && p.Type == t {
			a[x.Target] = append(a[x.Target], p)
		}
	}
	return a
}

// key tells apart what is attached on a path: accounts with the same have the same
// effective policy.
func (a attached) key(chain []ident.TargetID) string {
	var b strings.Builder
	for _, target := range chain {
		for _, p := range a[target] {
			fmt.Fprintf(&b, "%s %q\n", p.ID, p.Content)
		}
		if len(a[target]) > 0 {
			b.WriteString("/")
		}
	}
	return b.String()
}

// compare is the effective policy at the end of a path before and after changes; nil if it
// is the same.
func (m *merger) compare(was, is attached, chainBefore, chainAfter []ident.TargetID, o *model.Organization) *Effective {
	before, after := m.merge(was, chainBefore, o), m.merge(is, chainAfter, o)
	e := Effective{Type: m.kind.Type, Before: document(was, chainBefore, before), After: document(is, chainAfter, after)}
	if !before.Valid() {
		// What the last valid one was is not known here.
		e.Before = "{}"
	}
	if !after.Valid() {
		for _, found := range after.Errors {
			e.Errors = append(e.Errors, fmt.Sprintf("%s at %s: %s", found.ErrorCode, found.PathToError, found.ErrorMessage))
		}
		e.NewlyInvalid = before.Valid()
		// The service keeps the last valid one.
		e.Diff = diff(indented(e.Before), indented(after.Document))
		e.After = e.Before
		return &e
	}
	if e.Before == e.After && before.Valid() == after.Valid() {
		return nil
	}
	e.Diff = diff(indented(e.Before), indented(e.After))
	return &e
}

// document is an effective policy; empty where its type is not enabled, or nothing is attached.
func document(a attached, chain []ident.TargetID, r inherit.Result) string {
	if a.key(chain) == "" {
		return ""
	}
	return r.Document
}

func (m *merger) merge(a attached, chain []ident.TargetID, o *model.Organization) inherit.Result {
	key := a.key(chain)
	if known, is := m.results[key]; is {
		return known
	}
	var levels [][]inherit.Attached
	for _, target := range chain {
		var level []inherit.Attached
		for _, p := range a[target] {
			if m.parsed[p.Content] == nil {
				m.parsed[p.Content] = m.kind.Schema.Parse(p.Content)
			}
			level = append(level, inherit.Attached{ID: string(p.ID), Parsed: m.parsed[p.Content]})
		}
		if len(level) > 0 {
			levels = append(levels, level)
		}
	}
	result := m.kind.Schema.Merge(levels, o.At)
	m.results[key] = result
	return result
}
