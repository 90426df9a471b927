package organizations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// AcceptHandshake agrees to a handshake. [AWS: AcceptHandshake]
func (s *Service) AcceptHandshake(ctx context.Context, in *orgapi.AcceptHandshakeRequest) (*orgapi.AcceptHandshakeResponse, error) {
	return change(ctx, s, "AcceptHandshake", in, func(w *writing) (*orgapi.AcceptHandshakeResponse, error) {
		h, err := w.answer(ctx, ident.HandshakeID(*in.HandshakeId), handshake.Accept)
		if err != nil {
			return nil, err
		}
		return &orgapi.AcceptHandshakeResponse{Handshake: h}, nil
	})
}

// DeclineHandshake refuses a handshake. [AWS: DeclineHandshake]
func (s *Service) DeclineHandshake(ctx context.Context, in *orgapi.DeclineHandshakeRequest) (*orgapi.DeclineHandshakeResponse, error) {
	return change(ctx, s, "DeclineHandshake", in, func(w *writing) (*orgapi.DeclineHandshakeResponse, error) {
		h, err := w.answer(ctx, ident.HandshakeID(*in.HandshakeId), handshake.Decline)
		if err != nil {
			return nil, err
		}
		return &orgapi.DeclineHandshakeResponse{Handshake: h}, nil
	})
}

// CancelHandshake takes a handshake back. [AWS: CancelHandshake]
func (s *Service) CancelHandshake(ctx context.Context, in *orgapi.CancelHandshakeRequest) (*orgapi.CancelHandshakeResponse, error) {
	return change(ctx, s, "CancelHandshake", in, func(w *writing) (*orgapi.CancelHandshakeResponse, error) {
		h, err := w.answer(ctx, ident.HandshakeID(*in.HandshakeId), handshake.Cancel)
		if err != nil {
			return nil, err
		}
		return &orgapi.CancelHandshakeResponse{Handshake: h}, nil
	})
}

// answer is the one path of accept, decline and cancel, for every kind of
// handshake: the right party, the state, the preconditions of the effect, the
// move.
func (w *writing) answer(ctx context.Context, id ident.HandshakeID, verb handshake.Event) (*orgapi.Handshake, error) {
	found, err := w.tx.HandshakeWithPendingJobs(id)
	if err == nil && found.PendingJobs {
		// Where the caller's own organization sent it, all that can be done is done.
		if err := w.settle(ctx, found.Originator.Organization); err != nil {
			return nil, err
		}
		found, err = w.tx.HandshakeWithPendingJobs(id)
	}
	if err != nil {
		return nil, noHandshake(err)
	}
	h := found.Handshake
	roles, err := w.rolesIn(&h)
	if err != nil {
		return nil, err
	}
	move, refusal := nextBy(&h, verb, roles, w.Now())
	if refusal != "" {
		return nil, refusals[refusal]()
	}
	if slices.Contains(move.By, handshake.Answerer) {
		h.AnsweredBy = w.account.ID
	}
	if check := preconditions[move.Effect]; check != nil {
		if err := check(w, &h); err != nil || w.refusal != nil {
			return nil, err
		}
	}
	if err := w.service.move(w.tx, &h, move, w.Now()); err != nil {
		return nil, err
	}
	if err := w.tellOthers(&h, verb); err != nil {
		return nil, err
	}
	return new(w.renderHandshake(&h)), nil
}

// refusals are what callers are told whose event does not move a handshake.
var refusals = map[handshake.Rejection]func() *api.Error{
	handshake.WrongParty:        orgapi.ErrAccessDenied,
	handshake.AlreadyInState:    orgapi.ErrHandshakeAlreadyInState,
	handshake.InvalidTransition: orgapi.ErrInvalidHandshakeTransition,
}

