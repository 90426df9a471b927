package accordtest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/accordtest"
	"accord/internal/whatif"
	"accord/test/require"
)

const noLeave = `{"Version":"2012-10-17","Statement":{"Sid":"NoLeave","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}}`

// guarded is an organization with an account that CreateAccount made.
func guarded(t *testing.T) (s *accordtest.Server, management *accordtest.Actor, account string) {
	s = accordtest.Start(t)
	management = s.As(alice)
	management.CreateOrganization("ALL")
	management.EnablePolicyType(management.Root(), "SERVICE_CONTROL_POLICY")
	return s, management, management.CreateAccount("New", "new@example.com").ID()
}

func TestAGuardrailIsTriedBeforeItIsMade(t *testing.T) {
	s, management, account := guarded(t)
	report := s.WhatIf(accordtest.AttachDocument(noLeave, "root"))
	if got := report.Denied("organizations:LeaveOrganization"); !slices.Equal(got, []string{account}) {
		t.Errorf("leaving would be denied in %v", got)
	}
	if report.Summary.Denied != 1 || report.Summary.Allowed+report.Summary.Depends != 0 || len(report.Allowed("organizations:LeaveOrganization")) > 0 {
		t.Errorf("%+v", report.Summary)
	}
	if by := report.Rows[0].Statement; by.Sid != "NoLeave" || by.Target != management.Root() || by.Effect != "deny" || by.Line != 1 {
		t.Errorf("by %+v", by)
	}
	if got := management.PoliciesOf(management.Root(), "SERVICE_CONTROL_POLICY"); len(got) != 1 {
		t.Errorf("something was attached: %v", got)
	}
	guard := management.CreatePolicy("SERVICE_CONTROL_POLICY", "guard", noLeave).ID
	management.Attach(guard, management.Root())
	if got := s.WhatIf(accordtest.DetachPolicy(guard, "root")).Allowed("organizations:LeaveOrganization"); !slices.Equal(got, []string{account}) {
		t.Errorf("leaving would be allowed in %v", got)
	}
	elsewhere := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}}`
	if got := s.WhatIfActions([]string{"ec2:RunInstances"}, accordtest.UpdateDocument(guard, elsewhere)).Depends("ec2:RunInstances"); !slices.Equal(got, []string{account}) {
		t.Errorf("it would depend in %v", got)
	}
}

// TestADenialIsExplained: with the statement that denies, and with a change that was tried.
func TestADenialIsExplained(t *testing.T) {
	s, management, account := guarded(t)
	role := "arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"
	if e := s.Explain(role, "organizations:LeaveOrganization", ""); e.Decision != "allowed" || e.DecidedBy == nil || e.DecidedBy.Name != "AdministratorAccess" {
		t.Errorf("before: %+v", e)
	}
	guard := management.CreatePolicy("SERVICE_CONTROL_POLICY", "guard", noLeave).ID
	management.Attach(guard, account)
	e := s.Explain(role, "organizations:LeaveOrganization", "")
	if e.Decision != "denied" || e.DecidedBy == nil || e.DecidedBy.Sid != "NoLeave" || string(e.DecidedBy.Policy) != guard || e.DecidedBy.Target != account {
		t.Errorf("%+v", e)
	}
	if len(e.Changes) != 1 || e.Then != "allowed" || !strings.Contains(e.Changes[0].Text, role) {
		t.Fatalf("the smallest change: %+v, then %s", e.Changes, e.Then)
	}
	management.UpdatePolicy(guard, strings.Replace(noLeave, `"Resource":"*"`, `"Resource":"*",`+e.Changes[0].JSON, 1))
	if e := s.Explain(role, "organizations:LeaveOrganization", ""); e.Decision != "allowed" {
		t.Errorf("with the change: %+v", e)
	}
}

// trials are what a scenario does, drawn from a seed.
type trials struct {
	documents []string
	steps     []trial
}

type trial struct{ kind, policy, target, document int }

var (
	triedActions = []string{"organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListRoots", "organizations:ListHandshakesForAccount"}
	conditions   = []string{
		``, ``, ``,
		`"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}`,
		`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/ann"}`,
		`"StringEquals":{"aws:username":"ann"}`,
		`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-*"}`,
		`"StringEquals":{"aws:PrincipalAccount":"111111111111"}`,
		`"Bool":{"aws:ViaAWSService":"false"}`,
		`"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}`,
		`"StringEquals":{"aws:PrincipalTag/team":"a"}`,
		`"Null":{"aws:PrincipalTag/team":"true"}`,
		`"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}`,
	}
)

