// Package org holds the domain types of an organization: the organization itself, its
// accounts, units and requests, with the states they can be in and the rules
// about them that need neither a store nor a clock.
package org

import (
	"time"

	"accord/internal/ident"
)

// FeatureSet is what an organization can do. The values are those of the wire.
type FeatureSet string

// The feature sets. [AWS: OrganizationFeatureSet]
const (
	AllFeatures         FeatureSet = "ALL"
	ConsolidatedBilling FeatureSet = "CONSOLIDATED_BILLING"
)

// RootName is the name of every root.
const RootName = "Root"

// Organization is a set of accounts under one management account.
type Organization struct {
	ID         ident.OrganizationID
	Management ident.AccountID
	Root       ident.RootID
	FeatureSet FeatureSet
	// Partition is fixed when the organization is made.
	Partition ident.Partition
	Created   time.Time
	// PolicyVersion is another number after each change that can change what policies
	// allow in the organization.
	PolicyVersion int64
}

// Owner is what is in the ARN of everything in the organization.
func (o *Organization) Owner() ident.Owner {
	return ident.Owner{Partition: o.Partition, Management: o.Management, Organization: o.ID}
}

// ManagedBy reports whether the account is the management account of the organization,
// which may be nil.
func (o *Organization) ManagedBy(id ident.AccountID) bool { return o != nil && o.Management == id }

// RootPath is the path of the organization's root.
func (o *Organization) RootPath() string { return ident.RootPath(o.ID, o.Root) }
