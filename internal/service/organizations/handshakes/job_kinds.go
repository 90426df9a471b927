package handshakes

import (
	"accord/internal/handshake"
	"accord/internal/store"
)

// The kinds of jobs of handshakes, whose handlers are in Jobs. The subject of each is
// an id.
const (
	handshakeExpires = "handshake expires"
	handshakeGone    = "handshake gone"
)

// expiryOf is the job that marks a handshake whose time is over.
func expiryOf(h *handshake.Handshake) store.Job {
	rank := 0
	if handshake.Rules[h.Kind].Child {
		rank = 1
	}
	return store.Job{
		Organization: h.Originator.Organization, At: h.Expires, Rank: rank, Kind: handshakeExpires, Subject: string(h.ID),
	}
}

// purgeOf is the job that deletes a finished handshake. It belongs to no
// organization: the handshake may outlive the one that sent it.
func purgeOf(h *handshake.Handshake) store.Job {
	at := h.PurgeAt()
	if handshake.Rules[h.Kind].Child && at.Before(h.Expires) {
		// Its parent may wait for the account until then, although the answer cannot be
		// read any more.
		at = h.Expires
	}
	return store.Job{At: at, Kind: handshakeGone, Subject: string(h.ID)}
}