func drawTrials(t *rapid.T) trials {
	statement := func() string {
		elements := rapid.SampledFrom([]string{`"Action":"organizations:*"`, `"Action":"organizations:List*"`, `"Action":["organizations:ListAccounts","iam:*"]`, `"NotAction":"organizations:ListRoots"`, `"Action":"*"`}).Draw(t, "action")
		text := `"Effect":"` + rapid.SampledFrom([]string{"Deny", "Deny", "Allow"}).Draw(t, "effect") + `",` + elements + `,"Resource":"*"`
		if c := rapid.SampledFrom(conditions).Draw(t, "condition"); c != "" {
			text += `,"Condition":{` + c + `}`
		}
		return "{" + text + "}"
	}
	var s trials
	for range 5 {
		var list []string
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			list = append(list, statement())
		}
		s.documents = append(s.documents, `{"Version":"2012-10-17","Statement":[`+strings.Join(list, ",")+`]}`)
	}
	for range 6 {
		s.steps = append(s.steps, trial{
			rapid.IntRange(0, 5).Draw(t, "kind"), rapid.IntRange(0, 2).Draw(t, "policy"), rapid.IntRange(0, 2).Draw(t, "target"), rapid.IntRange(0, 4).Draw(t, "document"),
		})
	}
	return s
}

// TestWhatIfAgreesWithTheChange: what a what-if says of a change is what calls get once the
// change is made; what depends on a key that is not known may be either.
func TestWhatIfAgreesWithTheChange(t *testing.T) {
	generator := rapid.Custom(drawTrials)
	changed, depended := 0, 0
	for seed := range require.Amount(1, 6, 300) {
		c, d := tryAll(t, seed, generator.Example(seed))
		changed, depended = changed+c, depended+d
	}
	if changed == 0 || !testing.Short() && depended == 0 {
		t.Errorf("%d answers changed and %d depended on something: nothing was tried", changed, depended)
	}
}

func tryAll(t *testing.T, seed int, s trials) (changed, depended int) {
	server := accordtest.Start(t)
	management := server.As(alice)
	management.CreateOrganization("ALL")
	root := management.Root()
	management.EnablePolicyType(root, "SERVICE_CONTROL_POLICY")
	unit := management.CreateUnit(root, "Unit").ID
	account := management.CreateAccount("New", "new@example.com").ID()
	callers := map[string]*accordtest.Actor{}
	for _, name := range []string{"ann", "abe", "bob"} {
		callers["arn:aws:iam::"+account+":user/"+name] = server.User(account, name, map[string]string{"bob": "organizations:List*"}[name]+map[string]string{"ann": "*", "abe": "organizations:*"}[name])
	}
	role := "arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"
	callers[role] = management.Assume(role)
	callers["arn:aws:iam::111111111111:user/eva"] = server.User(alice, "eva", "*")
	policies := []string{"p-FullAWSAccess"}
	for i := range 2 {
		policies = append(policies, management.CreatePolicy("SERVICE_CONTROL_POLICY", fmt.Sprintf("p%d", i), s.documents[i]).ID)
	}
	targets, parent := []string{root, unit, account}, root
	attached := map[[2]string]bool{}
	for _, target := range targets {
		attached[[2]string{policies[0], target}] = true
	}
	now := observe(t, callers)
	for n, step := range s.steps {
		policy, target := policies[step.policy], targets[step.target]
		key := [2]string{policy, target}
		var change accordtest.PolicyChange
		var make func()
		switch {
		case step.kind == 0 && step.policy > 0:
			change, make = accordtest.UpdateDocument(policy, s.documents[step.document]), func() { management.UpdatePolicy(policy, s.documents[step.document]) }
		case step.kind == 1:
			to := unit
			if parent == unit {
				to = root
			}
			from := parent
			change, make = accordtest.MoveTo(account, to), func() { management.Move(account, from, to) }
			parent = to
		case !attached[key]:
			change, make = accordtest.AttachPolicy(policy, target), func() { management.Attach(policy, target) }
			attached[key] = true
		case countOn(attached, target) > 1:
			change, make = accordtest.DetachPolicy(policy, target), func() { management.Detach(policy, target) }
			delete(attached, key)
		default:
			continue
		}
		report := server.WhatIfActions(triedActions, change)
		want := maps.Clone(now)
		for _, row := range report.Rows {
			for _, principal := range row.Principals {
				for _, a := range row.Actions {
					call := principal + " " + a.Action
					if was := now[call]; row.Before != whatif.Depends && row.Before != was {
						t.Errorf("seed %d, step %d, %+v: %s: %s before the change, want %s", seed, n, change, call, row.Before, was)
					}
					want[call] = row.After
				}
			}
		}
		make()
		found := observe(t, callers)
		for call, verdict := range want {
			switch {
			case verdict == whatif.Depends:
				depended++
			case found[call] != verdict:
				t.Errorf("seed %d, step %d, %+v: %s is %s, want %s", seed, n, change, call, found[call], verdict)
			case now[call] != verdict:
				changed++
			}
		}
		now = found
	}
	return changed, depended
}

func countOn(attached map[[2]string]bool, target string) int {
	n := 0
	for key := range attached {
		if key[1] == target {
			n++
		}
	}
	return n
}

// observe calls every action as every caller.
func observe(t *testing.T, callers map[string]*accordtest.Actor) map[string]whatif.Verdict {
	found := map[string]whatif.Verdict{}
	for principal, caller := range callers {
		for _, action := range triedActions {
			verdict := whatif.Allowed
			if err := caller.Try(strings.TrimPrefix(action, "organizations:"), nil, nil); err != nil && strings.Contains(err.Error(), "is not authorized to perform") {
				verdict = whatif.Denied
			}
			found[principal+" "+action] = verdict
		}
	}
	return found
}
