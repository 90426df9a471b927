package compare_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/seed"
	"accord/internal/seed/compare"
)

// TestADifferenceAppliedGivesTheSecondDocument: what a report says is all that there is.
func TestADifferenceAppliedGivesTheSecondDocument(t *testing.T) {
	missed := 0
	rapid.Check(t, func(r *rapid.T) {
		a := document(r)
		b := clone(a)
		for range rapid.IntRange(1, 8).Draw(r, "changes") {
			c := rapid.SampledFrom(changes).Draw(r, "change")
			// Two accounts or units that are new have one ID.
			if o := &b.Organizations[0]; !strings.HasPrefix(c.name, "add ") && c.name != "a policy" {
				c.make(r, o)
			}
		}
		report := compare.Documents(a, b)
		patched := clone(a)
		patchAll(&patched.Organizations[0], report.Changes)
		if left := compare.Documents(patched, b); len(left.Changes) != 0 {
			r.Fatalf("the report %+v\nleaves %+v", report.Changes, left.Changes)
		}
		if len(report.Changes) < 2 {
			return
		}
		// The control: without one of the changes a difference remains.
		partial := clone(a)
		patchAll(&partial.Organizations[0], report.Changes[1:])
		if len(compare.Documents(partial, b).Changes) == 0 {
			missed++
		}
	})
	if missed > 0 {
		t.Errorf("%d reports have a change that is none", missed)
	}
}

// patchAll makes all changes. What goes of attachments has the names of before, so that it comes
// first; units go after what was in them has moved, and orders come last, when everything is there.
func patchAll(o *seed.Organization, changes []compare.Change) {
	turn := func(c compare.Change) int {
		switch {
		case c.What == compare.Removed && strings.Contains(c.Name, " at "):
			return 0
		case c.What == compare.Removed && c.Kind == "unit":
			return 2
		case c.Field == "order of policies":
			return 3
		}
		return 1
	}
	for now := range 4 {
		for _, c := range changes {
			if turn(c) == now {
				patch(o, c)
			}
		}
	}
}

// patch makes one change, by what the report says of it.
func patch(o *seed.Organization, c compare.Change) {
	after, _ := c.After.(string)
	fields, _ := c.After.(map[string]any)
	field := func(name string) string {
		text, _ := fields[name].(string)
		return text
	}
	// Attachments and delegated administrators are named by what they connect.
	left, right, _ := strings.Cut(strings.Replace(c.Name, " for ", " at ", 1), " at ")
	switch c.Kind {
	case "organization":
		o.FeatureSet = after
	case "policy type":
		o.PolicyTypes = append(o.PolicyTypes, c.Name)
	case "root":
		patchTarget(&o.Root.Target, o, c, after)
	case "unit":
		patchUnit(o, c, after)
	case "account":
		patchAccount(o, c, after)
	case "policy":
		for i := range o.Policies {
			if p := &o.Policies[i]; p.ID == c.ID && c.Field == "content" {
				p.Content = after
			} else if p.ID == c.ID {
				p.Tags = retag(p.Tags, c, after)
			}
		}
	case "attachment":
		target, policy := targetNamed(o, right), refNamed(o, left)
		target.Policies = slices.DeleteFunc(target.Policies, func(r seed.Ref) bool { return r == policy })
		if c.What == compare.Added {
			target.Policies = append(target.Policies, policy)
		}
	case "trusted service":
		o.TrustedServices = append(o.TrustedServices, seed.TrustedService{Service: c.Name})
	case "delegated administrator":
		for _, a := range accounts(&o.Root) {
			if a.Name == left {
				o.DelegatedAdministrators = append(o.DelegatedAdministrators, seed.DelegatedAdministrator{Account: seed.Ref(a.ID), Service: right})
			}
		}
	case "delegation policy":
		o.DelegationPolicy = &seed.Policy{Text: seed.Text{Content: field("content")}}
	case "handshake":
		for i := range o.Handshakes {
			if o.Handshakes[i].ID == c.ID {
				o.Handshakes[i].State = after
			}
		}
	case "account creation":
		o.AccountCreations = slices.DeleteFunc(o.AccountCreations, func(r seed.Creation) bool { return r.ID == c.ID })
	}
}

