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
	}
	err := u.insert(store.Message{
		Kind: event.MessageKind, Organization: u.Caller.OrganizationID(), Account: u.Caller.Account.ID, Body: c.JSON(),
	})
	if err != nil {
		return err
	}
	return u.recordConsequences()
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
