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
	"accord/internal/service/operation"
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
					ID: s.Source.Transfer(), Type: org.BillingTransfer, Start: in.StartTimestamp.UTC(),
				},
			},
		}
		if err := createHandshake(u, &h); err != nil {
			return nil, err
		}
		if err := u.Tx.InsertTransfer(proposed(&h, *in.SourceName)); err != nil {
			return nil, err
		}
		if err := putTags(u, taggableTransfer, string(h.ID), in.Tags); err != nil {
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
		return &orgapi.InviteOrganizationToTransferResponsibilityResponse{Handshake: new(renderHandshake(u.Reader, &h))}, nil
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

// sourceOf reads the place of the account that an invitation to transfer names,
// which has to be the management account of another organization. It is nil for
// an address that no account has: whoever gets it can answer. (assumed)
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
	place, err := u.AccountWithOrganization(id)
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

// unbound refuses a transfer between two organizations that one binds already,
// in whichever direction.
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

// mailProposal writes to whom an invitation to transfer was sent.
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
func findTransfer(r *operation.Reader, id string) (org.Transfer, side, error) {
	t, err := r.Transfer(ident.TransferID(id))
	if errors.Is(err, store.ErrNotFound) {
		return t, "", orgapi.ErrResponsibilityTransferNotFound()
	}
	if err != nil {
		return t, "", err
	}
	if t.Target.Organization == r.Caller.Organization.ID {
		return t, targetSide, nil
	}
	switch t.Recipient() {
	case string(r.Caller.Organization.ID), string(r.Caller.Account.ID), r.Caller.Account.Email.Key():
		return t, sourceSide, nil
	}
	if t.Agreed() {
		inherits, err := inherits(r, t.Target.Organization)
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
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeResponsibilityTransferResponse, error) {
		t, from, err := findTransfer(r, *in.Id)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeResponsibilityTransferResponse{ResponsibilityTransfer: new(renderTransfer(r, &t, from))}, nil
	})
}

// ListInboundResponsibilityTransfers lists the transfers of which the caller's
// organization is the target, newest first; with the id of one of them, those of
// which its source is the target: one level down the chain. [AWS:
// ListInboundResponsibilityTransfers; what the id does and the order are assumed]
func (s *Service) ListInboundResponsibilityTransfers(ctx context.Context, in *orgapi.ListInboundResponsibilityTransfersRequest) (*orgapi.ListInboundResponsibilityTransfersResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListInboundResponsibilityTransfersResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		of, from := r.Caller.Organization.ID, targetSide
		if in.Id != nil {
			t, seen, err := findTransfer(r, *in.Id)
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
		transfers, next, err := pageOfTransfers(r, func(after page.Cursor, limit int) ([]org.Transfer, error) {
			return r.InboundTransfers(of, from == heirSide, after, limit)
		}, from, in.NextToken, in.MaxResults, operation.Deref(in.Id))
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
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListOutboundResponsibilityTransfersResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		transfers, next, err := pageOfTransfers(r, func(after page.Cursor, limit int) ([]org.Transfer, error) {
			return r.OutboundTransfers(*r.Caller.Organization, r.Caller.Account.Email, after, limit)
		}, sourceSide, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListOutboundResponsibilityTransfersResponse{ResponsibilityTransfers: transfers, NextToken: next}, nil
	})
}

// transfers reads a page of transfers, newest first.
func pageOfTransfers(r *operation.Reader, fetch func(page.Cursor, int) ([]org.Transfer, error), from side, token *string, maxResults *int32, parameters ...string) ([]orgapi.ResponsibilityTransfer, *string, error) {
	l := operation.List[org.Transfer]{From: page.Newest, Fetch: fetch, Key: store.AfterTransfer}
	transfers, next, err := operation.Paginate(r, l, token, maxResults, parameters...)
	if err != nil {
		return nil, nil, err
	}
	return renderAll(transfers, func(t *org.Transfer) orgapi.ResponsibilityTransfer { return renderTransfer(r, t, from) }), next, nil
}

// UpdateResponsibilityTransfer gives a transfer another name, which is the
// target's own. [AWS: UpdateResponsibilityTransfer]
func (s *Service) UpdateResponsibilityTransfer(ctx context.Context, in *orgapi.UpdateResponsibilityTransferRequest) (*orgapi.UpdateResponsibilityTransferResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.UpdateResponsibilityTransferResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		t, from, err := findTransfer(u.Reader, *in.Id)
		if err != nil {
			return nil, err
		}
		if from != targetSide {
			return nil, orgapi.ErrAccessDenied()
		}
		t.Name = *in.Name
		if err := u.Tx.UpdateTransfer(t); err != nil {
			return nil, err
		}
		return &orgapi.UpdateResponsibilityTransferResponse{ResponsibilityTransfer: new(renderTransfer(u.Reader, &t, from))}, nil
	})
}

// TerminateResponsibilityTransfer ends a transfer with the end of a month, which
// either side can do at any time after the acceptance. [AWS:
// TerminateResponsibilityTransfer]
func (s *Service) TerminateResponsibilityTransfer(ctx context.Context, in *orgapi.TerminateResponsibilityTransferRequest) (*orgapi.TerminateResponsibilityTransferResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.TerminateResponsibilityTransferResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		t, from, err := findTransfer(u.Reader, *in.Id)
		if err != nil {
			return nil, err
		}
		if from == heirSide {
			return nil, orgapi.ErrAccessDenied()
		}
		switch t.StatusAt(u.Now()) {
		case org.TransferAccepted:
		case org.TransferWithdrawn:
			return nil, orgapi.ErrResponsibilityTransferAlreadyInStatus()
		default:
			return nil, orgapi.ErrInvalidResponsibilityTransferTransition()
		}
		if t.End, err = endOfTransfer(u, &t, in.EndTimestamp); err != nil {
			return nil, err
		}
		t.Stored = org.TransferWithdrawn
		if err := u.Tx.UpdateTransfer(t); err != nil {
			return nil, err
		}
		for _, d := range endsOf(&t) {
			if err := u.Tx.InsertJob(d); err != nil {
				return nil, err
			}
		}
		if err := recordTransfer(u, &t, event.ResponsibilityTransferTerminated, u.Caller.Account.ID); err != nil {
			return nil, err
		}
		return &orgapi.TerminateResponsibilityTransferResponse{ResponsibilityTransfer: new(renderTransfer(u.Reader, &t, from))}, nil
	})
}

// endOf is the end of a transfer that is withdrawn now: the one that was sent, or
// the earliest.
func endOfTransfer(u *operation.Unit, t *org.Transfer, sent *api.Time) (time.Time, error) {
	earliest, latest := org.TransferEnds(t.Start, u.Now())
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
