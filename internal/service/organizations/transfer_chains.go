package organizations

import (
	"fmt"
	"slices"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// This file is about what a transfer does: the chains that transfers form, the
// numbers that count them, and their beginning and end.
//
// Transfers follow one another: who pays the bill of an organization inherits
// what that organization has taken over. A chain never leads back to where it
// began, so walks along it end.

// The kinds of jobs of transfers; the subject of each is an id.
const (
	inboundEnds  = "inbound transfer ends"
	outboundEnds = "outbound transfer ends"
	transferGone = "transfer gone"
)

// Counters of an organization.
const (
	// transfersInbound: open invitations to transfer, and inbound transfers that
	// bind.
	transfersInbound store.CounterName = "transfers-inbound"
	// transfersOutbound: outbound transfers that bind.
	transfersOutbound store.CounterName = "transfers-outbound"
	// transfersTotal: what transfersInbound counts, here and at each organization
	// whose transfers are inherited; once for each chain to it.
	transfersTotal store.CounterName = "transfers-total"
)

// mayBeginTransfer judges the acceptance of an invitation to transfer.
func mayBeginTransfer(u *operation.Unit, h *handshake.Handshake, p parties) error {
	if u.Caller.Organization == nil {
		return orgapi.ErrAWSOrganizationsNotInUse()
	}
	if err := mayRefuseTransfer(u, h, p); err != nil {
		return err
	}
	if err := u.RequireAllFeatures(); err != nil {
		return err
	}
	source, target := u.Caller.Organization.ID, h.Originator.Organization
	if source == target {
		// The address that was invited has come to the sender itself.
		return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonSourceAndTargetCannotMatch)
	}
	if err := requireNoLiveTransfer(u, source, target); err != nil {
		return err
	}
	outbound, err := u.Counter(source, transfersOutbound)
	if err != nil {
		return err
	}
	if err := u.RequireWithin(source, quota.TransfersOutbound, outbound+1); err != nil {
		return err
	}
	if err := requireChainLength(u, source, target); err != nil {
		return err
	}
	// The invitation holds its place already; only a quota that was lowered
	// meanwhile can be exceeded.
	inbound, err := u.Counter(target, transfersInbound)
	if err != nil {
		return err
	}
	if err := u.RequireWithin(target, quota.TransfersInbound, inbound); err != nil {
		return err
	}
	inherited, err := u.Counter(source, transfersTotal)
	if err != nil {
		return err
	}
	return requireTransferQuota(u, target, inherited)
}

// mayRefuseTransfer: only the management account of an organization answers for
// it, whoever else has the address that was invited.
func mayRefuseTransfer(u *operation.Unit, _ *handshake.Handshake, _ parties) error {
	if u.Caller.Organization == nil || u.Caller.Organization.Management != u.Caller.Account.ID {
		return orgapi.ErrAccessDenied()
	}
	return nil
}

