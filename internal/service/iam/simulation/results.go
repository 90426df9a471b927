package simulation

import (
	"cmp"
	"context"
	"slices"

	"accord/internal/api/iamapi"
	"accord/internal/policy/evaluate"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// answer is the output of both simulations, which differ in their names only.
type answer struct {
	results []iamapi.EvaluationResult
	next    *string
}

// run evaluates the actions of a page. [recorded: pages count actions; order and duplicates
// of the input stay]
func (s *simulation) run(ctx context.Context, r *operation.Reader, actions []string) (answer, error) {
	page, next, err := entity.Ranked(r, actions)
	if err != nil {
		return answer{}, err
	}
	s.prepare()
	if s.work(len(page)) > maxBytes {
		return answer{}, invalid(iamapi.TextInvalidInputSuppliedContent, "the policies are too large for so many actions and resources; ask for fewer, or set MaxItems")
	}
	a := answer{results: []iamapi.EvaluationResult{}, next: next}
	for _, action := range page {
		result, err := s.result(ctx, action)
		if err != nil {
			return answer{}, err
		}
		a.results = append(a.results, result)
	}
	return a, nil
}

// work is about how many bytes of policies are compared for so many actions. Matching reads
// a pattern once for each 64 bytes of a text.
func (s *simulation) work(actions int) int {
	longest := 0
	for _, arn := range s.resources {
		longest = max(longest, len(arn))
	}
	for _, values := range s.given {
		longest = max(longest, values.Longest())
	}
	return max(s.bytes, storedBytes) * actions * max(1, len(s.resources)) * (1 + longest/64)
}

// prepare completes a simulation whose policies are all there.
func (s *simulation) prepare() {
	s.places = map[*evaluate.Named]int{}
	named := slices.Concat(s.input.Boundary.Policies, s.input.Identity)
	if s.input.Resource != nil {
		named = append(named, s.input.Resource)
	}
	for i, p := range named {
		s.places[p] = i
	}
	// Keys are listed in the order of identity-based policies first. [assumed]
	own := slices.Concat(s.input.Identity, s.input.Boundary.Policies)
	if s.input.Resource != nil {
		own = append(own, s.input.Resource)
	}
	s.missing = keysOf(own, s.given)
}

// result evaluates one action on all resources.
func (s *simulation) result(ctx context.Context, name string) (iamapi.EvaluationResult, error) {
	action := evaluate.ActionOf(name)
	resources := s.resources
	if resources == nil {
		resources = []string{anyResource}
	}
	outcomes := make([]outcome, len(resources))
	for i, arn := range resources {
		if err := ctx.Err(); err != nil {
			return iamapi.EvaluationResult{}, err
		}
		if outcomes[i] = s.evaluate(action, arn); s.entries > maxEntries {
			return iamapi.EvaluationResult{}, invalid(iamapi.TextInvalidInputSuppliedContent, "the result would name too many statements and context keys; ask for fewer actions or resources")
		}
	}
	all := summary(outcomes)
	result := iamapi.EvaluationResult{
		EvalActionName: &name, EvalResourceName: new(nameOf(name, resources)), EvalDecision: &all.decision,
		MatchedStatements: statements(all.matched), MissingContextValues: append([]string{}, all.missing...),
	}
	if all.organizations != nil {
		result.OrganizationsDecisionDetail = &iamapi.OrganizationsDecisionDetail{AllowedByOrganizations: all.organizations}
	}
	result.PermissionsBoundaryDecisionDetail = boundaryDetail(all.boundary)
	if s.resources == nil {
		return result, nil
	}
	result.EvalDecisionDetails = details(&all)
	for i, o := range outcomes {
		result.ResourceSpecificResults = append(result.ResourceSpecificResults, specific(resources[i], &o))
	}
	return result, nil
}

// specific is the result for one resource. Statements are there only if any matched.
// [recorded]
func specific(arn string, o *outcome) iamapi.ResourceSpecificResult {
	result := iamapi.ResourceSpecificResult{
		EvalResourceName: &arn, EvalResourceDecision: &o.decision, MissingContextValues: append([]string{}, o.missing...),
		EvalDecisionDetails: details(o), PermissionsBoundaryDecisionDetail: boundaryDetail(o.boundary),
	}
	if len(o.matched) > 0 {
		result.MatchedStatements = statements(o.matched)
	}
	return result
}

// details are present and empty within one account; where SCPs deny, they are not there.
// [recorded; AWS: EvaluationResult]
func details(o *outcome) []iamapi.EvalDecisionDetailsTypeEntry {
	if o.organizations != nil && !*o.organizations {
		return nil
	}
	return append([]iamapi.EvalDecisionDetailsTypeEntry{}, o.details...)
}

func boundaryDetail(allows *bool) *iamapi.PermissionsBoundaryDecisionDetail {
	if allows == nil {
		return nil
	}
	return &iamapi.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: allows}
}

func statements(list []matched) []iamapi.Statement {
	return entity.All(list, func(m matched) iamapi.Statement { return m.shown })
}

// severity orders decisions, the worst first.
var severity = []iamapi.PolicyEvaluationDecisionType{explicitDeny, implicitDeny, allowed}

func severer(a, b iamapi.PolicyEvaluationDecisionType) int {
	return cmp.Compare(slices.Index(severity, a), slices.Index(severity, b))
}

// summary is the result for several resources: the worst decision, with the statements of
// the resources that have it. [recorded; AWS: EvaluationResult]
func summary(outcomes []outcome) outcome {
	all := outcome{decision: slices.MinFunc(outcomes, func(a, b outcome) int { return severer(a.decision, b.decision) }).decision}
	for _, o := range outcomes {
		if o.decision == all.decision {
			all.matched = append(all.matched, o.matched...)
			all.missing = o.missing
		}
		all.organizations, all.boundary = both(all.organizations, o.organizations), both(all.boundary, o.boundary)
		all.details = worst(all.details, o.details)
	}
	slices.SortStableFunc(all.matched, func(a, b matched) int { return cmp.Compare(a.place, b.place) })
	all.matched = slices.CompactFunc(all.matched, func(a, b matched) bool { return a.place == b.place })
	return all
}

// both is what two parts of a result allow together; nil is a part that says nothing.
func both(a, b *bool) *bool {
	if a == nil || b != nil && !*b {
		return b
	}
	return a
}

// worst are the worse ones of two lists of details, which have the same keys.
func worst(a, b []iamapi.EvalDecisionDetailsTypeEntry) []iamapi.EvalDecisionDetailsTypeEntry {
	if a == nil || b == nil {
		return append(slices.Clone(a), b...)
	}
	out := slices.Clone(a)
	for i := range out {
		if severer(*b[i].Value, *out[i].Value) < 0 {
			out[i].Value = b[i].Value
		}
	}
	return out
}
