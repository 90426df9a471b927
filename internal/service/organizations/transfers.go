package organizations

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// InviteOrganizationToTransferResponsibility asks another organization to let the
// caller's manage and pay its bill. The target of the request becomes the source
// of the transfer. [AWS: InviteOrganizationToTransferResponsibility]
func (s *Service) InviteOrganizationToTransferResponsibility(ctx context.Context, in *orgapi.InviteOrganizationToTransferResponsibilityRequest) (*orgapi.InviteOrganizationToTransferResponsibilityResponse, error) {
	return change(ctx, s, "InviteOrganizationToTransferResponsibility", in, func(w *writing) (*orgapi.InviteOrganizationToTransferResponsibilityResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		if err := w.mayStart(in.StartTimestamp.Time); err != nil {
			return nil, err
		}
		to := handshake.Recipient{Type: handshake.PartyType(*in.Target.Type), ID: *in.Target.Id}
		source, err := w.sourceOf(to)
		if err != nil {
			return nil, err
		}
		if err := w.mayPropose(to, source); err != nil {
			return nil, err
		}
		h := handshake.Handshake{
			Kind:       handshake.TransferResponsibility,
			Originator: w.organization.Owner(),
			Recipient:  to,
			Requested:  w.Now(),
			Expires:    handshake.TransferDeadline(in.StartTimestamp.Time),
			Offer: handshake.Offer{
				ManagementEmail: string(w.account.Email),
				ManagementName:  w.account.Name,
				Notes:           text(in.Notes),
				Transfer: &handshake.Transfer{
					ID: s.Source.Transfer(), Type: org.BillingTransfer, Start: in.StartTimestamp.UTC(),
				},
			},
		}
		if err := s.send(w.tx, &h); err != nil {
			return nil, err
		}
		if err := w.tx.InsertTransfer(proposed(&h, *in.SourceName)); err != nil {
			return nil, err
		}
		if err := w.putTags(taggableTransfer, string(h.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.TransfersInbound, transfersInbound); err != nil {
			return nil, err
		}
		if err := w.roomFor(w.organization.ID, 1); err != nil {
			return nil, err
		}
		if err := s.countTransfers(w.tx, w.organization.ID, 1); err != nil {
			return nil, err
		}
		if err := w.mailProposal(&h, source); err != nil {
			return nil, err
		}
		return &orgapi.InviteOrganizationToTransferResponsibilityResponse{Handshake: new(w.renderHandshake(&h))}, nil
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

// mayStart judges the beginning of a transfer. That it is the beginning of a
// month, the request itself shows.
func (w *writing) mayStart(start time.Time) error {
	earliest, latest := org.TransferStarts(w.Now())
	switch {
	case start.Before(earliest):
		return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonStartDateTooEarly)
	case start.After(latest):
		return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonStartDateTooLate)
	default:
		return nil
	}
}

// sourceOf reads the place of the account that an invitation to transfer names,
// which has to be the management account of another organization. It is nil for
// an address that no account has: whoever gets it can answer. (assumed)
func (w *writing) sourceOf(to handshake.Recipient) (*store.AccountWithOrganization, error) {
	unsupported := orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonUnsupportedActionInResponsibilityTransfer)
	id := ident.AccountID(to.ID)
	if to.Type == handshake.EmailParty {
		owner, err := w.tx.AccountByEmail(ident.Email(to.ID))
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		id = owner.ID
	}
	if id == w.account.ID {
		return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonSourceAndTargetCannotMatch)
	}
	place, err := w.tx.AccountWithOrganization(id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, unsupported
	case err != nil:
		return nil, err
	case place.Organization == nil || place.Organization.Management != id:
		return nil, unsupported
	}
	return &place, nil
}

// mayPropose judges whether the two organizations have a transfer already. The
// id of an account and its address mean the same organization. (assumed)
func (w *writing) mayPropose(to handshake.Recipient, source *store.AccountWithOrganization) error {
	names := []handshake.Recipient{to}
	if source != nil {
		names = []handshake.Recipient{
			{Type: handshake.AccountParty, ID: string(source.Account.ID)},
			{Type: handshake.EmailParty, ID: string(source.Account.Email)},
		}
	}
	for _, name := range names {
		_, err := w.tx.OpenHandshake(w.organization.ID, handshake.TransferResponsibility, name)
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
	return w.unbound(source.Organization.ID, w.organization.ID)
}

// unbound refuses a transfer between two organizations that one binds already,
// in whichever direction.
func (w *writing) unbound(a, b ident.OrganizationID) error {
	for _, pair := range [][2]ident.OrganizationID{{a, b}, {b, a}} {
		t, err := w.tx.LiveTransfer(pair[0], pair[1])
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case t.RunsAt(w.Now()):
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonResponsibilityTransferAlreadyExists)
		}
	}
	return nil
}

