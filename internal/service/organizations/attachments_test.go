package organizations_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
)

const (
	leastOne = "ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
	mostFive = "ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
)

func TestTheDefaultPolicyIsOnEverythingWhileItsTypeIsEnabled(t *testing.T) {
	for kind, name := range map[orgapi.PolicyType]string{scp: "FullAWSAccess", rcp: "RCPFullAWSAccess"} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			a := w.as(alice).plant()
			a.member(bob)
			dev := a.unit(a.root, "Dev")
			wantList(t, "before", a.on(a.root, kind))
			wantList(t, "its targets before", a.targets("p-"+name, 20))
			a.enable(kind)
			ops := a.unit(dev, "Ops")
			a.member(carol)
			made := a.create("Made", "made@example.com")
			everything := []string{a.root, dev, ops, alice, bob, carol, made}
			for _, target := range everything {
				wantList(t, "on "+target, a.on(target, kind), name)
			}
			for size := int32(1); size <= 8; size++ {
				wantList(t, "its targets", inOrder(a.targets("p-"+name, size)), inOrder(everything)...)
			}
			for _, target := range everything {
				fails(a.actor, "DuplicatePolicyAttachmentException", (*service).AttachPolicy, *attaching("p-"+name, target))
			}
			a.move(bob, a.root, ops)
			wantList(t, "on the moved account", a.on(bob, kind), name)
			a.disable(kind)
			for _, target := range everything {
				wantList(t, "disabled, on "+target, a.on(target, kind))
			}
			wantList(t, "its targets once disabled", a.targets("p-"+name, 20))
		})
	}
}

func TestTargetsOfADefaultPolicyAreListedOldestFirst(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(scp)
	other := a.draft(scp, "Other", allowAll)
	want := []string{a.root, alice}
	for i := range 3 {
		w.pass(1e9)
		member := fmt.Sprintf("9%011d", i)
		want = append(want, a.unit(a.root, fmt.Sprint("Unit ", i)))
		w.pass(1e9)
		a.member(member)
		want = append(want, member)
	}
	wantList(t, "the targets", a.targets(full, 20), want...)
	// What is taken off and put on again comes last, in the order of putting on.
	for _, again := range []int{5, 0, 2} {
		a.attach(other, want[again])
		a.detach(full, want[again])
	}
	off := []string{want[1], want[3], want[4], want[6], want[7]}
	wantList(t, "the targets that are left", a.targets(full, 20), off...)
	for _, again := range []int{5, 0, 2} {
		a.attach(full, want[again])
	}
	for size := int32(1); size <= 9; size++ {
		wantList(t, "the targets at last", a.targets(full, size), append(off, want[5], want[0], want[2])...)
	}
	// A place in the list belongs to the policy.
	out := must(a.actor, (*service).ListTargetsForPolicy, orgapi.ListTargetsForPolicyRequest{PolicyId: new(full), MaxResults: new(int32(1))})
	fails(a.actor, badToken, (*service).ListTargetsForPolicy, orgapi.ListTargetsForPolicyRequest{PolicyId: &other, NextToken: out.NextToken})
}

func TestTargetsAreShownWithNameAndARN(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	o := *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id
	dev := a.unit(a.root, "Dev")
	a.enable(tags, scp)
	id := a.draft(tags, "One", `{"tags":{}}`)
	a.attach(id, alice, a.root, dev)
	arn := func(kind, id string) *string {
		return new("arn:aws:organizations::" + alice + ":" + kind + "/" + o + "/" + id)
	}
	name := *a.account(alice).Name
	want := []orgapi.PolicyTargetSummary{
		{TargetId: new(alice), Arn: arn("account", alice), Name: &name, Type: new(orgapi.TargetTypeAccount)},
		{TargetId: &a.root, Arn: arn("root", a.root), Name: new("Root"), Type: new(orgapi.TargetTypeRoot)},
		{TargetId: &dev, Arn: arn("ou", dev), Name: new("Dev"), Type: new(orgapi.TargetTypeOrganizationalUnit)},
	}
	if diff := cmp.Diff(want, must(a.actor, (*service).ListTargetsForPolicy, orgapi.ListTargetsForPolicyRequest{PolicyId: &id}).Targets); diff != "" {
		t.Errorf("of a policy (-want +got):\n%s", diff)
	}
	of := map[string]orgapi.PolicyTargetSummary{}
	for _, target := range must(a.actor, (*service).ListTargetsForPolicy, orgapi.ListTargetsForPolicyRequest{PolicyId: new(full)}).Targets {
		of[*target.TargetId] = target
	}
	for _, target := range want {
		if diff := cmp.Diff(target, of[*target.TargetId]); diff != "" {
			t.Errorf("of the default policy (-want +got):\n%s", diff)
		}
	}
}

