package iam

import (
	"time"

	"accord/internal/ident"
)

// MadeRole is a role that AWS makes in an account, with the one managed policy that is
// attached to it.
type MadeRole struct {
	Identity
	// PolicyPath and PolicyName are those of the managed policy, which is one of AWS.
	PolicyPath, PolicyName string
}

// madeSession is how long a session of such a role may last, in seconds. [recorded]
const madeSession = 3600

// AccessRole is the role by which the management account of an organization enters an
// account that it created. [AWS: CreateAccount; recorded]
func AccessRole(account, management ident.AccountID, p ident.Partition, id, name string, now time.Time) MadeRole {
	return MadeRole{Identity{
		Account: account, Kind: Role, ID: id, Name: name, Path: "/", Created: now.Truncate(time.Second),
		RoleSettings: RoleSettings{MaxSession: madeSession, TrustPolicy: trusting("AWS", p.RootUserARN(management))},
	}, "/", "AdministratorAccess"}
}

// OrganizationsPrincipal is the service that AWSServiceRoleForOrganizations belongs to.
const OrganizationsPrincipal = "organizations.amazonaws.com"

// OrganizationsRole is AWSServiceRoleForOrganizations of an account. [AWS: service-linked
// roles; recorded: the description]
func OrganizationsRole(account ident.AccountID, id string, now time.Time) MadeRole {
	return MadeRole{Identity{
		Account: account, Kind: Role, ID: id, Name: "AWSServiceRoleForOrganizations", Path: ServiceLinkedPath(OrganizationsPrincipal),
		Created: now.Truncate(time.Second),
		RoleSettings: RoleSettings{
			MaxSession: madeSession, TrustPolicy: TrustingService(OrganizationsPrincipal),
			Description: "Service-linked role used by AWS Organizations to enable integration of other AWS services with Organizations.",
		},
	}, "/aws-service-role/", "AWSOrganizationsServiceTrustPolicy"}
}

// TrustingService is the trust policy of a service-linked role.
func TrustingService(principal string) string { return trusting("Service", principal) }

func trusting(kind, principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"` + kind + `":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
}
