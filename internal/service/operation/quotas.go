package operation

import (
	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// Counters of an organization that several packages keep.
const (
	// Reserved: accounts of every state, open invitations and creations in progress.
	Reserved store.CounterName = "reserved"
	// Accounts: accounts of every state, the management account included.
	Accounts store.CounterName = "accounts"
	// Inactive: members whose State is not ACTIVE.
	Inactive store.CounterName = "inactive"
)

// Limit is the number of a quota for an organization; service is empty for a quota
// that does not depend on one.
func (r *Reader) Limit(organization ident.OrganizationID, name quota.Name, service org.ServicePrincipal) (int64, error) {
	overrides, err := r.Quotas(organization)
	if err != nil {
		return 0, err
	}
	facts := quota.Facts{Service: string(service)}
	if len(overrides) > 0 {
		facts.Overrides = make(map[quota.Name]int64, len(overrides))
		for name, number := range overrides {
			facts.Overrides[quota.Name(name)] = number
		}
	}
	if name == quota.AccountClosuresPer30Days {
		all, err := r.Counter(organization, Accounts)
		if err != nil {
			return 0, err
		}
		inactive, err := r.Counter(organization, Inactive)
		if err != nil {
			return 0, err
		}
		facts.Members = all - 1
		facts.ActiveMembers = facts.Members - inactive
	}
	limit := r.Options.Quotas.Of(name, facts)
	if name == quota.AccountsPerOrganization {
		return r.withinPartition(organization, limit)
	}
	return limit, nil
}

// Reserve counts one more of what a quota of the caller's organization limits, or
// rejects the call.
func (u *Unit) Reserve(name quota.Name, counter store.CounterName) error {
	return u.ReserveFor("", name, counter)
}

// ReserveFor is Reserve for a quota that each service has for itself.
func (u *Unit) ReserveFor(service org.ServicePrincipal, name quota.Name, counter store.CounterName) error {
	limit, err := u.Limit(u.Caller.Organization.ID, name, service)
	if err != nil {
		return err
	}
	ok, err := u.Tx.ReserveCounter(u.Caller.Organization.ID, counter, limit)
	if err != nil || ok {
		return err
	}
	return u.QuotaExceeded(name, limit)
}

// RequireWithin rejects the call when a number is above a quota of an organization.
func (r *Reader) RequireWithin(organization ident.OrganizationID, name quota.Name, number int64) error {
	limit, err := r.Limit(organization, name, "")
	if err != nil || number <= limit {
		return err
	}
	return r.QuotaExceeded(name, limit)
}

// QuotaExceeded is the error of a call that would exceed a quota.
func (r *Reader) QuotaExceeded(name quota.Name, limit int64) *api.Error {
	published := name.ErrorFor(r.Operation.Name, limit)
	err := orgapi.Exception(published.Exception, published.Reason)
	if err.Type == orgapi.ErrTooManyRequests().Type {
		// The quotas that give this exception count what is in progress.
		err = err.Saying(orgapi.TextTooManyRequestsInProgress)
	}
	if published.NativeReason != "" {
		err = err.Natively(api.NewError(published.Exception, published.NativeReason, err.Message))
	}
	return err.RaisedBy("--quota " + string(name))
}
