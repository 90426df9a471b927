// Package iam holds the domain types of identities: users, groups, roles, instance
// profiles, managed policies and access keys of an account, with their names and ARNs.
//
// It is pure: it knows no store, no wire and no clock.
package iam

import (
	"strings"
	"time"

	"accord/internal/ident"
)

// Kind is a kind of what IAM keeps under a name.
type Kind string

// The kinds. Policy is that of managed policies, which are no identities.
const (
	User            Kind = "user"
	Group           Kind = "group"
	Role            Kind = "role"
	InstanceProfile Kind = "instance-profile"
	Policy          Kind = "policy"
)

// Identity is a user, a group, a role or an instance profile.
type Identity struct {
	Account ident.AccountID
	Kind    Kind
	// ID is the unique id, which no other identity has or had: AIDA…, AGPA…, AROA…, AIPA….
	ID   string
	Name string
	// Path begins and ends with a slash.
	Path    string
	Created time.Time
	// Boundary is the ID of the managed policy that bounds the permissions of a user or a
	// role; empty for none.
	Boundary string
	RoleSettings
}

// RoleSettings are what roles alone have.
type RoleSettings struct {
	Description string
	TrustPolicy string
	// MaxSession is how long a session of the role may last, in seconds.
	MaxSession int64
	// LastUsed is when a session of the role last called; zero if none did.
	LastUsed       time.Time
	LastUsedRegion string
}

// Key is the form in which names compare: lower case. All characters of names are ASCII.
func Key(name string) string { return strings.ToLower(name) }

// ARN names the identity in a partition.
func (i *Identity) ARN(p ident.Partition) string { return ARN(p, i.Account, i.Kind, i.Path, i.Name) }

// ARN names what IAM keeps under a path and a name.
func ARN(p ident.Partition, account ident.AccountID, kind Kind, path, name string) string {
	return "arn:" + string(p) + ":iam::" + string(account) + ":" + string(kind) + path + name
}

// SessionARN names a session of a role, which has the name of the role without its path.
func SessionARN(p ident.Partition, account ident.AccountID, role, session string) string {
	return "arn:" + string(p) + ":sts::" + string(account) + ":assumed-role/" + role + "/" + session
}

// servicePath is the beginning of the path of service-linked roles. [AWS:
// CreateServiceLinkedRole]
const servicePath = "/aws-service-role/"

// ServiceLinked returns the principal of the service to which a role is linked; empty for
// every other role.
func (i *Identity) ServiceLinked() string {
	principal, is := strings.CutPrefix(i.Path, servicePath)
	if i.Kind != Role || !is {
		return ""
	}
	return strings.TrimSuffix(principal, "/")
}

// ServiceLinkedPath is the path of the roles that are linked to a service.
func ServiceLinkedPath(principal string) string { return servicePath + principal + "/" }

// ManagedPolicy is a managed policy of a customer.
type ManagedPolicy struct {
	Account ident.AccountID
	// ID is the unique id, ANPA….
	ID, Name, Path, Description string
	// DefaultVersion and LastVersion are numbers of versions: the one in force, and the
	// newest that there was.
	DefaultVersion, LastVersion int64
	Created, Updated            time.Time
}

// ARN names the policy in a partition.
func (m *ManagedPolicy) ARN(p ident.Partition) string {
	return ARN(p, m.Account, Policy, m.Path, m.Name)
}

// Version is a version of a managed policy.
type Version struct {
	Number   int64
	Document string
	Created  time.Time
}

// InlinePolicy is a policy that one user, group or role has.
type InlinePolicy struct{ Name, Document string }

// Uses is how often an account has a managed policy attached, and as a permissions
// boundary.
type Uses struct{ Attachments, Boundaries int64 }

// KeyStatus says whether an access key signs.
type KeyStatus string

// The states of an access key.
const (
	Active   KeyStatus = "Active"
	Inactive KeyStatus = "Inactive"
)

// AccessKey is a long-lived access key.
type AccessKey struct {
	ID      string
	Account ident.AccountID
	// User is the ID of the user; empty for a key of the root user.
	User string
	// Sealed is the encrypted secret.
	Sealed   string
	Status   KeyStatus
	Created  time.Time
	Sequence int64
	LastUse  LastUse
}

// LastUse is when an access key last signed a call, and of which service in which Region;
// zero if it never did.
type LastUse struct {
	At              time.Time
	Service, Region string
}

// RoleDeletion is the deletion of a service-linked role, with the state that
// GetServiceLinkedRoleDeletionStatus shows.
type RoleDeletion struct {
	ID, RoleName, Status, Reason string
	Account                      ident.AccountID
	Requested                    time.Time
}
