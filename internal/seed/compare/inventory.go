package compare

import (
	"cmp"
	"strings"

	"accord/internal/seed"
)

// inventory are the things of a document, in its order.
type inventory struct {
	things []*thing
	doc    *seed.Document
	// members are the accounts that an entry stands for.
	members map[*seed.Account][]*seed.Member
	// named finds what a reference means.
	named map[string]*thing
	// units are those of the organization that is taken, by ID and path.
	units map[string]*thing
	// invited are the addresses to which handshakes went.
	invited map[string]bool
	// written documents have an organization without an ID.
	written bool
	// order are the policies of each target.
	order map[*thing][]*thing
}

// take makes the inventory of a document.
func take(d *seed.Document) *inventory {
	v := &inventory{doc: d, named: map[string]*thing{}, members: map[*seed.Account][]*seed.Member{}, invited: map[string]bool{}, order: map[*thing][]*thing{}}
	index := seed.NewIndex(d)
	for i := range index.Members {
		m := &index.Members[i]
		v.members[m.Entry] = append(v.members[m.Entry], m)
	}
	for i := range d.Accounts {
		v.accounts(&d.Accounts[i], nil)
	}
	for i := range d.Organizations {
		v.organization(&d.Organizations[i])
	}
	for i := range d.Transfers {
		v.transfer(&d.Transfers[i])
	}
	return v
}

func (v *inventory) add(t *thing) *thing {
	t.listed = true
	v.things = append(v.things, t)
	return t
}

// name lets references find a thing, by its ID and by names; what came first keeps a name.
func (v *inventory) name(t *thing, names ...string) {
	for _, name := range append(names, t.id) {
		if _, taken := v.named[t.kind+" "+name]; !taken && name != "" {
			v.named[t.kind+" "+name] = t
		}
	}
}

// find is what a reference means: something of the document, or a thing of which only the
// reference is known.
func (v *inventory) find(kind string, ref seed.Ref) *thing {
	if found := v.named[kind+" "+string(ref)]; found != nil {
		return found
	}
	unknown := newThing(kind, string(ref), string(ref))
	v.name(unknown)
	return unknown
}

func (v *inventory) organization(o *seed.Organization) {
	management := cmp.Or(o.Management.ID, o.Management.Email, o.Management.Name)
	t := v.add(newThing(organizationKind, o.ID, "of "+management))
	t.written = o.ID == ""
	v.written = v.written || t.written
	t.standard("featureSet", o.FeatureSet, "ALL").standard("partition", o.Partition, "aws").at("created", o.Created, v.doc.Clock)
	for name, quota := range o.Quotas {
		t.fields["quota "+name] = quota
	}
	v.name(t, o.Management.ID, o.Management.Name)
	for _, kind := range o.PolicyTypes {
		v.add(newThing(policyTypeKind, "", kind, t))
	}
	policies := map[string]*thing{}
	for i := range o.Policies {
		p := &o.Policies[i]
		kind := p.TypeOrDefault()
		one := v.add(newThing(policyKind, p.ID, kind+"/"+p.Name, t))
		one.text("name", p.Name).text("type", kind).text("description", p.Description).document("content", p.Content).tags(p.Tags)
		one.about = append(one.about, kind)
		policies[p.ID], policies[p.Name], policies[one.name] = one, one, one
	}
	root := v.add(newThing(rootKind, o.Root.ID, "Root", t)).tags(o.Root.Tags)
	v.units = map[string]*thing{"Root": root, o.Root.ID: root}
	targets := []target{{root, &o.Root.Target}}
	v.below(&o.Root, root, "", &targets)
	at := root
	if found := v.units[string(o.Management.Unit)]; found != nil && o.Management.Unit != "" {
		at = found
	}
	manager := v.accounts(&o.Management, at)[0]
	// It always counts as invited.
	delete(manager.fields, "joinedMethod")
	targets = append(targets, target{manager, &o.Management.Target})
	t.fields["management"] = manager
	for _, one := range targets {
		v.attachments(one, policies)
	}
	v.rest(o, t)
}

