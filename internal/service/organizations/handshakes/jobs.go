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
	attributes := []any{"handshake", h.ID, "organization", h.Originator.Organization}
	if h.Recipient.Type == handshake.AccountParty {
		attributes = append(attributes, "account", h.Recipient.ID)
	}
	u.Report(kindNames[h.Kind], "expired", attributes...)
	return s.ApplyServiceEvent(u, &h, handshake.Expire)
}

// kindNames are the kinds of handshakes in the log.
var kindNames = map[handshake.Kind]string{
	handshake.Invite:                 "invitation",
	handshake.EnableAllFeatures:      "all-features request",
	handshake.ApproveAllFeatures:     "all-features approval",
	handshake.AddServiceLinkedRole:   "service-linked role approval",
	handshake.TransferResponsibility: "responsibility transfer invitation",
}

func deleteHandshake(u *operation.Unit, job store.Job) error {
	u.Report("handshake", "deleted", "handshake", job.Subject)
	return u.Tx.DeleteHandshake(ident.HandshakeID(job.Subject))
}

// Jobs are the handlers of the jobs of handshakes.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		handshakeExpires: s.expireHandshake,
		handshakeGone:    deleteHandshake,
	}
}
