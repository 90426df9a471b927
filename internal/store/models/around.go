package models

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/identities"
	"accord/internal/whatif/model"
)

// Around reads the part of an organization that decides about some of its accounts: these, what
// is above them, the policies that are attached there, and their identities. What it costs does
// not grow with the organization, and questions about calls of these accounts on their own
// resources have the answers that the whole organization gives. Accounts that are not in it are
// left out.
func Around(v *store.View, id ident.OrganizationID, accounts ...ident.AccountID) (*model.Organization, error) {
	stored, err := v.Organization(id)
	if err != nil {
		return nil, err
	}
	o := of(v, &stored)
	for _, read := range []func() error{
		func() error { return readAccounts(v, o, accounts) },
		func() error { return readAbove(v, o) },
		func() error { return readAttachedTo(v, o) },
		func() error { return readAttached(v, o) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// readAccounts reads accounts with their identities, and notes the units above them.
func readAccounts(v *store.View, o *model.Organization, accounts []ident.AccountID) error {
	for _, id := range accounts {
		found, err := v.Account(id)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && !found.In(o.ID) || o.Account(id) != nil:
			continue
		case err != nil:
			return err
		}
		o.Accounts = append(o.Accounts, model.Account{ID: id, Parent: found.Membership.Parent, Name: found.Name})
		for step := range strings.SplitSeq(found.Membership.ParentPath, "/") {
			if unit := ident.UnitID(step); strings.HasPrefix(step, "ou-") && o.Unit(unit) == nil {
				o.Units = append(o.Units, model.Unit{ID: unit})
			}
		}
		all, err := identities.Of(v, id)
		if err != nil {
			return err
		}
		policies, err := identities.PoliciesOf(v, id)
		if err != nil {
			return err
		}
		addIdentities(o, all, policies)
	}
	return nil
}

// readAbove reads the units that were noted.
func readAbove(v *store.View, o *model.Organization) error {
	for i := range o.Units {
		found, err := v.Unit(o.ID, o.Units[i].ID)
		if err != nil {
			return err
		}
		o.Units[i].Parent, o.Units[i].Name = found.Parent, found.Name
	}
	return nil
}

// readAttachedTo reads what is attached of the enabled types.
func readAttachedTo(v *store.View, o *model.Organization) error {
	targets := []ident.TargetID{o.Root.Target()}
	for _, u := range o.Units {
		targets = append(targets, u.ID.Target())
	}
	for _, a := range o.Accounts {
		targets = append(targets, a.ID.Target())
	}
	types, err := v.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, t := range types {
		o.Enabled = append(o.Enabled, t.Type)
		links, err := v.AttachmentLinks(o.ID, t.EnablementID, targets)
		if err != nil {
			return err
		}
		rows := make([]org.Attachment, len(links))
		for i, l := range links {
			rows[i] = org.Attachment{Target: l.Target, Policy: l.Policy, Detached: l.Detached, Position: l.Position}
		}
		slices.SortFunc(rows, func(a, b org.Attachment) int {
			return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Position, b.Position))
		})
		add(o, rows)
	}
	return nil
}

// readAttached reads the policies that are attached.
func readAttached(v *store.View, o *model.Organization) error {
	for _, a := range o.Attachments {
		if o.Policy(a.Policy) != nil {
			continue
		}
		p, err := v.Policy(o.ID, a.Policy)
		if err != nil {
			return err
		}
		o.Policies = append(o.Policies, model.Policy{ID: p.ID, Type: p.Type, Name: p.Name, Content: p.Content})
	}
	return nil
}
