package simulation

import (
	"errors"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/policy/evaluate"
	"accord/internal/policy/wildcard"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// source finds the user, group or role whose policies are simulated. Its name alone finds
// it: the path in the ARN may be another one. [recorded]
func source(r *operation.Reader, arn string) (iam.Identity, error) {
	none := iamapi.ErrNoSuchEntity().Saying(iamapi.TextNoSuchEntitySimulationSource)
	named, ok := iam.ParseARN(arn)
	switch {
	case !ok, named.Account != r.Caller.Account.ID:
		return iam.Identity{}, none
	case named.Kind != iam.User && named.Kind != iam.Group && named.Kind != iam.Role:
		return iam.Identity{}, none
	}
	i, err := identities.Get(r.View, named.Account, named.Kind, named.Name)
	if errors.Is(err, store.ErrNotFound) {
		return i, none
	}
	return i, err
}

// exclusion takes policies out of a simulation. [AWS: PolicyIdentifier; recorded: scp,
// permission-boundary and user-managed]
type exclusion struct {
	kind *iamapi.PolicyIdentifierPolicyType
	// arn is a pattern of the ARNs of managed policies.
	arn *wildcard.Pattern
	// owner is a pattern of those who have the inline policy of a name.
	owner *wildcard.Pattern
	name  string
}

// exclusions reads the identifiers of an input: each is of exactly one kind. A wildcard
// may stand in names only. [AWS: PolicyIdentifier; assumed: the texts]
func exclusions(list []iamapi.PolicyIdentifier) ([]exclusion, error) {
	out := make([]exclusion, len(list))
	for i, id := range list {
		out[i].kind = id.PolicyType
		given := 0
		if id.PolicyType != nil {
			given++
		}
		if id.PolicyArn != nil {
			given++
			named, ok := iam.ParseARN(*id.PolicyArn)
			fixed := strings.TrimSuffix(*id.PolicyArn, named.Name)
			if !ok || named.Kind != iam.Policy || strings.ContainsAny(fixed, "*?") || strings.Count(named.Name, "*") > 1 {
				return nil, invalid(iamapi.TextInvalidInputPolicyARN, *id.PolicyArn)
			}
			out[i].arn = new(wildcard.Compile(*id.PolicyArn))
		}
		if inline := id.InlinePolicyIdentifier; inline != nil {
			given++
			if strings.Count(*inline.AttachmentName, "*") > 1 {
				return nil, invalid(iamapi.TextInvalidInputSuppliedContent, "AttachmentName may have one * only")
			}
			out[i].owner = new(wildcard.Compile(string(*inline.AttachmentType) + "/" + iam.Key(*inline.AttachmentName)))
			out[i].name = iam.Key(*inline.PolicyName)
		}
		if given != 1 {
			return nil, invalid(iamapi.TextInvalidInputSuppliedContent, "each member of PolicyExclusionList must have exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier")
		}
	}
	return out, nil
}

// typeOf is the type of a policy that an identity has.
func typeOf(p *evaluate.Named) iamapi.PolicyIdentifierPolicyType {
	switch account, _, _ := strings.Cut(strings.TrimPrefix(p.ARN, "arn:"), ":policy/"); {
	case p.ARN == "":
		return iamapi.PolicyIdentifierPolicyTypeInline
	case strings.HasSuffix(account, ":"+string(iam.AWS)):
		return iamapi.PolicyIdentifierPolicyTypeAwsManaged
	}
	return iamapi.PolicyIdentifierPolicyTypeUserManaged
}

// covers reports whether the exclusion takes a policy out.
func (e *exclusion) covers(p *evaluate.Named) bool {
	switch {
	case e.kind != nil:
		return *e.kind == typeOf(p)
	case e.arn != nil:
		return p.ARN != "" && e.arn.Match(p.ARN)
	}
	return p.Owner != "" && iam.Key(p.Name) == e.name && e.owner.Match(iam.Key(p.Owner))
}

// stored is a simulation with the policies of a stored identity, without those that are
// excluded.
func stored(r *operation.Reader, i *iam.Identity, excluded []exclusion) (*simulation, error) {
	arn := i.ARN(r.Caller.Partition())
	p, err := principal(i.Kind, i.Account, arn)
	if err != nil {
		return nil, err
	}
	p.ServiceLinked = i.ServiceLinked() != ""
	s := &simulation{caller: p, owner: i.Account}
	policies, limit, err := r.PoliciesOf(i)
	if err != nil {
		return nil, err
	}
	s.input.Boundary = limit
	if s.input.SCP, s.bound, err = r.ServiceControl(); err != nil {
		return nil, err
	}
	s.bound = s.bound && !p.ServiceLinked
	for _, e := range excluded {
		switch {
		case e.kind == nil:
		case *e.kind == iamapi.PolicyIdentifierPolicyTypeScp:
			s.input.SCP, s.bound = nil, false
		case *e.kind == iamapi.PolicyIdentifierPolicyTypePermissionBoundary:
			s.input.Boundary = evaluate.Limit{}
		}
	}
next:
	for _, p := range policies {
		for i := range excluded {
			if excluded[i].covers(p) {
				continue next
			}
		}
		s.input.Identity = append(s.input.Identity, p)
	}
	return s, nil
}
