package model

import (
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
)

// State is an organization, ready to be judged. It is not safe for concurrent use.
type State struct {
	Organization *Organization
	*Base
	parents  map[ident.TargetID]ident.ParentID
	names    map[ident.TargetID]string
	on       map[org.PolicyType]map[ident.TargetID][]*evaluate.Named
	levels   map[levelsKey][]evaluate.Level
	paths    map[ident.AccountID]string
	policies map[ident.PolicyID]*Policy
}

type levelsKey struct {
	kind   org.PolicyType
	target ident.TargetID
}

// State compiles the policies of an organization. All organizations of a Base have the
// same identities.
func (b *Base) State(o *Organization) (*State, error) {
	s := &State{
		Organization: o, Base: b,
		parents: map[ident.TargetID]ident.ParentID{}, names: map[ident.TargetID]string{o.Root.Target(): org.RootName},
		on:     map[org.PolicyType]map[ident.TargetID][]*evaluate.Named{},
		levels: map[levelsKey][]evaluate.Level{}, paths: map[ident.AccountID]string{}, policies: map[ident.PolicyID]*Policy{},
	}
	for _, u := range o.Units {
		s.parents[u.ID.Target()], s.names[u.ID.Target()] = u.Parent, u.Name
	}
	for _, a := range o.Accounts {
		s.parents[a.ID.Target()], s.names[a.ID.Target()] = a.Parent, a.Name
	}
	for i := range o.Policies {
		s.policies[o.Policies[i].ID] = &o.Policies[i]
	}
	for _, t := range o.Enabled {
		if _, evaluated := kindOf[t]; !evaluated {
			continue
		}
		if err := s.attach(t); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// attach compiles what is attached of one type.
func (s *State) attach(t org.PolicyType) error {
	o, definition := s.Organization, policy.DefinitionOf(t)
	managed, _ := policy.ManagedPolicy(definition.Default)
	everything, err := s.compiler.policy(kindOf[t], string(managed.ID), o.Partition.ManagedPolicyARN(definition.Segment, managed.ID),
		Source{Policy: managed.ID, Type: t, Name: managed.Name, Content: managed.Content})
	if err != nil {
		return err
	}
	on := map[ident.TargetID][]*evaluate.Named{}
	detached := map[ident.TargetID]bool{}
	for _, d := range o.Detached {
		detached[d.Target] = detached[d.Target] || d.Policy == managed.ID
	}
	withDefault := []*evaluate.Named{everything}
	for target := range s.names {
		if !detached[target] {
			// Appending copies: the capacity is its length.
			on[target] = slices.Clip(withDefault)
		}
	}
	for _, a := range o.Attachments {
		p := s.policies[a.Policy]
		if p == nil || p.Type != t {
			continue
		}
		compiled, err := s.compiler.policy(kindOf[t], string(p.ID), o.Owner().PolicyARN(definition.Segment, p.ID),
			Source{Policy: p.ID, Type: t, Name: p.Name, File: p.File, Content: p.Content})
		if err != nil {
			return err
		}
		on[a.Target] = append(on[a.Target], compiled)
	}
	s.on[t] = on
	return nil
}

// Levels are the policies of an authorization policy type on the path of a target, from the root
// down; nil if the type is not enabled.
func (s *State) Levels(t org.PolicyType, target ident.TargetID) []evaluate.Level {
	on := s.on[t]
	if on == nil {
		return nil
	}
	key := levelsKey{t, target}
	if known := s.levels[key]; known != nil {
		return known
	}
	var above []evaluate.Level
	if parent, below := s.parents[target]; below {
		above = s.Levels(t, ident.TargetID(parent))
	}
	levels := append(slices.Clip(above), evaluate.Level{Target: string(target), Policies: on[target]})
	s.levels[key] = levels
	return levels
}

// Path is the path of an account with the organization, the root and the units above it,
// as aws:PrincipalOrgPaths has it.
func (s *State) Path(account ident.AccountID) string {
	if known := s.paths[account]; known != "" {
		return known
	}
	var steps []string
	for target := account.Target(); ; {
		parent, below := s.parents[target]
		if !below {
			break
		}
		steps = append(steps, string(parent))
		target = ident.TargetID(parent)
	}
	slices.Reverse(steps)
	path := string(s.Organization.ID) + "/" + strings.Join(steps, "/") + "/"
	s.paths[account] = path
	return path
}

// TargetName is the name of a root, unit or account.
func (s *State) TargetName(t ident.TargetID) string { return s.names[t] }

// Chain are the targets on the path of a target, from the root down.
func (s *State) Chain(t ident.TargetID) []ident.TargetID {
	chain := []ident.TargetID{t}
	for {
		parent, below := s.parents[chain[len(chain)-1]]
		if !below {
			slices.Reverse(chain)
			return chain
		}
		chain = append(chain, ident.TargetID(parent))
	}
}

// Source says where a policy that decided is from.
func (s *State) Source(p *evaluate.Named) *Source { return s.compiler.sources[p] }
