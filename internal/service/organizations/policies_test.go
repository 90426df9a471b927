package organizations_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/policy"
	"accord/internal/quota"
)

func TestEveryTypeHasADefinitionAndQuotas(t *testing.T) {
	var defined []string
	for _, d := range policy.Types {
		defined = append(defined, string(d.Type))
	}
	var ofTheWire []string
	for _, kind := range orgapi.PolicyType("").Values() {
		ofTheWire = append(ofTheWire, string(kind))
		if smallest[kind] == "" {
			t.Errorf("the tests have no document of %s", kind)
		}
	}
	wantList(t, "defined types", inOrder(defined), inOrder(ofTheWire)...)
	for _, d := range policy.Types {
		for _, name := range []quota.Name{quota.Policies(d.Type), quota.PolicySize(d.Type), quota.Attachments(d.Type)} {
			if _, ok := quota.Find(name); !ok {
				t.Errorf("%s has no quota %s", d.Type, name)
			}
		}
	}
}

func TestAPolicyIsMadeReadChangedAndRemoved(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	o := *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id
	made := must(a.actor, (*service).CreatePolicy, orgapi.CreatePolicyRequest{
		Content: new(" {\n\"tags\" : {}}"), Description: new("About"), Name: new("One"), Type: new(tags), Tags: []orgapi.Tag{tag("k", "v")},
	}).Policy
	id := *made.PolicySummary.Id
	want := &orgapi.Policy{
		Content: new(" {\n\"tags\" : {}}"),
		PolicySummary: &orgapi.PolicySummary{
			Id: &id, Arn: new("arn:aws:organizations::" + alice + ":policy/" + o + "/tag_policy/" + id), Name: new("One"),
			Description: new("About"), Type: new(tags), AwsManaged: new(false),
		},
	}
	wantPolicy(t, "the answer", made, want)
	wantPolicy(t, "the policy", a.policy(id), want)
	wantList(t, "the list", a.policies(tags), "One")
	wantList(t, "its tags", a.tagged(id), "k=v")

	must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Content: new(`{"tags":{"x":{}}}`)})
	want.Content = new(`{"tags":{"x":{}}}`)
	wantPolicy(t, "the policy with another content", a.policy(id), want)
	must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("Two"), Description: new("")})
	want.PolicySummary.Name = new("Two")
	wantPolicy(t, "the policy that keeps its description", a.policy(id), want)
	must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("Two"), Description: new("New")})
	want.PolicySummary.Description = new("New")
	wantPolicy(t, "the policy with its own name again", a.policy(id), want)

	a.discard(id)
	fails(a.actor, "PolicyNotFoundException", (*service).DescribePolicy, orgapi.DescribePolicyRequest{PolicyId: &id})
	fails(a.actor, "TargetNotFoundException", (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &id})
	wantList(t, "the list", a.policies(tags))
	a.draft(tags, "Two", `{"tags":{}}`)
}

// TestTheAnswerToUpdatePolicy: documented, it has the whole summary; natively, only the
// name and the description that the request has. An empty description is repeated in
// both. [AWS: AWS CLI, update-policy, example 2; API reference, sample "To update the
// content of a policy"; recorded]
func TestTheAnswerToUpdatePolicy(t *testing.T) {
	for style, kept := range map[string][2]*string{"documented": {new("One"), new("About")}, "native": {nil, nil}} {
		a := newFixture(t, "wire-style "+style).as(alice).plant()
		id := *must(a.actor, (*service).CreatePolicy, orgapi.CreatePolicyRequest{
			Content: new(`{"tags":{}}`), Description: new("About"), Name: new("One"), Type: new(tags),
		}).Policy.PolicySummary.Id
		for _, c := range []struct {
			in                *orgapi.UpdatePolicyRequest
			name, description *string
		}{
			{&orgapi.UpdatePolicyRequest{}, kept[0], kept[1]},
			{&orgapi.UpdatePolicyRequest{Content: new(`{"tags":{"x":{}}}`)}, kept[0], kept[1]},
			{&orgapi.UpdatePolicyRequest{Description: new("")}, kept[0], new("")},
			{&orgapi.UpdatePolicyRequest{Name: new("One")}, new("One"), kept[1]},
			{&orgapi.UpdatePolicyRequest{Name: new("Two"), Description: new("New")}, new("Two"), new("New")},
		} {
			c.in.PolicyId = &id
			want := a.policy(id)
			if c.in.Content != nil {
				want.Content = c.in.Content
			}
			want.PolicySummary.Name, want.PolicySummary.Description = c.name, c.description
			wantPolicy(t, style, must(a.actor, (*service).UpdatePolicy, *c.in).Policy, want)
		}
	}
}

