package authz

import (
	"errors"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
)

// resources are the resources of a call, each of which has to be allowed. What does not
// exist, is malformed or belongs to another organization has no ARN: only policies for all
// resources match it. [AWS: Service Authorization Reference; assumed: the second]
func (r *request) resources() ([]resource, error) {
	if !r.isOrganizations() {
		return r.foreignResources()
	}
	named := r.subject.Resources
	switch {
	case r.Operation.Name == "DescribeEffectivePolicy" && len(named) == 0:
		named = []api.Named{{Type: "account", Text: string(r.Account.ID)}}
	case r.Operation.Name == "PutResourcePolicy" && r.Organization != nil:
		p, err := r.View.ResourcePolicy(r.Organization.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			named = []api.Named{{Type: "resourcepolicy", Text: string(p.ID)}}
		}
	}
	found := make([]resource, 0, max(1, len(named)))
	for _, n := range named {
		one, err := r.resource(n)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		found = append(found, resource{arn: anyResource, ours: r.Operation.Access.Standing != api.Anyone, template: r.made()})
	}
	return found, nil
}

// made is the ARN of what a call makes, as far as it is known before.
func (r *request) made() string {
	if r.Operation.Name != "CreatePolicy" || r.Organization == nil {
		return ""
	}
	for _, key := range r.subject.Keys {
		if key.Name == policyTypeKey {
			return r.Organization.Owner().PolicyARN(strings.ToLower(key.Value), anyResource)
		}
	}
	return ""
}

// The condition keys that resources fill.
const (
	policyTypeKey        = "organizations:PolicyType"
	transferTypeKey      = "organizations:TransferType"
	transferDirectionKey = "organizations:TransferDirection"
)

// finders is the table of the resources of AWS Organizations: how their IDs begin, and how
// one is found. The IDs of accounts have no prefix, so they are last. A finder returns
// store.ErrNotFound for what the caller's organization does not have.
var finders = []struct {
	prefix string
	find   func(r *request, id string) (resource, error)
}{
	{"h-", (*request).findHandshake},
	{"p-", (*request).findPolicy},
	{"rp-", func(r *request, id string) (resource, error) {
		p, err := r.View.ResourcePolicy(r.Organization.ID)
		if err == nil && string(p.ID) != id {
			err = store.ErrNotFound
		}
		return r.of(id, r.owner().ResourcePolicyARN(p.ID)), err
	}},
	{"rt-", (*request).findTransfer},
	{"r-", func(r *request, id string) (resource, error) {
		if string(r.Organization.Root) != id {
			return resource{}, store.ErrNotFound
		}
		return r.of(id, r.owner().RootARN(r.Organization.Root)), nil
	}},
	{"ou-", func(r *request, id string) (resource, error) {
		u, err := r.View.Unit(r.Organization.ID, ident.UnitID(id))
		return r.of(id, r.owner().UnitARN(u.ID)), err
	}},
	{"", (*request).findAccount},
}

// resource finds a resource that a member names.
func (r *request) resource(n api.Named) (resource, error) {
	none := resource{arn: anyResource, ours: r.Operation.Access.Standing != api.Anyone}
	for _, f := range finders {
		if !strings.HasPrefix(n.Text, f.prefix) {
			continue
		}
		if r.Organization == nil && f.prefix != "h-" {
			return none, nil
		}
		found, err := f.find(r, n.Text)
		if errors.Is(err, store.ErrNotFound) {
			return none, nil
		}
		return found, err
	}
	return none, nil
}

// of is a resource of the caller's organization.
func (r *request) of(id, arn string) resource {
	return resource{arn: arn, ours: true, tagged: organizationResource{r.Organization.ID, id}}
}

// findHandshake finds a handshake that the caller's organization sent, or that was sent to
// the caller.
func (r *request) findHandshake(id string) (resource, error) {
	h, err := r.View.Handshake(ident.HandshakeID(id))
	if err != nil {
		return resource{}, err
	}
	ours := r.Organization != nil && h.Originator.Organization == r.Organization.ID
	if !ours && !isRecipient(r.Account, &h) && h.Originator.Management != r.Account.ID {
		return resource{}, store.ErrNotFound
	}
	return resource{
		arn: h.ARN(), owner: h.Originator.Management, ours: ours && !isRecipient(r.Account, &h), handshake: &h,
	}, nil
}