func TestPoliciesOnATargetAreListedInTheOrderOfAttachment(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(scp, tags)
	var ids []string
	want := []string{"FullAWSAccess"}
	for i := range 5 {
		name := fmt.Sprint("policy ", 5-i)
		ids = append(ids, a.draft(scp, name, allowAll))
		want = append(want, name)
	}
	a.attach(ids[0], bobOf(a))
	for _, id := range ids {
		a.attach(id, a.root)
	}
	wantList(t, "the policies", a.on(a.root, scp), want...)
	wantList(t, "of another type", a.on(a.root, tags))
	for size := int32(1); size <= 7; size++ {
		wantList(t, "the policies in pages", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListPoliciesForTarget,
				orgapi.ListPoliciesForTargetRequest{TargetId: &a.root, Filter: new(scp), MaxResults: &size, NextToken: token})
			return names(out.Policies), out.NextToken
		}), want...)
	}
	a.detach(full, a.root)
	a.detach(ids[0], a.root)
	a.attach(full, a.root)
	a.attach(ids[0], a.root)
	wantList(t, "once two were put on again", a.on(a.root, scp), append(want[2:], want[0], want[1])...)
	out := must(a.actor, (*service).ListPoliciesForTarget, orgapi.ListPoliciesForTargetRequest{TargetId: &a.root, Filter: new(scp), MaxResults: new(int32(1))})
	for _, in := range []orgapi.ListPoliciesForTargetRequest{
		{TargetId: new(alice), Filter: new(scp), NextToken: out.NextToken},
		{TargetId: &a.root, Filter: new(tags), NextToken: out.NextToken},
	} {
		fails(a.actor, badToken, (*service).ListPoliciesForTarget, in)
	}
}

// bobOf makes bob a member.
func bobOf(a tree) string {
	a.member(bob)
	return bob
}

func TestOneServiceControlPolicyStaysOnEveryTarget(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(scp)
	dev, other := a.unit(a.root, "Dev"), a.draft(scp, "Other", allowAll)
	for _, target := range []string{a.root, dev, alice} {
		fails(a.actor, leastOne, (*service).DetachPolicy, *detaching(full, target))
		a.attach(other, target)
		a.detach(full, target)
		wantList(t, "the one that is left", a.on(target, scp), "Other")
		fails(a.actor, leastOne, (*service).DetachPolicy, *detaching(other, target))
		fails(a.actor, "PolicyNotAttachedException", (*service).DetachPolicy, *detaching(full, target))
		a.attach(full, target)
		a.detach(other, target)
		wantList(t, "the one that is back", a.on(target, scp), "FullAWSAccess")
		wantList(t, "the one that is back, read again", a.on(target, scp), "FullAWSAccess")
		fails(a.actor, leastOne, (*service).DetachPolicy, *detaching(full, target))
	}
	// Enabling again begins anew.
	a.attach(other, dev)
	a.detach(full, dev)
	a.disable(scp)
	a.enable(scp)
	for _, target := range []string{a.root, dev, alice} {
		wantList(t, "after disabling and enabling", a.on(target, scp), "FullAWSAccess")
	}
	// A management policy may be the last that goes.
	a.enable(tags)
	only := a.draft(tags, "Only", `{"tags":{}}`)
	a.attach(only, dev)
	a.detach(only, dev)
}