// mailProposal writes to whom an invitation to transfer was sent.
func (w *writing) mailProposal(h *handshake.Handshake, source *store.AccountWithOrganization) error {
	email := ident.Email(h.Recipient.ID)
	var addressee ident.AccountID
	if h.Recipient.Type == handshake.AccountParty {
		email, addressee = source.Account.Email, source.Account.ID
	}
	return w.mail(addressee, mail.TransferInvitation(email, mail.Transfer{
		Handshake: h.ID, Organization: h.Originator.Organization,
		ManagementName: h.Offer.ManagementName, ManagementEmail: h.Offer.ManagementEmail,
		Start: h.Offer.Transfer.Start, Expires: h.Expires, Notes: h.Offer.Notes,
	}))
}

// side is from where an organization sees a transfer.
type side string

// The sides.
const (
	// targetSide manages and pays the bill.
	targetSide side = "target"
	// sourceSide is whose bill it is, or who was asked for it.
	sourceSide side = "source"
	// heirSide pays the bill of the target, and with it that of the source.
	heirSide side = "heir"
)

// direction is the part of the ARN that an organization sees.
func (s side) direction() string {
	if s == sourceSide {
		return "outbound"
	}
	return "inbound"
}

// transfer reads a transfer that the caller's organization takes part in, or
// inherits, and says from which side it sees it.
func (r *reading) transfer(id string) (org.Transfer, side, error) {
	t, err := r.Transfer(ident.TransferID(id))
	if errors.Is(err, store.ErrNotFound) {
		return t, "", orgapi.ErrResponsibilityTransferNotFound()
	}
	if err != nil {
		return t, "", err
	}
	if t.Target.Organization == r.organization.ID {
		return t, targetSide, nil
	}
	switch t.Recipient() {
	case string(r.organization.ID), string(r.account.ID), r.account.Email.Key():
		return t, sourceSide, nil
	}
	if t.Agreed() {
		inherits, err := r.inherits(t.Target.Organization)
		if err != nil {
			return t, "", err
		}
		if inherits {
			return t, heirSide, nil
		}
	}
	return t, "", orgapi.ErrResponsibilityTransferNotFound()
}

// DescribeResponsibilityTransfer shows a transfer to both of its sides, and to
// those who inherit it. [AWS: DescribeResponsibilityTransfer]
func (s *Service) DescribeResponsibilityTransfer(ctx context.Context, in *orgapi.DescribeResponsibilityTransferRequest) (*orgapi.DescribeResponsibilityTransferResponse, error) {
	return read(ctx, s, "DescribeResponsibilityTransfer", func(r *reading) (*orgapi.DescribeResponsibilityTransferResponse, error) {
		t, from, err := r.transfer(*in.Id)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeResponsibilityTransferResponse{ResponsibilityTransfer: new(r.renderTransfer(&t, from))}, nil
	})
}

// ListInboundResponsibilityTransfers lists the transfers of which the caller's
// organization is the target, newest first; with the id of one of them, those of
// which its source is the target: one level down the chain. [AWS:
// ListInboundResponsibilityTransfers; what the id does and the order are assumed]
func (s *Service) ListInboundResponsibilityTransfers(ctx context.Context, in *orgapi.ListInboundResponsibilityTransfersRequest) (*orgapi.ListInboundResponsibilityTransfersResponse, error) {
	return read(ctx, s, "ListInboundResponsibilityTransfers", func(r *reading) (*orgapi.ListInboundResponsibilityTransfersResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		of, from := r.organization.ID, targetSide
		if in.Id != nil {
			t, seen, err := r.transfer(*in.Id)
			if err != nil {
				return nil, err
			}
			if seen == sourceSide {
				return nil, orgapi.ErrResponsibilityTransferNotFound()
			}
			// Of a transfer that binds nobody, nothing is inherited.
			of, from = "", heirSide
			if t.RunsAt(r.Now()) {
				of = t.Source.Organization
			}
		}
		transfers, next, err := r.transfers(func(after page.Cursor, limit int) ([]org.Transfer, error) {
			return r.InboundTransfers(of, from == heirSide, after, limit)
		}, from, in.NextToken, in.MaxResults, text(in.Id))
		if err != nil {
			return nil, err
		}
		return &orgapi.ListInboundResponsibilityTransfersResponse{ResponsibilityTransfers: transfers, NextToken: next}, nil
	})
}

