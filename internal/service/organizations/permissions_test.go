package organizations_test

import (
	"errors"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

const (
	fullAccess = "p-FullAWSAccess"
	denied     = "AccessDeniedException"
)

// denying is a service control policy that denies actions on a resource.
func denying(resource string, actions ...string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"` + resource + `"}}`
}

// allowing is a service control policy that allows actions.
func allowing(actions ...string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}}`
}

// verdict is what the policies say of a call: "" if they let it pass, otherwise the
// message of the denial.
func (a actor) verdict(operation string, in api.Request) string {
	a.w.t.Helper()
	var told *api.Error
	if errors.As(a.call(operation, in), &told) && told.Recorded == "AccessDenied" {
		return told.Message
	}
	return ""
}

func (a actor) wantsVerdict(operation string, in api.Request, want string) {
	a.w.t.Helper()
	got := a.verdict(operation, in)
	if want != "" {
		want = "User: arn:aws:iam::" + a.id + ":root is not authorized to perform: organizations:" + operation + " on resource: " + want
	}
	if got != want {
		a.w.t.Errorf("%s by %s:\n%s\nwant\n%s", operation, a.id, got, want)
	}
}

// A policy of a customer binds the root users of all members below what it is attached to,
// from the next call on and until it is detached; never the management account. [AWS: SCP
// evaluation]
func TestServiceControlPoliciesBindMembers(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b, c := a.member(bob), a.member(carol)
	dev := a.unit(a.root, "Dev")
	team := a.unit(dev, "Team")
	a.move(bob, a.root, team)
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	look, leave := &orgapi.DescribeOrganizationRequest{}, &orgapi.LeaveOrganizationRequest{}
	b.wantsVerdict("DescribeOrganization", look, "")
	p := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Deny", denying("*", "organizations:Describe*", "organizations:LeaveOrganization"))
	arn := *a.policy(p).PolicySummary.Arn
	for _, target := range []string{a.root, dev, team, bob} {
		a.attach(p, target)
		explicit := "* with an explicit deny in a service control policy: " + arn
		b.wantsVerdict("DescribeOrganization", look, explicit)
		b.wantsVerdict("LeaveOrganization", leave, explicit)
		b.wantsVerdict("ListHandshakesForAccount", &orgapi.ListHandshakesForAccountRequest{}, "")
		a.wantsVerdict("DescribeOrganization", look, "")
		if bound := c.verdict("DescribeOrganization", look) != ""; bound != (target == a.root) {
			t.Errorf("attached to %s, the other member is bound: %v", target, bound)
		}
		a.detach(p, target)
		b.wantsVerdict("DescribeOrganization", look, "")
	}
	a.attach(p, team)
	a.move(bob, team, a.root)
	b.wantsVerdict("DescribeOrganization", look, "")
	a.move(bob, a.root, team)
	a.rewrite(p, denying("*", "s3:*"))
	b.wantsVerdict("DescribeOrganization", look, "")
	a.rewrite(p, denying("*", "organizations:*"))
	b.wantsVerdict("DescribeOrganization", look, "* with an explicit deny in a service control policy: "+arn)
	a.disable(orgapi.PolicyTypeServiceControlPolicy)
	b.wantsVerdict("DescribeOrganization", look, "")
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	b.wantsVerdict("DescribeOrganization", look, "")
}

// Each level has to allow. [AWS: SCP evaluation, allow lists]
func TestEachLevelOfServiceControlPoliciesHasToAllow(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b := a.member(bob)
	dev := a.unit(a.root, "Dev")
	a.move(bob, a.root, dev)
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	look := &orgapi.DescribeOrganizationRequest{}
	other := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Other", allowing("s3:*"))
	own := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Own", allowing("organizations:Describe*"))
	implicit := "* because no service control policy allows the organizations:DescribeOrganization action"
	for _, target := range []string{a.root, dev, bob} {
		a.attach(other, target)
		b.wantsVerdict("DescribeOrganization", look, "")
		a.detach(fullAccess, target)
		b.wantsVerdict("DescribeOrganization", look, implicit)
		a.attach(own, target)
		b.wantsVerdict("DescribeOrganization", look, "")
		b.wantsVerdict("ListHandshakesForAccount", &orgapi.ListHandshakesForAccountRequest{},
			"* because no service control policy allows the organizations:ListHandshakesForAccount action")
		a.detach(own, target)
		a.attach(fullAccess, target)
		b.wantsVerdict("DescribeOrganization", look, "")
		a.detach(other, target)
	}
}

