package transfers

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// The kinds of jobs of transfers; the subject of each is an id.
const (
	transferEnds = "transfer ends"
	transferGone = "transfer gone"
)

// endOf is the job that ends a withdrawn transfer. It belongs to the target, whose
// counters it changes; the source counts its transfers by their dates.
func endOf(t *org.Transfer) store.Job {
	return store.Job{Organization: t.Target.Organization, At: t.Over(), Kind: transferEnds, Subject: string(t.ID)}
}

// endTransfer takes a transfer that is over out of its chains.
func endTransfer(u *operation.Unit, job store.Job) error {
	t, err := u.Transfer(ident.TransferID(job.Subject))
	if err != nil {
		return operation.IgnoreMissing(err)
	}
	u.Report("responsibility transfer", "ended", "transfer", t.ID, "source", t.Source.Organization, "target", t.Target.Organization)
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

func deleteTransfer(u *operation.Unit, job store.Job) error {
	u.Report("responsibility transfer", "deleted", "transfer", job.Subject)
	return u.Tx.DeleteTransfer(ident.TransferID(job.Subject))
}

// Jobs are the handlers of the jobs of transfers.
func (s *Service) Jobs() map[string]operation.JobHandler {
	return map[string]operation.JobHandler{
		transferEnds: endTransfer,
		transferGone: deleteTransfer,
	}
}
