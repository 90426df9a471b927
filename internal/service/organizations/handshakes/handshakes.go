package handshakes

import (
	"context"
	"errors"
	"slices"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// AcceptHandshake agrees to a handshake. [AWS: AcceptHandshake]
func (s *Service) AcceptHandshake(ctx context.Context, in *orgapi.AcceptHandshakeRequest) (*orgapi.AcceptHandshakeResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.AcceptHandshakeResponse, error) {
		h, err := s.respond(ctx, u, ident.HandshakeID(*in.HandshakeId), handshake.Accept)
		if err != nil {
			return nil, err
		}
		return &orgapi.AcceptHandshakeResponse{Handshake: h}, nil
	})
}

// DeclineHandshake declines a handshake. [AWS: DeclineHandshake]
func (s *Service) DeclineHandshake(ctx context.Context, in *orgapi.DeclineHandshakeRequest) (*orgapi.DeclineHandshakeResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeclineHandshakeResponse, error) {
		h, err := s.respond(ctx, u, ident.HandshakeID(*in.HandshakeId), handshake.Decline)
		if err != nil {
			return nil, err
		}
		return &orgapi.DeclineHandshakeResponse{Handshake: h}, nil
	})
}

// CancelHandshake takes a handshake back. [AWS: CancelHandshake]
func (s *Service) CancelHandshake(ctx context.Context, in *orgapi.CancelHandshakeRequest) (*orgapi.CancelHandshakeResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CancelHandshakeResponse, error) {
		h, err := s.respond(ctx, u, ident.HandshakeID(*in.HandshakeId), handshake.Cancel)
		if err != nil {
			return nil, err
		}
		return &orgapi.CancelHandshakeResponse{Handshake: h}, nil
	})
}

// respond is the one path of accept, decline and cancel, for every kind of
// handshake: the right party, the state, the preconditions of the effect, the
// transition.
func (s *Service) respond(ctx context.Context, u *operation.Unit, id ident.HandshakeID, answer handshake.Event) (*orgapi.Handshake, error) {
	found, err := u.Tx.HandshakeWithPendingJobs(id)
	if err == nil && found.PendingJobs {
		// Those of the caller's own organization have run already.
		if err := u.RunPendingJobs(ctx, found.Originator.Organization); err != nil {
			return nil, err
		}
		found, err = u.Tx.HandshakeWithPendingJobs(id)
	}
	if err != nil {
		return nil, noHandshake(err)
	}
	h := found.Handshake
	if answer == handshake.Accept && h.StateAt(u.Now()) == handshake.Open && isHidden(u.Reader, &h) {
		// The one error that tells of it. [AWS: AcceptHandshake]
		return nil, orgapi.ErrMasterCannotLeaveOrganization()
	}
	move, rejection := nextBy(&h, answer, callerRoles(u.Reader, &h), u.Now())
	if rejection != "" {
		return nil, rejections[rejection]()
	}
	p, err := partiesOf(u, &h, move)
	if err != nil {
		return nil, err
	}
	if p.Answerer != nil {
		h.AnsweredBy = u.Caller.Account.ID
	}
	if check := s.Actions.Preconditions[move.Effect]; check != nil {
		if err := check(u, &h, p); err != nil {
			return nil, err
		}
	}
	if err := s.Transition(u, &h, move, p); err != nil {
		return nil, err
	}
	if write := s.Actions.Mails[h.Kind][answer]; write != nil {
		if err := write(u, &h, p); err != nil {
			return nil, err
		}
	}
	return new(render.Handshake(u.Reader, &h)), nil
}

// rejections are the errors of callers whose event does not move a handshake.
var rejections = map[handshake.Rejection]func() *api.Error{
	handshake.WrongParty:        orgapi.ErrAccessDenied,
	handshake.AlreadyInState:    orgapi.ErrHandshakeAlreadyInState,
	handshake.InvalidTransition: orgapi.ErrInvalidHandshakeTransition,
}

// nextBy decides an event for a caller who may have several roles: the first
// role that may send it counts.
func nextBy(h *handshake.Handshake, event handshake.Event, roles []handshake.Role, now time.Time) (handshake.Move, handshake.Rejection) {
	for _, role := range roles {
		if move, rejection := handshake.Next(h.Kind, h.StateAt(now), event, role); rejection != handshake.WrongParty {
			return move, rejection
		}
	}
	return handshake.Move{}, handshake.WrongParty
}

// noHandshake makes HandshakeNotFoundException of a handshake that is not there.
func noHandshake(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrHandshakeNotFound()
	}
	return err
}

