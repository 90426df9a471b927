package seeding

import (
	"slices"
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
		if (t.ID == string(x.ID) || t.ID == "" && x.Name == t.Name) && r.has(x, status) {
			return nil
		}
	}
	start, requested, err := r.times(t, path, status)
	if err != nil {
		return err
	}
	ends, ended := handshake.TransferDeadline(start), requested
	if status == org.TransferRequested && ends.After(r.clock) && !ends.After(r.now) {
		// It was open at the clock of the document, and has expired since.
		status = org.TransferExpired
	}
	if status == org.TransferExpired {
		ended = ends
	}
	switch {
	case status == org.TransferRequested && !ends.After(r.now):
		return failed(path, "a proposal of %s has expired at %s", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case status == org.TransferExpired && ends.After(r.now):
		return failed(path, "a proposal of %s expires at %s, later than now", requested.Format(time.RFC3339), ends.Format(time.RFC3339))
	case slices.Contains(ending, status) && !ended.Add(r.behavior.HandshakeRetention).After(r.now):
		r.skip(path, "it ended at "+ended.Format(time.RFC3339)+", and is no longer shown")
		return nil
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

// ending are the statuses of proposals that came to nothing, which are shown for a while.
var ending = []org.TransferStatus{org.TransferExpired, org.TransferCanceled, org.TransferDeclined}

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
	// It may be one that is no longer shown at present.
	r.tx.SetNow(other.at)
	h, err := r.tx.Handshake(id)
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

// has reports whether a transfer is what the document asks for at present: what was proposed at
// its clock may have expired since.
func (r *run) has(x *org.Transfer, status org.TransferStatus) bool {
	now := x.StatusAt(r.now)
	return now == status || status == org.TransferRequested && now == org.TransferExpired && x.Expires.After(r.clock)
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
		// The latest that can have expired: proposals end a day before a month does.
		month := org.EndOfMonth(r.now).Add(time.Millisecond)
		if handshake.TransferDeadline(month).After(r.now) {
			month = month.AddDate(0, -1, 0)
		}
		requested = handshake.TransferDeadline(month).AddDate(0, 0, -10)
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
