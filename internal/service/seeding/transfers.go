package seeding

import (
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/seed"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// side is the organization that a transfer names, with its management account.
func (r *run) side(name seed.Ref) (ident.AccountID, *org.Organization, error) {
	var account ident.AccountID
	if m := r.index.Management(name); m != nil {
		account = r.accounts[m]
	} else if o, err := r.view().Organization(ident.OrganizationID(name)); err == nil {
		account = o.Management
	} else if ident.AccountID(name).Valid() {
		account = ident.AccountID(name)
	}
	if account == "" {
		return "", nil, nil
	}
	found, err := r.view().AccountWithOrganization(account)
	if err != nil {
		return account, nil, operation.IgnoreMissing(err)
	}
	if !found.Organization.ManagedBy(account) {
		return account, nil, nil
	}
	return account, found.Organization, nil
}

// statusOf is the status that the document asks for.
func statusOf(t *seed.Transfer) org.TransferStatus {
	if t.Status == "" {
		return org.TransferAccepted
	}
	return org.TransferStatus(t.Status)
}

// transfer makes one responsibility transfer.
func (r *run) transfer(t *seed.Transfer, path string) error {
	payer, target, err := r.side(t.Target)
	if err != nil {
		return err
	}
	source, paid, err := r.side(t.Source)
	if err != nil {
		return err
	}
	if target == nil || paid == nil && !strings.Contains(string(t.Source), "@") {
		r.skip(path, "the other organization is not here")
		return nil
	}
	have, err := r.transfersOf(target.ID)
	if err != nil {
		return err
	}
	status := statusOf(t)
	for i := range have {
		x := &have[i]
		if (t.ID == string(x.ID) || t.ID == "" && x.Name == t.Name) && x.StatusAt(r.now) == status {
			return nil
		}
	}
	start, requested, err := r.times(t, path, status)
	if err != nil {
		return err
	}
	if status != org.TransferAccepted && status != org.TransferWithdrawn && status != org.TransferRequested {
		if ended := requested.Add(r.behavior.HandshakeRetention); status != org.TransferExpired && !ended.After(r.now) {
			r.skip(path, "it ended at "+requested.Format(time.RFC3339)+", and is no longer shown")
			return nil
		}
	}
	to := party(handshake.AccountParty, string(source))
	if paid == nil {
		to = party(handshake.EmailParty, string(t.Source))
	}
	by := caller{payer, target.Partition, requested}
	out, err := call(r, by, r.organizations.InviteOrganizationToTransferResponsibility, &orgapi.InviteOrganizationToTransferResponsibilityRequest{
		Target: to, SourceName: &t.Name, Type: new(orgapi.ResponsibilityTransferTypeBilling), StartTimestamp: api.At(start),
	}, t.ID, t.Handshake)
	if err != nil {
		return err
	}
	id := ident.HandshakeID(*out.Handshake.Id)
	r.changed(Add, "transfer", t.Name, t.ID, path, string(status))
	return r.conclude(t, path, id, status, by, caller{source, target.Partition, requested})
}

// conclude takes a transfer that is proposed to its status.
func (r *run) conclude(t *seed.Transfer, path string, id ident.HandshakeID, status org.TransferStatus, by, other caller) error {
	name := string(id)
	var err error
	switch status {
	case org.TransferRequested, org.TransferExpired:
		return nil
	case org.TransferCanceled:
		_, err = call(r, by, r.organizations.CancelHandshake, &orgapi.CancelHandshakeRequest{HandshakeId: &name})
		return err
	case org.TransferDeclined:
		_, err = call(r, other, r.organizations.DeclineHandshake, &orgapi.DeclineHandshakeRequest{HandshakeId: &name})
		return err
	}
	if _, err := call(r, other, r.organizations.AcceptHandshake, &orgapi.AcceptHandshakeRequest{HandshakeId: &name}); err != nil || status == org.TransferAccepted {
		return err
	}
	h, err := r.view().Handshake(id)
	if err != nil {
		return err
	}
	in := &orgapi.TerminateResponsibilityTransferRequest{Id: new(string(h.Offer.Transfer.ID))}
	by.at = r.now
	if t.End != nil {
		end := org.EndOfMonth(t.End.Instant(r.clock))
		in.EndTimestamp = api.At(end)
		// It can be told at the earliest in the month before.
		if last := end.AddDate(0, 0, -20); last.Before(by.at) {
			by.at = last
		}
		if by.at.Before(other.at) {
			by.at = other.at
		}
	}
	_, err = call(r, by, r.organizations.TerminateResponsibilityTransfer, in)
	return at(path, err)
}

// times are when a transfer begins, and when it was proposed: in time for that.
func (r *run) times(t *seed.Transfer, path string, status org.TransferStatus) (start, requested time.Time, err error) {
	requested = r.now
	if t.Start != nil {
		start = t.Start.Instant(r.clock)
		if latest := start.AddDate(0, 0, -10); latest.Before(requested) {
			requested = latest
		}
	} else if status == org.TransferExpired {
		requested = r.now.AddDate(0, -2, 0)
	}
	if requested, err = r.at(t.Requested, requested, path+".requested"); err != nil {
		return start, requested, err
	}
	if start.IsZero() {
		start, _ = org.TransferStarts(requested)
	}
	return start, requested, nil
}

// transfersOf reads the transfers of which an organization is the target.
func (r *run) transfersOf(target ident.OrganizationID) ([]org.Transfer, error) {
	return listed(page.Newest, func(after page.Cursor, limit int) ([]org.Transfer, error) {
		return r.view().InboundTransfers(target, false, after, limit)
	}, store.AfterTransfer)
}
