package model

import (
	"strings"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
)

// Paths are the organization policies on the path of a principal's account, and on that of the
// account that owns a resource.
type Paths struct{ SCP, RCP []evaluate.Level }

// PathsOf are the policies on the paths of two accounts.
func (s *State) PathsOf(principal, owner ident.AccountID) Paths {
	p := Paths{SCP: s.Levels(policy.ServiceControl, principal.Target())}
	if _, ours := s.names[owner.Target()]; ours {
		p.RCP = s.Levels(policy.ResourceControl, owner.Target())
	}
	return p
}

// JudgePaths judges a question by some organization policies alone.
func (s *State) JudgePaths(q *Question, paths Paths) evaluate.Judgment {
	in := evaluate.Input{SCP: paths.SCP, RCP: paths.RCP, Management: s.Organization.Management, ResourceAccount: q.Owner}
	r := s.request(q)
	// A root user has no policies of its own.
	r.Principal.Kind = evaluate.Root
	// A type without levels is one that is not enabled, which denies nothing.
	return evaluate.Judge(&in, &r)
}

func (s *State) request(q *Question) evaluate.Request {
	return evaluate.Request{Principal: q.Principal.Principal, Action: q.Action, Resource: q.Resource, AnyResource: q.AnyResource, Context: &asked{s, q}}
}

// Inputs are what decides a question.
func (s *State) Inputs(q *Question) (evaluate.Input, evaluate.Request, error) {
	p := q.Principal
	paths := s.PathsOf(p.Account, q.Owner)
	in := evaluate.Input{
		SCP: paths.SCP, RCP: paths.RCP, Management: s.Organization.Management, ResourceAccount: q.Owner,
		Identity: p.policies, Boundary: p.boundary,
	}
	trust, err := s.trust(q)
	if trust != nil {
		in.Resource, in.CrossAccount = trust, q.Owner != p.Account
	}
	return in, s.request(q), err
}

// Judge judges a question.
func (s *State) Judge(q *Question) (evaluate.Judgment, error) {
	in, r, err := s.Inputs(q)
	if err != nil {
		return evaluate.Judgment{}, err
	}
	return evaluate.Judge(&in, &r), nil
}

// trust is the trust policy of the role that a question asks to assume; nil if Accord does
// not know the role.
func (s *State) trust(q *Question) (*evaluate.Named, error) {
	named, ok := iam.ParseARN(q.Resource)
	if !strings.EqualFold(q.Action.Name, "sts:AssumeRole") || !ok || named.Kind != iam.Role {
		return nil, nil
	}
	for _, i := range s.byAccount[named.Account] {
		if i.Kind == iam.Role && i.Name == named.Name && i.Path == named.Path {
			return s.compiler.policy(evaluate.Trust, i.ID+"/trust", "", Source{Name: "the trust policy of " + i.Name, Content: i.Trust})
		}
	}
	return nil, nil
}
