package organizations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

const brokenTagPolicy = "ConstraintViolationException TAG_POLICY_VIOLATION"

// tagPolicy makes a tag policy and returns its id.
func (a tree) tagPolicy(name, content string) string {
	a.w.t.Helper()
	return *must(a.actor, (*service).CreatePolicy, orgapi.CreatePolicyRequest{
		Content: &content, Description: new(""), Name: &name, Type: new(orgapi.PolicyTypeTagPolicy),
	}).Policy.PolicySummary.Id
}

// enforce enables tag policies and attaches one that enforces the spelling and
// the value of team for some types.
func (a tree) enforce(target string, types string) {
	a.w.t.Helper()
	must(a.actor, (*service).EnablePolicyType, orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: new(orgapi.PolicyTypeTagPolicy)})
	id := a.tagPolicy("enforced", `{"tags":{"team":{"tag_key":{"@@assign":"Team"},"tag_value":{"@@assign":["red*","blue"]},"enforced_for":{"@@assign":[`+types+`]}}}}`)
	must(a.actor, (*service).AttachPolicy, orgapi.AttachPolicyRequest{PolicyId: &id, TargetId: &target})
	a.w.pass(time.Minute)
}

// tagging is one request with a tag for each operation that takes tags.
func tagging(a tree, dev, policy string, t orgapi.Tag) map[string]api.Request {
	tags := []orgapi.Tag{t}
	invite := invitation(carol)
	invite.Tags = tags
	return map[string]api.Request{
		"TagResource organizations:account":                 &orgapi.TagResourceRequest{ResourceId: new(alice), Tags: tags},
		"TagResource organizations:root":                    &orgapi.TagResourceRequest{ResourceId: &a.root, Tags: tags},
		"TagResource organizations:ou":                      &orgapi.TagResourceRequest{ResourceId: &dev, Tags: tags},
		"TagResource organizations:policy":                  &orgapi.TagResourceRequest{ResourceId: &policy, Tags: tags},
		"CreateOrganizationalUnit organizations:ou":         &orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new(*t.Key + *t.Value), Tags: tags},
		"CreatePolicy organizations:policy":                 &orgapi.CreatePolicyRequest{Content: new(`{"tags":{}}`), Description: new(""), Name: new(*t.Key + *t.Value), Type: new(orgapi.PolicyTypeTagPolicy), Tags: tags},
		"CreateAccount organizations:account":               &orgapi.CreateAccountRequest{AccountName: new("Made"), Email: new(*t.Key + *t.Value + "@example.com"), Tags: tags},
		"CreateGovCloudAccount organizations:account":       &orgapi.CreateGovCloudAccountRequest{AccountName: new("Made"), Email: new("gov-" + *t.Key + *t.Value + "@example.com"), Tags: tags},
		"InviteAccountToOrganization organizations:account": &invite,
		// Tag policies are not enforced for the delegation policy.
		"PutResourcePolicy never": &orgapi.PutResourcePolicyRequest{Content: new(letEverybodySee), Tags: tags},
	}
}

