package store

import (
	"accord/internal/ident"
	"accord/internal/org"
)

// cache is what a transaction that writes has read, because each query is a round trip
// to the database and nobody else changes what the transaction sees. A view has
// snapshotCache instead. Each method that changes a row updates or drops the cached one.
type cache struct {
	accounts map[ident.AccountID]AccountWithOrganization
	numbers  map[ident.OrganizationID]numbers
	// added is what is still to be added to the counters that have been written.
	added map[ident.OrganizationID]map[string]int64
}

func newCache() *cache {
	return &cache{map[ident.AccountID]AccountWithOrganization{}, map[ident.OrganizationID]numbers{}, map[ident.OrganizationID]map[string]int64{}}
}

// AccountWithOrganization is an account and the organization it is in.
type AccountWithOrganization struct {
	Account org.Account
	// Organization is nil for a standalone account.
	Organization *org.Organization
	// PendingJobs is true when jobs of the organization are due. Only
	// AccountWithPendingJobs reads it.
	PendingJobs bool
}

// clone is a copy that shares nothing.
func (p AccountWithOrganization) clone() AccountWithOrganization {
	if p.Account.Membership != nil {
		p.Account.Membership = new(*p.Account.Membership)
	}
	if p.Organization != nil {
		p.Organization = new(*p.Organization)
	}
	return p
}

// numbers are the counters and the own quotas of an organization.
type numbers struct {
	counters, quotas map[string]int64
}

// cachedRow is a row that a view has read, or the absence of one. It goes to
// snapshotCache unless the answer that was made of it does.
type cachedRow struct {
	query, args string
	value       any
	bytes       int
}