// TestTheStoredContentIsNeverTooLarge: normalizing can make a document longer than the
// quota; what DescribePolicy returned can be sent again. [assumed]
func TestTheStoredContentIsNeverTooLarge(t *testing.T) {
	a := newFixture(t).as(alice).plant()
	sent := `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Sid":""}}`
	sent = strings.Replace(sent, `"Sid":""`, `"Sid":"`+strings.Repeat("a", 5120-len(sent))+`"`, 1)
	id := a.draft(rcp, "long", sent)
	stored := *a.policy(id).Content
	if len(sent) != 5120 || len(stored) != 5120+len(`"Version":"2008-10-17",[]`) {
		t.Fatalf("sent %d, stored %d characters", len(sent), len(stored))
	}
	update := func(content string) *orgapi.UpdatePolicyRequest {
		return &orgapi.UpdatePolicyRequest{PolicyId: &id, Content: &content}
	}
	must(a.actor, (*service).UpdatePolicy, *update(stored))
	fails(a.actor, "ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED", (*service).UpdatePolicy, *update(strings.Replace(stored, "aaa", "aba", 1)))
	if got := *a.policy(id).Content; got != stored {
		t.Errorf("stored %s", got)
	}
}

func wantPolicy(t *testing.T, what string, got, want *orgapi.Policy) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestPoliciesOfEveryTypeAreMadeWithoutEnablingThem(t *testing.T) {
	for style, prefix := range map[string]string{"documented": "p-", "native": ""} {
		w := newFixture(t, "wire-style "+style)
		a := w.as(alice).plant()
		for _, d := range policy.Types {
			kind := orgapi.PolicyType(d.Type)
			p := a.policy(a.draft(kind, "same name", smallest[kind]))
			want := prefix
			if style == "native" {
				want = d.IDPrefix
			}
			if !regexp.MustCompile(`^` + want + `[0-9a-z]{8}$`).MatchString(*p.PolicySummary.Id) {
				t.Errorf("%s: a policy of %s has the id %s", style, kind, *p.PolicySummary.Id)
			}
			if !strings.Contains(*p.PolicySummary.Arn, "/"+d.Segment+"/"+*p.PolicySummary.Id) {
				t.Errorf("a policy of %s has the ARN %s", kind, *p.PolicySummary.Arn)
			}
			if kind != rcp && *p.Content != smallest[kind] {
				t.Errorf("the content of %s has become %s", kind, *p.Content)
			}
		}
		if got := *a.policy(a.draft(rcp, "normalized", "{ \"Statement\" :\n"+`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`)).Content; got !=
			`{"Version":"2008-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}` {
			t.Errorf("a resource control policy is kept as %s", got)
		}
	}
}

