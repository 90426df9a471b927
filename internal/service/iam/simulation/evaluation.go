package simulation

import (
	"slices"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/document"
	"accord/internal/policy/evaluate"
)

// Limits of one page, without which a request of 1 MiB could ask for hours of work, or an
// answer of gigabytes. [assumed]
const (
	// maxBytes is how many bytes of policies are evaluated, once for each action and
	// resource, and storedBytes what the policies of a principal count at least.
	maxBytes    = 256 << 20
	storedBytes = 8 << 10
	// maxEntries is how many statements and keys the results of a page name.
	maxEntries = 200_000
)

// simulation is what the requests for a simulation have in common, ready to be evaluated.
type simulation struct {
	input  evaluate.Input
	caller evaluate.Principal
	// keys are the condition keys, and given those of them that the request gives.
	keys, given keys
	// owner owns the resources whose ARNs do not name an account.
	owner ident.AccountID
	// resources are the ARNs of the request; none if it was for all resources.
	resources []string
	// missing are the keys that policies ask for and no entry gives.
	missing []string
	// places number the policies in the order in which results name them.
	places map[*evaluate.Named]int
	// bound says that SCPs apply to the caller.
	bound bool
	// bytes is the size of the policies.
	bytes int
	// entries is how many statements and keys the results name so far.
	entries int
}

// outcome is the result for one action on one resource.
type outcome struct {
	decision iamapi.PolicyEvaluationDecisionType
	matched  []matched
	missing  []string
	// details are the results of both accounts, of a simulation across accounts.
	details []iamapi.EvalDecisionDetailsTypeEntry
	// organizations and boundary say what these allow; nil where they do not apply.
	organizations *bool
	boundary      *bool
}

// matched is a statement that decided, with its place among all policies of the simulation.
type matched struct {
	place int
	shown iamapi.Statement
}

const (
	allowed      = iamapi.PolicyEvaluationDecisionTypeAllowed
	explicitDeny = iamapi.PolicyEvaluationDecisionTypeExplicitDeny
	implicitDeny = iamapi.PolicyEvaluationDecisionTypeImplicitDeny
)

// Names of the layers in results. [recorded]
const (
	identityPolicy = "IAM Policy"
	resourceBased  = "Resource Policy"
	boundaryPolicy = "Permissions Boundary Policy"
)

// decisions are the words for the outcomes of layers.
var decisions = map[evaluate.Outcome]iamapi.PolicyEvaluationDecisionType{
	evaluate.ImplicitDeny: implicitDeny, evaluate.Allow: allowed, evaluate.ExplicitDeny: explicitDeny,
}

// layers are the layers whose statements results name, in this order. [recorded: a Deny of
// the boundary is the first; AWS: SCPs are not named]
var layers = []struct {
	source evaluate.Source
	name   string
	// denies says that the layer is named only where it denies. [AWS: EvaluationResult]
	denies bool
}{
	{evaluate.PermissionsBoundary, boundaryPolicy, true},
	{evaluate.IdentityBased, identityPolicy, false},
	{evaluate.ResourceBased, resourceBased, false},
}

// evaluate decides one action on one resource. Where SCPs deny, nothing else is evaluated.
// [AWS: EvaluationResult; recorded]
func (s *simulation) evaluate(action evaluate.Action, arn string) outcome {
	in, r := s.input, evaluate.Request{Principal: s.caller, Action: action, Resource: arn, Context: s.keys, Simulated: true}
	in.ResourceAccount = s.owner
	if parts, n := condition.SplitARN(arn); n == len(parts) && ident.AccountID(parts[4]).Valid() {
		in.ResourceAccount = ident.AccountID(parts[4])
	}
	in.CrossAccount = in.Resource != nil && in.ResourceAccount != s.caller.Account
	d := evaluate.Decide(&in, &r)
	var o outcome
	if s.bound {
		scp := d.Layers[evaluate.SCP]
		if o.organizations = new(!scp.Denies()); scp.Denies() {
			o.decision = decisions[scp.Outcome]
			return o
		}
	}
	if d.Layers[evaluate.PermissionsBoundary].Applies {
		o.boundary = new(d.Layers[evaluate.PermissionsBoundary].Outcome == evaluate.Allow)
	}
	if in.CrossAccount {
		o.details = []iamapi.EvalDecisionDetailsTypeEntry{
			{Key: new(resourceBased), Value: new(decisions[d.Layers[evaluate.ResourceBased].Outcome])},
			{Key: new(identityPolicy), Value: new(decisions[d.Layers[evaluate.IdentityBased].Outcome])},
		}
	}
	cause, denied := d.Cause()
	switch {
	case !fits(action.Name, arn):
		o.decision, o.missing = implicitDeny, s.missing
	case !denied:
		o.decision, o.matched = allowed, s.matches(&in, &r, false)
	case cause.Outcome == evaluate.ExplicitDeny:
		o.decision, o.matched = explicitDeny, s.matches(&in, &r, true)
	default:
		o.decision, o.missing = implicitDeny, s.missing
	}
	s.entries += len(o.matched) + len(o.missing)
	return o
}

// matches are the statements that decided: those with the effect of the decision.
func (s *simulation) matches(in *evaluate.Input, r *evaluate.Request, deny bool) []matched {
	var list []matched
	for _, layer := range layers {
		if layer.denies && !deny {
			continue
		}
		for _, m := range evaluate.Matches(in, r, layer.source) {
			if m.Statement.IsDeny() != deny || layer.source == evaluate.PermissionsBoundary && s.isAttached(m.Policy) {
				continue
			}
			list = append(list, matched{s.places[m.Policy]<<20 + m.Statement.Index, iamapi.Statement{
				SourcePolicyId: new(identifier(m.Policy)), SourcePolicyType: new(layer.name),
				StartPosition: position(m.Statement.Start), EndPosition: position(m.Statement.End),
			}})
		}
	}
	return list
}

// isAttached reports whether a permissions boundary is also a policy of the caller, as
// which it is named. [recorded]
func (s *simulation) isAttached(boundary *evaluate.Named) bool {
	return slices.ContainsFunc(s.input.Identity, func(p *evaluate.Named) bool { return p.ARN != "" && p.ARN == boundary.ARN })
}

// identifier is the ID of a policy in results. [recorded]
func identifier(p *evaluate.Named) string {
	if p.Owner == "" {
		return p.Name
	}
	return strings.Replace(p.Owner, "/", "_", 1) + "_" + p.Name
}

func position(p document.Position) *iamapi.Position {
	return &iamapi.Position{Line: new(int32(p.Line)), Column: new(int32(p.Column))}
}
