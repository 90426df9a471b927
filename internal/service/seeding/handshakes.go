package seeding

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/seed"
	"accord/internal/service/organizations"
	"accord/internal/store"
)

// sent reads what the organization has sent of a kind.
func (o *organization) sent(kind handshake.Kind, parent ident.HandshakeID) ([]handshake.Handshake, error) {
	return listed(page.Newest, func(after page.Cursor, limit int) ([]handshake.Handshake, error) {
		return o.view().HandshakesSent(o.id, store.HandshakeFilter{Kind: kind, Parent: parent}, after, limit)
	}, store.AfterHandshake)
}

// expired is when an invitation that has expired began, if the document does not say it.
func (o *organization) expired(h *seed.Handshake) time.Time {
	kind := handshake.Kind(cmp.Or(h.Kind, string(handshake.Invite)))
	if h.Expires != nil {
		return h.Expires.Instant(o.clock).Add(-o.lifetime(kind))
	}
	return o.clock.Add(-o.lifetime(kind) - time.Hour)
}

// expiry is when the document says that a handshake expires; zero if it does not.
func (o *organization) expiry(h *seed.Handshake) time.Time {
	if h.Expires == nil {
		return time.Time{}
	}
	return h.Expires.Instant(o.clock)
}

// ends is when a handshake that began at an instant expires.
func (o *organization) ends(h *seed.Handshake, requested time.Time) time.Time {
	if expires := o.expiry(h); !expires.IsZero() {
		return expires
	}
	return requested.Add(o.lifetime(handshake.Kind(cmp.Or(h.Kind, string(handshake.Invite)))))
}

// living is the operations for a handshake that expires at an instant; zero for its usual
// lifetime.
func (o *organization) living(requested, expires time.Time) *organizations.Service {
	if expires.IsZero() {
		return o.organizations
	}
	return o.service(func(b *behavior.Set) {
		b.InvitationLifetime, b.AllFeaturesLifetime = expires.Sub(requested), expires.Sub(requested)
	})
}

// stateOf is the state that the document asks for.
func stateOf(h *seed.Handshake) handshake.State {
	switch {
	case h.State != "":
		return handshake.State(h.State)
	case h.Kind == string(handshake.EnableAllFeatures):
		return handshake.Requested
	}
	return handshake.Open
}

// stateNow is the state that the document asks for at present: what was open at its clock may
// have expired since, as it does on a server that goes on.
func (o *organization) stateNow(h *seed.Handshake) handshake.State {
	state := stateOf(h)
	if state.Terminal() || h.Requested == nil {
		return state
	}
	if ends := o.ends(h, h.Requested.Instant(o.clock)); ends.After(o.clock) && !ends.After(o.now) {
		return handshake.Expired
	}
	return state
}

// invite makes the invitations that brought no member.
func (o *organization) invite() error {
	have, err := o.sent(handshake.Invite, "")
	if err != nil {
		return err
	}
	taken := map[ident.HandshakeID]bool{}
	joined := map[*seed.Handshake]bool{}
	for _, h := range o.invitations {
		joined[h] = true
	}
	for i := range o.Handshakes {
		h, path := &o.Handshakes[i], fmt.Sprintf("%s.handshakes[%d]", o.path, i)
		if h.Kind == string(handshake.EnableAllFeatures) || joined[h] {
			continue
		}
		if err := o.invitation(h, path, have, taken); err != nil {
			return at(path, err)
		}
	}
	return nil
}

// recipient is whom an invitation is for.
func (o *organization) recipient(h *seed.Handshake) handshake.Recipient {
	if strings.Contains(h.To, "@") {
		return handshake.Recipient{Type: handshake.EmailParty, ID: h.To}
	}
	if m, err := o.run.index.Member(o.index, seed.Ref(h.To)); err == nil {
		if id, known := o.accounts[m]; known {
			return handshake.Recipient{Type: handshake.AccountParty, ID: string(id)}
		}
	}
	return handshake.Recipient{Type: handshake.AccountParty, ID: h.To}
}