func retag(tags seed.Tags, c compare.Change, after string) seed.Tags {
	key, is := strings.CutPrefix(c.Field, "tag ")
	if !is {
		return tags
	}
	tags = slices.DeleteFunc(tags, func(t seed.Tag) bool { return t.Key == key })
	if c.After != nil {
		tags = append(tags, seed.Tag{Key: key, Value: after})
	}
	return tags
}

func patchTarget(t *seed.Target, o *seed.Organization, c compare.Change, after string) {
	t.Tags = retag(t.Tags, c, after)
	switch c.Field {
	case "default SERVICE_CONTROL_POLICY":
		if t.WithoutDefault = nil; c.After != nil {
			t.WithoutDefault = []string{"SERVICE_CONTROL_POLICY"}
		}
	case "order of policies":
		var order []seed.Ref
		for name := range strings.SplitSeq(after, ", ") {
			order = append(order, refNamed(o, name))
		}
		slices.SortStableFunc(t.Policies, func(a, b seed.Ref) int { return slices.Index(order, a) - slices.Index(order, b) })
	}
}

// parentNamed is the unit at a path.
func parentNamed(o *seed.Organization, path string) *seed.Unit {
	at := &o.Root
	for name := range strings.SplitSeq(path, "/") {
		for i := range at.Units {
			if at.Units[i].Name == name {
				at = &at.Units[i]
				break
			}
		}
	}
	return at
}

func patchUnit(o *seed.Organization, c compare.Change, after string) {
	for _, u := range units(&o.Root) {
		if i := slices.IndexFunc(u.Units, func(b seed.Unit) bool { return b.ID == c.ID }); i >= 0 && c.What == compare.Removed {
			u.Units = slices.Delete(u.Units, i, i+1)
			return
		}
		if u.ID == c.ID {
			if c.Field == "name" {
				u.Name = after
			}
			patchTarget(&u.Target, o, c, after)
		}
	}
}

func patchAccount(o *seed.Organization, c compare.Change, after string) {
	if c.ID == o.Management.ID && c.What == compare.Moved {
		if o.Management.Unit = ""; after != "Root" {
			o.Management.Unit = seed.Ref(parentNamed(o, after).ID)
		}
		return
	}
	if c.What == compare.Removed {
		// The unit that it was in may be gone already.
		o.DelegatedAdministrators = slices.DeleteFunc(o.DelegatedAdministrators, func(d seed.DelegatedAdministrator) bool { return string(d.Account) == c.ID })
	}
	if c.What == compare.Moved || c.What == compare.Removed {
		for _, u := range units(&o.Root) {
			i := slices.IndexFunc(u.Accounts, func(a seed.Account) bool { return a.ID == c.ID })
			if i < 0 {
				continue
			}
			a := u.Accounts[i]
			u.Accounts = slices.Delete(u.Accounts, i, i+1)
			if c.What == compare.Moved {
				to := parentNamed(o, after)
				to.Accounts = append(to.Accounts, a)
			}
			return
		}
	}
	for _, a := range append(accounts(&o.Root), &o.Management) {
		if a.ID != c.ID {
			continue
		}
		switch c.Field {
		case "name":
			a.Name = after
		case "email":
			a.Email = after
		case "state":
			a.State = after
		case "joined":
			a.Joined = &seed.When{At: epoch.Add(1e6)}
		}
		patchTarget(&a.Target, o, c, after)
	}
}

func refNamed(o *seed.Organization, name string) seed.Ref {
	for _, p := range o.Policies {
		if p.Name == name {
			return seed.Ref(p.ID)
		}
	}
	return ""
}

// targetNamed is the target that a report calls so: names of accounts are none of units.
func targetNamed(o *seed.Organization, name string) *seed.Target {
	for _, a := range append(accounts(&o.Root), &o.Management) {
		if a.Name == name {
			return &a.Target
		}
	}
	return &parentNamed(o, name).Target
}
