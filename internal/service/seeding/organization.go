package seeding

import (
	"slices"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
)

// organization is the application of one organization of the document.
type organization struct {
	*run
	*seed.Organization
	index int
	path  string
	// members and branches are those of the document; management is the first member.
	members    []seed.Member
	branches   []seed.Branch
	management *seed.Member
	id         ident.OrganizationID
	root       ident.RootID
	// fresh is true if it was made just now.
	fresh bool
	// invitations and creations are those through which members came.
	invitations map[*seed.Member]*seed.Handshake
	creations   map[*seed.Member]*seed.Creation
}

// by is a call of the management account at an instant.
func (o *organization) by(at time.Time) caller {
	return caller{o.accounts[o.management], ident.Partition(o.Partition), at}
}

// find finds the management account in the document, and how members came.
func (o *organization) find() {
	o.invitations, o.creations = map[*seed.Member]*seed.Handshake{}, map[*seed.Member]*seed.Creation{}
	o.management = &o.members[0]
	for i := range o.AccountCreations {
		c := &o.AccountCreations[i]
		if m, err := o.run.index.Member(o.index, c.Account); err == nil && c.StateOrDefault() == string(org.Succeeded) {
			o.creations[m] = c
		}
	}
	for i := range o.Handshakes {
		h := &o.Handshakes[i]
		m, err := o.run.index.Member(o.index, seed.Ref(h.To))
		if err == nil && h.State == string(handshake.Accepted) && o.isMember(m) && o.invitations[m] == nil {
			o.invitations[m] = h
		}
	}
}

// isMember reports whether an account of the document is a member of the organization.
func (o *organization) isMember(m *seed.Member) bool {
	return m.Organization == o.index && !m.Management
}

// featureSet is the feature set that the document asks for at the end.
func (o *organization) featureSet() org.FeatureSet {
	if o.FeatureSet != "" {
		return org.FeatureSet(o.FeatureSet)
	}
	return org.AllFeatures
}

// firstFeatureSet is the one with which it begins: a request for all features needs one that
// has them not.
func (o *organization) firstFeatureSet() org.FeatureSet {
	if slices.ContainsFunc(o.Handshakes, func(h seed.Handshake) bool { return h.Kind == string(handshake.EnableAllFeatures) }) {
		return org.ConsolidatedBilling
	}
	return o.featureSet()
}

// wantsFeatures reports whether the document has a request for all features that was granted.
func (o *organization) wantsFeatures() bool {
	return slices.ContainsFunc(o.Handshakes, func(h seed.Handshake) bool {
		return h.Kind == string(handshake.EnableAllFeatures) && h.State == string(handshake.Accepted)
	})
}

// tagsOf are tags for a request.
func tagsOf(tags seed.Tags) []orgapi.Tag {
	var all []orgapi.Tag
	for i := range tags {
		all = append(all, orgapi.Tag{Key: &tags[i].Key, Value: &tags[i].Value})
	}
	return all
}

// began is when something was done whose instant the document does not give: with the
// organization, if that was made just now.
func (o *organization) began() time.Time {
	if o.fresh {
		return o.clock
	}
	return o.now
}

// answering is a call of another account at an instant.
func (o *organization) answering(account ident.AccountID, at time.Time) caller {
	return caller{account, ident.Partition(o.Partition), at}
}

func party(kind handshake.PartyType, id string) *orgapi.HandshakeParty {
	return &orgapi.HandshakeParty{Id: &id, Type: new(orgapi.HandshakePartyType(kind))}
}