// target is something that policies are attached to.
type target struct {
	*thing
	of *seed.Target
}

// below adds the units and accounts below one.
func (v *inventory) below(u *seed.Unit, at *thing, path string, targets *[]target) {
	for i := range u.Units {
		sub := &u.Units[i]
		name := strings.TrimPrefix(path+"/"+sub.Name, "/")
		t := v.add(newThing(unitKind, sub.ID, name, at.of...))
		t.parent = at
		t.text("name", sub.Name).at("created", sub.Created, v.doc.Clock).tags(sub.Tags)
		t.about = append(t.about, at.id)
		v.units[name], v.units[sub.ID] = t, t
		*targets = append(*targets, target{t, &sub.Target})
		v.below(sub, t, name, targets)
	}
	for i := range u.Accounts {
		for _, t := range v.accounts(&u.Accounts[i], at) {
			*targets = append(*targets, target{t, &u.Accounts[i].Target})
		}
	}
}

// accounts adds the accounts that an entry stands for.
func (v *inventory) accounts(entry *seed.Account, parent *thing) []*thing {
	var all []*thing
	for _, m := range v.members[entry] {
		all = append(all, v.account(&m.Account, parent))
	}
	return all
}

// account adds an account with its identities.
func (v *inventory) account(a *seed.Account, parent *thing) *thing {
	t := v.add(newThing(accountKind, a.ID, cmp.Or(strings.ToLower(a.Email), a.Name, a.ID)))
	t.parent = parent
	t.text("name", a.Name).text("email", a.Email).standard("state", a.State, "ACTIVE").standard("joinedMethod", a.JoinedMethod, "CREATED")
	t.at("joined", a.Joined, v.doc.Clock).text("roleName", a.RoleName).tags(a.Tags)
	if a.UnverifiedEmail {
		t.fields["unverifiedEmail"] = true
	}
	if parent != nil {
		t.about = append(t.about, parent.id)
	}
	v.name(t, a.Name, a.Email)
	v.identities(a, t)
	return t
}

// attachments adds the attachments of a target.
func (v *inventory) attachments(at target, policies map[string]*thing) {
	for _, kind := range at.of.WithoutDefault {
		at.fields["default "+kind] = "detached"
	}
	for _, ref := range at.of.Policies {
		p := policies[string(ref)]
		if p == nil {
			p = newThing(policyKind, string(ref), string(ref))
			policies[string(ref)] = p
		}
		one := v.add(newThing(attachmentKind, "", "", p, at.thing))
		one.about = append(one.about, p.about...)
		v.order[at.thing] = append(v.order[at.thing], p)
	}
}

// rest adds what is not in the tree.
func (v *inventory) rest(o *seed.Organization, t *thing) {
	clock := v.doc.Clock
	for _, s := range o.TrustedServices {
		v.add(newThing(serviceKind, "", s.Service, t)).at("enabled", s.Enabled, clock)
	}
	for _, a := range o.DelegatedAdministrators {
		v.add(newThing(administratorKind, "", a.Service, v.find(accountKind, a.Account))).at("enabled", a.Enabled, clock)
	}
	if p := o.DelegationPolicy; p != nil {
		one := v.add(newThing(delegationKind, "", "", t)).document("content", p.Content).tags(p.Tags)
		one.about = append(one.about, p.ID)
	}
	for i := range o.Handshakes {
		h := &o.Handshakes[i]
		kind := cmp.Or(h.Kind, "INVITE")
		address := v.addressOf(h.To)
		v.invited[address] = true
		one := v.add(newThing(handshakeKind, h.ID, strings.TrimSpace(kind+" "+address), t))
		if v.named[accountKind+" "+h.To] == nil {
			one.text("to", h.To)
		}
		one.written = o.ID == ""
		one.text("kind", kind).standard("state", h.State, "OPEN").text("notes", h.Notes).tags(h.Tags)
		one.at("requested", h.Requested, clock).at("expires", h.Expires, clock)
		for _, a := range h.Answers {
			v.add(newThing(answerKind, a.ID, "", one, v.find(accountKind, a.Account))).text("state", a.State)
		}
	}
	for i := range o.AccountCreations {
		c := &o.AccountCreations[i]
		one := v.add(newThing(creationKind, c.ID, c.Name, t))
		one.text("name", c.Name).text("email of the request", c.Email).text("state", c.StateOrDefault()).text("failureReason", c.FailureReason)
		one.at("requested", c.Requested, clock).at("completed", c.Completed, clock)
		if c.Account != "" {
			one.fields["account"] = v.find(accountKind, c.Account)
		}
	}
}

