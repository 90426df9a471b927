package seeding

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/seed"
	"accord/internal/store"
)

// earliest is when the organization began, if the document does not say it: with the first
// thing that happened in it.
func (o *organization) earliest() time.Time {
	first := o.clock
	note := func(when *seed.When) {
		if when != nil && when.Instant(o.clock).Before(first) {
			first = when.Instant(o.clock)
		}
	}
	for i := range o.members {
		note(o.members[i].Joined)
	}
	for i := range o.branches {
		note(o.branches[i].Created)
	}
	for i := range o.Handshakes {
		note(o.Handshakes[i].Requested)
		if h := &o.Handshakes[i]; h.State == string(handshake.Expired) && h.Requested == nil {
			at := o.expired(h)
			note(&seed.When{At: at})
		}
	}
	for i := range o.AccountCreations {
		note(o.AccountCreations[i].Requested)
	}
	for i := range o.TrustedServices {
		note(o.TrustedServices[i].Enabled)
	}
	return first
}

// make makes the organization, unless its management account has one.
func (o *organization) make() error {
	path := o.management.Path
	found, err := o.account(o.management)
	if err != nil {
		return at(path, err)
	}
	if found != nil && found.Organization != nil {
		return o.take(found)
	}
	created, err := o.at(o.Created, o.earliest(), o.path+".created")
	if err != nil {
		return err
	}
	if o.Organization.ID != "" {
		if _, err := o.view().Organization(ident.OrganizationID(o.Organization.ID)); !errors.Is(err, store.ErrNotFound) {
			return errors.Join(err, failed(o.path+".id", "the organization %s has another management account", o.Organization.ID))
		}
	}
	if err := o.register(o.management, found, created); err != nil {
		return at(path, err)
	}
	set := orgapi.OrganizationFeatureSet(o.firstFeatureSet())
	out, err := call(o.run, o.by(created), o.organizations.CreateOrganization, &orgapi.CreateOrganizationRequest{FeatureSet: &set},
		o.Organization.ID, o.Root.ID)
	if err != nil {
		return at(o.path, err)
	}
	made, err := o.view().Organization(ident.OrganizationID(*out.Organization.Id))
	if err != nil {
		return err
	}
	o.id, o.root, o.fresh = made.ID, made.Root, true
	o.changed(Add, "organization", string(o.id), string(o.id), o.path, "management account "+string(made.Management))
	return nil
}

// take works on with the organization that there is.
func (o *organization) take(found *store.AccountWithOrganization) error {
	have := found.Organization
	switch {
	case !have.ManagedBy(found.Account.ID):
		return failed(o.management.Path, "account %s is a member of the organization %s", found.Account.ID, have.ID)
	case o.Organization.ID != "" && o.Organization.ID != string(have.ID):
		return failed(o.path+".id", "account %s manages the organization %s", found.Account.ID, have.ID)
	case o.Root.ID != "" && o.Root.ID != string(have.Root):
		return failed(o.path+".root.id", "the organization %s has the root %s", have.ID, have.Root)
	case o.Partition != "" && o.Partition != string(have.Partition):
		return failed(o.path+".partition", "the organization %s is in the partition %s", have.ID, have.Partition)
	case have.FeatureSet == org.AllFeatures && o.featureSet() != org.AllFeatures && !o.wantsFeatures():
		return failed(o.path+".featureSet", "the organization %s has all features, which is for good", have.ID)
	}
	o.id, o.root, o.Organization.Partition = have.ID, have.Root, string(have.Partition)
	o.accounts[o.management] = found.Account.ID
	return o.rename(o.management, &found.Account)
}

// setQuotas gives the organization the quotas of its own that bind while it is made.
func (o *organization) setQuotas() error { return o.quotasOf(false) }

// setRates gives it the others.
func (o *organization) setRates() error { return o.quotasOf(true) }

func (o *organization) quotasOf(rate bool) error {
	have, err := o.view().Quotas(o.id)
	if err != nil {
		return err
	}
	wanted := map[quota.Name]int64{}
	for name, number := range o.Quotas {
		old, has := have[name]
		if slices.Contains(rates, quota.Name(name)) == rate && (!has || old != number) {
			wanted[quota.Name(name)] = number
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if err := o.provider.SetQuotas(o.context(o.now), o.id, wanted); err != nil {
		return at(o.path+".quotas", err)
	}
	for name, number := range wanted {
		o.changed(Modify, "quota", string(name), "", o.path+".quotas."+string(name), fmt.Sprint(number))
	}
	return nil
}

// makeUnits makes the units that are missing.
func (o *organization) makeUnits() error {
	for i := range o.branches {
		b := &o.branches[i]
		if b.Depth == 0 {
			o.units[b] = o.root.Parent()
			continue
		}
		if err := o.makeUnit(b); err != nil {
			return at(b.Path, err)
		}
	}
	return nil
}

func (o *organization) makeUnit(b *seed.Branch) error {
	around, err := o.run.index.Branch(o.index, b.Parent)
	if err != nil {
		return err
	}
	parent := o.units[around]
	have, err := o.view().UnitByName(o.id, parent, b.Unit.Name)
	if b.ID != "" {
		have, err = o.view().Unit(o.id, ident.UnitID(b.ID))
	}
	if err == nil {
		return o.takeUnit(b, &have, parent)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	created, err := o.at(b.Created, o.now, b.Path+".created")
	if err != nil {
		return err
	}
	out, err := call(o.run, o.by(created), o.organizations.CreateOrganizationalUnit, &orgapi.CreateOrganizationalUnitRequest{
		ParentId: new(string(parent)), Name: &b.Unit.Name, Tags: tagsOf(b.Tags),
	}, b.ID)
	if err != nil {
		return err
	}
	id := *out.OrganizationalUnit.Id
	if b.ID != "" && id != b.ID {
		return failed(b.Path+".id", "the units of the root %s have IDs that begin with ou-%s-", o.root, o.root[len("r-"):])
	}
	o.units[b] = ident.ParentID(id)
	o.changed(Add, "unit", string(b.Name), id, b.Path, "")
	return nil
}

// takeUnit works on with a unit that there is.
func (o *organization) takeUnit(b *seed.Branch, have *org.Unit, parent ident.ParentID) error {
	if have.Parent != parent {
		return failed(b.Path, "the unit %s is in %s, and units cannot be moved", have.ID, have.Parent)
	}
	o.units[b] = have.ID.Parent()
	if have.Name == b.Unit.Name {
		return nil
	}
	_, err := call(o.run, o.by(o.now), o.organizations.UpdateOrganizationalUnit, &orgapi.UpdateOrganizationalUnitRequest{
		OrganizationalUnitId: new(string(have.ID)), Name: &b.Unit.Name,
	})
	o.changed(Modify, "unit", string(b.Name), string(have.ID), b.Path, "the name was "+have.Name)
	return err
}