// nextBy decides an event for a caller who may have several roles: the first
// role that may send it counts.
func nextBy(h *handshake.Handshake, event handshake.Event, roles []handshake.Role, now time.Time) (handshake.Move, handshake.Rejection) {
	for _, role := range roles {
		if move, refusal := handshake.Next(h.Kind, h.StateAt(now), event, role); refusal != handshake.WrongParty {
			return move, refusal
		}
	}
	return handshake.Move{}, handshake.WrongParty
}

// happen lets an event of the service itself move a handshake.
func (s *Service) happen(tx *store.Tx, h *handshake.Handshake, event handshake.Event, at time.Time) error {
	move, refusal := handshake.Next(h.Kind, h.Stored, event, handshake.TheService)
	if refusal != "" {
		return fmt.Errorf("handshake %s in %s: %s: %s", h.ID, h.Stored, event, refusal)
	}
	return s.move(tx, h, move, at)
}

// move carries a move out: the state, the work that is planned for the
// handshake, and the effect.
func (s *Service) move(tx *store.Tx, h *handshake.Handshake, move handshake.Move, at time.Time) error {
	if err := tx.DeleteJob(expiryOf(h)); err != nil {
		return err
	}
	h.Enter(move.To, at)
	if err := tx.UpdateHandshake(*h); err != nil {
		return err
	}
	plan := expiryOf(h)
	if h.Stored.Terminal() {
		plan = purgeOf(h)
	}
	if err := tx.InsertJob(plan); err != nil {
		return err
	}
	return s.effects[move.Effect](tx, h, at)
}

// send begins a handshake.
func (s *Service) send(tx *store.Tx, h *handshake.Handshake) error {
	rule := handshake.Rules[h.Kind]
	h.ID, h.Stored, h.Retention = s.Source.Handshake(), rule.Start, s.Behavior.HandshakeRetention
	if err := tx.InsertHandshake(*h); err != nil {
		return err
	}
	if rule.Child {
		// A child ends with its parent.
		return nil
	}
	return tx.InsertJob(expiryOf(h))
}

// lifetime is how long a handshake of a kind waits for an answer.
func (s *Service) lifetime(kind handshake.Kind) time.Duration {
	return map[handshake.Lifetime]time.Duration{
		handshake.InvitationLifetime:  s.Behavior.InvitationLifetime,
		handshake.AllFeaturesLifetime: s.Behavior.AllFeaturesLifetime,
	}[handshake.Rules[kind].Lifetime]
}

// noHandshake says to the caller that a handshake is not there to be read.
func noHandshake(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrHandshakeNotFound()
	}
	return err
}

// rolesIn lists what the caller's account is to a handshake. An account can be
// both sides of one, when an organization invites its own address.
func (r *reading) rolesIn(h *handshake.Handshake) ([]handshake.Role, error) {
	var roles []handshake.Role
	if r.account.ID == h.Originator.Management {
		roles = append(roles, handshake.Originator)
	}
	if r.received(h) {
		roles = append(roles, handshake.Answerer)
	}
	if r.organization != nil && r.organization.ID == h.Originator.Organization {
		is, err := r.standing()
		if err != nil {
			return nil, err
		}
		if is == org.DelegatedAdministrator {
			roles = append(roles, handshake.Delegate)
		}
		roles = append(roles, handshake.Insider)
	}
	return append(roles, handshake.Stranger), nil
}

// received reports whether a handshake was sent to the caller's account. Once
// answered it belongs to the account that answered; before, an address means
// whoever has it now. (assumed)
func (r *reading) received(h *handshake.Handshake) bool {
	switch {
	case h.AnsweredBy != "":
		return h.AnsweredBy == r.account.ID
	case h.Recipient.Type == handshake.EmailParty:
		return h.Recipient.Key() == r.account.Email.Key()
	default:
		return h.Recipient.Type == handshake.AccountParty && h.Recipient.ID == string(r.account.ID)
	}
}

// hidden reports whether a handshake is kept from its recipient: the
// management account of an organization sees it only after it has deleted that.
// [AWS: "Managing account invitations"]
func (r *reading) hidden(h *handshake.Handshake) bool {
	return handshake.Rules[h.Kind].Hidden && !h.StateAt(r.Now()).Terminal() &&
		r.organization != nil && r.organization.Management == r.account.ID
}

