package organizations

import (
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/store"
)

// What leaves the service is written here, in the transaction of its cause, and
// delivered by the outbox.

// recordCall writes the record of a successful change.
func (w *writing) recordCall(in, out any) error {
	c := event.Call{
		ID:        w.service.Source.UUID(),
		At:        w.Now(),
		Caller:    w.caller,
		Source:    orgapi.ServiceName + ".amazonaws.com",
		Operation: w.operation,
		ReadOnly:  orgapi.Operations[w.operation].Access.ReadOnly(),
		Request:   in.(event.Members),
		Response:  out.(event.Members),
	}
	l := store.Message{Kind: event.MessageKind, Account: w.account.ID, Body: c.JSON()}
	if w.organization != nil {
		l.Organization = w.organization.ID
	}
	return w.tx.InsertMessage(l)
}

// post writes the record of something that the service did by itself.
func (s *Service) post(tx *store.Tx, account ident.AccountID, organization ident.OrganizationID, e event.Service) error {
	return tx.InsertMessage(store.Message{
		Kind: event.MessageKind, Organization: organization, Account: account, At: e.At, Body: e.JSON(),
	})
}

// mail writes a letter to an account of the caller's organization, or to an
// address that has none: then the account is empty.
func (w *writing) mail(to ident.AccountID, m mail.Message) error {
	var organization ident.OrganizationID
	if w.organization != nil {
		organization = w.organization.ID
	}
	return w.service.mail(w.tx, to, organization, m)
}

func (s *Service) mail(tx *store.Tx, to ident.AccountID, organization ident.OrganizationID, m mail.Message) error {
	return tx.InsertMessage(store.Message{Kind: mail.MessageKind, Organization: organization, Account: to, Body: m.JSON()})
}
