// Package model holds an organization as it is at one instant: its tree, its policies
// and where they are attached, and the users and roles of its accounts. It compiles them
// and judges what a principal may do.
//
// It is pure. What reads an organization from a store is elsewhere, and a copy that was
// changed in memory is judged like the real one.
package model

import (
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
)

// Organization is an organization at one instant. Its lists are in the order of the
// store; nothing in it is shared with a store.
type Organization struct {
	ID         ident.OrganizationID `json:"id"`
	Management ident.AccountID      `json:"management"`
	Root       ident.RootID         `json:"root"`
	Partition  ident.Partition      `json:"partition"`
	// At is the instant of the transaction that read it.
	At time.Time `json:"at"`
	// Enabled are the policy types that are enabled in the root.
	Enabled  []org.PolicyType `json:"enabled"`
	Units    []Unit           `json:"units"`
	Accounts []Account        `json:"accounts"`
	// Policies are those of the customer. Those of AWS are in package policy.
	Policies []Policy `json:"policies"`
	// Attachments are the attachments of enabled types, for each target in the order of
	// attachment. A default policy is attached to every target that Detached does not name.
	Attachments []Attachment `json:"attachments"`
	Detached    []Attachment `json:"detached"`
	// Identities are the users, groups and roles of the accounts, Managed the managed
	// policies of customers that they have.
	Identities []Identity      `json:"identities"`
	Managed    []ManagedPolicy `json:"managed"`
}

// Unit is an organizational unit.
type Unit struct {
	ID     ident.UnitID   `json:"id"`
	Parent ident.ParentID `json:"parent"`
	Name   string         `json:"name"`
}

// Account is an account of the organization.
type Account struct {
	ID     ident.AccountID `json:"id"`
	Parent ident.ParentID  `json:"parent"`
	Name   string          `json:"name"`
}

// Policy is a policy of the organization.
type Policy struct {
	ID      ident.PolicyID `json:"id"`
	Type    org.PolicyType `json:"type"`
	Name    string         `json:"name"`
	Content string         `json:"content"`
	// File is the file that the content is from; empty for a content of the store.
	File string `json:"file,omitempty"`
}

// Attachment is a policy on a target.
type Attachment struct {
	Target ident.TargetID `json:"target"`
	Policy ident.PolicyID `json:"policy"`
}

// Identity is a user, group or role.
type Identity struct {
	Account ident.AccountID `json:"account"`
	Kind    iam.Kind        `json:"kind"`
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Path    string          `json:"path"`
	// Boundary and Policies are IDs of managed policies.
	Boundary string             `json:"boundary,omitempty"`
	Policies []string           `json:"policies,omitempty"`
	Inline   []iam.InlinePolicy `json:"inline,omitempty"`
	// Groups are the IDs of the groups of a user.
	Groups []string  `json:"groups,omitempty"`
	Tags   []org.Tag `json:"tags,omitempty"`
	// Trust is the trust policy of a role.
	Trust string `json:"trust,omitempty"`
}

// ARN names the identity in a partition.
func (i *Identity) ARN(p ident.Partition) string {
	return iam.ARN(p, i.Account, i.Kind, i.Path, i.Name)
}

// ManagedPolicy is a managed policy of a customer in its version in force.
type ManagedPolicy struct {
	ID       string          `json:"id"`
	Account  ident.AccountID `json:"account"`
	Name     string          `json:"name"`
	Path     string          `json:"path"`
	Document string          `json:"document"`
}

// Clone returns a copy whose lists can be changed.
func (o *Organization) Clone() *Organization {
	c := *o
	c.Enabled = append([]org.PolicyType(nil), o.Enabled...)
	c.Accounts = append([]Account(nil), o.Accounts...)
	c.Policies = append([]Policy(nil), o.Policies...)
	c.Attachments = append([]Attachment(nil), o.Attachments...)
	c.Detached = append([]Attachment(nil), o.Detached...)
	return &c
}

// Account returns an account; nil if the organization has none with the ID.
func (o *Organization) Account(id ident.AccountID) *Account {
	for i := range o.Accounts {
		if o.Accounts[i].ID == id {
			return &o.Accounts[i]
		}
	}
	return nil
}

// Unit returns a unit; nil if the organization has none with the ID.
func (o *Organization) Unit(id ident.UnitID) *Unit {
	for i := range o.Units {
		if o.Units[i].ID == id {
			return &o.Units[i]
		}
	}
	return nil
}

// Policy returns a policy of the customer; nil if there is none with the ID.
func (o *Organization) Policy(id ident.PolicyID) *Policy {
	for i := range o.Policies {
		if o.Policies[i].ID == id {
			return &o.Policies[i]
		}
	}
	return nil
}

// Has reports whether a target is in the organization.
func (o *Organization) Has(t ident.TargetID) bool {
	return string(t) == string(o.Root) || o.Unit(ident.UnitID(t)) != nil || o.Account(ident.AccountID(t)) != nil
}

// Owner is the part of ARNs that names the organization.
func (o *Organization) Owner() ident.Owner {
	return ident.Owner{Partition: o.Partition, Management: o.Management, Organization: o.ID}
}
