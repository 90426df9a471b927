package transfers

import (
	"slices"
	"time"

	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
)

// transferEvent makes the event record of a change of a transfer.
type transferEvent func(id, shared string, management ident.AccountID, t event.Transfer, at time.Time) event.Service

// recordTransfer writes the event record of a change of a transfer by the caller: one
// for the source, the target, and the target of each transfer that inherits it. [AWS:
// orgs_cloudtrail-integration; API reference AcceptHandshake]
func recordTransfer(u *operation.Unit, t *org.Transfer, changed transferEvent) error {
	above, err := chainAbove(u.Reader, t.Target.Organization)
	if err != nil {
		return err
	}
	shown := event.Transfer{
		ID: t.ID, Chain: []ident.TransferID{t.ID}, Type: org.BillingTransfer, Status: string(t.Stored),
		Source: t.Source.Management, Target: t.Target.Management, Requester: u.Caller.Account.ID, Start: t.Start, End: t.End,
	}
	told := []ident.Owner{t.Source.Owner, t.Target.Owner}
	for i := range above {
		// Several chains can lead through one transfer, or to one organization.
		if !slices.Contains(shown.Chain, above[i].ID) {
			shown.Chain = append(shown.Chain, above[i].ID)
		}
		if !slices.Contains(told, above[i].Target.Owner) {
			told = append(told, above[i].Target.Owner)
		}
	}
	shared := u.Source.UUID()
	for _, to := range told {
		e := changed(u.Source.UUID(), shared, to.Management, shown, u.Now())
		if err := u.Record(to.Management, to, e); err != nil {
			return err
		}
	}
	return nil
}
