package transfers

import (
	"fmt"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/handshakes"
	"accord/internal/store"
)

// MayBegin judges the acceptance of an invitation to transfer.
func MayBegin(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	if u.Caller.Organization == nil {
		return orgapi.ErrAWSOrganizationsNotInUse()
	}
	if err := MayRefuse(u, h, p); err != nil {
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
	if err := requireOutboundQuota(u, source, h.Offer.Transfer.Start); err != nil {
		return err
	}
	if err := requireChainLength(u, source, target); err != nil {
		return err
	}
	// The invitation is counted already; only a quota that was lowered
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

// requireOutboundQuota rejects a transfer that would be in force together with more
// outbound transfers of its source than the quota allows. A withdrawn one counts until
// its end: a payer can be replaced without a gap, but not while it still pays. [AWS:
// billing guide, orgs_transfer_billing-quotas; assumed: that the new one starts after
// the end of the old one]
func requireOutboundQuota(u *operation.Unit, source ident.OrganizationID, start time.Time) error {
	outbound, err := u.LiveOutbound(source)
	if err != nil {
		return err
	}
	together := int64(1)
	for _, t := range outbound {
		if t.End.IsZero() || !start.After(t.End) {
			together++
		}
	}
	return u.RequireWithin(source, quota.TransfersOutbound, together)
}

// MayRefuse rejects all but the management account of an organization, also an account
// that has the address that was invited.
func MayRefuse(u *operation.Unit, _ *handshake.Handshake, _ handshakes.Parties) error {
	if !u.Caller.Organization.ManagedBy(u.Caller.Account.ID) {
		return orgapi.ErrAccessDenied()
	}
	return nil
}

// Begin binds the accepting organization as the source of the transfer.
func Begin(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	t, err := u.Tx.TransferIncludingPurged(h.Offer.Transfer.ID)
	if err != nil {
		return fmt.Errorf("the transfer of handshake %s: %w", h.ID, err)
	}
	source := p.Answerer.Organization
	inherited, err := u.Counter(source.ID, transfersTotal)
	if err != nil {
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
	return recordTransfer(u, &t, event.ResponsibilityTransferAccepted)
}

// Drop gives up a transfer that was proposed, and releases what it reserved.
func Drop(u *operation.Unit, h *handshake.Handshake, _ handshakes.Parties) error {
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
	return u.Plan(store.Job{At: t.PurgeAt, Kind: transferGone, Subject: string(t.ID)})
}

// RequireNone rejects deleting an organization that takes part in a transfer,
// on either side, or is asked to.
func RequireNone(u *operation.Unit) error {
	inbound, err := u.Counter(u.Caller.Organization.ID, transfersInbound)
	if err != nil {
		return err
	}
	if inbound > 0 {
		return transferActive()
	}
	// A withdrawn transfer prevents it until its end, although the source may already
	// have accepted the next one.
	outbound, err := u.LiveOutbound(u.Caller.Organization.ID)
	if err != nil {
		return err
	}
	for _, t := range outbound {
		if t.RunsAt(u.Now()) {
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
