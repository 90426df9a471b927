package effective

import (
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/service/operation"
)

// computation begins to compute in a unit of work.
func (s *Service) computation(u *operation.Unit, o *org.Organization, e org.EnabledPolicyType) *computation {
	return &computation{unit: u, parsed: s.parsed, organization: o, enabled: e, at: u.Now(), policies: batch, accounts: batch}
}

// isManagement reports whether policies of a type are merged into effective ones.
func isManagement(kind org.PolicyType) bool { return policy.DefinitionOf(kind).IsManagement() }

// FollowAttachments lets the effective policies at and below a target follow the
// policies that are attached to it.
func (s *Service) FollowAttachments(u *operation.Unit, e org.EnabledPolicyType, t Target) error {
	if !isManagement(e.Type) {
		return nil
	}
	c := s.computation(u, u.Caller.Organization, e)
	if err := c.begin(t); err != nil {
		return err
	}
	return c.follow(effectivePoliciesBelow, t.Path, c.below)
}

// FollowPolicy lets the effective policies follow a policy, wherever it is
// attached.
func (s *Service) FollowPolicy(u *operation.Unit, p *org.Policy) error {
	if !isManagement(p.Type) {
		return nil
	}
	e, enabled, err := FindEnabledType(u.Reader, p.Type)
	if err != nil || !enabled {
		return err
	}
	c := s.computation(u, u.Caller.Organization, e)
	return c.follow(effectivePoliciesOf, string(p.ID), c.of)
}

// follow does the first part of the work now, or plans it for when readers may see
// the change.
func (c *computation) follow(kind, of string, work func(of, after string) error) error {
	if c.unit.Behavior.EffectivePolicyDelay > 0 {
		c.at = c.at.Add(c.unit.Behavior.EffectivePolicyDelay)
		return c.later(kind, of, "")
	}
	return work(of, "")
}

// FollowParent gives an account the effective policies of its new parent; from is the
// path of the parent before, empty when the account joined. [AWS: moved accounts;
// computed at once, assumed]
func (s *Service) FollowParent(u *operation.Unit, o *org.Organization, a *org.Account, from string) error {
	types, err := u.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, e := range types {
		if !isManagement(e.Type) {
			continue
		}
		if err := s.computation(u, o, e).setParent(a, from); err != nil {
			return err
		}
	}
	return nil
}
