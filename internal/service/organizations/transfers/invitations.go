package transfers

import (
	"context"
	"errors"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/handshakes"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
	"accord/internal/store"
)

// InviteOrganizationToTransferResponsibility asks another organization to let the
// caller's manage and pay its bill. The target of the request becomes the source
// of the transfer. [AWS: InviteOrganizationToTransferResponsibility]
func (s *Service) InviteOrganizationToTransferResponsibility(ctx context.Context, in *orgapi.InviteOrganizationToTransferResponsibilityRequest) (*orgapi.InviteOrganizationToTransferResponsibilityResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.InviteOrganizationToTransferResponsibilityResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		if err := mayStart(u, in.StartTimestamp.Time); err != nil {
			return nil, err
		}
		to := handshake.Recipient{Type: handshake.PartyType(*in.Target.Type), ID: *in.Target.Id}
		source, err := findSource(u, to)
		if err != nil {
			return nil, err
		}
		if err := mayPropose(u, to, source); err != nil {
			return nil, err
		}
		h := handshake.Handshake{
			Kind:       handshake.TransferResponsibility,
			Originator: u.Caller.Organization.Owner(),
			Recipient:  to,
			Requested:  u.Now(),
			Expires:    handshake.TransferDeadline(in.StartTimestamp.Time),
			Offer: handshake.Offer{
				ManagementEmail: string(u.Caller.Account.Email),
				ManagementName:  u.Caller.Account.Name,
				Notes:           operation.Deref(in.Notes),
				Transfer: &handshake.Transfer{
					ID: u.Source.Transfer(), Type: org.BillingTransfer, Start: in.StartTimestamp.UTC(),
				},
			},
		}
		if err := handshakes.Create(u, &h); err != nil {
			return nil, err
		}
		if err := u.Tx.InsertTransfer(proposed(&h, *in.SourceName)); err != nil {
			return nil, err
		}
		if err := tags.Put(u, tags.Transfer, string(h.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.TransfersInbound, transfersInbound); err != nil {
			return nil, err
		}
		if err := requireTransferQuota(u, u.Caller.Organization.ID, 1); err != nil {
			return nil, err
		}
		if err := countTransfers(u, u.Caller.Organization.ID, 1); err != nil {
			return nil, err
		}
		if err := mailProposal(u, &h, source); err != nil {
			return nil, err
		}
		return &orgapi.InviteOrganizationToTransferResponsibilityResponse{Handshake: new(render.Handshake(u.Reader, &h))}, nil
	})
}

// proposed is the transfer that a new invitation proposes.
func proposed(h *handshake.Handshake, name string) org.Transfer {
	return org.Transfer{
		ID: h.Offer.Transfer.ID, Handshake: h.ID, Name: name,
		Target: org.Participant{Owner: h.Originator}, Invited: h.Recipient,
		Stored: org.TransferRequested, Requested: h.Requested, Expires: h.Expires, Start: h.Offer.Transfer.Start,
		PurgeAt: h.PurgeAt(),
	}
}

// mayStart judges the beginning of a transfer. Validation has checked that it is the
// beginning of a month.
func mayStart(u *operation.Unit, start time.Time) error {
	earliest, latest := org.TransferStarts(u.Now())
	switch {
	case start.Before(earliest):
		return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonStartDateTooEarly)
	case start.After(latest):
		return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonStartDateTooLate)
	default:
		return nil
	}
}

// findSource reads the account that an invitation to transfer names, with its
// organization. It has to be the management account of another organization; it is nil
// for an address that no account has: an account that gets it can answer. [assumed]
func findSource(u *operation.Unit, to handshake.Recipient) (*store.AccountWithOrganization, error) {
	unsupported := orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonUnsupportedActionInResponsibilityTransfer)
	id := ident.AccountID(to.ID)
	if to.Type == handshake.EmailParty {
		owner, err := u.AccountByEmail(ident.Email(to.ID))
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		id = owner.ID
	}
	if id == u.Caller.Account.ID {
		return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonSourceAndTargetCannotMatch)
	}
	found, err := u.AccountWithOrganization(id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, unsupported
	case err != nil:
		return nil, err
	case !found.Organization.ManagedBy(id):
		return nil, unsupported
	}
	return &found, nil
}

// mayPropose judges whether the two organizations have a transfer already. The
// id of an account and its address mean the same organization. [assumed]
func mayPropose(u *operation.Unit, to handshake.Recipient, source *store.AccountWithOrganization) error {
	names := []handshake.Recipient{to}
	if source != nil {
		names = []handshake.Recipient{
			{Type: handshake.AccountParty, ID: string(source.Account.ID)},
			{Type: handshake.EmailParty, ID: string(source.Account.Email)},
		}
	}
	for _, name := range names {
		_, err := u.OpenHandshake(u.Caller.Organization.ID, handshake.TransferResponsibility, name)
		if err == nil {
			return orgapi.ErrDuplicateHandshake()
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if source == nil {
		return nil
	}
	return requireNoLiveTransfer(u, source.Organization.ID, u.Caller.Organization.ID)
}

// requireNoLiveTransfer rejects a transfer between two organizations if there is one
// already, in either direction.
func requireNoLiveTransfer(u *operation.Unit, a, b ident.OrganizationID) error {
	for _, pair := range [][2]ident.OrganizationID{{a, b}, {b, a}} {
		t, err := u.LiveTransfer(pair[0], pair[1])
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case t.RunsAt(u.Now()):
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonResponsibilityTransferAlreadyExists)
		}
	}
	return nil
}

// MailAccepted tells the sender that its offer was accepted. [AWS: billing guide,
// orgs_transfer_billing; assumed: the text]
func MailAccepted(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	return u.Mail(p.Management.ID, p.Organization.ID, mail.TransferAccepted(*p.Management, u.Caller.Account.ID, *h))
}

// MailDeclined tells the sender that its offer was declined. [AWS: billing guide,
// orgs_transfer_billing; assumed: the text]
func MailDeclined(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	return u.Mail(p.Management.ID, p.Organization.ID, mail.TransferDeclined(*p.Management, *h))
}

// mailProposal writes to the recipient of an invitation to transfer.
func mailProposal(u *operation.Unit, h *handshake.Handshake, source *store.AccountWithOrganization) error {
	email := ident.Email(h.Recipient.ID)
	var addressee ident.AccountID
	if h.Recipient.Type == handshake.AccountParty {
		email, addressee = source.Account.Email, source.Account.ID
	}
	return u.Mail(addressee, u.Caller.OrganizationID(), mail.TransferInvitation(email, mail.Transfer{
		Handshake: h.ID, Organization: h.Originator.Organization,
		ManagementName: h.Offer.ManagementName, ManagementEmail: h.Offer.ManagementEmail,
		Start: h.Offer.Transfer.Start, Expires: h.Expires, Notes: h.Offer.Notes,
	}))
}
