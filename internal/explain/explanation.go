package explain

import (
	"fmt"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// Request is a call to be explained.
type Request struct {
	Account ident.AccountID
	// Principal is the ARN of a user, a role, a session of a role or the root user, or what
	// follows the account in it, such as role/Deploy; empty for the root user.
	Principal string
	Action    string
	// Resource is an ARN, or *; empty for one that is not known, or for an action without one.
	Resource string
	// Keys are condition keys of the call, in lower case.
	Keys map[string]model.Key
}

// Accounts are those whose policies can decide: that of the principal, and that of the resource, if
// its ARN names one. Those of AWS Organizations belong to the management account.
func (r *Request) Accounts() []ident.AccountID {
	accounts := []ident.AccountID{r.Account}
	if parts, n := condition.SplitARN(r.Resource); n == len(parts) && ident.AccountID(parts[4]).Valid() {
		accounts = append(accounts, ident.AccountID(parts[4]))
	}
	return accounts
}

// BadRequest is an error in a request.
type BadRequest struct{ Text string }

func (e *BadRequest) Error() string { return e.Text }

func bad(format string, args ...any) error { return &BadRequest{fmt.Sprintf(format, args...)} }

// Explanation is the decision on a call, and what led to it.
type Explanation struct {
	Organization ident.OrganizationID `json:"organization"`
	Account      ident.AccountID      `json:"account"`
	AccountName  string               `json:"accountName"`
	Principal    string               `json:"principal"`
	Action       string               `json:"action"`
	Resource     string               `json:"resource"`
	// Decision is "allowed", "denied" or "depends".
	Decision string `json:"decision"`
	// Keys are the condition keys on which it depends; "resource" is a resource that is not given.
	Keys []string `json:"keys,omitempty"`
	// Because is what denies it, as AWS words it; empty if it is allowed.
	Because string `json:"because,omitempty"`
	// DecidedBy is the statement that decided; nil if nothing allows.
	DecidedBy *Statement `json:"decidedBy,omitempty"`
	Layers    []Layer    `json:"layers"`
	// Changes are the fewest changes with which a call that is denied is not, and one that
	// depends is allowed. With them the decision is Then, and depends on ThenKeys.
	Changes  []Change `json:"changes,omitempty"`
	Then     string   `json:"then,omitempty"`
	ThenKeys []string `json:"thenKeys,omitempty"`
	// Notes say what the decision does not take into account.
	Notes []string `json:"notes,omitempty"`
}

// Layer is a layer of the decision, of service and resource control policies one level.
type Layer struct {
	Layer string `json:"layer"`
	// Target is the root, unit or account of a level.
	Target string `json:"target,omitempty"`
	Name   string `json:"targetName,omitempty"`
	// Outcome is "allows", "denies", "does not allow", "depends", or "does not apply" for the reason Why.
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
	// Statements are those that match.
	Statements []Statement `json:"statements,omitempty"`
}

// Statement is a statement of a policy.
type Statement struct {
	// Effect is "Allow" or "Deny".
	Effect string         `json:"effect"`
	Policy ident.PolicyID `json:"policy,omitempty"`
	ARN    string         `json:"arn,omitempty"`
	Name   string         `json:"policyName"`
	Target string         `json:"target,omitempty"`
	Sid    string         `json:"sid,omitempty"`
	// Index is its number in the policy, from 0; Line where it begins, from 1.
	Index int `json:"index"`
	Line  int `json:"line"`
	// Keys are the condition keys on which it depends whether it matches.
	Keys []string `json:"keys,omitempty"`
}

// inOrder are the layers in the order of a decision. [AWS: policy evaluation logic]
var inOrder = []evaluate.Source{
	evaluate.RCP, evaluate.SCP, evaluate.ResourceBased, evaluate.IdentityBased, evaluate.PermissionsBoundary, evaluate.SessionPolicies,
}

var decisions = map[evaluate.Verdict]string{evaluate.Allowed: "allowed", evaluate.Denied: "denied", evaluate.Depends: "depends"}

// Change is a change of one policy.
type Change struct {
	// Text says in words what to do.
	Text   string `json:"change"`
	Layer  string `json:"layer"`
	Target string `json:"target,omitempty"`
	// Policy is the name or the ID of the policy that is changed; empty for a new one.
	Policy string `json:"policy,omitempty"`
	Sid    string `json:"sid,omitempty"`
	Line   int    `json:"line,omitempty"`
	// JSON is what to add.
	JSON string `json:"json,omitempty"`
}
