package organizations

import (
	"context"
	"fmt"
	"slices"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// This file is about what a transfer does: the chains that transfers form, the
// numbers that count them, and their beginning and end.
//
// Transfers follow one another: who pays the bill of an organization inherits
// what that organization has taken over. A chain never leads back to where it
// began, so walks along it end.

// mayBeginTransfer judges the acceptance of an invitation to transfer.
func mayBeginTransfer(w *writing, h *handshake.Handshake) error {
	if w.organization == nil {
		return orgapi.ErrAWSOrganizationsNotInUse()
	}
	if err := mayRefuseTransfer(w, h); err != nil {
		return err
	}
	if err := w.allFeatures(); err != nil {
		return err
	}
	source, target := w.organization.ID, h.Originator.Organization
	if source == target {
		// The address that was invited has come to the sender itself.
		return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonSourceAndTargetCannotMatch)
	}
	if err := w.unbound(source, target); err != nil {
		return err
	}
	outbound, err := w.tx.Counter(source, transfersOutbound)
	if err != nil {
		return err
	}
	if err := w.within(source, quota.TransfersOutbound, outbound+1); err != nil {
		return err
	}
	if err := w.shortEnough(source, target); err != nil {
		return err
	}
	// The invitation holds its place already; only a quota that was lowered
	// meanwhile can be exceeded.
	inbound, err := w.tx.Counter(target, transfersInbound)
	if err != nil {
		return err
	}
	if err := w.within(target, quota.TransfersInbound, inbound); err != nil {
		return err
	}
	inherited, err := w.tx.Counter(source, transfersTotal)
	if err != nil {
		return err
	}
	return w.roomFor(target, inherited)
}

// mayRefuseTransfer: only the management account of an organization answers for
// it, whoever else has the address that was invited.
func mayRefuseTransfer(w *writing, _ *handshake.Handshake) error {
	if w.organization == nil || w.organization.Management != w.account.ID {
		return orgapi.ErrAccessDenied()
	}
	return nil
}

// shortEnough refuses a transfer that would make a chain too long, or close one.
// The quota is the target's. (assumed)
func (w *writing) shortEnough(source, target ident.OrganizationID) error {
	limit, err := w.limit(target, quota.TransferChainLength, "")
	if err != nil {
		return err
	}
	heirs, err := heirsOf(&w.tx.View, target)
	if err != nil {
		return err
	}
	if slices.Contains(heirs, source) {
		return refused(w.operation, quota.TransferChainLength, limit)
	}
	above, err := levels(target, limit, func(id ident.OrganizationID) ([]ident.OrganizationID, error) {
		return targets(w.tx.LiveOutbound(id))
	})
	if err != nil {
		return err
	}
	below, err := levels(source, limit-above, func(id ident.OrganizationID) ([]ident.OrganizationID, error) {
		return sources(w.tx.LiveInbound(id))
	})
	if err != nil {
		return err
	}
	if above+1+below > limit {
		return refused(w.operation, quota.TransferChainLength, limit)
	}
	return nil
}

// levels is how many transfers follow one another from an organization on, in
// the direction of next. It looks no further than most.
func levels(from ident.OrganizationID, most int64, next func(ident.OrganizationID) ([]ident.OrganizationID, error)) (longest int64, err error) {
	if most <= 0 {
		return 0, nil
	}
	neighbours, err := next(from)
	if err != nil {
		return 0, err
	}
	for _, id := range neighbours {
		further, err := levels(id, most-1, next)
		if err != nil {
			return 0, err
		}
		if longest = max(longest, further+1); longest == most {
			break
		}
	}
	return longest, nil
}

func targets(transfers []org.Transfer, err error) ([]ident.OrganizationID, error) {
	ids := make([]ident.OrganizationID, len(transfers))
	for i, t := range transfers {
		ids[i] = t.Target.Organization
	}
	return ids, err
}

func sources(transfers []org.Transfer, err error) ([]ident.OrganizationID, error) {
	ids := make([]ident.OrganizationID, len(transfers))
	for i, t := range transfers {
		ids[i] = t.Source.Organization
	}
	return ids, err
}