func TestThePoliciesOfAWSCannotBeChanged(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a := w.as(alice).plant()
		want := &orgapi.PolicySummary{
			Id: new(full), Arn: new("arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"), Name: new("FullAWSAccess"),
			Description: new("Allows access to every operation"), Type: new(scp), AwsManaged: new(true),
		}
		if diff := cmp.Diff(want, a.policy(full).PolicySummary); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if !json.Valid([]byte(*a.policy(fullRCP).Content)) {
			t.Error("the content of the other one is not valid JSON")
		}
		const immutable = "InvalidInputException IMMUTABLE_POLICY"
		var rows []refusal
		for _, id := range []string{full, fullRCP} {
			rows = append(rows,
				refusal{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &id}, immutable, ""},
				refusal{"DeletePolicy", &orgapi.DeletePolicyRequest{PolicyId: &id}, immutable, ""},
				refusal{"TagResource", &orgapi.TagResourceRequest{ResourceId: &id, Tags: []orgapi.Tag{tag("k", "v")}}, malformed, ":RESOURCE_ID"},
				refusal{"UntagResource", removing(id, "k"), malformed, ":RESOURCE_ID"},
				refusal{"ListTagsForResource", &orgapi.ListTagsForResourceRequest{ResourceId: &id}, malformed, ":RESOURCE_ID"})
		}
		return a.actor, rows
	})
}

func TestPoliciesAreListedInTheOrderOfCreation(t *testing.T) {
	w := newFixture(t)
	a, other := w.as(alice).plant(), w.as(dave).plant()
	other.draft(scp, "foreign", allowAll)
	a.draft(tags, "of another type", `{"tags":{}}`)
	want := []string{"FullAWSAccess"}
	for i := range 7 {
		want = append(want, fmt.Sprint("policy ", 7-i))
		a.draft(scp, want[i+1], allowAll)
	}
	wantList(t, "the policies", a.policies(scp), want...)
	for size := int32(1); size <= 8; size++ {
		wantList(t, "the policies in pages", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: new(scp), MaxResults: &size, NextToken: token})
			return names(out.Policies), out.NextToken
		}), want...)
	}
	out := must(a.actor, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: new(scp), MaxResults: new(int32(1))})
	fails(a.actor, badToken, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: new(rcp), NextToken: out.NextToken})
	fails(other.actor, badToken, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: new(scp), NextToken: out.NextToken})
}

func TestQuotasOfPolicies(t *testing.T) {
	w := newFixture(t, "policies-tag 2", "policy-size-tag 20", "tags-per-resource 1")
	a := w.as(alice).plant()
	const number, size = "ConstraintViolationException POLICY_NUMBER_LIMIT_EXCEEDED", "ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED"
	exact := `{"tags":{"日本":{}}}  `
	for _, row := range []struct {
		in   *orgapi.CreatePolicyRequest
		want string
	}{
		{drafting(tags, "a", exact+"x"), size},
		// Too large is told before malformed, and that before the name and the number.
		{drafting(tags, "a", strings.Repeat("x", 21)), size},
		{drafting(tags, "a", exact, tag("a", ""), tag("b", "")), "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED"},
		{drafting(tags, "a", "x", tag("a", ""), tag("b", "")), "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED"},
		{drafting(tags, "a", exact), ""},
		{drafting(tags, "b", exact), ""},
		{drafting(tags, "c", exact), number},
		{drafting(tags, "b", exact), "DuplicatePolicyException"},
		{drafting(tags, "b", "x"), "MalformedPolicyDocumentException"},
		{drafting(backups, "c", `{"plans":{}}`), ""},
	} {
		if got := a.told("CreatePolicy", row.in); got != row.want {
			t.Errorf("%s %q: %q, want %q", *row.in.Name, *row.in.Content, got, row.want)
		}
	}
	var id string
	for _, p := range must(a.actor, (*service).ListPolicies, orgapi.ListPoliciesRequest{Filter: new(tags)}).Policies {
		id = *p.Id
	}
	fails(a.actor, size, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Content: new(exact + "x")})
	a.discard(id)
	a.draft(tags, "c", exact)
	w.quota(a.actor, "policies-tag", 3)
	a.draft(tags, "d", exact)
	fails(a.actor, number, (*service).CreatePolicy, *drafting(tags, "e", exact))
}

func TestTheQuotaProfileHoldsForPolicies(t *testing.T) {
	long := strings.Replace(allowAll, "{", "{"+strings.Repeat(" ", 6000), 1)
	for profile, want := range map[string]string{"2026": "", "2024": "ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED"} {
		a := newFixture(t, "quota-profile "+profile).as(alice).plant()
		if got := a.told("CreatePolicy", drafting(scp, "long", long)); got != want {
			t.Errorf("%s: %q, want %q", profile, got, want)
		}
	}
}

