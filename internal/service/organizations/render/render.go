// Package render turns domain types into wire shapes, one function for each type. The
// switch between the wire styles is here and nowhere else in the service.
package render

import (
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// All turns entries into their wire shapes. The result is never nil: an
// empty list is sent as [].
func All[T, W any](entries []T, shape func(*T) W) []W {
	shapes := make([]W, len(entries))
	for i := range entries {
		shapes[i] = shape(&entries[i])
	}
	return shapes
}

// With binds a function that renders for the caller to the call.
func With[T, W any](r *operation.Reader, shape func(*operation.Reader, *T) W) func(*T) W {
	return func(value *T) W { return shape(r, value) }
}

// Organization shows an organization; the email is that of its management account.
func Organization(o *org.Organization, managementEmail ident.Email) *orgapi.Organization {
	owner := o.Owner()
	// The member is deprecated and does not grow with the enabled types.
	// [AWS: Organization; recorded]
	types := []orgapi.PolicyTypeSummary{}
	if o.FeatureSet == org.AllFeatures {
		types = append(types, orgapi.PolicyTypeSummary{
			Type:   new(orgapi.PolicyTypeServiceControlPolicy),
			Status: new(orgapi.PolicyTypeStatusEnabled),
		})
	}
	return &orgapi.Organization{
		Id:                   new(string(o.ID)),
		Arn:                  new(owner.OrganizationARN()),
		FeatureSet:           new(orgapi.OrganizationFeatureSet(o.FeatureSet)),
		MasterAccountArn:     new(owner.AccountARN(o.Management)),
		MasterAccountId:      new(string(o.Management)),
		MasterAccountEmail:   new(string(managementEmail)),
		AvailablePolicyTypes: types,
	}
}

// Account shows an account of the caller's organization.
func Account(r *operation.Reader, a *org.Account) orgapi.Account {
	return Members(r, []org.Member{a.Member()})[0]
}

// Members shows accounts of the caller's organization as lists do. The shapes point into
// the members, and what is derived from these is allocated for all of them at once:
// allocations would be most of the cost of a page of accounts.
func Members(r *operation.Reader, members []org.Member) []orgapi.Account {
	type derived struct {
		arn    string
		paths  [1]string
		joined api.Time
		status orgapi.AccountStatus
	}
	all := make([]derived, len(members))
	arnPrefix := r.Caller.Organization.Owner().AccountARN("")
	shapes := make([]orgapi.Account, len(members))
	for i := range members {
		m, d := &members[i], &all[i]
		d.arn, d.paths[0] = arnPrefix+string(m.ID), ident.AccountPath(m.ParentPath, m.ID)
		d.joined.Time = m.Joined
		shapes[i] = orgapi.Account{
			Id:              (*string)(&m.ID),
			Arn:             &d.arn,
			Email:           (*string)(&m.Email),
			Name:            &m.Name,
			State:           (*orgapi.AccountState)(&m.State),
			Paths:           d.paths[:],
			JoinedMethod:    (*orgapi.AccountJoinedMethod)(&m.Method),
			JoinedTimestamp: &d.joined,
		}
		if r.Behavior.AccountStatusShown {
			d.status = orgapi.AccountStatus(m.State.Status())
			shapes[i].Status = &d.status
		}
	}
	return shapes
}

// Creation shows a request to create an account.
func Creation(c *org.Creation) orgapi.CreateAccountStatus {
	shape := orgapi.CreateAccountStatus{
		Id:                 new(string(c.ID)),
		AccountName:        new(c.AccountName),
		State:              new(orgapi.CreateAccountState(c.State)),
		RequestedTimestamp: api.At(c.Requested),
	}
	if !c.Completed.IsZero() {
		shape.CompletedTimestamp = api.At(c.Completed)
	}
	if c.Account != "" {
		shape.AccountId = new(string(c.Account))
	}
	if c.GovCloudAccount != "" {
		shape.GovCloudAccountId = new(string(c.GovCloudAccount))
	}
	if c.State == org.Failed {
		shape.FailureReason = new(orgapi.CreateAccountFailureReason(c.FailureReason))
	}
	return shape
}

// Handshake shows a handshake.
func Handshake(r *operation.Reader, h *handshake.Handshake) orgapi.Handshake {
	now := r.NowUntil(h.Expires)
	return orgapi.Handshake{
		Id:                  new(string(h.ID)),
		Arn:                 new(h.ARN()),
		Parties:             renderParties(r, h),
		State:               new(orgapi.HandshakeState(h.StateAt(now))),
		RequestedTimestamp:  api.At(h.Requested),
		ExpirationTimestamp: api.At(h.Expires),
		Action:              new(orgapi.ActionType(h.Kind)),
		Resources:           renderResources(r, h),
	}
}

// renderParties lists the parties, the organization first.
func renderParties(r *operation.Reader, h *handshake.Handshake) []orgapi.HandshakeParty {
	organization := string(h.Originator.Organization)
	recipient := h.Recipient
	if r.Native() {
		organization = strings.TrimPrefix(organization, "o-")
		if h.Stored == handshake.Accepted && recipient.Type == handshake.EmailParty {
			recipient = handshake.Recipient{Type: handshake.AccountParty, ID: string(h.AnsweredBy)}
		}
	}
	parties := []orgapi.HandshakeParty{party(handshake.OrganizationParty, organization)}
	if recipient.Type != "" {
		parties = append(parties, party(recipient.Type, recipient.ID))
	}
	return parties
}

func party(kind handshake.PartyType, id string) orgapi.HandshakeParty {
	return orgapi.HandshakeParty{Id: &id, Type: new(orgapi.HandshakePartyType(kind))}
}

// renderResources lists what the handshake is about, in the recorded order; that of an
// invitation to transfer is assumed.
func renderResources(r *operation.Reader, h *handshake.Handshake) []orgapi.HandshakeResource {
	var list []orgapi.HandshakeResource
	if h.Parent != "" {
		parent := string(h.Parent)
		if r.Native() {
			parent = strings.TrimPrefix(parent, "h-")
		}
		list = append(list, resource(orgapi.HandshakeResourceTypeParentHandshake, parent))
	}
	organization := resource(orgapi.HandshakeResourceTypeOrganization, string(h.Originator.Organization))
	switch {
	case h.Offer.Transfer != nil:
		organization.Resources = []orgapi.HandshakeResource{
			resource(orgapi.HandshakeResourceTypeManagementAccount, string(h.Originator.Management)),
			resource(orgapi.HandshakeResourceTypeManagementEmail, h.Offer.ManagementEmail),
			resource(orgapi.HandshakeResourceTypeManagementName, h.Offer.ManagementName),
		}
	case h.Offer.ManagementEmail != "":
		organization.Resources = []orgapi.HandshakeResource{
			resource(orgapi.HandshakeResourceTypeMasterEmail, h.Offer.ManagementEmail),
			resource(orgapi.HandshakeResourceTypeMasterName, h.Offer.ManagementName),
			resource(orgapi.HandshakeResourceTypeOrganizationFeatureSet, h.Offer.FeatureSet),
		}
	}
	list = append(list, organization)
	if h.Recipient.Type != "" {
		list = append(list, resource(orgapi.HandshakeResourceType(h.Recipient.Type), h.Recipient.ID))
	}
	if t := h.Offer.Transfer; t != nil {
		list = append(list,
			resource(orgapi.HandshakeResourceTypeTransferType, t.Type),
			resource(orgapi.HandshakeResourceTypeTransferStartTimestamp, t.Start.UTC().Format(time.RFC3339)),
			resource(orgapi.HandshakeResourceTypeResponsibilityTransfer, string(t.ID)))
	}
	if h.Offer.Notes != "" {
		list = append(list, resource(orgapi.HandshakeResourceTypeNotes, h.Offer.Notes))
	}
	return list
}

func resource(kind orgapi.HandshakeResourceType, value string) orgapi.HandshakeResource {
	return orgapi.HandshakeResource{Type: &kind, Value: &value}
}

// Tag shows a tag.
func Tag(t *store.OrderedTag) orgapi.Tag {
	return orgapi.Tag{Key: new(t.Key), Value: new(t.Value)}
}

// Unit shows an organizational unit.
func Unit(r *operation.Reader, u *org.Unit) orgapi.OrganizationalUnit {
	return orgapi.OrganizationalUnit{
		Id:   new(string(u.ID)),
		Arn:  new(r.Caller.Organization.Owner().UnitARN(u.ID)),
		Name: new(u.Name),
		Path: new(u.Path),
	}
}

// Parent shows a parent by its id.
func Parent(id *ident.ParentID) orgapi.Parent {
	kind := orgapi.ParentTypeOrganizationalUnit
	if id.IsRoot() {
		kind = orgapi.ParentTypeRoot
	}
	return orgapi.Parent{Id: new(string(*id)), Type: &kind}
}

// Child shows an account or a unit by its id.
func Child(kind orgapi.ChildType, id string) orgapi.Child {
	return orgapi.Child{Id: &id, Type: &kind}
}

// ServiceAccess shows a service with trusted access.
func ServiceAccess(a *org.ServiceAccess) orgapi.EnabledServicePrincipal {
	return orgapi.EnabledServicePrincipal{ServicePrincipal: new(string(a.Service)), DateEnabled: api.At(a.Enabled)}
}

// Administrator shows a delegated administrator.
func Administrator(r *operation.Reader, a *store.Administrator) orgapi.DelegatedAdministrator {
	account := Account(r, &a.Account)
	return orgapi.DelegatedAdministrator{
		Id:                    account.Id,
		Arn:                   account.Arn,
		Email:                 account.Email,
		Name:                  account.Name,
		Status:                account.Status,
		State:                 account.State,
		JoinedMethod:          account.JoinedMethod,
		JoinedTimestamp:       account.JoinedTimestamp,
		DelegationEnabledDate: api.At(a.Since),
	}
}

// Delegation shows a service for which an account is registered.
func Delegation(d *org.Delegation) orgapi.DelegatedService {
	return orgapi.DelegatedService{ServicePrincipal: new(string(d.Service)), DelegationEnabledDate: api.At(d.Since)}
}

// ResourcePolicy shows the delegation policy.
func ResourcePolicy(r *operation.Reader, id ident.ResourcePolicyID, content string) *orgapi.ResourcePolicy {
	return &orgapi.ResourcePolicy{
		ResourcePolicySummary: &orgapi.ResourcePolicySummary{
			Id:  new(string(id)),
			Arn: new(r.Caller.Organization.Owner().ResourcePolicyARN(id)),
		},
		Content: &content,
	}
}
