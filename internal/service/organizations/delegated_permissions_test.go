package organizations_test

import (
	"errors"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// delegatingTo is a delegation policy with statements, in which BOB is the account of bob,
// MGMT the management account and ORG the organization.
func (a tree) delegatingTo(statements ...string) {
	a.w.t.Helper()
	o := must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	a.putPolicy(strings.NewReplacer("BOB", bob, "MGMT", a.id, "ORG", *o.Id).Replace(text))
}

// statement grants bob actions on a resource, if a condition holds.
func statement(effect, resource, condition string, actions ...string) string {
	text := `{"Effect":"` + effect + `","Principal":{"AWS":"BOB"},"Action":["organizations:` + strings.Join(actions, `","organizations:`) + `"],"Resource":["` + resource + `"]`
	if condition != "" {
		text += `,"Condition":` + condition
	}
	return text + "}"
}

// outcome tells how a call ends: "" if it succeeds, "gate" if policies deny it, "standing"
// if the account may not, otherwise the exception.
func (a actor) outcome(operation string, in api.Request) string {
	a.w.t.Helper()
	var told *api.Error
	switch err := a.call(operation, in); {
	case err == nil:
		return ""
	case !errors.As(err, &told):
		a.w.t.Fatalf("%s: %v", operation, err)
	}
	switch {
	case told.Recorded == "AccessDenied":
		return "gate"
	case told.Type == denied:
		return "standing"
	}
	return told.Type
}

func (a actor) wants(what, operation string, in api.Request, want string) {
	a.w.t.Helper()
	if got := a.outcome(operation, in); got != want {
		a.w.t.Errorf("%s, %s: %q, want %q", what, operation, got, want)
	}
}

// The delegation policy gives a member what it says and no more: the action, on the
// resources and under the conditions. A member that it gives nothing is refused by its
// standing; one that it gives something else, by policies. [AWS: guide; recorded: the texts;
// assumed: which comes first]
func TestTheDelegationPolicyGivesWhatItSays(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b, c := a.member(bob), a.member(carol)
	dev := a.unit(a.root, "Dev")
	a.enable(orgapi.PolicyTypeTagPolicy, orgapi.PolicyTypeServiceControlPolicy)
	const tags = `{"tags":{"k":{"tag_key":{"@@assign":"k"}}}}`
	theirs := a.draft(orgapi.PolicyTypeTagPolicy, "Theirs", tags)
	control := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Control", denying("*", "s3:*"))
	list := &orgapi.ListAccountsRequest{}
	listing := func(kind orgapi.PolicyType) api.Request { return &orgapi.ListPoliciesRequest{Filter: &kind} }
	b.wants("without a policy", "ListAccounts", list, "standing")

	a.delegatingTo(
		statement("Allow", "*", "", "ListAccounts", "Describe*"),
		statement("Allow", "*", `{"StringEquals":{"organizations:PolicyType":"TAG_POLICY"}}`, "ListPolicies"),
		statement("Allow", `arn:aws:organizations::MGMT:policy/ORG/tag_policy/*","arn:aws:organizations::MGMT:ou/ORG/*`,
			`{"StringLikeIfExists":{"organizations:PolicyType":"TAG_POLICY"}}`, "CreatePolicy", "UpdatePolicy", "AttachPolicy", "DetachPolicy", "TagResource"),
	)
	b.wants("granted", "ListAccounts", list, "")
	b.wants("granted by a wildcard", "DescribeAccount", &orgapi.DescribeAccountRequest{AccountId: new(carol)}, "")
	b.wants("not granted", "ListRoots", &orgapi.ListRootsRequest{}, "gate")
	b.wants("granted for the type", "ListPolicies", listing(orgapi.PolicyTypeTagPolicy), "")
	b.wants("another type", "ListPolicies", listing(orgapi.PolicyTypeServiceControlPolicy), "gate")
	b.wants("what it makes", "CreatePolicy", drafting(orgapi.PolicyTypeTagPolicy, "New", tags), "")
	b.wants("what it makes with tags", "CreatePolicy", drafting(orgapi.PolicyTypeTagPolicy, "Newer", tags, tag("k", "v")), "")
	b.wants("another type to make", "CreatePolicy", drafting(orgapi.PolicyTypeBackupPolicy, "New", tags), "gate")
	b.wants("the policy and the target", "AttachPolicy", attaching(theirs, dev), "")
	b.wants("the policy and not the target", "AttachPolicy", attaching(theirs, a.root), "gate")
	b.wants("the target and not the policy", "AttachPolicy", attaching(control, dev), "gate")
	b.wants("both, again", "AttachPolicy", attaching(theirs, dev), "DuplicatePolicyAttachmentException")
	b.wants("what is not there", "DetachPolicy", detaching("p-00000000", dev), "gate")
	b.wants("what is not there, for all", "DescribePolicy", &orgapi.DescribePolicyRequest{PolicyId: new("p-00000000")}, "PolicyNotFoundException")
	b.wants("never delegated", "MoveAccount", new(moving(carol, a.root, dev)), "standing")
	b.wants("never delegated", "DeleteResourcePolicy", &orgapi.DeleteResourcePolicyRequest{}, "standing")
	c.wants("another member", "ListAccounts", list, "standing")
	a.wants("the management account", "ListRoots", &orgapi.ListRootsRequest{}, "")

	// Another account's effective policy is a read of the organization; its own needs no grant.
	kind := orgapi.EffectivePolicyTypeTagPolicy
	another := &orgapi.DescribeEffectivePolicyRequest{PolicyType: &kind, TargetId: new(alice)}
	b.wants("granted", "DescribeEffectivePolicy", another, "EffectivePolicyNotFoundException")
	c.wants("not granted", "DescribeEffectivePolicy", another, "standing")
	c.wants("its own", "DescribeEffectivePolicy", &orgapi.DescribeEffectivePolicyRequest{PolicyType: &kind}, "EffectivePolicyNotFoundException")

	// A service control policy binds a delegate as well.
	p := a.draft(orgapi.PolicyTypeServiceControlPolicy, "Deny", denying("*", "organizations:ListAccounts"))
	a.attach(p, bob)
	b.wantsVerdict("ListAccounts", list, "* with an explicit deny in a service control policy: "+*a.policy(p).PolicySummary.Arn)
	a.detach(p, bob)
	must(a.actor, (*service).DeleteResourcePolicy, orgapi.DeleteResourcePolicyRequest{})
	b.wants("no longer granted", "ListAccounts", list, "standing")
}

// A Deny takes what every member and every delegated administrator has, and nothing from
// the management account. [recorded]
func TestTheDelegationPolicyDeniesStandingGrants(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b, c := a.member(bob), a.member(carol)
	a.trust(config)
	a.delegate(bob, config)
	look, list := &orgapi.DescribeOrganizationRequest{}, &orgapi.ListAccountsRequest{}
	h := &orgapi.DescribeHandshakeRequest{HandshakeId: a.invite(dave).Id}
	own := &orgapi.DescribeHandshakeRequest{HandshakeId: b.received()[0].Id}
	for _, operation := range []struct {
		name string
		in   api.Request
	}{{"DescribeOrganization", look}, {"ListAccounts", list}, {"DescribeHandshake", h}} {
		b.wants("before", operation.name, operation.in, "")
	}
	a.delegatingTo(statement("Deny", "*", "", "DescribeOrganization", "ListAccounts", "DescribeHandshake"))
	b.wantsVerdict("DescribeOrganization", look, "* with an explicit deny in a resource-based policy")
	b.wants("denied", "ListAccounts", list, "gate")
	b.wants("denied", "DescribeHandshake", h, "gate")
	b.wants("its own", "DescribeHandshake", own, "")
	b.wants("not denied", "ListRoots", &orgapi.ListRootsRequest{}, "")
	c.wants("another", "DescribeOrganization", look, "")
	a.wants("the management account", "ListAccounts", list, "")
	// A grant goes on when the registration ends. [recorded]
	a.delegatingTo(statement("Allow", "*", "", "ListAccounts"))
	a.undelegate(bob, config)
	b.wants("a former administrator", "ListAccounts", list, "")
	b.wants("a former administrator", "ListRoots", &orgapi.ListRootsRequest{}, "gate")
}
