package transfers

import (
	"time"

	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
)

// transferEvent makes the event record of a change of a transfer.
type transferEvent func(id string, management ident.AccountID, t event.Transfer, requester ident.AccountID, at time.Time) event.Service

// recordTransfer writes the event record of a change of a transfer for both sides.
func recordTransfer(u *operation.Unit, t *org.Transfer, changed transferEvent, requester ident.AccountID) error {
	chain, err := chainAbove(u.Reader, t.Target.Organization)
	if err != nil {
		return err
	}
	shown := event.Transfer{
		ID: t.ID, Chain: make([]ident.TransferID, len(chain)), Type: org.BillingTransfer, Status: string(t.Stored),
		Source: t.Source.Management, Target: t.Target.Management, Start: t.Start, End: t.End,
	}
	for i := range chain {
		shown.Chain[i] = chain[i].ID
	}
	for _, to := range []ident.Owner{t.Target.Owner, t.Source.Owner} {
		e := changed(u.Source.UUID(), to.Management, shown, requester, u.Now())
		if err := u.Record(to.Management, to, e); err != nil {
			return err
		}
	}
	return nil
}
