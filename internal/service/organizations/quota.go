package organizations

import (
	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// The numbers that are kept for quotas.
const (
	// places: accounts of every state, open invitations and creations in progress.
	places store.CounterName = "places"
	// accounts: accounts of every state, the management account included.
	accounts store.CounterName = "accounts"
	// units: organizational units.
	units store.CounterName = "units"
	// invitationsSent: in the last 24 hours, without accepted ones.
	invitationsSent store.CounterName = "invitations-sent"
	// creationsBegun: in the last 24 hours.
	creationsBegun store.CounterName = "creations-begun"
	// creationsInProgress: CreateAccount requests without an end.
	creationsInProgress store.CounterName = "creations-in-progress"
	// closuresBegun: in the last 30 days.
	closuresBegun store.CounterName = "closures-begun"
	// closuresInProgress: accounts in PENDING_CLOSURE.
	closuresInProgress store.CounterName = "closures-in-progress"
	// consentsMissing: members whose consent to all features is still needed.
	consentsMissing store.CounterName = "consents-missing"
	// transfersInbound: open invitations to transfer, and inbound transfers that
	// bind.
	transfersInbound store.CounterName = "transfers-inbound"
	// transfersOutbound: outbound transfers that bind.
	transfersOutbound store.CounterName = "transfers-outbound"
	// transfersTotal: what transfersInbound counts, here and at each organization
	// whose transfers are inherited; once for each way to it.
	transfersTotal store.CounterName = "transfers-total"
)

// administratorsOf counts the delegated administrators of a service.
func administratorsOf(service org.ServicePrincipal) store.CounterName {
	return store.CounterName("administrators-of-" + service)
}

// limit is the number of a quota for an organization; service is empty for a
// quota that does not depend on one.
func (w *writing) limit(organization ident.OrganizationID, name quota.Name, service org.ServicePrincipal) (int64, error) {
	own, err := w.tx.Quotas(organization)
	if err != nil {
		return 0, err
	}
	facts := quotaFacts(own)
	facts.Service = string(service)
	if name == quota.AccountClosuresPer30Days {
		all, err := w.tx.Counter(organization, accounts)
		if err != nil {
			return 0, err
		}
		facts.Members = all - 1
	}
	return w.service.Quotas.Of(name, facts), nil
}

// quotaFacts are the facts of an organization with quotas of its own.
func quotaFacts(overrides map[string]int64) quota.Facts {
	var facts quota.Facts
	if len(overrides) > 0 {
		facts.Overrides = make(map[quota.Name]int64, len(overrides))
		for name, number := range overrides {
			facts.Overrides[quota.Name(name)] = number
		}
	}
	return facts
}

// reserve takes one of what a quota of the organization limits, or refuses.
func (w *writing) reserve(name quota.Name, counter store.CounterName) error {
	return w.reserveFor("", name, counter)
}

// reserveFor is reserve for a quota that each service has for itself.
func (w *writing) reserveFor(service org.ServicePrincipal, name quota.Name, counter store.CounterName) error {
	limit, err := w.limit(w.organization.ID, name, service)
	if err != nil {
		return err
	}
	ok, err := w.tx.ReserveCounter(w.organization.ID, counter, limit)
	if err != nil || ok {
		return err
	}
	return refused(w.operation, name, limit)
}

// within refuses when a number is above a quota of the organization.
func (w *writing) within(organization ident.OrganizationID, name quota.Name, number int64) error {
	limit, err := w.limit(organization, name, "")
	if err != nil || number <= limit {
		return err
	}
	return refused(w.operation, name, limit)
}

// refused is what the caller of an operation is told who met a quota.
func refused(operation string, name quota.Name, limit int64) *api.Error {
	r := name.ErrorFor(operation, limit)
	err := api.NewError(r.Exception, r.Reason, r.Message).RaisedBy("--quota " + string(name))
	if r.NativeReason != "" {
		err = err.Natively(api.NewError(r.Exception, r.NativeReason, r.Message))
	}
	return err
}
