package accordtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/accordtest"
	"accord/internal/whatif"
	"accord/test/require"
)

// control is a type of policies that is tried, and what its policies decide.
type control struct {
	policyType string
	// standing is the policy of AWS that can be detached where another one is attached; empty
	// for a type whose policy cannot be.
	standing string
	actions  []string
	// calls are the calls that are tried.
	calls   func(s *scenario) []call
	effects []string
	more    string // further members of each statement
	// documents are those that are drawn from, for a type without statements.
	documents []string
}

var serviceControl = control{
	policyType: "SERVICE_CONTROL_POLICY", standing: "p-FullAWSAccess", effects: []string{"Deny", "Deny", "Allow"},
	actions: []string{`"Action":"organizations:*"`, `"Action":"organizations:List*"`, `"Action":["organizations:ListAccounts","iam:*"]`, `"NotAction":"organizations:ListRoots"`, `"Action":"*"`},
	calls: func(*scenario) (all []call) {
		for _, operation := range []string{"DescribeOrganization", "ListAccounts", "ListRoots", "ListHandshakesForAccount"} {
			all = append(all, call{"organizations:" + operation, "", func(a *accordtest.Actor) error { return a.Try(operation, nil, nil) }})
		}
		return all
	},
}

var resourceControl = control{
	policyType: "RESOURCE_CONTROL_POLICY", effects: []string{"Deny"}, more: `"Principal":"*",`,
	actions: []string{`"Action":"sts:*"`, `"Action":["sts:AssumeRole","s3:*"]`, `"Action":"sts:AssumeRoleWith*"`, `"Action":"s3:GetObject"`, `"Action":"sts:assumerole"`},
	calls: func(s *scenario) (all []call) {
		for _, role := range []string{
			s.server.Role(s.account, "Open", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`),
			s.server.Role(s.account, "Own", s.account),
			s.server.Role(alice, "Managing", s.account),
		} {
			all = append(all, call{"sts:AssumeRole", role, func(a *accordtest.Actor) error { return a.TryAssume(role) }})
		}
		return all
	},
}

// scenario is an organization with an account, callers, and policies that are not attached.
type scenario struct {
	control
	server              *accordtest.Server
	management          *accordtest.Actor
	root, unit, account string
	callers             map[string]*accordtest.Actor // by their ARNs
	calls               []call
	policies            []string
	// parent is that of the account, attached what is on which target, and off says that the
	// type is disabled.
	parent   string
	attached map[[2]string]bool
	off      bool
}

// call is an action on a resource, and the call that needs it.
type call struct {
	action, resource string
	try              func(a *accordtest.Actor) error
}

// trials are what a scenario does, drawn from a seed.
type trials struct {
	documents []string
	steps     []trial
}

type trial struct{ kind, policy, target, document int }

var conditions = []string{
	``, ``, ``,
	`"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}`,
	`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/ann"}`,
	`"StringEquals":{"aws:username":"ann"}`,
	`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-*"}`,
	`"ForAnyValue:StringLike":{"aws:ResourceOrgPaths":"*/ou-*"}`,
	`"StringEquals":{"aws:PrincipalAccount":"111111111111"}`,
	`"StringNotEquals":{"aws:ResourceAccount":"111111111111"}`,
	`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-other00000"}`,
	`"Bool":{"aws:ViaAWSService":"false"}`,
	`"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}`,
	`"StringEquals":{"aws:PrincipalTag/team":"a"}`,
	`"Null":{"aws:PrincipalTag/team":"true"}`,
	`"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}`,
}

func drawTrials(of control) *rapid.Generator[trials] {
	return rapid.Custom(func(t *rapid.T) trials {
		statement := func() string {
			text := `"Effect":"` + rapid.SampledFrom(of.effects).Draw(t, "effect") + `",` + of.more + rapid.SampledFrom(of.actions).Draw(t, "action") + `,"Resource":"*"`
			if c := rapid.SampledFrom(conditions).Draw(t, "condition"); c != "" {
				text += `,"Condition":{` + c + `}`
			}
			return "{" + text + "}"
		}
		var s trials
		for range 5 {
			if of.documents != nil {
				s.documents = append(s.documents, rapid.SampledFrom(of.documents).Draw(t, "document"))
				continue
			}
			var list []string
			for range rapid.IntRange(1, 3).Draw(t, "statements") {
				list = append(list, statement())
			}
			s.documents = append(s.documents, `{"Version":"2012-10-17","Statement":[`+strings.Join(list, ",")+`]}`)
		}
		for range 6 {
			s.steps = append(s.steps, trial{
				rapid.IntRange(0, 6).Draw(t, "kind"), rapid.IntRange(0, 2).Draw(t, "policy"), rapid.IntRange(0, 2).Draw(t, "target"), rapid.IntRange(0, 4).Draw(t, "document"),
			})
		}
		return s
	})
}

func newScenario(t *testing.T, of control, documents []string) *scenario {
	s := &scenario{control: of, server: accordtest.Start(t), callers: map[string]*accordtest.Actor{}}
	s.management = s.server.As(alice)
	s.management.CreateOrganization("ALL")
	s.root = s.management.Root()
	s.management.EnablePolicyType(s.root, of.policyType)
	s.unit = s.management.CreateUnit(s.root, "Unit").ID
	s.account, s.parent = s.management.CreateAccount("New", "new@example.com").ID(), s.root
	for name, may := range map[string]string{"ann": "*", "abe": "organizations:*", "bob": "organizations:List*"} {
		s.callers["arn:aws:iam::"+s.account+":user/"+name] = s.server.User(s.account, name, may, "sts:AssumeRole")
	}
	role := "arn:aws:iam::" + s.account + ":role/OrganizationAccountAccessRole"
	s.callers[role] = s.management.Assume(role)
	s.callers["arn:aws:iam::"+alice+":user/eva"] = s.server.User(alice, "eva", "*")
	if of.standing != "" {
		s.policies = []string{of.standing}
	}
	for i := len(s.policies); i < 3; i++ {
		s.policies = append(s.policies, s.management.CreatePolicy(of.policyType, fmt.Sprintf("p%d", i), documents[i]).ID)
	}
	s.calls = of.calls(s)
	s.enabled()
	if of.standing == "" {
		// There is something to lose.
		s.management.Attach(s.policies[0], s.root)
		s.attached[[2]string{s.policies[0], s.root}] = true
	}
	return s
}

func (s *scenario) targets() []string { return []string{s.root, s.unit, s.account} }

// enabled notes what is attached after the type was enabled.
func (s *scenario) enabled() {
	s.attached = map[[2]string]bool{}
	for _, target := range s.targets() {
		if s.standing != "" {
			s.attached[[2]string{s.standing, target}] = true
		}
	}
}

// change is the change of a step, and what makes it; nil for one that the service would refuse.
func (s *scenario) change(step trial, documents []string) (change accordtest.PolicyChange, make func()) {
	policy, target := s.policies[step.policy], s.targets()[step.target]
	key := [2]string{policy, target}
	on := 0
	for one := range s.attached {
		if one[1] == target {
			on++
		}
	}
	switch {
	case step.kind == 0 && policy != s.standing:
		return accordtest.UpdateDocument(policy, documents[step.document]), func() { s.management.UpdatePolicy(policy, documents[step.document]) }
	case step.kind == 1:
		from, to := s.parent, s.unit
		if s.parent == s.unit {
			to = s.root
		}
		s.parent = to
		return accordtest.MoveTo(s.account, to), func() { s.management.Move(s.account, from, to) }
	case s.off:
		s.off = false
		s.enabled()
		return accordtest.PolicyChange{Enable: s.policyType}, func() { s.management.EnablePolicyType(s.root, s.policyType) }
	case step.kind == 2 && step.document == 0:
		s.off = true
		return accordtest.PolicyChange{Disable: s.policyType}, func() { s.management.DisablePolicyType(s.root, s.policyType) }
	case !s.attached[key]:
		s.attached[key] = true
		return accordtest.AttachPolicy(policy, target), func() { s.management.Attach(policy, target) }
	case s.standing == "" || on > 1:
		delete(s.attached, key)
		return accordtest.DetachPolicy(policy, target), func() { s.management.Detach(policy, target) }
	}
	return change, nil
}

// whatIf asks about the calls that are tried.
func (s *scenario) whatIf(changes ...accordtest.PolicyChange) accordtest.WhatIfReport {
	var q accordtest.Questions
	for _, c := range s.calls {
		q.Actions = append(q.Actions, c.action)
		if c.resource != "" {
			q.Resources = append(q.Resources, c.resource)
		}
	}
	return s.server.WhatIfAbout(q, changes...)
}

// observe makes every call as every caller.
func (s *scenario) observe() map[string]whatif.Verdict {
	found := map[string]whatif.Verdict{}
	for principal, caller := range s.callers {
		for _, c := range s.calls {
			verdict := whatif.Allowed
			if err := c.try(caller); err != nil && strings.Contains(err.Error(), "is not authorized to perform") {
				verdict = whatif.Denied
			}
			found[principal+" "+c.action+" "+c.resource] = verdict
		}
	}
	return found
}

// TestWhatIfAgreesWithTheChange: what a what-if says of a change is what calls get once the
// change is made; what depends on a key that is not known may be either.
func TestWhatIfAgreesWithTheChange(t *testing.T) {
	for _, of := range []control{serviceControl, resourceControl} {
		t.Run(of.policyType, func(t *testing.T) {
			generator := drawTrials(of)
			met := map[whatif.Verdict]int{}
			for seed := range require.Amount(1, 4, 300) {
				tryAll(t, seed, of, generator.Example(seed), met)
			}
			// Of few seeds, chance decides what is met.
			if met[whatif.Denied]+met[whatif.Allowed]+met[whatif.Depends] == 0 || !testing.Short() && met[whatif.Denied]+met[whatif.Allowed] == 0 || require.IsLong() && met[whatif.Denied]*met[whatif.Allowed]*met[whatif.Depends] == 0 {
				t.Errorf("nothing was tried: %v", met)
			}
			t.Logf("answers that changed: %v", met)
		})
	}
}

func tryAll(t *testing.T, seed int, of control, trials trials, met map[whatif.Verdict]int) {
	s := newScenario(t, of, trials.documents)
	now := s.observe()
	var changes []accordtest.PolicyChange
	var makes []func()
	for n, step := range trials.steps {
		if change, make := s.change(step, trials.documents); make != nil {
			changes, makes = append(changes, change), append(makes, make)
		}
		// Some are tried alone, others together.
		if len(changes) == 0 || len(changes) < 1+(seed+n)%3 && n < len(trials.steps)-1 {
			continue
		}
		want := maps.Clone(now)
		for _, row := range s.whatIf(changes...).Rows {
			for _, principal := range row.Principals {
				for _, a := range row.Actions {
					call := principal + " " + a.Action + " " + a.Resource
					was, observed := now[call]
					if !observed {
						continue
					}
					if row.Before != whatif.Depends && row.Before != was {
						t.Errorf("seed %d, step %d, %+v: %s: %s before the change, want %s", seed, n, changes, call, row.Before, was)
					}
					want[call] = row.After
				}
			}
		}
		for _, make := range makes {
			make()
		}
		found := s.observe()
		for call, verdict := range want {
			switch {
			case verdict == whatif.Depends:
				met[verdict]++
			case found[call] != verdict:
				t.Errorf("seed %d, step %d, %+v: %s is %s, want %s", seed, n, changes, call, found[call], verdict)
			case now[call] != verdict:
				met[verdict]++
			}
		}
		now, changes, makes = found, nil, nil
	}
}

// TestTheProposedChangeAllowsTheCall: what an explanation of a denied call proposes is made,
// and the call is allowed.
func TestTheProposedChangeAllowsTheCall(t *testing.T) {
	generator := drawTrials(serviceControl)
	proposed := 0
	for seed := range require.Amount(2, 6, 200) {
		drawn := generator.Example(seed)
		s := newScenario(t, serviceControl, drawn.documents)
		for i, policy := range s.policies[1:] {
			s.management.Attach(policy, s.targets()[i])
		}
		if seed%2 == 0 {
			// Nothing is allowed but by the policies that were drawn.
			s.management.Detach(s.standing, s.root)
		}
		principal := "arn:aws:iam::" + s.account + ":user/ann"
		for _, c := range s.calls {
			if err := c.try(s.callers[principal]); err == nil || !strings.Contains(err.Error(), "is not authorized to perform") {
				continue
			}
			e := s.server.Explain(principal, c.action, "")
			if e.Decision == string(whatif.Allowed) || len(e.Changes) == 0 {
				t.Errorf("seed %d: %s is denied, and explained as %+v", seed, c.action, e)
				continue
			}
			for _, change := range e.Changes {
				s.carryOut(t, change.Text)
				proposed++
			}
			err := c.try(s.callers[principal])
			if denied := err != nil && strings.Contains(err.Error(), "is not authorized to perform"); denied && e.Then == string(whatif.Allowed) {
				t.Errorf("seed %d: %s is %s after %+v: %v", seed, c.action, e.Then, e.Changes, err)
			}
		}
	}
	if proposed == 0 {
		t.Error("no change was proposed")
	}
}
