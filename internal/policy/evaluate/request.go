package evaluate

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/policy/condition"
)

// Request is one request to be decided: a caller, an action and a resource.
type Request struct {
	Principal Principal
	Action    Action
	// Resource is the ARN of the resource; * or "" for an action without one. A call that
	// acts on several resources needs a decision for each.
	Resource string
	// AnyResource says that the resource is not known. Judge and Explain look at it: what a
	// statement without a pattern for all resources decides depends on UnknownResource.
	AnyResource bool
	// Context gives the condition keys.
	Context condition.Context
	// Simulated is set for the policy simulator, which compares some condition values
	// differently. [recorded]
	Simulated bool
}

// isBeyondRCPs reports whether RCPs do not bind the request, whatever the resource's account:
// one of a service-linked role, one that assumes such a role, or one that retires a grant
// of KMS. [AWS: resource control policies, resources and entities not restricted]
func (r *Request) isBeyondRCPs() bool {
	return r.Principal.ServiceLinked || r.Action.folded == "kms:retiregrant" ||
		strings.HasPrefix(r.Action.folded, "sts:assumerole") && strings.Contains(r.Resource, ":role/aws-service-role/")
}

// UnknownResource is named among the keys that a verdict depends on where it depends on a
// resource that is not known.
const UnknownResource = "resource"

// Action is an action such as organizations:AcceptHandshake. The name of an operation
// is made into one once, and not for each request.
type Action struct {
	Name   string // as messages name it
	folded string // in lower case
}

// ActionOf returns the action with this name.
func ActionOf(name string) Action { return Action{Name: name, folded: strings.ToLower(name)} }

// Principal is the caller of a request.
type Principal struct {
	Kind PrincipalKind
	// ARN is that of the root user, of the user, or of the session: for a role session
	// arn:aws:sts::ID:assumed-role/NAME/SESSION. "" for other callers.
	ARN string
	// Issuer is the ARN of the role of a session, or of the user to whom a federated
	// user belongs.
	Issuer string
	// ID is the unique ID of the user, or of the session: AROA…:SESSION. IssuerID is that of
	// the issuer. They are "" where nothing is stored of the caller; policies that were
	// saved name users and roles by them.
	ID, IssuerID string
	// Account owns the principal; "" for services and anonymous callers.
	Account ident.AccountID
	// Name is the service principal, or the provider of a web identity.
	Name string
	// ServiceLinked says that the role of the session is a service-linked role.
	ServiceLinked bool
}

// PrincipalKind is a kind of caller.
type PrincipalKind int

// The kinds of callers.
const (
	Anonymous     PrincipalKind = iota // without a signature
	Root                               // the root user of an account, also in a session of AssumeRoot
	User                               // an IAM user, also in a session of GetSessionToken
	Role                               // a session of a role
	FederatedUser                      // a session of GetFederationToken
	Service                            // a service principal
	WebIdentity                        // an identity of a provider, also of SAML
)

// callers holds what the kinds of callers have.
var callers = [...]struct {
	account  bool // belongs to an account, whose SCPs apply
	policies bool // has identity-based policies, which must allow
	kind     string
}{
	Anonymous:     {},
	Root:          {account: true, kind: "Account"},
	User:          {account: true, policies: true, kind: "User"},
	Role:          {account: true, policies: true, kind: "AssumedRole"},
	FederatedUser: {account: true, policies: true, kind: "FederatedUser"},
	Service:       {},
	WebIdentity:   {},
}

// Type is the value of aws:PrincipalType; empty for a caller that belongs to no account.
func (k PrincipalKind) Type() string { return callers[k].kind }