func (v *inventory) transfer(x *seed.Transfer) {
	t := v.add(newThing(transferKind, x.ID, x.Name))
	t.text("name", x.Name).text("handshake", x.Handshake).standard("status", x.Status, "ACCEPTED")
	// The other organization need not be in the document: then it may be named in several ways.
	for field, ref := range map[string]seed.Ref{"target": x.Target, "source": x.Source} {
		if o := v.find(organizationKind, ref); o.listed {
			t.fields[field] = o
		}
	}
	t.at("requested", x.Requested, v.doc.Clock).at("start", x.Start, v.doc.Clock).at("end", x.End, v.doc.Clock)
}

// identities adds the users, groups, roles and managed policies of an account.
func (v *inventory) identities(a *seed.Account, at *thing) {
	identity := func(kind string, i *seed.Identity) *thing {
		t := v.add(newThing(kind, i.ID, i.Name, at))
		for _, p := range i.Inline {
			t.document("inline policy "+p.Name, p.Content)
		}
		return t.standard("path", i.Path, "/").at("created", i.Created, v.doc.Clock).list("policies", i.Policies)
	}
	for i := range a.Users {
		u := &a.Users[i]
		identity(userKind, &u.Identity).text("boundary", u.Boundary).list("groups", u.Groups).tags(u.Tags)
	}
	for i := range a.Groups {
		identity(groupKind, &a.Groups[i].Identity)
	}
	for i := range a.Roles {
		r := &a.Roles[i]
		t := identity(roleKind, &r.Identity).text("description", r.Description).text("boundary", r.Boundary).document("trust", r.Trust.Content).tags(r.Tags)
		if r.MaxSession != 0 {
			t.fields["maxSession"] = r.MaxSession
		}
	}
	for i := range a.ManagedPolicies {
		p := &a.ManagedPolicies[i]
		v.add(newThing(managedKind, p.ID, p.Name, at)).standard("path", p.Path, "/").text("description", p.Description).document("content", p.Content).tags(p.Tags)
	}
}

// addressOf is the address of an account that a handshake names in any way. One that is not in
// the document has the address that a server gives it.
func (v *inventory) addressOf(to string) string {
	if account := v.named[accountKind+" "+to]; account != nil && account.listed {
		address, _ := account.fields["email"].(string)
		return strings.ToLower(address)
	}
	if seed.CheckForm("accountId", to) == "" {
		return "account-" + to + "@example.com"
	}
	return strings.ToLower(to)
}

// implies reports whether a document that a person wrote means a thing of the other one
// without saying it: the request by which an account was made, the answers that a request of
// the organization has as a rule, and an account that was invited by its address.
func (v *inventory) implies(t *thing) bool {
	switch t.kind {
	case creationKind:
		// AWS forgets a request too, and keeps the account.
		account, made := t.fields["account"].(*thing)
		return made && account.twin != nil && t.fields["state"] == "SUCCEEDED"
	case answerKind:
		return t.of[0].twin != nil && t.of[0].twin.written
	case accountKind:
		address, _ := t.fields["email"].(string)
		return v.written && t.parent == nil && v.invited[strings.ToLower(address)]
	}
	return false
}
