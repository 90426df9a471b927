package accordtest_test

import (
	"slices"
	"strings"
	"testing"

	"accord/accordtest"
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
