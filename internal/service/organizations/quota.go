package organizations

import (
	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/limits"
	"accord/internal/org"
	"accord/internal/store"
)

// The numbers that are kept for quotas.
const (
	// places: accounts of every state, open invitations and creations in progress.
	places store.Counter = "places"
	// accounts: accounts of every state, the management account included.
	accounts store.Counter = "accounts"
	// units: organizational units.
	units store.Counter = "units"
	// invitationsSent: in the last 24 hours, without accepted ones.
	invitationsSent store.Counter = "invitations-sent"
	// creationsBegun: in the last 24 hours.
	creationsBegun store.Counter = "creations-begun"
	// creationsInProgress: CreateAccount requests without an end.
	creationsInProgress store.Counter = "creations-in-progress"
	// closuresBegun: in the last 30 days.
	closuresBegun store.Counter = "closures-begun"
	// closuresInProgress: accounts in PENDING_CLOSURE.
	closuresInProgress store.Counter = "closures-in-progress"
	// consentsMissing: members whose consent to all features is still needed.
	consentsMissing store.Counter = "consents-missing"
	// transfersInbound: open invitations to transfer, and inbound transfers that
	// bind.
	transfersInbound store.Counter = "transfers-inbound"
	// transfersOutbound: outbound transfers that bind.
	transfersOutbound store.Counter = "transfers-outbound"
	// transfersTotal: what transfersInbound counts, here and at each organization
	// whose transfers are inherited; once for each way to it.
	transfersTotal store.Counter = "transfers-total"
)

// administratorsOf counts the delegated administrators of a service.
func administratorsOf(service org.ServicePrincipal) store.Counter {
	return store.Counter("administrators-of-" + service)
}

// limit is the number of a quota for an organization; service is empty for a
// quota that does not depend on one.
func (w *writing) limit(organization ident.OrganizationID, name limits.Name, service org.ServicePrincipal) (int64, error) {
	own, err := w.tx.Quotas(organization)
	if err != nil {
		return 0, err
	}
	facts := quotaFacts(own)
	facts.Service = string(service)
	if name == limits.AccountClosuresPer30Days {
		all, err := w.tx.CounterOf(organization, accounts)
		if err != nil {
			return 0, err
		}
		facts.Members = all - 1
	}
	return w.service.Limits.Of(name, facts), nil
}

// quotaFacts are the facts of an organization with quotas of its own.
func quotaFacts(overrides map[string]int64) limits.Facts {
	var facts limits.Facts
	if len(overrides) > 0 {
		facts.Overrides = make(map[limits.Name]int64, len(overrides))
		for name, number := range overrides {
			facts.Overrides[limits.Name(name)] = number
		}
	}
	return facts
}

// reserve takes one of what a quota of the organization limits, or refuses.
func (w *writing) reserve(name limits.Name, counter store.Counter) error {
	return w.reserveFor("", name, counter)
}

// reserveFor is reserve for a quota that each service has for itself.
func (w *writing) reserveFor(service org.ServicePrincipal, name limits.Name, counter store.Counter) error {
	limit, err := w.limit(w.organization.ID, name, service)
	if err != nil {
		return err
	}
	ok, err := w.tx.Reserve(w.organization.ID, counter, limit)
	if err != nil || ok {
		return err
	}
	return refused(w.operation, name, limit)
}

// within refuses when a number is above a quota of the organization.
func (w *writing) within(organization ident.OrganizationID, name limits.Name, number int64) error {
	limit, err := w.limit(organization, name, "")
	if err != nil || number <= limit {
		return err
	}
	return refused(w.operation, name, limit)
}

// refused is what the caller of an operation is told who met a quota.
func refused(operation string, name limits.Name, limit int64) *api.Error {
	r := name.Refusal(operation, limit)
	err := api.NewError(r.Exception, r.Reason, r.Message).RaisedBy("--quota " + string(name))
	if r.NativeReason != "" {
		err = err.Natively(api.NewError(r.Exception, r.NativeReason, r.Message))
	}
	return err
}