func TestRejectionsOfPolicies(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		a.member(bob)
		a.enable(tags)
		id, foreign := a.draft(tags, "One", `{"tags":{}}`), other.draft(tags, "One", `{"tags":{}}`)
		a.draft(tags, "Two", `{"tags":{}}`)
		a.attach(id, bob)
		without := func(change func(in *orgapi.CreatePolicyRequest)) *orgapi.CreatePolicyRequest {
			in := drafting(tags, "New", `{"tags":{}}`)
			change(in)
			return in
		}
		long := strings.Repeat("日", 513)
		return a.actor, []refusal{
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Content = nil }), absent, ":CONTENT"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Description = nil }), absent, ":DESCRIPTION"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Name = nil }), absent, ":NAME"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Type = nil }), absent, ":TYPE"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Type = new(orgapi.PolicyType("X")) }), noEnum, ":TYPE"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Content = new("") }), tooShort, ":CONTENT"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Description = &long }), tooLong, ":DESCRIPTION"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Name = new("") }), tooShort, ":NAME"},
			{"CreatePolicy", without(func(in *orgapi.CreatePolicyRequest) { in.Tags = []orgapi.Tag{tag("k", ""), tag("k", "")} }), "InvalidInputException DUPLICATE_TAG_KEY", ""},
			{"CreatePolicy", drafting(tags, "One", `{"tags":{}}`), "DuplicatePolicyException", ""},
			{"CreatePolicy", drafting(scp, "FullAWSAccess", allowAll), "DuplicatePolicyException", ""},
			{"CreatePolicy", drafting(rcp, "RCPFullAWSAccess", rcpDeny), "DuplicatePolicyException", ""},
			{"CreatePolicy", drafting(tags, "one", `{"tags":{}}`), "", ""},
			{"CreatePolicy", drafting(backups, "One", `{"plans":{}}`), "", ""},
			{"CreatePolicy", drafting(rcp, "FullAWSAccess", rcpDeny), "", ""},
			{"CreatePolicy", drafting(tags, "New", `{}`), "MalformedPolicyDocumentException", ""},

			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{}, absent, ":POLICY_ID"},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: new("p-1")}, "InvalidInputException INVALID_SYNTAX_POLICY_ID", ""},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("")}, tooShort, ":NAME"},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &id, Description: &long}, tooLong, ":DESCRIPTION"},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &foreign}, "PolicyNotFoundException", ""},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: new(noPolicy), Content: new("x")}, "PolicyNotFoundException", ""},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("Two")}, "DuplicatePolicyException", ""},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("Two"), Content: new("x")}, "MalformedPolicyDocumentException", ""},

			{"DeletePolicy", &orgapi.DeletePolicyRequest{}, absent, ":POLICY_ID"},
			{"DeletePolicy", &orgapi.DeletePolicyRequest{PolicyId: new("ou-aaaa-11111111")}, "InvalidInputException INVALID_SYNTAX_POLICY_ID", ""},
			{"DeletePolicy", &orgapi.DeletePolicyRequest{PolicyId: &foreign}, "PolicyNotFoundException", ""},
			{"DeletePolicy", &orgapi.DeletePolicyRequest{PolicyId: &id}, "PolicyInUseException", ""},

			{"DescribePolicy", &orgapi.DescribePolicyRequest{}, absent, ":POLICY_ID"},
			{"DescribePolicy", &orgapi.DescribePolicyRequest{PolicyId: new("p-!!!!!!!!")}, "InvalidInputException INVALID_SYNTAX_POLICY_ID", ""},
			{"DescribePolicy", &orgapi.DescribePolicyRequest{PolicyId: &foreign}, "PolicyNotFoundException", ""},

			{"ListPolicies", &orgapi.ListPoliciesRequest{}, absent, ":FILTER"},
			{"ListPolicies", &orgapi.ListPoliciesRequest{Filter: new(orgapi.PolicyType("X"))}, noEnum, ":FILTER"},
			{"ListPolicies", &orgapi.ListPoliciesRequest{Filter: new(tags), MaxResults: new(int32(0))}, tooLittle, ":MAX_RESULTS"},
			{"ListPolicies", &orgapi.ListPoliciesRequest{Filter: new(tags), MaxResults: new(int32(21))}, tooMuch, ":MAX_RESULTS"},
			{"ListPolicies", &orgapi.ListPoliciesRequest{Filter: new(tags), NextToken: new("")}, badToken, ""},
		}
	})
}

