package handshakes

import (
	"fmt"
	"time"

	"accord/internal/handshake"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// ApplyServiceEvent lets an event of the service itself move a handshake.
func (s *Service) ApplyServiceEvent(u *operation.Unit, h *handshake.Handshake, event handshake.Event) error {
	move, rejection := handshake.Next(h.Kind, h.Stored, event, handshake.TheService)
	if rejection != "" {
		return fmt.Errorf("handshake %s in %s: %s: %s", h.ID, h.Stored, event, rejection)
	}
	return s.Transition(u, h, move, Parties{})
}

// WithdrawAll applies Withdraw to handshakes whose number has no bound, in as many statements
// as for one, and counts them. Their tags go too; what else their effects do is left to the
// caller.
func WithdrawAll(u *operation.Unit, open store.OpenHandshakes) (int64, error) {
	move, rejection := handshake.Next(open.Kind, handshake.Open, handshake.Withdraw, handshake.TheService)
	if rejection != "" {
		return 0, fmt.Errorf("handshakes of kind %s: %s", open.Kind, rejection)
	}
	return u.EndHandshakes(open, move.To, handshakeExpires, handshakeGone)
}

// Transition carries a move out: the state, the job that is planned for the
// handshake, and the effect.
func (s *Service) Transition(u *operation.Unit, h *handshake.Handshake, move handshake.Move, p Parties) error {
	if err := u.Tx.DeleteJob(expiryOf(h)); err != nil {
		return err
	}
	h.Enter(move.To, u.Now())
	if err := u.Tx.UpdateHandshake(*h); err != nil {
		return err
	}
	plan := expiryOf(h)
	if h.Stored.Terminal() {
		plan = purgeOf(h)
	}
	if err := u.Plan(plan); err != nil {
		return err
	}
	return s.Actions.Effects[move.Effect](u, h, p)
}

// Create begins a handshake.
func Create(u *operation.Unit, h *handshake.Handshake) error {
	rule := handshake.Rules[h.Kind]
	h.ID, h.Stored, h.Retention = u.Source.Handshake(), rule.Start, u.Behavior.HandshakeRetention
	if err := u.Tx.InsertHandshake(*h); err != nil {
		return err
	}
	if rule.Child {
		// A child ends with its parent.
		return nil
	}
	return u.Plan(expiryOf(h))
}

// Lifetime is how long a handshake of a kind waits for an answer.
func Lifetime(r *operation.Reader, kind handshake.Kind) time.Duration {
	return map[handshake.Lifetime]time.Duration{
		handshake.InvitationLifetime:  r.Behavior.InvitationLifetime,
		handshake.AllFeaturesLifetime: r.Behavior.AllFeaturesLifetime,
	}[handshake.Rules[kind].Lifetime]
}
