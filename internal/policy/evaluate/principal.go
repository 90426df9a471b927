package evaluate

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/condition"
)

// grant is how strongly the principal of an Allow in a resource-based policy names the
// caller: the stronger, the fewer of the caller's own policies have to allow too.
// [AWS: policy evaluation logic, identities within one account]
type grant int

const (
	noGrant      grant = iota // the caller is not named
	accountGrant              // its account is: the account decides by its own policies
	roleGrant                 // the role of its session is: instead of an identity-based policy
	userGrant                 // the user is: a permissions boundary does not limit either
	sessionGrant              // the session itself, or everybody: nor does a session policy
	unreachable               // more than a policy can grant
)

// principal is one principal of a statement.
type principal struct {
	kind string // AWS, Service, Federated or *
	name string
	// account is that of a principal that is a whole account, else "".
	account ident.AccountID
}

func compilePrincipals(list []policy.Principal) []principal {
	var compiled []principal
	for _, p := range list {
		compiled = append(compiled, principal{kind: strings.Clone(p.Kind), name: strings.Clone(p.Name), account: accountOf(p)})
	}
	return compiled
}

// accountOf returns the account that a principal names by its id or its root user.
func accountOf(p policy.Principal) ident.AccountID {
	if p.Kind != "AWS" {
		return ""
	}
	name := p.Name
	if parts, n := condition.SplitARN(name); n == len(parts) && parts[0] == "arn" && parts[2] == "iam" && parts[5] == "root" {
		name = parts[4]
	}
	if id := ident.AccountID(name); id.Valid() {
		return ident.AccountID(strings.Clone(name))
	}
	return ""
}

// grants returns how strongly a principal of a statement names the caller. There are
// no wildcards but a lone *. [AWS: IAM JSON policy elements: Principal]
func (p *principal) grants(caller *Principal, signed bool) grant {
	switch p.kind {
	case policy.Everybody.Kind, "AWS":
		if p.name == "*" {
			if signed && !callers[caller.Kind].account {
				return noGrant
			}
			return sessionGrant
		}
		return p.grantsAccount(caller)
	case "Service":
		if caller.Kind == Service && p.name == caller.Name {
			return sessionGrant
		}
	case "Federated":
		if caller.Kind == WebIdentity && p.name == caller.Name {
			return sessionGrant
		}
	}
	return noGrant
}

// issuerGrants are how strongly a caller is named by its own ARN or ID, and by that of its
// issuer.
var issuerGrants = [...]struct{ own, issuer grant }{
	Root:          {accountGrant, noGrant},
	User:          {userGrant, noGrant},
	Role:          {sessionGrant, roleGrant},
	FederatedUser: {sessionGrant, userGrant},
	WebIdentity:   {},
}

func (p *principal) grantsAccount(caller *Principal) grant {
	switch {
	case !callers[caller.Kind].account || p.name == "":
		return noGrant
	case p.account != "" && p.account == caller.Account:
		return accountGrant
	case caller.isNamed(p.name):
		return issuerGrants[caller.Kind].own
	case p.name == caller.Issuer || p.name == caller.IssuerID:
		return issuerGrants[caller.Kind].issuer
	}
	return noGrant
}

// isNamed reports whether a name is the ARN of a caller, or its unique ID.
func (c *Principal) isNamed(name string) bool { return name == c.ARN || name == c.ID }

// identifiers are the forms in which an element NotPrincipal has to list a caller: its
// account, its session and the issuer of that.
const (
	listsAccount = 1 << iota
	listsOwn
	listsIssuer
)

// exempts reports whether a list of NotPrincipal exempts a caller. A Deny exempts a
// caller only if the list has its account, and the ARNs of its user or of its role and
// its session; an Allow leaves a caller out who is in it in any form. [AWS: IAM JSON
// policy elements: NotPrincipal; assumed: for an Allow]
func exempts(list []principal, caller *Principal, deny, signed bool) bool {
	listed := 0
	for i := range list {
		p := &list[i]
		switch {
		case p.grants(caller, signed) == noGrant:
			continue
		case p.name == "*" || !callers[caller.Kind].account || !deny:
			return true
		case p.account != "":
			listed |= listsAccount
		case caller.isNamed(p.name):
			listed |= listsOwn
		default:
			listed |= listsIssuer
		}
	}
	wanted := listsAccount
	if caller.Kind != Root {
		wanted |= listsOwn
	}
	if caller.Issuer != "" {
		wanted |= listsIssuer
	}
	return callers[caller.Kind].account && listed == wanted
}