func TestHowManyPoliciesATargetTakes(t *testing.T) {
	for kind, most := range map[orgapi.PolicyType]int{scp: 10, rcp: 5, tags: 10, orgapi.PolicyTypeChatbotPolicy: 5} {
		t.Run(string(kind), func(t *testing.T) {
			w := newFixture(t)
			a := w.as(alice).plant()
			a.enable(kind)
			taken := len(a.on(a.root, kind))
			for i := range most - taken {
				a.attach(a.draft(kind, fmt.Sprint(i), smallest[kind]), a.root)
			}
			last := a.draft(kind, "last", smallest[kind])
			fails(a.actor, mostFive, (*service).AttachPolicy, *attaching(last, a.root))
			a.attach(last, alice)
			w.quota(a.actor, "attachments-"+map[orgapi.PolicyType]string{scp: "service-control", rcp: "resource-control", tags: "tag", orgapi.PolicyTypeChatbotPolicy: "chatbot"}[kind], int64(most+1))
			a.attach(last, a.root)
		})
	}
	a := newFixture(t, "quota-profile 2024").as(alice).plant()
	a.enable(scp)
	for i := range 4 {
		a.attach(a.draft(scp, fmt.Sprint(i), allowAll), a.root)
	}
	fails(a.actor, mostFive, (*service).AttachPolicy, *attaching(a.draft(scp, "last", allowAll), a.root))
}

func TestRejectionsOfAttachments(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		a.enable(tags, rcp)
		w.as(carol)
		id, foreign := a.draft(tags, "One", `{"tags":{}}`), other.draft(tags, "One", `{"tags":{}}`)
		disabled, free := a.draft(backups, "One", `{"plans":{}}`), a.draft(tags, "Two", `{"tags":{}}`)
		a.attach(id, a.root)
		foreignUnit := other.unit(other.root, "Dev")
		const syntax, pattern = "InvalidInputException INVALID_SYNTAX_POLICY_ID", "InvalidInputException INVALID_PATTERN_TARGET_ID"
		const noTarget, noneSuch, notOn = "TargetNotFoundException", "PolicyNotFoundException", "PolicyNotAttachedException"
		const fixed = "InvalidInputException NON_DETACHABLE_POLICY"
		rows := []refusal{
			{"AttachPolicy", &orgapi.AttachPolicyRequest{TargetId: &a.root}, absent, ":POLICY_ID"},
			{"AttachPolicy", &orgapi.AttachPolicyRequest{PolicyId: &id}, absent, ":TARGET_ID"},
			{"AttachPolicy", attaching("p-1", a.root), syntax, ""},
			{"AttachPolicy", attaching(id, "x"), pattern, ""},
			{"AttachPolicy", attaching(noPolicy, noUnit), noneSuch, ""},
			{"AttachPolicy", attaching(foreign, a.root), noneSuch, ""},
			// The target is looked for before the type is asked whether it is enabled.
			{"AttachPolicy", attaching(disabled, noUnit), noTarget, ""},
			{"AttachPolicy", attaching(disabled, a.root), "PolicyTypeNotEnabledException", ""},
			{"AttachPolicy", attaching(full, a.root), "PolicyTypeNotEnabledException", ""},
			{"AttachPolicy", attaching(id, a.root), "DuplicatePolicyAttachmentException", ""},
			{"AttachPolicy", attaching(id, alice), "", ""},

			{"DetachPolicy", &orgapi.DetachPolicyRequest{TargetId: &a.root}, absent, ":POLICY_ID"},
			{"DetachPolicy", &orgapi.DetachPolicyRequest{PolicyId: &id}, absent, ":TARGET_ID"},
			{"DetachPolicy", detaching("p-1", a.root), syntax, ""},
			{"DetachPolicy", detaching(id, "x"), pattern, ""},
			{"DetachPolicy", detaching(foreign, a.root), noneSuch, ""},
			{"DetachPolicy", detaching(id, noUnit), noTarget, ""},
			{"DetachPolicy", detaching(fullRCP, noUnit), noTarget, ""},
			{"DetachPolicy", detaching(fullRCP, a.root), fixed, ""},
			{"DetachPolicy", detaching(free, a.root), notOn, ""},
			{"DetachPolicy", detaching(disabled, a.root), notOn, ""},
			{"DetachPolicy", detaching(full, a.root), notOn, ""},

			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{Filter: new(tags)}, absent, ":TARGET_ID"},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: &a.root}, absent, ":FILTER"},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: new("x"), Filter: new(tags)}, pattern, ""},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: &a.root, Filter: new(orgapi.PolicyType("X"))}, noEnum, ":FILTER"},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: &a.root, Filter: new(tags), MaxResults: new(int32(21))}, tooMuch, ":MAX_RESULTS"},
			// The token is read before the target is looked for.
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: new(noUnit), Filter: new(tags), NextToken: new("x")}, badToken, ""},
			{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: &a.root, Filter: new(backups)}, "", ""},

			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{}, absent, ":POLICY_ID"},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: new("p-1")}, syntax, ""},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: &foreign}, noneSuch, ""},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: &id, MaxResults: new(int32(0))}, tooLittle, ":MAX_RESULTS"},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: &foreign, NextToken: new("x")}, badToken, ""},
			{"ListTargetsForPolicy", &orgapi.ListTargetsForPolicyRequest{PolicyId: &disabled}, "", ""},
		}
		for _, unknown := range []string{noUnit, foreignUnit, other.root, "r-none", dave, carol, "000000000000"} {
			rows = append(rows,
				refusal{"AttachPolicy", attaching(id, unknown), noTarget, ""},
				refusal{"DetachPolicy", detaching(id, unknown), noTarget, ""},
				refusal{"ListPoliciesForTarget", &orgapi.ListPoliciesForTargetRequest{TargetId: &unknown, Filter: new(tags)}, noTarget, ""})
		}
		a.disable(rcp)
		return a.actor, append(rows, refusal{"DetachPolicy", detaching(fullRCP, a.root), fixed, ""})
	})
}

