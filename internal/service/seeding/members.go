package seeding

import (
	"slices"
	"strings"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// account finds the account of the store that one of the document is: by its ID, or else by
// its address. It returns nil if there is none.
func (r *run) account(m *seed.Member) (*store.AccountWithOrganization, error) {
	id := ident.AccountID(m.ID)
	if id == "" {
		owner, err := r.view().AccountByEmail(ident.Email(m.Email))
		if err != nil {
			return nil, operation.IgnoreMissing(err)
		}
		id = owner.ID
	}
	found, err := r.view().AccountWithOrganization(id)
	if err != nil {
		return nil, operation.IgnoreMissing(err)
	}
	if found.Account.State == org.Gone {
		return nil, failed(m.Path, "account %s is closed for good", id)
	}
	r.accounts[m] = id
	return &found, nil
}

// register makes a standalone account, or gives the one that was found its name and address.
func (r *run) register(m *seed.Member, found *store.AccountWithOrganization, when time.Time) error {
	if found != nil {
		return r.rename(m, &found.Account)
	}
	made, err := r.provider.Register(r.context(when, m.ID), ident.AccountID(m.ID), ident.Email(m.Email), m.Name)
	if err != nil {
		return err
	}
	r.accounts[m] = made.ID
	r.changed(Add, "account", m.Name, string(made.ID), m.Path, "registered")
	return nil
}

// rename gives an account the name and the address of the document.
func (r *run) rename(m *seed.Member, have *org.Account) error {
	name, email := m.Name, ident.Email(m.Email)
	// What the document does not say is as it is.
	if m.Entry.Name == "" {
		name = have.Name
	}
	if m.Entry.Email == "" {
		email = have.Email
	}
	if name == have.Name && email == have.Email {
		return nil
	}
	if _, err := r.provider.Register(r.context(r.now), have.ID, email, name); err != nil {
		return err
	}
	r.changed(Modify, "account", name, string(have.ID), m.Path, "was "+have.Name+", "+string(have.Email))
	return nil
}

// standalone makes an account that is in no organization.
func (r *run) standalone(m *seed.Member) error {
	found, err := r.account(m)
	if err != nil {
		return err
	}
	if found != nil && found.Organization != nil {
		return failed(m.Path, "account %s is in the organization %s", found.Account.ID, found.Organization.ID)
	}
	if err := r.register(m, found, r.clock); err != nil {
		return err
	}
	return r.enterState(m, nil)
}

// makeMembers makes the members in the order of their instants, and moves them to their
// units.
func (o *organization) makeMembers() error {
	type arrival struct {
		*seed.Member
		joined time.Time
	}
	var arrivals []arrival
	for i := range o.members {
		m := &o.members[i]
		if m.Management {
			continue
		}
		joined, err := o.at(m.Joined, o.arrived(m), m.Path+".joined")
		if err != nil {
			return err
		}
		arrivals = append(arrivals, arrival{m, joined})
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return a.joined.Compare(b.joined) })
	for _, a := range arrivals {
		if err := o.member(a.Member, a.joined); err != nil {
			return at(a.Path, err)
		}
		if err := o.move(a.Member); err != nil {
			return at(a.Path, err)
		}
	}
	return at(o.management.Path, o.move(o.management))
}

// arrived is when a member came, if the document does not say it.
func (o *organization) arrived(m *seed.Member) time.Time {
	for _, when := range o.arrivals(m) {
		if when != nil && !when.Instant(o.clock).After(o.now) {
			return when.Instant(o.clock)
		}
	}
	return o.now
}

func (o *organization) arrivals(m *seed.Member) []*seed.When {
	if c := o.creations[m]; c != nil {
		return []*seed.When{c.Completed, c.Requested}
	}
	if h := o.invitations[m]; h != nil {
		return []*seed.When{h.Answered, h.Requested}
	}
	return nil
}

