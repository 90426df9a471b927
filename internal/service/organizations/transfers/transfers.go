package transfers

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// side is from where an organization sees a transfer.
type side string

// The sides.
const (
	// targetSide manages and pays the bill.
	targetSide side = "target"
	// sourceSide has the bill, or was asked for it.
	sourceSide side = "source"
	// heirSide pays the bill of the target, and with it that of the source.
	heirSide side = "heir"
)

// findTransfer reads a transfer that the caller's organization takes part in, or
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
		return &orgapi.DescribeResponsibilityTransferResponse{ResponsibilityTransfer: new(render.Transfer(r, &t, from == sourceSide))}, nil
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
			// Nothing is inherited through a transfer that does not run.
			of, from = "", heirSide
			if t.RunsAt(r.Now()) {
				of = t.Source.Organization
			}
		}
		transfers, next, err := pageOfTransfers(r, func(after page.Cursor, limit int) ([]org.Transfer, error) {
			return r.InboundTransfers(of, from == heirSide, after, limit)
		}, from)
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
		}, sourceSide)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListOutboundResponsibilityTransfersResponse{ResponsibilityTransfers: transfers, NextToken: next}, nil
	})
}

// pageOfTransfers reads a page of transfers, newest first.
func pageOfTransfers(r *operation.Reader, fetch func(page.Cursor, int) ([]org.Transfer, error), from side) ([]orgapi.ResponsibilityTransfer, *string, error) {
	l := operation.List[org.Transfer]{From: page.Newest, Fetch: fetch, Key: store.AfterTransfer}
	transfers, next, err := operation.Paginate(r, l)
	if err != nil {
		return nil, nil, err
	}
	return render.All(transfers, func(t *org.Transfer) orgapi.ResponsibilityTransfer { return render.Transfer(r, t, from == sourceSide) }), next, nil
}

// UpdateResponsibilityTransfer gives a transfer that is proposed or accepted another
// name, which is the target's own. [AWS: UpdateResponsibilityTransfer]
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
		switch t.StatusAt(u.Now()) {
		case org.TransferRequested, org.TransferAccepted:
		default:
			// [AWS: text of the reason]
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonTransferResponsibilityUpdateNotAllowed)
		}
		t.Name = *in.Name
		if err := u.Tx.UpdateTransfer(t); err != nil {
			return nil, err
		}
		return &orgapi.UpdateResponsibilityTransferResponse{ResponsibilityTransfer: new(render.Transfer(u.Reader, &t, from == sourceSide))}, nil
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
		if err := u.Plan(endOf(&t)); err != nil {
			return nil, err
		}
		if err := recordTransfer(u, &t, event.ResponsibilityTransferTerminated); err != nil {
			return nil, err
		}
		return &orgapi.TerminateResponsibilityTransferResponse{ResponsibilityTransfer: new(render.Transfer(u.Reader, &t, from == sourceSide))}, nil
	})
}

// endOfTransfer is the end of a transfer that is withdrawn now: the one that was sent, or
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
