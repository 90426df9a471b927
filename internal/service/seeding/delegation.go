package seeding

import (
	"errors"
	"fmt"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// enableServices gives services trusted access.
func (o *organization) enableServices() error {
	for i := range o.TrustedServices {
		t, path := &o.TrustedServices[i], fmt.Sprintf("%s.trustedServices[%d]", o.path, i)
		_, err := o.view().ServiceAccess(o.id, org.ServicePrincipal(t.Service))
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		enabled, err := o.at(t.Enabled, o.began(), path+".enabled")
		if err == nil {
			_, err = call(o.run, o.by(enabled), o.organizations.EnableAWSServiceAccess, &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: &t.Service})
		}
		if err != nil {
			return at(path, err)
		}
		o.changed(Add, "trusted service", t.Service, "", path, "")
	}
	return nil
}

// registerAdministrators registers delegated administrators.
func (o *organization) registerAdministrators() error {
	for i := range o.DelegatedAdministrators {
		d, path := &o.DelegatedAdministrators[i], fmt.Sprintf("%s.delegatedAdministrators[%d]", o.path, i)
		m, err := o.run.index.Member(o.index, d.Account)
		if err != nil {
			return at(path, err)
		}
		account := o.accounts[m]
		_, err = o.view().Delegation(o.id, account, org.ServicePrincipal(d.Service))
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		enabled, err := o.at(d.Enabled, o.began(), path+".enabled")
		if err == nil {
			_, err = call(o.run, o.by(enabled), o.organizations.RegisterDelegatedAdministrator, &orgapi.RegisterDelegatedAdministratorRequest{
				AccountId: new(string(account)), ServicePrincipal: &d.Service,
			})
		}
		if err != nil {
			return at(path, err)
		}
		o.changed(Add, "delegated administrator", m.Name, string(account), path, d.Service)
	}
	return nil
}

// putDelegationPolicy gives the organization its delegation policy.
func (o *organization) putDelegationPolicy() error {
	wanted, path := o.DelegationPolicy, o.path+".delegationPolicy"
	if wanted == nil {
		return nil
	}
	have, err := o.view().ResourcePolicy(o.id)
	exists := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if exists {
		same, err := o.isStored(have.Content, wanted.Content)
		if err != nil {
			return err
		}
		if same {
			return at(path, o.tag(string(have.ID), wanted.Tags, "delegation policy", string(have.ID), path))
		}
	}
	in, action := &orgapi.PutResourcePolicyRequest{Content: &wanted.Content}, Modify
	if !exists {
		in.Tags, action = tagsOf(wanted.Tags), Add
	}
	out, err := call(o.run, o.by(o.now), o.organizations.PutResourcePolicy, in, wanted.ID)
	if err != nil {
		return at(path, err)
	}
	id := *out.ResourcePolicy.ResourcePolicySummary.Id
	o.changed(action, "delegation policy", id, id, path, "")
	if !exists {
		return nil
	}
	return at(path, o.tag(id, wanted.Tags, "delegation policy", id, path))
}

// isStored reports whether a delegation policy would be stored as it is now.
func (o *organization) isStored(stored, content string) (bool, error) {
	have, err := o.view().Organization(o.id)
	if err != nil {
		return false, err
	}
	var broken error
	checked, rejection := policy.CheckDelegation(content, have.Owner(), func(ident.AccountID) bool { return true }, func(arn string) string {
		id, err := identities.PrincipalID(o.view(), arn)
		broken = errors.Join(broken, err)
		return id
	})
	return rejection == nil && checked.Stored == stored, broken
}