// isRecipient reports whether a handshake was sent to an account.
func isRecipient(a *org.Account, h *handshake.Handshake) bool {
	if h.AnsweredBy != "" {
		return h.AnsweredBy == a.ID
	}
	return slices.Contains([]string{string(a.ID), a.Email.Key()}, h.Recipient.Key())
}

func (r *request) findPolicy(id string) (resource, error) {
	if managed, ok := policy.ManagedPolicy(ident.PolicyID(id)); ok {
		segment := policy.DefinitionOf(managed.Type).Segment
		return resource{
			arn: r.Organization.Partition.ManagedPolicyARN(segment, managed.ID), ours: true,
			keys: []api.ContextKey{{Name: policyTypeKey, Value: string(managed.Type)}},
		}, nil
	}
	p, err := r.View.Policy(r.Organization.ID, ident.PolicyID(id))
	if err != nil {
		return resource{}, err
	}
	found := r.of(id, r.owner().PolicyARN(policy.DefinitionOf(p.Type).Segment, p.ID))
	found.keys = []api.ContextKey{{Name: policyTypeKey, Value: string(p.Type)}}
	return found, nil
}

// findTransfer finds a responsibility transfer of which the caller's organization is a
// side. Each side has an ARN of its own.
func (r *request) findTransfer(id string) (resource, error) {
	t, err := r.View.Transfer(ident.TransferID(id))
	if err != nil {
		return resource{}, err
	}
	var direction string
	switch r.Organization.ID {
	case t.Target.Organization:
		direction = "inbound"
	case t.Source.Organization:
		direction = "outbound"
	default:
		return resource{}, store.ErrNotFound
	}
	found := r.of(id, r.owner().TransferARN(direction, t.ID))
	found.keys = []api.ContextKey{{Name: transferTypeKey, Value: org.BillingTransfer}, {Name: transferDirectionKey, Value: direction}}
	return found, nil
}

// findAccount finds an account of the organization; an account that is invited need not be
// one. [assumed: the last]
func (r *request) findAccount(id string) (resource, error) {
	account := ident.AccountID(id)
	if !account.Valid() {
		return resource{}, store.ErrNotFound
	}
	if strings.HasPrefix(r.Operation.Name, "Invite") {
		return resource{arn: r.owner().AccountARN(account), ours: true}, nil
	}
	found, err := r.View.Account(account)
	if err == nil && !found.In(r.Organization.ID) {
		err = store.ErrNotFound
	}
	if err != nil {
		return resource{}, err
	}
	own := r.Operation.Name == "DescribeEffectivePolicy" && account == r.Account.ID
	one := r.of(id, r.owner().AccountARN(account))
	one.ours = !own
	return one, nil
}

// dependent are the actions that a call needs besides its own: to tag what it makes, to
// pass a role on, and to leave for one that takes its account straight from one organization
// to another. [AWS: API reference, per operation; "Accept or decline an account invitation"]
func (r *request) dependent(on []resource) ([]need, error) {
	if r.assumes() {
		return r.toPassOn(&on[0]), nil
	}
	if !r.isOrganizations() {
		return r.passedRole()
	}
	var needed []need
	add := func(operation string) {
		needed = append(needed, need{
			actions.of("organizations:" + operation), &resource{arn: anyResource, ours: r.Organization != nil, template: r.made()},
		})
	}
	if len(r.subject.Tags) > 0 && r.Operation.Name != tagResource {
		add(tagResource)
	}
	if r.Operation.Name == "AcceptHandshake" && r.authorizer.behavior.DirectTransfer && r.authorizer.behavior.WireStyle == api.Documented &&
		r.Organization != nil && joinsAnother(on[0].handshake, r.Organization) {
		add("LeaveOrganization")
	}
	return needed, nil
}

// joinsAnother reports whether the acceptance of a handshake makes the account a member of
// another organization.
func joinsAnother(h *handshake.Handshake, own *org.Organization) bool {
	if h == nil || h.Originator.Organization == own.ID {
		return false
	}
	move, rejection := handshake.Next(h.Kind, handshake.Open, handshake.Accept, handshake.Answerer)
	return rejection == "" && move.Effect == handshake.JoinOrganization
}

const tagResource = "TagResource"
