package org

import (
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
)

// BillingTransfer is the only type of responsibility that can be transferred.
// [AWS: ResponsibilityTransferType]
const BillingTransfer = "BILLING"

// TransferStatus is the status of a responsibility transfer. The values are those
// of the wire.
type TransferStatus string

// The statuses. [AWS: ResponsibilityTransferStatus]
const (
	// TransferRequested waits for the answer of the source.
	TransferRequested TransferStatus = "REQUESTED"
	// TransferDeclined, TransferCanceled and TransferExpired: there was no agreement.
	TransferDeclined TransferStatus = "DECLINED"
	TransferCanceled TransferStatus = "CANCELED"
	TransferExpired  TransferStatus = "EXPIRED"
	// TransferAccepted: both sides agreed, whether it has begun or not.
	TransferAccepted TransferStatus = "ACCEPTED"
	// TransferWithdrawn: one side ended it. It goes on until its end.
	TransferWithdrawn TransferStatus = "WITHDRAWN"
)

// Participant is one side of a transfer: an organization, and the address of the
// management account through which it acts.
type Participant struct {
	ident.Owner
	Email ident.Email
}

// Transfer is the agreement, or the wish for one, that one organization manages
// and pays the bill of another.
type Transfer struct {
	ID ident.TransferID
	// Handshake is the invitation that proposed it.
	Handshake ident.HandshakeID
	// Name is what the target calls it.
	Name string
	// Target is the organization that pays; it has invited the other one.
	Target Participant
	// Source is the organization whose bill is paid; zero until it has accepted.
	Source Participant
	// Invited is the source as the target named it.
	Invited handshake.Recipient
	// AnsweredBy is the account that accepted or declined; empty before.
	AnsweredBy ident.AccountID
	// Stored is the status that was last recorded. Readers ask StatusAt.
	Stored    TransferStatus
	Requested time.Time
	// Sequence orders transfers that were requested at the same instant.
	Sequence int64
	// Expires is when the invitation can no longer be answered.
	Expires time.Time
	Start   time.Time
	// End is the last millisecond of the transfer; zero until it is withdrawn.
	End time.Time
	// PurgeAt is when a transfer without agreement is deleted; zero for one
	// that was agreed to.
	PurgeAt time.Time
	// Live is true from the acceptance until the end is recorded: as long as the
	// transfer counts in quotas and belongs to chains.
	Live bool
}

// StatusAt is the status that a reader sees at an instant: an invitation whose
// time is over has expired, recorded or not.
func (t *Transfer) StatusAt(now time.Time) TransferStatus {
	if t.Stored == TransferRequested && !now.Before(t.Expires) {
		return TransferExpired
	}
	return t.Stored
}

// Agreed reports whether the source has accepted the transfer, at whatever time.
func (t *Transfer) Agreed() bool {
	return t.Stored == TransferAccepted || t.Stored == TransferWithdrawn
}

// Over is the first instant after the end of a withdrawn transfer.
func (t *Transfer) Over() time.Time { return t.End.Add(time.Millisecond) }

// RunsAt reports whether the transfer binds both sides at an instant: it is
// agreed to and not over, whether it has begun or not.
func (t *Transfer) RunsAt(now time.Time) bool {
	return t.Agreed() && (t.End.IsZero() || now.Before(t.Over()))
}

// Recipient is by what the source finds the transfer: its organization, once it has
// accepted; before, the account that declined, or the one that was invited.
func (t *Transfer) Recipient() string {
	switch {
	case t.Source.Organization != "":
		return string(t.Source.Organization)
	case t.AnsweredBy != "":
		return string(t.AnsweredBy)
	default:
		return t.Invited.Key()
	}
}

// Withdraw records how the invitation to a transfer ended without an agreement.
func (t *Transfer) Withdraw(h *handshake.Handshake) {
	t.Stored, t.AnsweredBy, t.PurgeAt = TransferStatus(h.Stored), h.AnsweredBy, h.PurgeAt()
}

// TransferStarts is the window for the beginning of a transfer that is proposed
// now: the first of next month, while that can still be accepted in time, and the
// first of the month after it. [AWS: billing guide; that the deadline must lie
// ahead is assumed]
func TransferStarts(now time.Time) (earliest, latest time.Time) {
	earliest, latest = firstOfMonth(now, 1), firstOfMonth(now, 2)
	if !now.Before(handshake.TransferDeadline(earliest)) {
		earliest = latest
	}
	return earliest, latest
}

// TransferEnds is the window for the end of a transfer that is withdrawn now:
// the end of this month or of the next one, and never before the end of the
// month in which the transfer begins. [AWS: billing guide; that the API takes no
// other date than the console, and the last part, are assumed]
func TransferEnds(start, now time.Time) (earliest, latest time.Time) {
	earliest, latest = EndOfMonth(now), firstOfMonth(now, 2).Add(-time.Millisecond)
	if first := EndOfMonth(start); first.After(earliest) {
		earliest = first
	}
	if earliest.After(latest) {
		latest = earliest
	}
	return earliest, latest
}

// EndOfMonth is the last millisecond of the month of an instant, UTC.
func EndOfMonth(at time.Time) time.Time { return firstOfMonth(at, 1).Add(-time.Millisecond) }

// firstOfMonth is the first instant of a month, UTC, some months after that of an
// instant.
func firstOfMonth(at time.Time, months int) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
}
