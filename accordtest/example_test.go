package accordtest_test

import (
	"fmt"
	"testing"
	"time"

	"accord/accordtest"
)

// An invitation without an answer expires after fifteen days; the test does not wait
// for them.
func Example() {
	var t *testing.T // that of your test

	s := accordtest.Start(t)
	management := s.As("111111111111")
	member := s.Register("222222222222", "member@example.com", "Member")

	management.CreateOrganization("ALL")
	h := management.Invite("member@example.com")
	s.Clock.Advance(15 * 24 * time.Hour)
	member.Fails("InvalidHandshakeTransition").Accept(h)

	member.Accept(management.Invite("member@example.com"))
	fmt.Println(len(management.Accounts()))
}

// Code under test gets the endpoint and the credentials of an account, here through
// its environment.
func ExampleServer_Environ() {
	var t *testing.T // that of your test

	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "2"))
	for _, variable := range s.Environ("111111111111") {
		fmt.Println(variable)
	}
}

// The next invitation fails as if too many had been sent.
func ExampleFaults_Add() {
	var t *testing.T // that of your test

	s := accordtest.Start(t)
	s.Faults.Add(accordtest.Fault{
		Operation: "InviteAccountToOrganization", Exception: "TooManyRequestsException", Next: 1,
	})
}

// Who may do what: a user with few rights, and the session of a role that CreateAccount made.
func ExampleServer_User() {
	var t *testing.T // that of your test

	s := accordtest.Start(t)
	management := s.As("111111111111")
	management.CreateOrganization("ALL")
	account := management.CreateAccount("New", "new@example.com").ID()

	reader := s.User("111111111111", "reader", "organizations:List*")
	reader.Denied("organizations:CreateOrganizationalUnit").CreateUnit(management.Root(), "Unit")

	admin := s.User("111111111111", "admin", "arn:aws:iam::aws:policy/AdministratorAccess")
	admin.Assume("arn:aws:iam::" + account + ":role/OrganizationAccountAccessRole").Leave()
}

// A role that a partner enters, and what it may do there.
func ExampleServer_Role() {
	var t *testing.T // that of your test

	s := accordtest.Start(t)
	role := s.Role("111111111111", "Audit", "222222222222", "organizations:Describe*")
	auditor := s.As("222222222222").Assume(role)
	auditor.Denied("organizations:ListAccounts").Accounts()
}
