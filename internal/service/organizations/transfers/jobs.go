package transfers

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// The kinds of jobs of transfers; the subject of each is an id.
const (
	inboundEnds  = "inbound transfer ends"
	outboundEnds = "outbound transfer ends"
	transferGone = "transfer gone"
)

// endsOf are the jobs that end a withdrawn transfer: one for each side, so that each
// finds its own counters right.
func endsOf(t *org.Transfer) []store.Job {
	return []store.Job{
		{Organization: t.Target.Organization, At: t.Over(), Kind: inboundEnds, Subject: string(t.ID)},
		{Organization: t.Source.Organization, At: t.Over(), Kind: outboundEnds, Subject: string(t.ID)},
	}
}

// endInbound takes a transfer that is over out of its chains.
func endInbound(u *operation.Unit, job store.Job) error {
	t, err := u.Transfer(ident.TransferID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	t.Live = false
	if err := u.Tx.UpdateTransfer(t); err != nil {
		return err
	}
	if err := u.Tx.AddToCounter(job.Organization, transfersInbound, -1); err != nil {
		return err
	}
	inherited, err := u.Counter(t.Source.Organization, transfersTotal)
	if err != nil {
		return err
	}
	return countTransfers(u, job.Organization, -1-inherited)
}

// endOutbound lets the source of a transfer that is over agree to another one.
func endOutbound(u *operation.Unit, job store.Job) error {
	return u.Tx.AddToCounter(job.Organization, transfersOutbound, -1)
}

func deleteTransfer(u *operation.Unit, job store.Job) error {
	return u.Tx.DeleteTransfer(ident.TransferID(job.Subject))
}

// Jobs are the handlers of the jobs of transfers.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		inboundEnds:  endInbound,
		outboundEnds: endOutbound,
		transferGone: deleteTransfer,
	}
}