func TestATagPolicyIsEnforcedForTheTypesThatItNames(t *testing.T) {
	// Among each fourth case are those of every kind of tag, and of every policy.
	n, each := 0, eachNth()
	for _, c := range []struct {
		rule, types string
		// judged are the types whose tags are judged; every type, where it holds "".
		judged []string
	}{
		{"off", `"organizations:ALL_SUPPORTED"`, nil},
		{"on", `"organizations:account","organizations:root"`, []string{"organizations:account", "organizations:root"}},
		{"on", `"organizations:ou","s3:bucket"`, []string{"organizations:ou"}},
		{"on", `"organizations:policy"`, []string{"organizations:policy"}},
		{"on", `"s3:ALL_SUPPORTED"`, nil},
		{"on", `"organizations:ALL_SUPPORTED"`, []string{""}},
	} {
		for _, given := range []struct {
			tag     orgapi.Tag
			allowed bool
		}{
			{tag("team", "red"), false},
			{tag("Team", "green"), false},
			{tag("Team", "reddish"), true},
			{tag("Team", "blue"), true},
			{tag("stage", "any"), true},
		} {
			if n++; n%each != 0 {
				continue
			}
			t.Run(c.rule+" "+c.types+" "+*given.tag.Key+"="+*given.tag.Value, func(t *testing.T) {
				w := newFixture(t, "tag-policy-enforcement "+c.rule)
				a := w.as(alice).plant()
				a.member(bob)
				dev, policy := a.unit(a.root, "Dev"), a.tagPolicy("other", `{"tags":{"x":{}}}`)
				a.enforce(a.root, c.types)
				for name, in := range tagging(a, dev, policy, given.tag) {
					operation, is, _ := strings.Cut(name, " ")
					want := ""
					if !given.allowed && (slices.Contains(c.judged, is) || slices.Contains(c.judged, "") && is != "never") {
						want = brokenTagPolicy
					}
					if got := a.told(operation, in); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
				}
				// Taking off is never refused.
				a.untag(dev, "team", "Team")
			})
		}
	}
}

// TestTheDelegationPolicyHasAnyTags: its type has no enforcement, not even with all
// others. [AWS: services and resource types that support enforcement]
func TestTheDelegationPolicyHasAnyTags(t *testing.T) {
	a := newFixture(t, "tag-policy-enforcement on").as(alice).plant()
	a.enforce(a.root, `"organizations:ALL_SUPPORTED"`)
	id := a.delegationPolicy()
	a.put(id, tag("team", "green"))
	wantList(t, "its tags", a.tagged(id), "team=green")
	refused := &orgapi.TagResourceRequest{ResourceId: &a.root, Tags: []orgapi.Tag{tag("team", "green")}}
	if got := a.told("TagResource", refused); got != brokenTagPolicy {
		t.Errorf("the root: %q", got)
	}
}