func TestPoliciesNeedNotBeEnforced(t *testing.T) {
	w := newFixture(t, "enforce-policies off")
	a := w.as(alice).plant()
	b := a.member(bob)
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	a.attach(a.draft(orgapi.PolicyTypeServiceControlPolicy, "Deny", denying("*", "*")), a.root)
	b.leave()
}

// Recorded denials never say why. [recorded]
func TestANativeDenialIsShort(t *testing.T) {
	w := newFixture(t, "wire-style native")
	a := w.as(alice).plant()
	b := a.member(bob)
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	a.attach(a.draft(orgapi.PolicyTypeServiceControlPolicy, "Deny", denying("*", "*")), a.root)
	told := exception(t, b.call("LeaveOrganization", &orgapi.LeaveOrganizationRequest{}), "native")
	if told.Type != denied || told.Message != "You don't have permissions to access this resource." || told.Recorded != "AccessDenied" {
		t.Errorf("%+v", told)
	}
}

// A policy of the organization that a member is in keeps it there: the account cannot
// leave, nor be taken over by another organization with its own consent. [AWS: example
// SCPs, prevent member accounts from leaving; "Accept or decline an account invitation"]
func TestAPolicyKeepsAMemberInItsOrganization(t *testing.T) {
	kept, left := 0, 0
	defer func() {
		t.Logf("evidence: %d ways out of an organization are closed by a policy; the control, the way that the recorded service leaves open: %d", kept, left)
	}()
	for _, style := range []string{"documented", "native"} {
		for _, action := range []string{"LeaveOrganization", "AcceptHandshake"} {
			t.Run(style+" "+action, func(t *testing.T) {
				w := newFixture(t, "direct-transfer on", "wire-style "+style)
				a := w.as(alice).plant()
				b := a.member(bob)
				a.enable(orgapi.PolicyTypeServiceControlPolicy)
				a.attach(a.draft(orgapi.PolicyTypeServiceControlPolicy, "Stay", denying("*", "organizations:"+action)), bob)
				other := w.as(dave)
				other.organization(all)
				h := other.invite(bob)
				_, err := try(b, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id})
				// The native service needs AcceptHandshake alone. [AWS: orgs_account_migration]
				if keeps := action == "AcceptHandshake" || style == "documented"; keeps != (err != nil) {
					t.Fatalf("accepted: %v", err)
				} else if !keeps {
					left++
					return
				}
				kept++
				if exception(t, err, style).Type != denied {
					t.Error(err)
				}
				if got := a.w.accountRow(bob).Membership.Organization; string(got) != *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id {
					t.Errorf("it is in %s", got)
				}
				if other.state(h) != orgapi.HandshakeStateOpen {
					t.Error("the handshake was answered")
				}
			})
		}
	}
}

// Policies say of which resources, in the words of the organization that owns them. [AWS:
// Service Authorization Reference]
func TestServiceControlPoliciesNameResources(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b := a.member(bob)
	a.enable(orgapi.PolicyTypeServiceControlPolicy)
	h := a.invite(carol)
	p := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Deny", denying(*h.Arn, "organizations:DescribeHandshake"))
	a.attach(p, a.root)
	look := &orgapi.DescribeHandshakeRequest{HandshakeId: h.Id}
	b.wantsVerdict("DescribeHandshake", look, *h.Arn+" with an explicit deny in a service control policy: "+*a.policy(p).PolicySummary.Arn)
	b.wantsVerdict("DescribeHandshake", &orgapi.DescribeHandshakeRequest{HandshakeId: a.invite(dave).Id}, "")
	b.wantsVerdict("DescribeHandshake", &orgapi.DescribeHandshakeRequest{HandshakeId: new("h-00000000")}, "")
}