// ListOutboundResponsibilityTransfers lists the transfers of which the caller's
// organization is the source, or is asked to be, newest first. [AWS:
// ListOutboundResponsibilityTransfers; the order is assumed]
func (s *Service) ListOutboundResponsibilityTransfers(ctx context.Context, in *orgapi.ListOutboundResponsibilityTransfersRequest) (*orgapi.ListOutboundResponsibilityTransfersResponse, error) {
	return read(ctx, s, "ListOutboundResponsibilityTransfers", func(r *reading) (*orgapi.ListOutboundResponsibilityTransfersResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		transfers, next, err := r.transfers(func(after page.Cursor, limit int) ([]org.Transfer, error) {
			return r.OutboundTransfers(*r.organization, r.account.Email, after, limit)
		}, sourceSide, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListOutboundResponsibilityTransfersResponse{ResponsibilityTransfers: transfers, NextToken: next}, nil
	})
}

// transfers reads a page of transfers, newest first.
func (r *reading) transfers(fetch func(page.Cursor, int) ([]org.Transfer, error), from side, token *string, maxResults *int32, parameters ...string) ([]orgapi.ResponsibilityTransfer, *string, error) {
	l := list[org.Transfer]{from: page.Newest, fetch: fetch, key: store.AfterTransfer}
	transfers, next, err := turnTo(r, l, token, maxResults, parameters...)
	if err != nil {
		return nil, nil, err
	}
	return render(transfers, func(t *org.Transfer) orgapi.ResponsibilityTransfer { return r.renderTransfer(t, from) }), next, nil
}

// UpdateResponsibilityTransfer gives a transfer another name, which is the
// target's own. [AWS: UpdateResponsibilityTransfer]
func (s *Service) UpdateResponsibilityTransfer(ctx context.Context, in *orgapi.UpdateResponsibilityTransferRequest) (*orgapi.UpdateResponsibilityTransferResponse, error) {
	return change(ctx, s, "UpdateResponsibilityTransfer", in, func(w *writing) (*orgapi.UpdateResponsibilityTransferResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		t, from, err := w.transfer(*in.Id)
		if err != nil {
			return nil, err
		}
		if from != targetSide {
			return nil, orgapi.ErrAccessDenied()
		}
		t.Name = *in.Name
		if err := w.tx.UpdateTransfer(t); err != nil {
			return nil, err
		}
		return &orgapi.UpdateResponsibilityTransferResponse{ResponsibilityTransfer: new(w.renderTransfer(&t, from))}, nil
	})
}

// TerminateResponsibilityTransfer ends a transfer with the end of a month, which
// either side can do at any time after the acceptance. [AWS:
// TerminateResponsibilityTransfer]
func (s *Service) TerminateResponsibilityTransfer(ctx context.Context, in *orgapi.TerminateResponsibilityTransferRequest) (*orgapi.TerminateResponsibilityTransferResponse, error) {
	return change(ctx, s, "TerminateResponsibilityTransfer", in, func(w *writing) (*orgapi.TerminateResponsibilityTransferResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		t, from, err := w.transfer(*in.Id)
		if err != nil {
			return nil, err
		}
		if from == heirSide {
			return nil, orgapi.ErrAccessDenied()
		}
		switch t.StatusAt(w.Now()) {
		case org.TransferAccepted:
		case org.TransferWithdrawn:
			return nil, orgapi.ErrResponsibilityTransferAlreadyInStatus()
		default:
			return nil, orgapi.ErrInvalidResponsibilityTransferTransition()
		}
		if t.End, err = w.endOf(&t, in.EndTimestamp); err != nil {
			return nil, err
		}
		t.Stored = org.TransferWithdrawn
		if err := w.tx.UpdateTransfer(t); err != nil {
			return nil, err
		}
		for _, d := range endsOf(&t) {
			if err := w.tx.InsertJob(d); err != nil {
				return nil, err
			}
		}
		if err := s.postTransfer(w.tx, &t, event.ResponsibilityTransferTerminated, w.account.ID, w.Now()); err != nil {
			return nil, err
		}
		return &orgapi.TerminateResponsibilityTransferResponse{ResponsibilityTransfer: new(w.renderTransfer(&t, from))}, nil
	})
}

// endOf is the end of a transfer that is withdrawn now: the one that was sent, or
// the earliest.
func (w *writing) endOf(t *org.Transfer, sent *api.Time) (time.Time, error) {
	earliest, latest := org.TransferEnds(t.Start, w.Now())
	if sent == nil {
		return earliest, nil
	}
	// Clients that cut fractions send the last second of the month: the same end.
	end := org.EndOfMonth(sent.Time)
	switch {
	case end.Before(earliest):
		return end, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonEndDateTooEarly)
	case end.After(latest):
		return end, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonEndDateTooLate)
	default:
		return end, nil
	}
}