// callerRoles lists what the caller's account is to a handshake. An account can be
// both sides of one, when an organization invites its own address.
func callerRoles(r *operation.Reader, h *handshake.Handshake) []handshake.Role {
	var roles []handshake.Role
	if r.Caller.Account.ID == h.Originator.Management {
		roles = append(roles, handshake.Originator)
	}
	if isRecipient(r, h) && !isHidden(r, h) {
		roles = append(roles, handshake.Answerer)
	}
	if r.Caller.OrganizationID() == h.Originator.Organization {
		roles = append(roles, handshake.Insider)
	}
	return append(roles, handshake.Stranger)
}

// isRecipient reports whether a handshake was sent to the caller's account. Once
// answered it belongs to the account that answered; before, an address means
// the account that has it now. [assumed]
func isRecipient(r *operation.Reader, h *handshake.Handshake) bool {
	switch {
	case h.AnsweredBy != "":
		return h.AnsweredBy == r.Caller.Account.ID
	case h.Recipient.Type == handshake.EmailParty:
		return h.Recipient.Key() == r.Caller.Account.Email.Key()
	default:
		return h.Recipient.Type == handshake.AccountParty && h.Recipient.ID == string(r.Caller.Account.ID)
	}
}

// isHidden reports whether a handshake is kept from its recipient, because that is the
// management account of another organization now and has not answered it. [AWS:
// "Accept or decline an account invitation", only member and standalone accounts
// answer; that finished ones are hidden too is assumed]
func isHidden(r *operation.Reader, h *handshake.Handshake) bool {
	o := r.Caller.Organization
	return handshake.Rules[h.Kind].Hidden && h.AnsweredBy == "" && isRecipient(r, h) &&
		o.ManagedBy(r.Caller.Account.ID) && o.ID != h.Originator.Organization
}

// DescribeHandshake shows a handshake to its recipient and to the accounts of the
// organization that sent it. [AWS: DescribeHandshake]
func (s *Service) DescribeHandshake(ctx context.Context, in *orgapi.DescribeHandshakeRequest) (*orgapi.DescribeHandshakeResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeHandshakeResponse, error) {
		h, err := r.Handshake(ident.HandshakeID(*in.HandshakeId))
		if err != nil {
			return nil, noHandshake(err)
		}
		if !slices.ContainsFunc(callerRoles(r, &h), handshake.MayRead) {
			return nil, orgapi.ErrAccessDenied()
		}
		return &orgapi.DescribeHandshakeResponse{Handshake: new(render.Handshake(r, &h))}, nil
	})
}

// ListHandshakesForAccount lists what the caller's account received, newest
// first. [AWS: ListHandshakesForAccount]
func (s *Service) ListHandshakesForAccount(ctx context.Context, in *orgapi.ListHandshakesForAccountRequest) (*orgapi.ListHandshakesForAccountResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListHandshakesForAccountResponse, error) {
		filter := handshakeFilter(in.Filter)
		if o := r.Caller.Organization; o.ManagedBy(r.Caller.Account.ID) {
			filter.HiddenFrom = o.ID
		}
		handshakes, next, err := pageOfHandshakes(r, func(after page.Cursor, limit int) ([]handshake.Handshake, error) {
			return r.HandshakesReceived(r.Caller.Account.ID, r.Caller.Account.Email, filter, after, limit)
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListHandshakesForAccountResponse{Handshakes: handshakes, NextToken: next}, nil
	})
}

// ListHandshakesForOrganization lists what the organization sent, newest first.
// [AWS: ListHandshakesForOrganization]
func (s *Service) ListHandshakesForOrganization(ctx context.Context, in *orgapi.ListHandshakesForOrganizationRequest) (*orgapi.ListHandshakesForOrganizationResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListHandshakesForOrganizationResponse, error) {
		filter := handshakeFilter(in.Filter)
		handshakes, next, err := pageOfHandshakes(r, func(after page.Cursor, limit int) ([]handshake.Handshake, error) {
			return r.HandshakesSent(r.Caller.Organization.ID, filter, after, limit)
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListHandshakesForOrganizationResponse{Handshakes: handshakes, NextToken: next}, nil
	})
}

// pageOfHandshakes reads a page of handshakes, newest first.
func pageOfHandshakes(r *operation.Reader, fetch func(page.Cursor, int) ([]handshake.Handshake, error)) ([]orgapi.Handshake, *string, error) {
	l := operation.List[handshake.Handshake]{From: page.Newest, Fetch: fetch, Key: store.AfterHandshake}
	handshakes, next, err := operation.Paginate(r, l)
	if err != nil {
		return nil, nil, err
	}
	return render.All(handshakes, render.With(r, render.Handshake)), next, nil
}

func handshakeFilter(in *orgapi.HandshakeFilter) store.HandshakeFilter {
	if in == nil {
		in = &orgapi.HandshakeFilter{}
	}
	return store.HandshakeFilter{
		Kind:   handshake.Kind(operation.Deref(in.ActionType)),
		Parent: ident.HandshakeID(operation.Deref(in.ParentHandshakeId)),
	}
}
