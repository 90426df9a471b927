// Package handshake is the state machine of agreements: what a handshake is, its
// parties, and which events move it from which state to which.
//
// Everything that differs between the kinds of handshake is in one table,
// rules.go. The package is pure: it knows no store, no wire shape and no clock;
// instants are handed in, and what a move does is only a name here.
package handshake

import (
	"time"

	"accord/internal/ident"
)

// PartyType says what the id of a party is. The values are those of the wire.
type PartyType string

// The types of party. [AWS: HandshakePartyType]
const (
	AccountParty      PartyType = "ACCOUNT"
	OrganizationParty PartyType = "ORGANIZATION"
	EmailParty        PartyType = "EMAIL"
)

// Recipient is the account that must answer, as the sender named it.
type Recipient struct {
	// Type is AccountParty or EmailParty; empty for a kind without a recipient.
	Type PartyType
	// ID is the account id, or the address as it was written.
	ID string
}

// Key is the form in which recipients compare and by which an account finds
// what was sent to it: the account id, or the address without regard to case.
func (r Recipient) Key() string {
	if r.Type == EmailParty {
		return ident.Email(r.ID).Key()
	}
	return r.ID
}

// Handshake is one request between an organization and an account, between two
// organizations, or within one.
type Handshake struct {
	ID   ident.HandshakeID
	Kind Kind
	// Originator is the organization that sent it, and the management account
	// through which it acts.
	Originator ident.Owner
	// Parent is the handshake of the whole organization that a child belongs to;
	// empty for every other kind.
	Parent    ident.HandshakeID
	Recipient Recipient
	// AnsweredBy is the account that accepted or declined; empty before. From then
	// on the handshake belongs to it, also when its address changes.
	AnsweredBy ident.AccountID
	// Excused is true for a child whose account has gone away: its parent no longer
	// waits for the answer.
	Excused bool
	// Stored is the state that was last recorded. Readers ask StateAt.
	Stored    State
	Requested time.Time
	// Sequence orders handshakes that were requested at the same instant.
	Sequence int64
	Expires  time.Time
	// Ended is when the recorded terminal state began; zero before.
	Ended time.Time
	// Retention is how long a finished handshake can still be read.
	Retention time.Duration
	// Offer is what the recipient of an invitation was shown; its texts are those
	// of the moment of sending. Other kinds have none.
	Offer Offer
}

// Offer is the snapshot that an invitation carries, to join or to transfer.
type Offer struct {
	ManagementEmail string
	ManagementName  string
	// FeatureSet is the feature set that the recipient is asked to join; empty in
	// an invitation to transfer.
	FeatureSet string
	// Notes is the sender's text; empty when none was sent.
	Notes string
	// Transfer is what the recipient is asked to transfer; nil for every kind but
	// TransferResponsibility.
	Transfer *Transfer
}

// Transfer is the responsibility transfer that a handshake proposes.
type Transfer struct {
	ID ident.TransferID
	// Type is what is transferred; the value is that of the wire.
	Type string
	// Start is when the sender begins to pay.
	Start time.Time
}

// StateAt is the state that a reader sees at an instant: an unanswered
// handshake whose time is over has expired, recorded or not.
func (h *Handshake) StateAt(now time.Time) State {
	if !h.Stored.Terminal() && !now.Before(h.Expires) {
		return Rules[h.Kind].Moves[Expire].To
	}
	return h.Stored
}

// EndedAt is when the terminal state of StateAt began. It is the instant of
// expiry, not that of its discovery; zero while the handshake can still move.
func (h *Handshake) EndedAt(now time.Time) time.Time {
	if h.Stored.Terminal() {
		return h.Ended
	}
	if h.StateAt(now).Terminal() {
		return h.Expires
	}
	return time.Time{}
}

// PurgeAt is when the handshake disappears from every answer if nothing else
// happens to it.
func (h *Handshake) PurgeAt() time.Time {
	if h.Stored.Terminal() {
		return h.Ended.Add(h.Retention)
	}
	return h.Expires.Add(h.Retention)
}

// Gone reports whether the handshake can no longer be read at an instant.
func (h *Handshake) Gone(now time.Time) bool { return !now.Before(h.PurgeAt()) }

// Enter records that the handshake has taken a state.
func (h *Handshake) Enter(state State, at time.Time) {
	h.Stored = state
	if state.Terminal() {
		h.Ended = at
	}
}

// Segment is the part of the ARN that names the kind.
func (h *Handshake) Segment() string { return Rules[h.Kind].Segment }

// ARN names the handshake. The account in it is always the originating
// management account. [AWS: ARNs of AWS Organizations]
func (h *Handshake) ARN() string { return h.Originator.HandshakeARN(h.Segment(), h.ID) }
