package operation

import (
	"fmt"
	"strconv"

	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/store"
)

// Messages are written in the transaction of their cause and delivered by the
// outbox.

// recordCall writes the event record of a call that changed something.
func (u *Unit) recordCall(in, out event.Members) error {
	c := event.Call{
		ID:        u.Source.UUID(),
		At:        u.Now(),
		Caller:    u.Caller.Identity,
		Source:    u.service + ".amazonaws.com",
		Operation: u.Operation.Name,
		ReadOnly:  u.Operation.Access.RecordedReadOnly(),
		Request:   in,
		Response:  out,
		Resources: u.resources,
	}
	owner := u.foreignOwner()
	if owner != "" {
		c.Shared = u.Source.UUID()
	}
	err := u.insert(store.Message{
		Kind: event.MessageKind, Organization: u.Caller.OrganizationID(), Account: u.Caller.Account.ID, Body: c.JSON(),
	})
	if err == nil && owner != "" {
		err = u.recordForOwner(c, owner)
	}
	if err != nil {
		return err
	}
	return u.recordConsequences()
}

// Concerns names a resource in the record of the call. An account other than that of the
// caller which owns one gets a record of the call too. [AWS: logging IAM and AWS STS API
// calls with CloudTrail]
func (u *Unit) Concerns(r event.Resource) { u.resources = append(u.resources, r) }

// foreignOwner is the account that owns a resource of the call, if it is another one.
func (u *Unit) foreignOwner() ident.AccountID {
	for _, r := range u.resources {
		if r.Account != u.Caller.Account.ID {
			return r.Account
		}
	}
	return ""
}

// recordForOwner writes the record of a call for the account that owns its resource.
func (u *Unit) recordForOwner(c event.Call, owner ident.AccountID) error {
	found, err := u.AccountWithOrganization(owner)
	if err != nil {
		return err
	}
	c.ID, c.Recipient = u.Source.UUID(), owner
	m := store.Message{Kind: event.MessageKind, Account: owner, Body: c.JSON()}
	if found.Organization != nil {
		m.Organization = found.Organization.ID
	}
	return u.insert(m)
}

// recordConsequences writes the records of what a call caused, in their order.
func (u *Unit) recordConsequences() error {
	for _, m := range u.consequences {
		if err := u.insert(m); err != nil {
			return err
		}
	}
	return nil
}

// Record writes the event record of something that the service did by itself for an
// organization, to one of its accounts. What a call caused follows the record of the
// call. [seen for CreateOrganization in published records; assumed for the others]
func (u *Unit) Record(account ident.AccountID, of ident.Owner, e event.Service) error {
	e.Partition = of.Partition
	m := store.Message{Kind: event.MessageKind, Organization: of.Organization, Account: account, At: e.At, Body: e.JSON()}
	if u.Operation != nil {
		u.consequences = append(u.consequences, m)
		return nil
	}
	return u.insert(m)
}

// insert writes a message. With a seed its ID follows from the unit of work, and not from
// what runs at the same time.
func (u *Unit) insert(m store.Message) error {
	if u.Source != u.IDs {
		m.ID = fmt.Sprintf("%016x-%x", u.View.Now().UnixMicro(), u.Source.For("message", strconv.Itoa(u.messages)).Bytes(6))
		u.messages++
	}
	return u.Tx.InsertMessage(m)
}

// Mail writes mail to an account, or to an address that has none: then the account
// is empty. The organization is the one that the mail is about.
func (u *Unit) Mail(to ident.AccountID, organization ident.OrganizationID, m mail.Message) error {
	return u.insert(store.Message{Kind: mail.MessageKind, Organization: organization, Account: to, Body: m.JSON()})
}
