package transfers

import (
	"slices"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// Transfers form chains: an organization that pays the bill of another one inherits
// what that one has taken over. A chain never leads back to its beginning, so walks
// along it end. An organization can have several outbound transfers that are not over:
// as many as its quota allows, and withdrawn ones that run until their end beside the
// transfer that follows. Each of them has its own chain.

// Counters of an organization.
const (
	// transfersInbound: open invitations to transfer, and inbound transfers that
	// bind.
	transfersInbound store.CounterName = "transfers-inbound"
	// transfersTotal: what transfersInbound counts, here and at each organization
	// whose transfers are inherited; once for each chain to it.
	transfersTotal store.CounterName = "transfers-total"
)

// requireChainLength rejects a transfer that would make a chain too long, or close
// one. The quota is the target's. [assumed]
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
	neighbors, err := next(from)
	if err != nil {
		return 0, err
	}
	for _, id := range neighbors {
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
// organization has taken over, upwards. Where a source has several targets, a
// transfer is listed once for each chain to it.
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
		chain = append(append(chain, t), higher...)
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

// requireTransferQuota rejects more transfers below an organization than it, or one
// that inherits them, may have over all chains.
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