// TestOnlyAllSupportedCoversTransfers: no type stands for a transfer, and yet its tags
// are checked. [AWS: API reference, InviteOrganizationToTransferResponsibility; which
// entry of a tag policy covers it is assumed]
func TestOnlyAllSupportedCoversTransfers(t *testing.T) {
	for types, want := range map[string]string{
		`"organizations:ALL_SUPPORTED"`: brokenTagPolicy,
		`"organizations:account","organizations:ou","organizations:policy","organizations:root"`: "",
	} {
		w := newFixture(t, "tag-policy-enforcement on")
		payer, payee, _ := payers(w)
		a := tree{payer, *must(payer, (*service).ListRoots, orgapi.ListRootsRequest{}).Roots[0].Id}
		a.enforce(a.root, types)
		in := proposal(bob)
		in.Tags = []orgapi.Tag{tag("team", "green")}
		if got := a.told("InviteOrganizationToTransferResponsibility", &in); got != want {
			t.Errorf("%s: the invitation: %q, want %q", types, got, want)
		}
		if want == "" {
			continue
		}
		in.Tags = nil
		h := must(payer, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
		payee.accept(h)
		id := h.Resources[4].Value
		if got := a.told("TagResource", &orgapi.TagResourceRequest{ResourceId: id, Tags: []orgapi.Tag{tag("team", "green")}}); got != want {
			t.Errorf("%s: the transfer: %q, want %q", types, got, want)
		}
	}
}

// TestAnEmptyListOfValuesPreventsTheUseOfAKey follows the example of that name. [AWS:
// tag policy syntax and examples]
func TestAnEmptyListOfValuesPreventsTheUseOfAKey(t *testing.T) {
	a := newFixture(t, "tag-policy-enforcement on").as(alice).plant()
	a.enable(tags)
	a.attach(a.draft(tags, "none", `{"tags":{"Color":{"tag_key":{"@@assign":"Color"},"tag_value":{"@@assign":[]},"enforced_for":{"@@assign":["organizations:root"]}}}}`), a.root)
	for value, want := range map[string]string{"red": brokenTagPolicy, "": brokenTagPolicy} {
		if got := a.told("TagResource", &orgapi.TagResourceRequest{ResourceId: &a.root, Tags: []orgapi.Tag{tag("Color", value)}}); got != want {
			t.Errorf("Color=%s: %q, want %q", value, got, want)
		}
	}
	a.put(a.root, tag("Shade", "red"))
	a.put(alice, tag("Color", "red"))
}

func TestTheTagPolicyOfTheManagementAccountCounts(t *testing.T) {
	w := newFixture(t, "tag-policy-enforcement on")
	a := w.as(alice).plant()
	a.member(bob)
	here, elsewhere := a.unit(a.root, "Here"), a.unit(a.root, "Elsewhere")
	a.move(bob, a.root, elsewhere)
	bad := orgapi.TagResourceRequest{ResourceId: new(bob), Tags: []orgapi.Tag{tag("team", "red")}}
	a.enforce(elsewhere, `"organizations:account"`)
	must(a.actor, (*service).TagResource, bad)
	a.move(alice, a.root, here)
	must(a.actor, (*service).TagResource, bad)
	a.move(alice, here, elsewhere)
	fails(a.actor, brokenTagPolicy, (*service).TagResource, bad)
	must(a.actor, (*service).DisablePolicyType, orgapi.DisablePolicyTypeRequest{RootId: &a.root, PolicyType: new(orgapi.PolicyTypeTagPolicy)})
	must(a.actor, (*service).TagResource, bad)
}

// The tags of an invitation were judged when it was sent.
func TestTagsThatWaitAreNotJudgedAgain(t *testing.T) {
	w := newFixture(t, "tag-policy-enforcement on")
	a := w.as(alice).plant()
	in := invitation(bob)
	in.Tags = []orgapi.Tag{tag("team", "red")}
	h := must(a.actor, (*service).InviteAccountToOrganization, in).Handshake
	begun := must(a.actor, (*service).CreateAccount,
		orgapi.CreateAccountRequest{AccountName: new("Made"), Email: new("made@example.com"), Tags: in.Tags}).CreateAccountStatus
	a.enforce(a.root, `"organizations:account"`)
	w.as(bob).accept(h)
	wantList(t, "tags of the invited account", a.tagged(bob), "team=red")
	wantList(t, "tags of the created account", a.tagged(*a.creation(*begun.Id).AccountId), "team=red")
}

func TestWhenTagPoliciesAreAsked(t *testing.T) {
	w := newFixture(t, "tag-policy-enforcement on", "tags-per-resource 1", "unit-depth 1")
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	a.enforce(a.root, `"organizations:ou"`)
	two := []orgapi.Tag{tag("team", "red"), tag("b", "")}
	for _, row := range []refusal{
		{"TagResource", &orgapi.TagResourceRequest{ResourceId: new(noUnit), Tags: two}, "TargetNotFoundException", ""},
		{"TagResource", &orgapi.TagResourceRequest{ResourceId: &dev, Tags: two}, brokenTagPolicy, ""},
		{"CreateOrganizationalUnit", &orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("Dev"), Tags: two}, "DuplicateOrganizationalUnitException", ""},
		{"CreateOrganizationalUnit", &orgapi.CreateOrganizationalUnitRequest{ParentId: &dev, Name: new("New"), Tags: two}, brokenTagPolicy, ""},
		{"CreateOrganizationalUnit", &orgapi.CreateOrganizationalUnitRequest{ParentId: &dev, Name: new("New"), Tags: []orgapi.Tag{tag("a", ""), tag("b", "")}}, "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED", ""},
		{"CreateOrganizationalUnit", &orgapi.CreateOrganizationalUnitRequest{ParentId: &dev, Name: new("New")}, "ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED", ""},
	} {
		if got := a.told(row.operation, row.in); got != row.want {
			t.Errorf("%s(%+v): %q, want %q", row.operation, row.in, got, row.want)
		}
	}
}
