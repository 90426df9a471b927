package organizations_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// outcomeFor calls an operation as a user or a session, and returns the error that it is
// told, or nil.
func (w *fixture) outcomeFor(caller api.Caller, operation string, in api.Request) *api.Error {
	w.t.Helper()
	_, err := orgapi.Operations[operation].Invoke(api.WithCaller(context.Background(), caller), w.service, in)
	var told *api.Error
	if err != nil && !errors.As(err, &told) {
		w.t.Fatalf("%s: %v", operation, err)
	}
	return told
}

// A user does what its policies allow, within its boundary; the tags of the user and of the
// request count. [AWS: policy evaluation logic; Service Authorization Reference]
func TestUsersDoWhatTheirPoliciesAllow(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	const tagging = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"organizations:CreateOrganizationalUnit","Resource":"*",
		"Condition":{"StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"}}},
		{"Effect":"Allow","Action":"organizations:TagResource","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}]}`
	u := w.user(alice, "tagger", tagging)
	plain := w.user(alice, "plain", allowing("organizations:CreateOrganizationalUnit"))
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		return identities.PutTags(tx, u.Account, u.ID, []org.Tag{{Key: "team", Value: "red"}})
	}); err != nil {
		t.Fatal(err)
	}
	n := 0
	making := func(tags ...orgapi.Tag) api.Request {
		n++
		return &orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new(strings.Repeat("x", n)), Tags: tags}
	}
	for _, c := range []struct {
		user iam.Identity
		in   api.Request
		want string // what is denied
	}{
		{u, making(tag("team", "red")), ""},
		{u, making(tag("team", "blue")), "organizations:CreateOrganizationalUnit on resource: arn:aws:organizations::"},
		{u, making(), "organizations:CreateOrganizationalUnit on resource: arn:aws:organizations::"},
		{u, making(tag("team", "red"), tag("other", "x")), "organizations:TagResource on resource: *"},
		{plain, making(), ""},
		{plain, making(tag("team", "red")), "organizations:TagResource on resource: * because no identity-based policy allows the organizations:TagResource action"},
	} {
		told := w.outcomeFor(callerOf(c.user), "CreateOrganizationalUnit", c.in)
		if (told == nil) != (c.want == "") || told != nil && !strings.Contains(told.Message, "User: "+c.user.ARN(ident.AWS)+" is not authorized to perform: "+c.want) {
			t.Errorf("%s: %v, want %q", c.user.Name, told, c.want)
		}
	}
}

// A policy that changes decides the next call, and a user that is deleted does nothing.
func TestChangedIdentitiesDecideTheNextCall(t *testing.T) {
	w := newFixture(t)
	w.as(alice).plant()
	u := w.user(alice, "reader", "")
	look := &orgapi.DescribeOrganizationRequest{}
	wants := func(what string, allowed bool) {
		t.Helper()
		if told := w.outcomeFor(callerOf(u), "DescribeOrganization", look); (told == nil) != allowed {
			t.Errorf("%s: %v", what, told)
		}
	}
	change := func(fn func(tx *store.Tx) error) {
		t.Helper()
		if err := w.store.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	wants("without a policy", false)
	change(func(tx *store.Tx) error {
		return identities.PutInlinePolicy(tx, u, iam.InlinePolicy{Name: "P", Document: allowing("organizations:Describe*")})
	})
	wants("with a policy", true)
	change(func(tx *store.Tx) error {
		return identities.PutInlinePolicy(tx, u, iam.InlinePolicy{Name: "P", Document: denying("*", "organizations:*")})
	})
	wants("with another policy", false)
	change(func(tx *store.Tx) error { return identities.DeleteInlinePolicy(tx, u, "P") })
	group := iam.Identity{Account: alice, Kind: iam.Group, ID: "AGPA00000000000000000", Name: "g", Path: "/", Created: w.clock.Now()}
	change(func(tx *store.Tx) error {
		return errors.Join(identities.Insert(tx, group), identities.PutInlinePolicy(tx, group, iam.InlinePolicy{Name: "G", Document: allowing("*")}),
			identities.AddMember(tx, group, u))
	})
	wants("by its group", true)
	change(func(tx *store.Tx) error {
		return errors.Join(identities.RemoveMember(tx, group, u), identities.Delete(tx, u))
	})
	wants("deleted", false)
}

// Who accepts an invitation where the service-linked role is missing needs the permission
// to make it; without it nothing changes. [AWS: AcceptHandshake, permissions]
func TestAcceptingNeedsThePermissionToMakeTheRole(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	w.as(bob)
	h := a.invite(bob)
	in := &orgapi.AcceptHandshakeRequest{HandshakeId: h.Id}
	without := w.user(bob, "without", allowing("organizations:*"))
	with := w.user(bob, "with", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"organizations:AcceptHandshake","Resource":"`+*h.Arn+`"},
		{"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringLike":{"iam:AWSServiceName":"organizations.amazonaws.com"}}}]}`)
	told := w.outcomeFor(callerOf(without), "AcceptHandshake", in)
	if told == nil || told.Type != "AccessDeniedForDependencyException" || told.Reason != "ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE" {
		t.Errorf("without it: %v", told)
	}
	if r := w.accountRow(bob); r.Membership != nil || r.ServiceLinkedRole || a.state(h) != orgapi.HandshakeStateOpen {
		t.Errorf("it changed %+v, %s", r, a.state(h))
	}
	if told := w.outcomeFor(callerOf(with), "AcceptHandshake", in); told != nil {
		t.Errorf("with it: %v", told)
	}
	alone := w.user(carol, "alone", allowing("organizations:*"))
	w.as(carol)
	told = w.outcomeFor(callerOf(alone), "CreateOrganization", &orgapi.CreateOrganizationRequest{})
	if told == nil || told.Type != "AccessDeniedForDependencyException" {
		t.Errorf("an organization: %v", told)
	}
}

// A principal of one account sees nothing of an organization that its account is not in,
// whatever its own policies allow.
func TestNoPolicyOpensAnotherOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(carol)
	w.as(dave).plant()
	dev := a.unit(a.root, "Dev")
	stranger, own := w.user(dave, "admin", allowing("*")), w.user(alice, "admin", allowing("*"))
	refused := 0
	for operation, in := range map[string]api.Request{
		"DescribeAccount":       &orgapi.DescribeAccountRequest{AccountId: new(carol)},
		"DescribeHandshake":     &orgapi.DescribeHandshakeRequest{HandshakeId: a.invite(bob).Id},
		"ListTagsForResource":   &orgapi.ListTagsForResourceRequest{ResourceId: &a.root},
		"ListAccountsForParent": &orgapi.ListAccountsForParentRequest{ParentId: &a.root},
		"MoveAccount":           new(moving(carol, a.root, dev)),
	} {
		if told := w.outcomeFor(callerOf(stranger), operation, in); told == nil {
			t.Errorf("%s succeeded", operation)
		} else {
			refused++
		}
		if told := w.outcomeFor(callerOf(own), operation, in); told != nil {
			t.Errorf("control: %s by an administrator of the organization: %v", operation, told)
		}
	}
	t.Logf("evidence: %d calls of a foreign administrator refused; the control, an administrator of the organization: none", refused)
}