// member makes an account a member, unless it is one.
func (o *organization) member(m *seed.Member, joined time.Time) error {
	found, err := o.account(m)
	switch exists := found != nil; {
	case err != nil:
		return err
	case exists && found.Account.In(o.id):
		if m.JoinedMethod != "" && m.JoinedMethod != string(found.Account.Membership.Method) {
			return failed(m.Path+".joinedMethod", "account %s joined as %s", found.Account.ID, found.Account.Membership.Method)
		}
		return o.rename(m, &found.Account)
	case exists && found.Organization != nil:
		return failed(m.Path, "account %s is in the organization %s", found.Account.ID, found.Organization.ID)
	case exists && m.JoinedMethod == string(org.Created):
		return failed(m.Path, "account %s exists, so that it can only be INVITED", found.Account.ID)
	case exists || m.JoinedMethod == string(org.Invited):
		return o.inviteMember(m, found, joined)
	}
	return o.createMember(m, joined)
}

// createMember calls CreateAccount.
func (o *organization) createMember(m *seed.Member, joined time.Time) error {
	service := o.organizations
	if m.State == string(org.PendingActivation) {
		service = o.service(func(b *behavior.Set) { b.CreatedAccountPendingActivation = true })
	}
	request := ""
	if c := o.creations[m]; c != nil {
		request = c.ID
	}
	in := &orgapi.CreateAccountRequest{AccountName: &m.Name, Email: &m.Email, Tags: tagsOf(m.Tags)}
	if m.RoleName != "" {
		in.RoleName = &m.RoleName
	}
	// An account can get a name that none can be created with.
	later := in.Validate() != nil && len(m.Name) > 0
	if later {
		plain := *in
		plain.AccountName = new("account")
		if plain.Validate() == nil {
			in = &plain
		}
	}
	out, err := call(o.run, o.by(joined), service.CreateAccount, in, request, m.ID)
	if err != nil {
		return err
	}
	status := out.CreateAccountStatus
	if *status.State != orgapi.CreateAccountStateSucceeded {
		return failed(m.Path, "the account was not created: %s", *status.FailureReason)
	}
	o.accounts[m] = ident.AccountID(*status.AccountId)
	o.changed(Add, "account", m.Name, *status.AccountId, m.Path, "created in "+string(m.Unit))
	if *in.AccountName == m.Name {
		return nil
	}
	_, err = o.provider.Register(o.context(joined), o.accounts[m], "", m.Name)
	return err
}

// inviteMember lets an account join by an invitation.
func (o *organization) inviteMember(m *seed.Member, found *store.AccountWithOrganization, joined time.Time) error {
	requested, id, expires := joined, "", time.Time{}
	in := &orgapi.InviteAccountToOrganizationRequest{Tags: tagsOf(m.Tags)}
	if h := o.invitations[m]; h != nil {
		var err error
		if requested, err = o.at(h.Requested, joined, m.Path); err != nil {
			return err
		}
		if requested.After(joined) {
			requested = joined
		}
		id, expires = h.ID, o.expiry(h)
		if h.Notes != "" {
			in.Notes = &h.Notes
		}
	}
	if err := o.register(m, found, requested); err != nil {
		return err
	}
	in.Target = party(handshake.AccountParty, string(o.accounts[m]))
	if h := o.invitations[m]; h != nil && strings.Contains(h.To, "@") {
		in.Target = party(handshake.EmailParty, h.To)
	}
	sent, err := call(o.run, o.by(requested), o.living(requested, expires).InviteAccountToOrganization, in, id)
	if err != nil {
		return err
	}
	if _, err := call(o.run, o.answering(o.accounts[m], joined), o.organizations.AcceptHandshake, &orgapi.AcceptHandshakeRequest{HandshakeId: sent.Handshake.Id}); err != nil {
		return err
	}
	o.changed(Add, "account", m.Name, string(o.accounts[m]), m.Path, "joined "+string(m.Unit))
	return nil
}

