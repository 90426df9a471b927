package authz

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/behavior"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Authorizer decides calls. It is safe for concurrent use.
type Authorizer struct {
	behavior behavior.Set
	cache    *versions
	// strict is set where a role that is not stored does not exist.
	strict bool
}

// Call is a call to be decided, with its caller as the transaction sees it.
type Call struct {
	View *store.View
	// Caller is the principal, in the partition of its organization.
	Caller  api.Caller
	Account *org.Account
	// Organization is nil for an account that is in none.
	Organization *org.Organization
	Operation    *api.Operation
	Input        api.Request
}

// anyResource stands for the resource of an action that has none.
const anyResource = "*"

// request is a call with the policies that apply to its caller.
type request struct {
	Call
	authorizer *Authorizer
	principal  evaluate.Principal
	identity   *identity
	subject    api.Subject
	scp        []evaluate.Level
	delegation *delegation
	// on is the resource that is decided.
	on *resource
	// once is set when a policy asked for what requests of one caller differ in.
	once bool
	// failed is the error of a query that a condition key needed.
	failed error
}

// resource is one resource of a call.
type resource struct {
	// arn is its ARN, or anyResource.
	arn string
	// template is the ARN of what the call makes, without its ID: delegation policies name
	// it. [AWS: example delegation policies; assumed: for what is made]
	template string
	// owner is the account that owns it, where that is not the management account of the
	// caller's organization.
	owner ident.AccountID
	// ours is set for what the caller's organization owns, so that its delegation policy
	// counts.
	ours bool
	// tagged is the organization and the ID under which the resource has tags.
	tagged organizationResource
	// trust is the trust policy of a role that is to be assumed.
	trust *evaluate.Named
	// iamID is the unique ID of a resource of IAM that exists.
	iamID string
	// keys are condition keys that the resource fills.
	keys []api.ContextKey
	// handshake is that of a resource that is one.
	handshake *handshake.Handshake
}

// need is an action that a call needs besides its own, and the resource that it acts on.
type need struct {
	action evaluate.Action
	on     *resource
}

type organizationResource struct {
	organization ident.OrganizationID
	id           string
}

// isOrganizations reports whether the call is one of AWS Organizations.
func (r *request) isOrganizations() bool {
	return strings.HasPrefix(r.Operation.Access.Action, "organizations:")
}

// assumeRole is the action that the trust policy of a role decides, assumeRoot that for a
// session of a root user.
const (
	assumeRole = "sts:AssumeRole"
	assumeRoot = "sts:AssumeRoot"
)

// assumes reports whether the call assumes a role.
func (r *request) assumes() bool { return r.Operation.Access.Action == assumeRole }

func (r *request) owner() ident.Owner { return r.Organization.Owner() }

func (r *request) organizationID() ident.OrganizationID {
	if r.Organization == nil {
		return ""
	}
	return r.Organization.ID
}

// resourceAccount owns the resource: the management account for all that is in an
// organization. [recorded]
func (r *request) resourceAccount() ident.AccountID {
	switch {
	case r.on.owner != "":
		return r.on.owner
	case r.Organization != nil && r.isOrganizations():
		return r.Organization.Management
	}
	return r.Account.ID
}

// text is the text of a denial. [AWS: troubleshoot access denied error messages; seen: for
// AWS Organizations in event records]
func (r *request) text(d *evaluate.Decision, action evaluate.Action) string {
	cause, _ := d.Cause()
	switch {
	case r.Operation.Access.Action == assumeRoot:
		// Whatever the cause. [recorded]
		return r.unauthorized(action.Name, r.on.arn)
	case r.hides(cause):
		return r.unauthorized(action.Name, r.subject.Resources[0].Text)
	}
	return r.unauthorized(action.Name, r.on.arn) + " " + cause.Text(action)
}

// unauthorized says who may not do what, and not why.
func (r *request) unauthorized(action, on string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", r.Caller.Principal, action, on)
}

// hides reports whether a denial must not say more: whoever may not assume a role does not
// learn whether it exists, nor how its name is written, unless a policy forbids it by name. [seen widely]
func (r *request) hides(cause evaluate.Cause) bool {
	return len(r.subject.Resources) > 0 && r.assumes() && cause.Outcome == evaluate.ImplicitDeny
}

// unlimited is the principal for a caller whose identity limits it in nothing: decided
// like the root user, and named by its own ARN in conditions.
func (r *request) unlimited() evaluate.Principal {
	p := r.principal
	p.Kind, p.Issuer, p.IssuerID = evaluate.Root, "", ""
	return p
}

// needsGrant reports whether the delegation policy has to grant the call, because the
// standing of the account does not: that of a member who is no delegated administrator, or
// for an operation that administrators do not have. [AWS: guide; recorded]
func (r *request) needsGrant() bool {
	access := r.Operation.Access
	if !access.Delegable || r.delegation == nil {
		return false
	}
	switch access.Standing {
	case api.Management:
		return true
	case api.Reader:
	default:
		if !r.asksForAnother() {
			return false
		}
	}
	administrator, err := r.View.IsDelegatedAdministrator(r.Organization.ID, r.Account.ID)
	if err != nil {
		r.failed = err
	}
	return !administrator
}

// isDelegate reports whether the delegation policy grants the account of the caller, or a
// user or a role of it, anything.
func (r *request) isDelegate() bool {
	d := r.delegation
	if d.everybody || d.accounts[r.Account.ID] {
		return true
	}
	for _, id := range d.entities {
		stored, err := identities.ByID(r.View, id)
		switch {
		case err == nil && stored.Account == r.Account.ID:
			return true
		case err != nil && !errors.Is(err, store.ErrNotFound):
			r.failed = err
		}
	}
	return false
}

// asksForAnother reports whether a member asks for the effective policy of another account.
func (r *request) asksForAnother() bool {
	if r.Operation.Name != "DescribeEffectivePolicy" {
		return false
	}
	return slices.ContainsFunc(r.subject.Resources, func(n api.Named) bool { return n.Text != string(r.Account.ID) })
}