// DescribeHandshake shows a handshake to those who take part in it.
// [AWS: DescribeHandshake]
func (s *Service) DescribeHandshake(ctx context.Context, in *orgapi.DescribeHandshakeRequest) (*orgapi.DescribeHandshakeResponse, error) {
	return read(ctx, s, "DescribeHandshake", func(r *reading) (*orgapi.DescribeHandshakeResponse, error) {
		h, err := r.Handshake(ident.HandshakeID(*in.HandshakeId))
		if err != nil {
			return nil, noHandshake(err)
		}
		roles, err := r.rolesIn(&h)
		if err != nil {
			return nil, err
		}
		for _, role := range roles {
			if handshake.MayRead(h.Kind, role) && !(role == handshake.Answerer && r.hidden(&h)) {
				return &orgapi.DescribeHandshakeResponse{Handshake: new(r.renderHandshake(&h))}, nil
			}
		}
		return nil, orgapi.ErrAccessDenied()
	})
}

// ListHandshakesForAccount lists what the caller's account received, newest
// first. [AWS: ListHandshakesForAccount]
func (s *Service) ListHandshakesForAccount(ctx context.Context, in *orgapi.ListHandshakesForAccountRequest) (*orgapi.ListHandshakesForAccountResponse, error) {
	return read(ctx, s, "ListHandshakesForAccount", func(r *reading) (*orgapi.ListHandshakesForAccountResponse, error) {
		filter, parameters := handshakeFilter(in.Filter)
		filter.OpenInvitesHidden = r.organization != nil && r.organization.Management == r.account.ID
		handshakes, next, err := r.handshakes(func(after page.Cursor, limit int) ([]handshake.Handshake, error) {
			return r.HandshakesReceived(r.account.ID, r.account.Email, filter, after, limit)
		}, in.NextToken, in.MaxResults, parameters)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListHandshakesForAccountResponse{Handshakes: handshakes, NextToken: next}, nil
	})
}

// ListHandshakesForOrganization lists what the organization sent, newest first.
// [AWS: ListHandshakesForOrganization]
func (s *Service) ListHandshakesForOrganization(ctx context.Context, in *orgapi.ListHandshakesForOrganizationRequest) (*orgapi.ListHandshakesForOrganizationResponse, error) {
	return read(ctx, s, "ListHandshakesForOrganization", func(r *reading) (*orgapi.ListHandshakesForOrganizationResponse, error) {
		filter, parameters := handshakeFilter(in.Filter)
		handshakes, next, err := r.handshakes(func(after page.Cursor, limit int) ([]handshake.Handshake, error) {
			return r.HandshakesSent(r.organization.ID, filter, after, limit)
		}, in.NextToken, in.MaxResults, parameters)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListHandshakesForOrganizationResponse{Handshakes: handshakes, NextToken: next}, nil
	})
}

// handshakes reads a page of handshakes, newest first.
func (r *reading) handshakes(fetch func(page.Cursor, int) ([]handshake.Handshake, error), token *string, maxResults *int32, parameters []string) ([]orgapi.Handshake, *string, error) {
	l := list[handshake.Handshake]{from: page.Newest, fetch: fetch, key: store.AfterHandshake}
	handshakes, next, err := turnTo(r, l, token, maxResults, parameters...)
	if err != nil {
		return nil, nil, err
	}
	return render(handshakes, r.renderHandshake), next, nil
}

func handshakeFilter(in *orgapi.HandshakeFilter) (store.HandshakeFilter, []string) {
	if in == nil {
		in = &orgapi.HandshakeFilter{}
	}
	f := store.HandshakeFilter{
		Kind:   handshake.Kind(text(in.ActionType)),
		Parent: ident.HandshakeID(text(in.ParentHandshakeId)),
	}
	return f, []string{string(f.Kind), string(f.Parent)}
}