// shortEnough refuses a transfer that would make a chain too long, or close one.
// The quota is the target's. (assumed)
func requireChainLength(u *operation.Unit, source, target ident.OrganizationID) error {
	limit, err := u.Limit(target, quota.TransferChainLength, "")
	if err != nil {
		return err
	}
	heirs, err := heirsOf(u.Reader, target)
	if err != nil {
		return err
	}
	if slices.Contains(heirs, source) {
		return u.QuotaExceeded(quota.TransferChainLength, limit)
	}
	above, err := levels(target, limit, func(id ident.OrganizationID) ([]ident.OrganizationID, error) {
		return targets(u.LiveOutbound(id))
	})
	if err != nil {
		return err
	}
	below, err := levels(source, limit-above, func(id ident.OrganizationID) ([]ident.OrganizationID, error) {
		return sources(u.LiveInbound(id))
	})
	if err != nil {
		return err
	}
	if above+1+below > limit {
		return u.QuotaExceeded(quota.TransferChainLength, limit)
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
func chainAbove(r *operation.Reader, organization ident.OrganizationID) ([]org.Transfer, error) {
	direct, err := r.LiveOutbound(organization)
	if err != nil {
		return nil, err
	}
	var chain []org.Transfer
	for _, t := range direct {
		higher, err := chainAbove(r, t.Target.Organization)
		if err != nil {
			return nil, err
		}
		chain = append(append(chain, higher...), t)
	}
	return chain, nil
}

// heirsOf lists an organization and all that inherit what it has taken over.
func heirsOf(r *operation.Reader, organization ident.OrganizationID) ([]ident.OrganizationID, error) {
	heirs, err := targets(chainAbove(r, organization))
	return append(heirs, organization), err
}

// inherits reports whether the caller's organization inherits now what another
// one has taken over.
func inherits(r *operation.Reader, from ident.OrganizationID) (bool, error) {
	direct, err := r.LiveOutbound(from)
	if err != nil {
		return false, err
	}
	for _, t := range direct {
		if !t.RunsAt(r.Now()) {
			continue
		}
		if t.Target.Organization == r.Caller.Organization.ID {
			return true, nil
		}
		if found, err := inherits(r, t.Target.Organization); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// roomFor refuses more transfers below an organization than it, or one that
// inherits them, may have over all chains.
func requireTransferQuota(u *operation.Unit, organization ident.OrganizationID, more int64) error {
	heirs, err := heirsOf(u.Reader, organization)
	if err != nil {
		return err
	}
	added := map[ident.OrganizationID]int64{}
	for _, id := range heirs {
		added[id] += more
		number, err := u.Counter(id, transfersTotal)
		if err != nil {
			return err
		}
		if err := u.RequireWithin(id, quota.TransfersTotal, number+added[id]); err != nil {
			return err
		}
	}
	return nil
}

// countTransfers counts transfers below an organization, for itself and for all
// that inherit them.
func countTransfers(u *operation.Unit, organization ident.OrganizationID, more int64) error {
	if more == 0 {
		return nil
	}
	heirs, err := heirsOf(u.Reader, organization)
	if err != nil {
		return err
	}
	for _, id := range heirs {
		if err := u.Tx.AddToCounter(id, transfersTotal, more); err != nil {
			return err
		}
	}
	return nil
}

// beginTransfer binds the accepting organization as the source of the transfer.
func beginTransfer(u *operation.Unit, h *handshake.Handshake, p parties) error {
	t, err := u.Tx.TransferIncludingPurged(h.Offer.Transfer.ID)
	if err != nil {
		return fmt.Errorf("the transfer of handshake %s: %w", h.ID, err)
	}
	source := p.answerer.Organization
	inherited, err := u.Counter(source.ID, transfersTotal)
	if err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(source.ID, transfersOutbound, 1); err != nil {
		return err
	}
	if err := countTransfers(u, t.Target.Organization, inherited); err != nil {
		return err
	}
	t.Stored, t.Live, t.PurgeAt = org.TransferAccepted, true, time.Time{}
	t.AnsweredBy, t.Source.Owner = h.AnsweredBy, source.Owner()
	if err := u.Tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := u.Tx.MoveTags(t.Target.Organization, string(h.ID), string(t.ID)); err != nil {
		return err
	}
	return recordTransfer(u, &t, event.ResponsibilityTransferAccepted, h.AnsweredBy)
}

// dropTransfer gives up a transfer that was proposed, and the place that it held.
func dropTransfer(u *operation.Unit, h *handshake.Handshake, _ parties) error {
	t, err := u.Tx.TransferIncludingPurged(h.Offer.Transfer.ID)
	if err != nil {
		return fmt.Errorf("the transfer of handshake %s: %w", h.ID, err)
	}
	t.Withdraw(h)
	if err := u.Tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := u.Tx.DeleteTags(t.Target.Organization, string(h.ID)); err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(t.Target.Organization, transfersInbound, -1); err != nil {
		return err
	}
	if err := countTransfers(u, t.Target.Organization, -1); err != nil {
		return err
	}
	// It may outlive both organizations, like its handshake.
	return u.Tx.InsertJob(store.Job{At: t.PurgeAt, Kind: transferGone, Subject: string(t.ID)})
}

func deleteTransfer(u *operation.Unit, job store.Job) error {
	return u.Tx.DeleteTransfer(ident.TransferID(job.Subject))
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
func endInbound(u *operation.Unit, job store.Job) error {
	t, err := u.Transfer(ident.TransferID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	t.Live = false
	if err := u.Tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(job.Organization, transfersInbound, -1); err != nil {
		return err
	}
	inherited, err := u.Counter(t.Source.Organization, transfersTotal)
	if err != nil {
		return err
	}
	return countTransfers(u, job.Organization, -1-inherited)
}

// outboundEnds lets the source of a transfer that is over agree to another one.
func endOutbound(u *operation.Unit, job store.Job) error {
	return u.Tx.AddToCounter(job.Organization, transfersOutbound, -1)
}

// postTransfer records for both sides what happened to a transfer.
func recordTransfer(u *operation.Unit, t *org.Transfer, what transferEvent, requester ident.AccountID) error {
	chain, err := chainAbove(u.Reader, t.Target.Organization)
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
		e := what(u.Source.UUID(), to.Management, told, requester, u.Now())
		if err := u.Record(to.Management, to.Organization, e); err != nil {
			return err
		}
	}
	return nil
}

// transferEvent makes the record of something that happened to a transfer.
type transferEvent func(id string, management ident.AccountID, t event.Transfer, requester ident.AccountID, at time.Time) event.Service

// transferring refuses to delete an organization that takes part in a transfer,
// on either side, or is asked to.
func requireNoTransfer(u *operation.Unit) error {
	for _, counter := range []store.CounterName{transfersInbound, transfersOutbound} {
		number, err := u.Counter(u.Caller.Organization.ID, counter)
		if err != nil {
			return err
		}
		if number > 0 {
			return transferActive()
		}
	}
	for _, name := range []handshake.Recipient{
		{Type: handshake.AccountParty, ID: string(u.Caller.Account.ID)},
		{Type: handshake.EmailParty, ID: string(u.Caller.Account.Email)},
	} {
		received, err := u.OpenHandshakesTo(handshake.TransferResponsibility, name)
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