func TestOfEqualNamesOneIsTaken(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	calls := make([]func() error, 6)
	for i := range calls {
		calls[i] = func() error {
			_, err := try(a.actor, (*service).CreatePolicy, *drafting(tags, "same", `{"tags":{}}`))
			return err
		}
	}
	told := race(t, calls...)
	if count(told, "") != 1 || count(told, "DuplicatePolicyException") != len(calls)-1 {
		t.Errorf("told %q", told)
	}
	wantList(t, "the policies", a.policies(tags), "same")
}

// What an organization without all features can and cannot do with policies.
func TestPoliciesNeedAllFeatures(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a := w.as(alice)
		a.organization(billing)
		root := *must(a, (*service).ListRoots, orgapi.ListRootsRequest{}).Roots[0].Id
		wantList(t, "enabled types", a.enabled())
		wantList(t, "policies", a.policies(scp))
		wantList(t, "policies on the root", a.on(root, scp))
		const unavailable = "PolicyTypeNotAvailableForOrganizationException"
		const features = "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"
		return a, []refusal{
			// The gate stands before existence and before the document.
			{"CreatePolicy", drafting(tags, "One", "x"), unavailable, ""},
			{"EnablePolicyType", &orgapi.EnablePolicyTypeRequest{RootId: new("r-none"), PolicyType: new(tags)}, unavailable, ""},
			{"UpdatePolicy", &orgapi.UpdatePolicyRequest{PolicyId: new(full)}, features, ""},
			{"AttachPolicy", attaching(full, noUnit), features, ""},
			{"DetachPolicy", detaching(fullRCP, noUnit), features, ""},
			{"DisablePolicyType", &orgapi.DisablePolicyTypeRequest{RootId: new("r-none"), PolicyType: new(tags)}, features, ""},
			{"DescribePolicy", &orgapi.DescribePolicyRequest{PolicyId: new(full)}, "PolicyNotFoundException", ""},
			{"DeletePolicy", &orgapi.DeletePolicyRequest{PolicyId: new(full)}, "PolicyNotFoundException", ""},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: new(full)}, "PolicyNotFoundException", ""},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: new(noUnit), Filter: new(scp)}, "TargetNotFoundException", ""},
			{"TagResource", &orgapi.TagResourceRequest{ResourceId: new(noPolicy), Tags: []orgapi.Tag{}}, "TargetNotFoundException", ""},
			{"DescribeEffectivePolicy", effectiveFor(tags, carol), features, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(tags, carol), features, ""},
			{"ListAccountsWithInvalidEffectivePolicy", invalidFor(tags), features, ""},
		}
	})
}

func TestAPolicyGoesWithItsOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(tags)
	id := a.draft(tags, "One", value("k", "assign", "v"))
	a.attach(id, a.root, alice)
	must(a.actor, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	again := a.plant()
	wantList(t, "the policies of the next one", again.policies(tags))
	wantList(t, "its enabled types", again.enabled())
	again.enable(tags)
	wantList(t, "what is attached", again.on(alice, tags))
	fails(again.actor, "PolicyNotFoundException", (*service).DescribePolicy, orgapi.DescribePolicyRequest{PolicyId: &id})
	if !slices.Equal(again.invalid(tags), []string{}) {
		t.Error("there is an invalid account")
	}
}