func TestAMemberInAnyStateIsATarget(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(tags)
	id := a.draft(tags, "One", `{"tags":{}}`)
	made := a.create("Made", "made@example.com")
	must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &made})
	w.pass(0)
	a.attach(id, made)
	wantList(t, "on the closed account", a.on(made, tags), "One")
	w.pass(90 * day)
	fails(a.actor, "TargetNotFoundException", (*service).DetachPolicy, *detaching(id, made))
	wantList(t, "the targets once it is gone", a.targets(id, 20))
	a.discard(id)
}

func TestAttachmentsGoWithTheirTargets(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(tags, scp)
	id, other := a.draft(tags, "One", `{"tags":{}}`), a.draft(scp, "Other", allowAll)
	dev := a.unit(a.root, "Dev")
	for what, c := range map[string]struct {
		target string
		gone   func()
		back   func()
	}{
		"left":    {bob, func() { actor{w, bob}.leave() }, func() { a.member(bob) }},
		"removed": {carol, func() { a.remove(carol) }, func() { a.member(carol) }},
		"deleted": {dev, func() {
			must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &dev})
		}, nil},
	} {
		if c.back != nil {
			c.back()
		}
		a.attach(id, c.target)
		a.attach(other, c.target)
		a.detach(full, c.target)
		c.gone()
		wantList(t, what+": targets", a.targets(id, 20))
		wantList(t, what+": targets of the other", a.targets(other, 20))
		if c.back == nil {
			continue
		}
		c.back()
		wantList(t, what+" and back", a.on(c.target, tags))
		wantList(t, what+" and back", a.on(c.target, scp), "FullAWSAccess")
	}
	a.discard(id)
	a.discard(other)
}
