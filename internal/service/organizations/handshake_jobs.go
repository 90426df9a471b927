package organizations

import (
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// The kinds of jobs of handshakes; the subject of each is an id.
const (
	handshakeExpires = "handshake expires"
	handshakeGone    = "handshake gone"
)

// expiryOf is the work that marks a handshake whose time is over.
func expiryOf(h *handshake.Handshake) store.Job {
	rank := 0
	if handshake.Rules[h.Kind].Child {
		rank = 1
	}
	return store.Job{
		Organization: h.Originator.Organization, At: h.Expires, Rank: rank, Kind: handshakeExpires, Subject: string(h.ID),
	}
}

// purgeOf is the work that removes a finished handshake. It belongs to the
// server: the handshake may outlive its organization.
func purgeOf(h *handshake.Handshake) store.Job {
	at := h.PurgeAt()
	if handshake.Rules[h.Kind].Child && at.Before(h.Expires) {
		// Its parent may wait for the account until then, although nobody can read
		// the answer any more.
		at = h.Expires
	}
	return store.Job{At: at, Kind: handshakeGone, Subject: string(h.ID)}
}

func (s *Service) expireHandshake(u *operation.Unit, job store.Job) error {
	// It expires also when nobody came to it before its retention was over: what it
	// held has to be given back.
	h, err := u.Tx.HandshakeIncludingPurged(ident.HandshakeID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	if h.Stored.Terminal() {
		return nil
	}
	return s.applyServiceEvent(u, &h, handshake.Expire)
}

func deleteHandshake(u *operation.Unit, job store.Job) error {
	return u.Tx.DeleteHandshake(ident.HandshakeID(job.Subject))
}