// chainAbove lists the live transfers by which others inherit what an
// organization has taken over, outermost first. Where a source has several
// targets, a transfer stands there once for each way to it.
func chainAbove(v *store.View, organization ident.OrganizationID) ([]org.Transfer, error) {
	direct, err := v.LiveOutbound(organization)
	if err != nil {
		return nil, err
	}
	var chain []org.Transfer
	for _, t := range direct {
		higher, err := chainAbove(v, t.Target.Organization)
		if err != nil {
			return nil, err
		}
		chain = append(append(chain, higher...), t)
	}
	return chain, nil
}

// heirsOf lists an organization and all that inherit what it has taken over.
func heirsOf(v *store.View, organization ident.OrganizationID) ([]ident.OrganizationID, error) {
	heirs, err := targets(chainAbove(v, organization))
	return append(heirs, organization), err
}

// inherits reports whether the caller's organization inherits now what another
// one has taken over.
func (r *reading) inherits(from ident.OrganizationID) (bool, error) {
	direct, err := r.LiveOutbound(from)
	if err != nil {
		return false, err
	}
	for _, t := range direct {
		if !t.RunsAt(r.Now()) {
			continue
		}
		if t.Target.Organization == r.organization.ID {
			return true, nil
		}
		if found, err := r.inherits(t.Target.Organization); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// roomFor refuses more transfers below an organization than it, or one that
// inherits them, may have over all chains.
func (w *writing) roomFor(organization ident.OrganizationID, more int64) error {
	heirs, err := heirsOf(&w.tx.View, organization)
	if err != nil {
		return err
	}
	added := map[ident.OrganizationID]int64{}
	for _, id := range heirs {
		added[id] += more
		number, err := w.tx.Counter(id, transfersTotal)
		if err != nil {
			return err
		}
		if err := w.within(id, quota.TransfersTotal, number+added[id]); err != nil {
			return err
		}
	}
	return nil
}

// countTransfers counts transfers below an organization, for itself and for all
// that inherit them.
func (s *Service) countTransfers(tx *store.Tx, organization ident.OrganizationID, more int64) error {
	if more == 0 {
		return nil
	}
	heirs, err := heirsOf(&tx.View, organization)
	if err != nil {
		return err
	}
	for _, id := range heirs {
		if err := tx.AddToCounter(id, transfersTotal, more); err != nil {
			return err
		}
	}
	return nil
}

// beginTransfer binds the accepting organization as the source of the transfer.
func (s *Service) beginTransfer(tx *store.Tx, h *handshake.Handshake, at time.Time) error {
	t, err := tx.TransferIncludingPurged(h.Offer.Transfer.ID)
	if err != nil {
		return fmt.Errorf("the transfer of handshake %s: %w", h.ID, err)
	}
	place, err := tx.AccountWithOrganization(h.AnsweredBy)
	if err != nil {
		return err
	}
	source := place.Organization
	inherited, err := tx.Counter(source.ID, transfersTotal)
	if err != nil {
		return err
	}
	if err := tx.AddToCounter(source.ID, transfersOutbound, 1); err != nil {
		return err
	}
	if err := s.countTransfers(tx, t.Target.Organization, inherited); err != nil {
		return err
	}
	t.Stored, t.Live, t.PurgeAt = org.TransferAccepted, true, time.Time{}
	t.AnsweredBy, t.Source.Owner = h.AnsweredBy, source.Owner()
	if err := tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := tx.MoveTags(t.Target.Organization, string(h.ID), string(t.ID)); err != nil {
		return err
	}
	return s.postTransfer(tx, &t, event.ResponsibilityTransferAccepted, h.AnsweredBy, at)
}

// dropTransfer gives up a transfer that was proposed, and the place that it held.
func (s *Service) dropTransfer(tx *store.Tx, h *handshake.Handshake, _ time.Time) error {
	t, err := tx.TransferIncludingPurged(h.Offer.Transfer.ID)
	if err != nil {
		return fmt.Errorf("the transfer of handshake %s: %w", h.ID, err)
	}
	t.Withdraw(h)
	if err := tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := tx.DeleteTags(t.Target.Organization, string(h.ID)); err != nil {
		return err
	}
	if err := tx.AddToCounter(t.Target.Organization, transfersInbound, -1); err != nil {
		return err
	}
	if err := s.countTransfers(tx, t.Target.Organization, -1); err != nil {
		return err
	}
	// It may outlive both organizations, like its handshake.
	return tx.InsertJob(store.Job{At: t.PurgeAt, Kind: transferGone, Subject: string(t.ID)})
}

func (s *Service) transferGone(_ context.Context, tx *store.Tx, d store.Job) error {
	return tx.DeleteTransfer(ident.TransferID(d.Subject))
}

// endsOf is the work that ends a withdrawn transfer: one piece for each side, so
// that each finds its own numbers right.
func endsOf(t *org.Transfer) []store.Job {
	return []store.Job{
		{Organization: t.Target.Organization, At: t.Over(), Kind: inboundEnds, Subject: string(t.ID)},
		{Organization: t.Source.Organization, At: t.Over(), Kind: outboundEnds, Subject: string(t.ID)},
	}
}

// inboundEnds takes a transfer that is over out of its chains.
func (s *Service) inboundEnds(_ context.Context, tx *store.Tx, d store.Job) error {
	t, err := tx.Transfer(ident.TransferID(d.Subject))
	if err != nil {
		return ignoreMissing(err)
	}
	t.Live = false
	if err := tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := tx.AddToCounter(d.Organization, transfersInbound, -1); err != nil {
		return err
	}
	inherited, err := tx.Counter(t.Source.Organization, transfersTotal)
	if err != nil {
		return err
	}
	return s.countTransfers(tx, d.Organization, -1-inherited)
}

// outboundEnds lets the source of a transfer that is over agree to another one.
func (s *Service) outboundEnds(_ context.Context, tx *store.Tx, d store.Job) error {
	return tx.AddToCounter(d.Organization, transfersOutbound, -1)
}

// postTransfer records for both sides what happened to a transfer.
func (s *Service) postTransfer(tx *store.Tx, t *org.Transfer, what transferEvent, requester ident.AccountID, at time.Time) error {
	chain, err := chainAbove(&tx.View, t.Target.Organization)
	if err != nil {
		return err
	}
	told := event.Transfer{
		ID: t.ID, Chain: make([]ident.TransferID, len(chain)), Type: org.BillingTransfer, Status: string(t.Stored),
		Source: t.Source.Management, Target: t.Target.Management, Start: t.Start, End: t.End,
	}
	for i := range chain {
		told.Chain[i] = chain[i].ID
	}
	for _, to := range []ident.Owner{t.Target.Owner, t.Source.Owner} {
		e := what(s.Source.UUID(), to.Management, told, requester, at)
		if err := s.post(tx, to.Management, to.Organization, e); err != nil {
			return err
		}
	}
	return nil
}

// transferEvent makes the record of something that happened to a transfer.
type transferEvent func(id string, management ident.AccountID, t event.Transfer, requester ident.AccountID, at time.Time) event.Service

// transferring refuses to delete an organization that takes part in a transfer,
// on either side, or is asked to.
func (w *writing) transferring() error {
	for _, counter := range []store.CounterName{transfersInbound, transfersOutbound} {
		number, err := w.tx.Counter(w.organization.ID, counter)
		if err != nil {
			return err
		}
		if number > 0 {
			return transferActive()
		}
	}
	for _, name := range []handshake.Recipient{
		{Type: handshake.AccountParty, ID: string(w.account.ID)},
		{Type: handshake.EmailParty, ID: string(w.account.Email)},
	} {
		received, err := w.tx.OpenHandshakesTo(handshake.TransferResponsibility, name)
		if err != nil {
			return err
		}
		if len(received) > 0 {
			return transferActive()
		}
	}
	return nil
}

func transferActive() error {
	return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonActiveResponsibilityTransferProcess)
}
