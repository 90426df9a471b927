package seeding

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
)

// enableAllFeatures makes the requests for all features, and gives an organization all
// features that has to have them in the end.
func (o *organization) enableAllFeatures() error {
	have, err := o.sent(handshake.EnableAllFeatures, "")
	if err != nil {
		return err
	}
	taken := map[ident.HandshakeID]bool{}
	for i := range o.Handshakes {
		h, path := &o.Handshakes[i], fmt.Sprintf("%s.handshakes[%d]", o.path, i)
		if h.Kind != string(handshake.EnableAllFeatures) {
			continue
		}
		if err := o.request(h, path, have, taken); err != nil {
			return at(path, err)
		}
	}
	now, err := o.view().Organization(o.id)
	if err != nil || now.FeatureSet == o.featureSet() || o.featureSet() != org.AllFeatures {
		return err
	}
	if slices.ContainsFunc(o.Handshakes, func(h seed.Handshake) bool {
		return h.Kind == string(handshake.EnableAllFeatures) && (stateOf(&h) == handshake.Requested || stateOf(&h) == handshake.Open)
	}) {
		if o.Organization.FeatureSet == "" {
			// The request says what the organization has: not yet all features.
			return nil
		}
		return failed(o.path+".featureSet", "the organization gets all features when the request for them is answered")
	}
	return o.request(&seed.Handshake{Kind: string(handshake.EnableAllFeatures), State: string(handshake.Accepted)}, o.path+".featureSet", nil, taken)
}

