package accordtest_test

import (
	"testing"

	"accord/accordtest"
)

func TestUsersAndRolesMayDoWhatTheirPoliciesAllow(t *testing.T) {
	s := accordtest.Start(t)
	management := s.As(alice)
	management.CreateOrganization("ALL")
	account := management.CreateAccount("New", "new@example.com").ID()

	reader := s.User(alice, "reader", "organizations:List*", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
	reader.Accounts()
	reader.Denied("organizations:CreateOrganizationalUnit").CreateUnit(management.Root(), "Unit")
	s.User(alice, "nobody").Denied("organizations:ListAccounts").Call("ListAccounts", nil, nil)

	// Into the member and back.
	role := "arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole"
	reader.Denied("sts:AssumeRole").Assume(role)
	member := s.User(alice, "admin", "arn:aws:iam::aws:policy/AdministratorAccess").Assume(role)
	if member.ID() != account {
		t.Errorf("the session is of %s, want %s", member.ID(), account)
	}
	member.Organization()
	audit := s.Role(alice, "Audit", account, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"organizations:ListRoots","Resource":"*"}}`)
	auditor := member.Assume(audit)
	auditor.Root()
	auditor.Denied("organizations:ListAccounts").Call("ListAccounts", nil, nil)

	// A user of another account is not trusted.
	s.User(bob, "stranger", "sts:*").Denied("sts:AssumeRole").Assume(audit)
	member.Leave()
}

// [AWS: AcceptHandshake]
func TestWhoeverAcceptsMayNeedToMakeARole(t *testing.T) {
	s := accordtest.Start(t)
	management := s.As(alice)
	management.CreateOrganization("ALL")
	s.Register(bob, "bob@example.com", "Bob")
	h := management.Invite(bob)
	s.User(bob, "jane", "organizations:*").Denied("iam:CreateServiceLinkedRole").Accept(h)
	s.User(bob, "john", "organizations:*", "iam:CreateServiceLinkedRole").Accept(h)
}

func TestARoleThatIsNotThere(t *testing.T) {
	const role = "arn:aws:iam::222222222222:role/None"
	s := accordtest.Start(t)
	s.As(bob).CreateOrganization("ALL")
	s.As(alice).Assume(role).Organization()
	s = accordtest.Start(t, accordtest.Behavior("any-role", "off"))
	s.As(bob).CreateOrganization("ALL")
	s.As(alice).Fails("AccessDenied").Assume(role)
}

func TestCredentialsOfActors(t *testing.T) {
	s := accordtest.Start(t)
	for _, test := range []struct {
		actor  *accordtest.Actor
		prefix string
		token  bool
	}{
		{s.As(alice), alice, false},
		{s.User(alice, "jane"), "AKIA", false},
		{s.As(alice).Assume("arn:aws:iam::111111111111:role/Any"), "ASIA", true},
	} {
		id, secret, token := test.actor.Credentials()
		if id[:len(test.prefix)] != test.prefix || secret == "" || (token != "") != test.token {
			t.Errorf("%s: %s", test.prefix, id)
		}
	}
}
