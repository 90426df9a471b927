package seeding

import (
	"slices"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy"
	"accord/internal/seed"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// prune takes away what the organization has and the document has not: attachments,
// administrators, services, open invitations, accounts, units, policies and policy types. Users, groups
// and roles stay: an account makes some by itself.
func (o *organization) prune() error {
	if !o.Prune {
		return nil
	}
	for _, step := range []func() error{
		o.pruneAttachments, o.pruneAdministrators, o.pruneServices, o.pruneDelegationPolicy, o.pruneInvitations,
		// The last policy of what goes cannot be detached, and goes with it.
		o.pruneAccounts, o.pruneUnits, o.prunePolicies, o.prunePolicyTypes,
	} {
		if err := step(); err != nil {
			return at(o.path, err)
		}
	}
	return nil
}

func (o *organization) pruneAttachments() error {
	enabled, err := o.view().EnabledPolicyTypes(o.id)
	if err != nil {
		return err
	}
	for _, p := range o.places() {
		keep := map[ident.PolicyID]bool{}
		for _, name := range p.Policies {
			id, _, err := o.policyOf(name)
			if err != nil {
				return err
			}
			keep[id] = true
		}
		for _, e := range enabled {
			rows, err := o.view().Attachments(o.id, e.EnablementID, p.id)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if row.Detached || keep[row.Policy] || row.Policy == policy.DefinitionOf(e.Type).Default {
					continue
				}
				if err := o.callDetach(&p, row.Policy, string(row.Policy), ""); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (o *organization) prunePolicies() error {
	keep := map[ident.PolicyID]bool{}
	for _, id := range o.policies {
		keep[id] = true
	}
	for _, d := range policy.Types {
		all, err := listed(page.First, func(after page.Cursor, limit int) ([]org.Policy, error) {
			return o.view().Policies(o.id, d.Type, after, limit)
		}, store.AfterPolicy)
		if err != nil {
			return err
		}
		for _, p := range all {
			if keep[p.ID] {
				continue
			}
			if err := o.detachEverywhere(&p); err != nil {
				return err
			}
			if _, err := call(o.run, o.by(o.now), o.organizations.DeletePolicy, &orgapi.DeletePolicyRequest{PolicyId: new(string(p.ID))}); err != nil {
				return err
			}
			o.changed(Remove, "policy", p.Name, string(p.ID), "", string(p.Type))
		}
	}
	return nil
}

// detachEverywhere takes a policy off units and accounts that the document does not have and
// that stay all the same. They get the default policy back, without which none may be the last.
func (o *organization) detachEverywhere(p *org.Policy) error {
	e, err := o.view().EnabledPolicyType(o.id, p.Type)
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	targets, err := o.view().TargetsOf(o.id, e.EnablementID, p.ID, 0, 1000)
	if err != nil {
		return err
	}
	for _, t := range targets {
		at := &place{Target: &seed.Target{}, id: t.Target, name: t.Name, path: o.path}
		if err := o.defaults(at, []org.EnabledPolicyType{e}); err != nil {
			return err
		}
		if err := o.callDetach(at, p.ID, p.Name, ""); err != nil {
			return err
		}
	}
	return nil
}

func (o *organization) prunePolicyTypes() error {
	wanted := o.wantedTypes()
	enabled, err := o.view().EnabledPolicyTypes(o.id)
	if err != nil {
		return err
	}
	for _, e := range enabled {
		if slices.ContainsFunc(wanted, func(w wantedType) bool { return w.name == string(e.Type) }) {
			continue
		}
		kind := orgapi.PolicyType(e.Type)
		if _, err := call(o.run, o.by(o.now), o.organizations.DisablePolicyType, &orgapi.DisablePolicyTypeRequest{RootId: new(string(o.root)), PolicyType: &kind}); err != nil {
			return err
		}
		o.changed(Remove, "policy type", string(e.Type), "", "", "disabled")
	}
	return nil
}

func (o *organization) pruneAdministrators() error {
	all, err := listed(page.First, func(after page.Cursor, limit int) ([]store.Administrator, error) {
		return o.view().Administrators(o.id, "", after, limit)
	}, store.AfterAdministrator)
	if err != nil {
		return err
	}
	type registration struct {
		account ident.AccountID
		service string
	}
	keep := map[registration]bool{}
	for _, d := range o.DelegatedAdministrators {
		m, err := o.run.index.Member(o.index, d.Account)
		if err != nil {
			return err
		}
		keep[registration{o.accounts[m], d.Service}] = true
	}
	for _, a := range all {
		services, err := listed(page.First, func(after page.Cursor, limit int) ([]org.Delegation, error) {
			return o.view().Delegations(o.id, a.Account.ID, after, limit)
		}, store.AfterDelegation)
		if err != nil {
			return err
		}
		for _, d := range services {
			if keep[registration{d.Account, string(d.Service)}] {
				continue
			}
			if _, err := call(o.run, o.by(o.now), o.organizations.DeregisterDelegatedAdministrator, &orgapi.DeregisterDelegatedAdministratorRequest{
				AccountId: new(string(d.Account)), ServicePrincipal: new(string(d.Service)),
			}); err != nil {
				return err
			}
			o.changed(Remove, "delegated administrator", a.Account.Name, string(d.Account), "", string(d.Service))
		}
	}
	return nil
}

func (o *organization) pruneServices() error {
	all, err := listed(page.First, func(after page.Cursor, limit int) ([]org.ServiceAccess, error) {
		return o.view().ServiceAccesses(o.id, after, limit)
	}, store.AfterServiceAccess)
	if err != nil {
		return err
	}
	keep := map[org.ServicePrincipal]bool{}
	for _, t := range o.TrustedServices {
		keep[org.ServicePrincipal(t.Service)] = true
	}
	for _, s := range all {
		if keep[s.Service] {
			continue
		}
		if _, err := call(o.run, o.by(o.now), o.organizations.DisableAWSServiceAccess, &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(string(s.Service))}); err != nil {
			return err
		}
		o.changed(Remove, "trusted service", string(s.Service), "", "", "")
	}
	return nil
}

func (o *organization) pruneDelegationPolicy() error {
	if o.DelegationPolicy != nil {
		return nil
	}
	have, err := o.view().ResourcePolicy(o.id)
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	if _, err := call(o.run, o.by(o.now), o.organizations.DeleteResourcePolicy, &orgapi.DeleteResourcePolicyRequest{}); err != nil {
		return err
	}
	o.changed(Remove, "delegation policy", string(have.ID), string(have.ID), "", "")
	return nil
}

func (o *organization) pruneInvitations() error {
	have, err := o.sent(handshake.Invite, "")
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for i := range o.Handshakes {
		keep[o.recipient(&o.Handshakes[i]).Key()] = true
	}
	for i := range have {
		h := &have[i]
		if h.StateAt(o.now) != handshake.Open || keep[h.Recipient.Key()] {
			continue
		}
		if _, err := call(o.run, o.by(o.now), o.organizations.CancelHandshake, &orgapi.CancelHandshakeRequest{HandshakeId: new(string(h.ID))}); err != nil {
			return err
		}
		o.changed(Remove, "invitation", h.Recipient.ID, string(h.ID), "", "canceled")
	}
	return nil
}

// pruneAccounts removes accounts from the organization. Those that are closed, or about to be,
// go by themselves.
func (o *organization) pruneAccounts() error {
	keep := map[ident.AccountID]bool{}
	for i := range o.run.index.Members {
		keep[o.accounts[&o.run.index.Members[i]]] = true
	}
	all, err := o.accountsOf(o.id)
	if err != nil {
		return err
	}
	for i := range all {
		a := &all[i]
		if keep[a.ID] {
			continue
		}
		if a.State != org.Active && a.State != org.PendingActivation {
			o.skip(o.path, "account "+string(a.ID)+" is "+string(a.State)+", and cannot be removed")
			continue
		}
		if _, err := call(o.run, o.by(o.now), o.organizations.RemoveAccountFromOrganization, &orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(string(a.ID))}); err != nil {
			return err
		}
		o.changed(Remove, "account", a.Name, string(a.ID), "", "removed from the organization")
	}
	return nil
}

// pruneUnits deletes units, those below first.
func (o *organization) pruneUnits() error {
	keep := map[ident.ParentID]bool{}
	for _, id := range o.units {
		keep[id] = true
	}
	var below func(parent ident.ParentID) error
	below = func(parent ident.ParentID) error {
		units, err := listed(page.First, func(after page.Cursor, limit int) ([]org.Unit, error) {
			return o.view().UnitsIn(o.id, parent, after, limit)
		}, store.AfterUnit)
		if err != nil {
			return err
		}
		for _, u := range units {
			if err := below(u.ID.Parent()); err != nil {
				return err
			}
			if keep[u.ID.Parent()] {
				continue
			}
			accounts, err := o.view().AccountsIn(o.id, u.ID.Parent(), page.First, 1)
			if err != nil {
				return err
			}
			if len(accounts) > 0 {
				o.skip(o.path, "unit "+u.Name+" still has accounts")
				keep[parent] = true
				continue
			}
			if _, err := call(o.run, o.by(o.now), o.organizations.DeleteOrganizationalUnit, &orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: new(string(u.ID))}); err != nil {
				return err
			}
			o.changed(Remove, "unit", u.Name, string(u.ID), "", "")
		}
		return nil
	}
	return below(o.root.Parent())
}