// request makes one request for all features, or takes one that there is to its state.
func (o *organization) request(h *seed.Handshake, path string, have []handshake.Handshake, taken map[ident.HandshakeID]bool) error {
	state := o.stateNow(h)
	for i := range have {
		x := &have[i]
		if taken[x.ID] || h.ID != "" && h.ID != string(x.ID) {
			continue
		}
		stored := x.StateAt(o.now)
		if stored != state && stored.Terminal() {
			continue
		}
		taken[x.ID] = true
		return o.follow(h, path, x.ID, state, o.now)
	}
	otherwise := o.now
	if state == handshake.Expired {
		otherwise = o.expired(h)
	}
	requested, err := o.at(h.Requested, otherwise, path+".requested")
	if err != nil {
		return err
	}
	expires, ends := o.expiry(h), o.ends(h, requested)
	ended := requested
	if state == handshake.Expired {
		ended = ends
	}
	switch {
	case !state.Terminal() && !ends.After(o.now):
		return failed(path, "a request of %s has expired at %s", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case state == handshake.Expired && ends.After(o.now):
		return failed(path, "a request of %s expires at %s, later than now", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case state.Terminal() && state != handshake.Accepted && !ended.Add(o.behavior.HandshakeRetention).After(o.now):
		o.skip(path, "it ended at "+ended.Format(time.RFC3339)+", and is no longer shown")
		return nil
	}
	ids, err := o.childIDs(h, path)
	if err != nil {
		return err
	}
	out, err := call(o.run, o.by(requested), o.living(requested, expires).EnableAllFeatures, &orgapi.EnableAllFeaturesRequest{},
		append([]string{cmp.Or(h.ID, string(o.source.For(path).Handshake()))}, ids...)...)
	if err != nil {
		return err
	}
	o.changed(Add, "request for all features", string(o.id), *out.Handshake.Id, path, string(state))
	return o.follow(h, path, ident.HandshakeID(*out.Handshake.Id), state, requested)
}

// childIDs are the IDs for the members' handshakes, in the order in which they are asked.
func (o *organization) childIDs(h *seed.Handshake, path string) ([]string, error) {
	wanted := map[ident.AccountID]string{}
	for i := range h.Answers {
		m, err := o.run.index.Member(o.index, h.Answers[i].Account)
		if err != nil {
			return nil, err
		}
		if h.Answers[i].ID != "" {
			wanted[o.accounts[m]] = h.Answers[i].ID
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	members, err := o.accountsOf(o.id)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range members {
		m := &members[i]
		// The others are not asked.
		if m.ID == o.accounts[o.management] || m.State != org.Active || m.Membership.Method == org.Created && m.ServiceLinkedRole {
			continue
		}
		ids = append(ids, cmp.Or(wanted[m.ID], string(o.source.For(path, string(m.ID)).Handshake())))
	}
	return ids, nil
}

// follow answers for members, and ends the request as the document has it.
func (o *organization) follow(h *seed.Handshake, path string, id ident.HandshakeID, state handshake.State, requested time.Time) error {
	parent, err := o.view().Handshake(id)
	if err != nil || parent.StateAt(o.now) == state && state.Terminal() {
		return err
	}
	children := map[ident.AccountID]ident.HandshakeID{}
	for _, kind := range []handshake.Kind{handshake.ApproveAllFeatures, handshake.AddServiceLinkedRole} {
		some, err := o.sent(kind, id)
		if err != nil {
			return err
		}
		for i := range some {
			if some[i].StateAt(o.now) == handshake.Open || some[i].StateAt(requested) == handshake.Open {
				children[ident.AccountID(some[i].Recipient.ID)] = some[i].ID
			}
		}
	}
	for i := range h.Answers {
		a, at0 := &h.Answers[i], fmt.Sprintf("%s.answers[%d]", path, i)
		m, err := o.run.index.Member(o.index, a.Account)
		if err != nil {
			return at(at0, err)
		}
		account := o.accounts[m]
		child, open := children[account]
		if !open || a.State == string(handshake.Open) {
			continue
		}
		answered, err := o.at(a.Answered, requested, at0+".answered")
		if err == nil {
			err = o.consent(child, account, handshake.State(a.State), answered)
		}
		if err != nil {
			return at(at0, err)
		}
		delete(children, account)
		o.changed(Modify, "answer to the request for all features", m.Name, string(child), at0, a.State)
	}
	return o.end(h, path, id, state, requested, children)
}

// consent answers for a member.
func (o *organization) consent(id ident.HandshakeID, account ident.AccountID, state handshake.State, when time.Time) error {
	name, by := string(id), o.answering(account, when)
	var err error
	switch state {
	case handshake.Accepted:
		_, err = call(o.run, by, o.organizations.AcceptHandshake, &orgapi.AcceptHandshakeRequest{HandshakeId: &name})
	case handshake.Declined:
		_, err = call(o.run, by, o.organizations.DeclineHandshake, &orgapi.DeclineHandshakeRequest{HandshakeId: &name})
	case handshake.Canceled, handshake.Expired:
		// It ends with the request.
	}
	return err
}

// end takes the request itself to its state.
func (o *organization) end(h *seed.Handshake, path string, id ident.HandshakeID, state handshake.State, requested time.Time, open map[ident.AccountID]ident.HandshakeID) error {
	name := string(id)
	answered, err := o.at(h.Answered, requested, path+".answered")
	if err != nil {
		return err
	}
	switch state {
	case handshake.Requested, handshake.Declined:
		return nil
	case handshake.Canceled:
		_, err = call(o.run, o.by(answered), o.organizations.CancelHandshake, &orgapi.CancelHandshakeRequest{HandshakeId: &name})
		return err
	case handshake.Expired:
		return o.runner.Jobs.RunPending(o.context(o.now), o.tx, o.id)
	}
	// Whoever is not named has agreed: otherwise it would not have come so far.
	for account, child := range open {
		if err := o.consent(child, account, handshake.Accepted, answered); err != nil {
			return at(path, err)
		}
	}
	parent, err := o.view().Handshake(id)
	if err != nil || state == handshake.Open || parent.Stored == handshake.Accepted {
		return err
	}
	if _, err := call(o.run, o.by(answered), o.organizations.AcceptHandshake, &orgapi.AcceptHandshakeRequest{HandshakeId: &name}); err != nil {
		return err
	}
	o.changed(Modify, "organization", string(o.id), string(o.id), path, "all features")
	return nil
}
