package seeding

import "strconv"

// apply makes the organization and everything in it.
func (o *organization) apply() error {
	o.find()
	for _, step := range []func() error{
		o.checkTags, o.make, o.setQuotas, o.makeUnits, o.makeMembers, o.makeCreations, o.enableAllFeatures, o.enableServices, o.enablePolicyTypes,
		o.makePolicies, o.attach, o.registerAdministrators, o.putDelegationPolicy, o.tagAll, o.invite, o.enterStates, o.prune,
		o.setRates,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// all makes everything, in the order in which one thing needs another.
func (r *run) all() error {
	if err := r.replace(); err != nil {
		return err
	}
	standalone := r.index.MembersOf(-1)
	for i := range standalone {
		m := &standalone[i]
		if err := r.standalone(m); err != nil {
			return at(m.Path, err)
		}
	}
	for i := range r.file.Organizations {
		o := &organization{
			run: r, index: i, Organization: &r.file.Organizations[i], path: "organizations[" + strconv.Itoa(i) + "]",
			members: r.index.MembersOf(i), branches: r.index.BranchesOf(i),
		}
		if err := o.apply(); err != nil {
			return at(o.path, err)
		}
	}
	for i := range r.index.Members {
		m := &r.index.Members[i]
		if err := r.identities(m); err != nil {
			return at(m.Path, err)
		}
	}
	for i := range r.file.Transfers {
		path := "transfers[" + strconv.Itoa(i) + "]"
		if err := r.transfer(&r.file.Transfers[i], path); err != nil {
			return at(path, err)
		}
	}
	return nil
}