// invitation makes one invitation, or takes one that there is to its state.
func (o *organization) invitation(h *seed.Handshake, path string, have []handshake.Handshake, taken map[ident.HandshakeID]bool) error {
	to, state := o.recipient(h), o.stateNow(h)
	for _, wanted := range []handshake.State{state, handshake.Open} {
		for i := range have {
			x := &have[i]
			if taken[x.ID] || x.Recipient.Key() != to.Key() || x.StateAt(o.now) != wanted || h.ID != "" && h.ID != string(x.ID) {
				continue
			}
			taken[x.ID] = true
			if wanted == state {
				return nil
			}
			o.changed(Modify, "invitation", h.To, string(x.ID), path, string(state))
			return o.answer(x.ID, to, state, o.now, path)
		}
	}
	otherwise := o.now
	if state == handshake.Expired {
		otherwise = o.expired(h)
	}
	requested, err := o.at(h.Requested, otherwise, path+".requested")
	if err != nil {
		return err
	}
	answered, err := o.at(h.Answered, requested, path+".answered")
	if err != nil {
		return err
	}
	expires, ends := o.expiry(h), o.ends(h, requested)
	ended := answered
	if state == handshake.Expired {
		ended = ends
	}
	switch {
	case (state == handshake.Open || state == handshake.Requested) && !ends.After(o.now):
		return failed(path, "an invitation of %s has expired at %s", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case state == handshake.Expired && ends.After(o.now):
		return failed(path, "an invitation of %s expires at %s, later than now", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case state != handshake.Open && !ended.Add(o.behavior.HandshakeRetention).After(o.now):
		o.skip(path, "it ended at "+ended.Format(time.RFC3339)+", and is no longer shown")
		return nil
	}
	if err := o.recipientExists(to, state, requested); err != nil {
		return err
	}
	in := &orgapi.InviteAccountToOrganizationRequest{Target: party(to.Type, to.ID), Tags: tagsOf(h.Tags)}
	if h.Notes != "" {
		in.Notes = &h.Notes
	}
	out, err := call(o.run, o.by(requested), o.living(requested, expires).InviteAccountToOrganization, in, h.ID)
	if err != nil {
		return err
	}
	o.changed(Add, "invitation", h.To, *out.Handshake.Id, path, string(state))
	return o.answer(ident.HandshakeID(*out.Handshake.Id), to, state, answered, path)
}

// recipientExists registers the account that answers.
func (o *organization) recipientExists(to handshake.Recipient, state handshake.State, at time.Time) error {
	if to.Type != handshake.EmailParty || state != handshake.Accepted && state != handshake.Declined {
		return nil
	}
	_, err := o.view().AccountByEmail(ident.Email(to.ID))
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	_, err = o.provider.Register(o.context(at), "", ident.Email(to.ID), "")
	return err
}

// answerer is the account that answers an invitation.
func (o *organization) answerer(to handshake.Recipient) (ident.AccountID, error) {
	if to.Type == handshake.AccountParty {
		return ident.AccountID(to.ID), nil
	}
	a, err := o.view().AccountByEmail(ident.Email(to.ID))
	return a.ID, err
}

// answer takes an open invitation to its state.
func (o *organization) answer(id ident.HandshakeID, to handshake.Recipient, state handshake.State, when time.Time, path string) error {
	name := string(id)
	switch state {
	case handshake.Open:
		return nil
	case handshake.Canceled:
		_, err := call(o.run, o.by(when), o.organizations.CancelHandshake, &orgapi.CancelHandshakeRequest{HandshakeId: &name})
		return err
	case handshake.Expired:
		return o.runner.Jobs.RunPending(o.context(o.now), o.tx, o.id)
	case handshake.Requested:
		return failed(path+".state", "invitations are OPEN until they are answered")
	}
	account, err := o.answerer(to)
	if err != nil {
		return err
	}
	by := o.answering(account, when)
	if state == handshake.Declined {
		_, err := call(o.run, by, o.organizations.DeclineHandshake, &orgapi.DeclineHandshakeRequest{HandshakeId: &name})
		return err
	}
	found, err := o.view().AccountWithOrganization(account)
	if err != nil {
		return err
	}
	if found.Account.In(o.id) {
		return failed(path, "account %s is a member already", account)
	}
	if _, err := call(o.run, by, o.organizations.AcceptHandshake, &orgapi.AcceptHandshakeRequest{HandshakeId: &name}); err != nil {
		return err
	}
	// Whoever accepted and is not in the document has left again.
	_, err = call(o.run, o.by(when), o.organizations.RemoveAccountFromOrganization, &orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(string(account))})
	return err
}

// makeCreations makes the requests that made no account.
func (o *organization) makeCreations() error {
	if !slices.ContainsFunc(o.AccountCreations, func(c seed.Creation) bool { return c.StateOrDefault() != string(org.Succeeded) }) {
		return nil
	}
	have, err := listed(page.Newest, func(after page.Cursor, limit int) ([]org.Creation, error) {
		return o.view().Creations(o.id, nil, after, limit)
	}, store.AfterCreation)
	if err != nil {
		return err
	}
	taken := map[ident.CreationID]bool{}
	for i := range o.AccountCreations {
		c, path := &o.AccountCreations[i], fmt.Sprintf("%s.accountCreations[%d]", o.path, i)
		if c.StateOrDefault() == string(org.Succeeded) {
			continue
		}
		if err := o.creation(c, path, have, taken); err != nil {
			return at(path, err)
		}
	}
	return nil
}

// working is how long a creation stays in progress at least, if the document has it so.
const working = 24 * time.Hour

func (o *organization) creation(c *seed.Creation, path string, have []org.Creation, taken map[ident.CreationID]bool) error {
	state := org.CreationState(c.StateOrDefault())
	for i := range have {
		x := &have[i]
		if !taken[x.ID] && x.State == state && x.FailureReason == c.FailureReason && (c.ID == string(x.ID) || c.ID == "" && x.AccountName == c.Name) {
			taken[x.ID] = true
			return nil
		}
	}
	requested, err := o.at(c.Requested, o.now, path+".requested")
	if err == nil && c.Completed != nil && state == org.Failed {
		requested, err = o.at(c.Completed, o.now, path+".completed")
	}
	if err != nil {
		return err
	}
	if !requested.Add(o.behavior.AccountRequestRetention).After(o.now) {
		o.skip(path, "it ended at "+requested.Format(time.RFC3339)+", and is no longer shown")
		return nil
	}
	service := o.organizations
	if state == org.InProgress {
		service = o.service(func(b *behavior.Set) {
			b.CreateAccountSynchronous, b.AccountCreationDelay = false, max(o.runner.Behavior.AccountCreationDelay, o.now.Sub(requested)+working)
		})
	}
	as := seed.NewIndex(&seed.Document{Accounts: []seed.Account{{Name: c.Name, Email: c.Email}}}).Members[0]
	o.failure = c.FailureReason
	defer func() { o.failure = "" }()
	out, err := call(o.run, o.by(requested), service.CreateAccount, &orgapi.CreateAccountRequest{AccountName: &as.Name, Email: &as.Email}, c.ID)
	if err != nil {
		return err
	}
	o.changed(Add, "account creation", c.Name, *out.CreateAccountStatus.Id, path, string(state)+" "+c.FailureReason)
	return nil
}
