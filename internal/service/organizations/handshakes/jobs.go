package handshakes

import (
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/store"
)

func (s *Service) expireHandshake(u *operation.Unit, job store.Job) error {
	// It expires also if the server was down until its retention was over: what it
	// reserved has to be released.
	h, err := u.Tx.HandshakeIncludingPurged(ident.HandshakeID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	if h.Stored.Terminal() {
		return nil
	}
	return s.ApplyServiceEvent(u, &h, handshake.Expire)
}

func deleteHandshake(u *operation.Unit, job store.Job) error {
	return u.Tx.DeleteHandshake(ident.HandshakeID(job.Subject))
}

// Jobs are the handlers of the jobs of handshakes.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		handshakeExpires: s.expireHandshake,
		handshakeGone:    deleteHandshake,
	}
}