// move puts an account into its unit.
func (o *organization) move(m *seed.Member) error {
	b, err := o.run.index.Branch(o.index, m.Unit)
	if err != nil {
		return err
	}
	have, err := o.view().Account(o.accounts[m])
	if err != nil || have.Membership.Parent == o.units[b] {
		return err
	}
	_, err = call(o.run, o.by(o.movedAt(&have)), o.organizations.MoveAccount, &orgapi.MoveAccountRequest{
		AccountId: new(string(have.ID)), SourceParentId: new(string(have.Membership.Parent)), DestinationParentId: new(string(o.units[b])),
	})
	if err == nil && !o.isNew(m) {
		o.changed(Modify, "account", m.Name, string(have.ID), m.Path, "moved to "+string(m.Unit))
	}
	return err
}

// movedAt is when an account got to its unit: as it joined, if that was just now.
func (o *organization) movedAt(a *org.Account) time.Time {
	if o.fresh {
		return a.Membership.Joined
	}
	return o.now
}

// isNew reports whether the account of the last change is this one: it was made just now.
func (o *organization) isNew(m *seed.Member) bool {
	n := len(o.report.Changes)
	return n > 0 && o.report.Changes[n-1].Path == m.Path && o.report.Changes[n-1].Action == Add
}

// enterStates takes the accounts to their states, last: what is closed cannot change.
func (o *organization) enterStates() error {
	for i := range o.members {
		m := &o.members[i]
		if err := o.enterState(m, o); err != nil {
			return at(m.Path, err)
		}
	}
	return nil
}

// enterState takes an account to its state.
func (r *run) enterState(m *seed.Member, o *organization) error {
	have, err := r.view().Account(r.accounts[m])
	if err != nil {
		return err
	}
	update := provider.AccountUpdate{}
	if verified := !m.UnverifiedEmail; verified != have.EmailVerified {
		update.EmailVerified = &verified
	}
	wanted := org.AccountState(m.State)
	if wanted == "" {
		wanted = org.Active
	}
	if wanted != have.State && wanted != org.PendingClosure && wanted != org.Closed {
		if wanted == org.Suspended && have.State != org.Active {
			if _, err := r.provider.UpdateAccount(r.context(r.now), have.ID, provider.AccountUpdate{State: new(org.Active)}); err != nil {
				return err
			}
		}
		update.State = &wanted
	}
	if update != (provider.AccountUpdate{}) {
		if _, err := r.provider.UpdateAccount(r.context(r.now), have.ID, update); err != nil {
			return err
		}
		r.changed(Modify, "account", m.Name, string(have.ID), m.Path, string(wanted))
	}
	if wanted == have.State || wanted != org.PendingClosure && wanted != org.Closed {
		return nil
	}
	if o == nil || m.Management {
		return failed(m.Path+".state", "only members can be closed")
	}
	return o.close(m, &have, wanted)
}

// closing is how long an account stays in PENDING_CLOSURE at least, if the document has it
// there: the service would close it at once.
const closing = 24 * time.Hour

// close closes an account, or begins to.
func (o *organization) close(m *seed.Member, have *org.Account, to org.AccountState) error {
	service := o.organizations
	if to == org.PendingClosure {
		service = o.service(func(b *behavior.Set) { b.AccountClosureDelay = max(o.runner.Behavior.AccountClosureDelay, closing) })
	}
	if have.State == org.PendingClosure {
		return failed(m.Path+".state", "account %s closes when its time comes", have.ID)
	}
	if _, err := call(o.run, o.by(o.now), service.CloseAccount, &orgapi.CloseAccountRequest{AccountId: new(string(have.ID))}); err != nil {
		return err
	}
	if to == org.Closed {
		if err := o.runner.Jobs.RunPending(o.context(o.now), o.tx, o.id); err != nil {
			return err
		}
	}
	o.changed(Modify, "account", m.Name, string(have.ID), m.Path, string(to))
	return nil
}
