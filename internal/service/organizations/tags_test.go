package organizations_test

import (
	"fmt"
	"strings"
	"testing"

	"accord/internal/api/orgapi"
)

func tag(key, value string) orgapi.Tag { return orgapi.Tag{Key: &key, Value: &value} }

// tagged reads the tags of a thing as "key=value".
func (a actor) tagged(id string) []string {
	a.w.t.Helper()
	tags := []string{}
	out := must(a, (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &id})
	if out.Tags == nil || out.NextToken != nil {
		a.w.t.Errorf("the tags of %s are %v, then %v", id, out.Tags, out.NextToken)
	}
	for _, t := range out.Tags {
		tags = append(tags, *t.Key+"="+*t.Value)
	}
	return tags
}

func (a actor) put(id string, tags ...orgapi.Tag) {
	a.w.t.Helper()
	must(a, (*service).TagResource, orgapi.TagResourceRequest{ResourceId: &id, Tags: append([]orgapi.Tag{}, tags...)})
}

func (a actor) untag(id string, keys ...string) {
	a.w.t.Helper()
	must(a, (*service).UntagResource, *removing(id, keys...))
}

func removing(id string, keys ...string) *orgapi.UntagResourceRequest {
	in := &orgapi.UntagResourceRequest{ResourceId: &id, TagKeys: []*string{}}
	for _, key := range keys {
		in.TagKeys = append(in.TagKeys, &key)
	}
	return in
}

// delegationPolicy gives the organization a delegation policy and returns its id.
func (a tree) delegationPolicy() string {
	a.w.t.Helper()
	return *must(a.actor, (*service).PutResourcePolicy, orgapi.PutResourcePolicyRequest{Content: new(letEverybodySee)}).
		ResourcePolicy.ResourcePolicySummary.Id
}

const letEverybodySee = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"organizations:ListRoots","Resource":"*"}]}`

func TestTagsKeepTheOrderOfTheirFirstCreation(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	for name, id := range map[string]string{
		"root": a.root, "unit": a.unit(a.root, "Dev"), "management account": alice,
		"policy": a.tagPolicy("tagged", `{"tags":{}}`), "delegation policy": a.delegationPolicy(),
	} {
		t.Run(name, func(t *testing.T) {
			wantList(t, "at first", a.tagged(id))
			a.put(id, tag("team", "red"), tag("Team", ""), tag("cost center", "1:2/3=4+5-6@7"))
			a.put(id, tag("added", "aws:value"))
			a.put(id, tag("team", "blue"), tag("last", "日本"))
			wantList(t, "an overwritten value keeps its place", a.tagged(id),
				"team=blue", "Team=", "cost center=1:2/3=4+5-6@7", "added=aws:value", "last=日本")
			a.untag(id, "team", "absent")
			a.put(id, tag("team", "green"))
			wantList(t, "a removed key goes to the end", a.tagged(id),
				"Team=", "cost center=1:2/3=4+5-6@7", "added=aws:value", "last=日本", "team=green")
			a.put(id)
			a.untag(id)
			a.untag(id, "Team", "cost center", "added", "last", "team")
			wantList(t, "at last", a.tagged(id))
		})
	}
}

func TestTagsBelongToOneThing(t *testing.T) {
	w := newFixture(t)
	a, other := w.as(alice).plant(), w.as(dave).plant()
	a.member(bob)
	dev, theirs := a.unit(a.root, "Dev"), other.unit(other.root, "Dev")
	for _, id := range []string{a.root, dev, bob} {
		a.put(id, tag("id", id))
	}
	other.put(theirs, tag("id", theirs))
	for _, id := range []string{a.root, dev, bob} {
		wantList(t, "tags", a.tagged(id), "id="+id)
	}
	wantList(t, "tags of the other organization", other.tagged(theirs), "id="+theirs)
	wantList(t, "tags of its root", other.tagged(other.root))
}

func TestTagsComeWithTheThing(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	given := []orgapi.Tag{tag("b", "1"), tag("a", "2")}
	dev := *must(a.actor, (*service).CreateOrganizationalUnit,
		orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("Dev"), Tags: given}).OrganizationalUnit.Id
	wantList(t, "tags of a new unit", a.tagged(dev), "b=1", "a=2")

	begun := must(a.actor, (*service).CreateAccount,
		orgapi.CreateAccountRequest{AccountName: new("Made"), Email: new("made@example.com"), Tags: given}).CreateAccountStatus
	w.pass(0)
	wantList(t, "tags of a created account", a.tagged(*a.creation(*begun.Id).AccountId), "b=1", "a=2")

	in := invitation(bob)
	in.Tags = given
	w.as(bob).accept(must(a.actor, (*service).InviteAccountToOrganization, in).Handshake)
	wantList(t, "tags of an invited account", a.tagged(bob), "b=1", "a=2")
}

func TestTagsGoWithTheThing(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	b := a.member(bob)
	a.put(dev, tag("k", "v"))
	a.put(bob, tag("k", "v"))
	a.move(bob, a.root, dev)
	wantList(t, "tags of a moved account", a.tagged(bob), "k=v")
	b.leave()
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &dev})
	for _, gone := range []string{bob, dev} {
		fails(a.actor, "TargetNotFoundException", (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &gone})
	}
	a.member(bob)
	wantList(t, "tags of an account that came back", a.tagged(bob))
}

func TestTagsOfPolicies(t *testing.T) {
	w := newFixture(t)
	a, other := w.as(alice).plant(), w.as(dave)
	other.organization(billing)
	policy, delegation := a.tagPolicy("tagged", `{"tags":{}}`), a.delegationPolicy()
	for _, id := range []string{policy, delegation} {
		a.put(id, tag("k", "v"))
		fails(other, "TargetNotFoundException", (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &id})
	}
	must(a.actor, (*service).DeletePolicy, orgapi.DeletePolicyRequest{PolicyId: &policy})
	must(a.actor, (*service).DeleteResourcePolicy, orgapi.DeleteResourcePolicyRequest{})
	again := a.delegationPolicy()
	wantList(t, "tags of the next delegation policy", a.tagged(again))
	for _, gone := range []string{policy, delegation} {
		fails(a.actor, "TargetNotFoundException", (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &gone})
	}
}

func TestTagsOfAClosedAccountStay(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	made := a.create("Made", "made@example.com")
	a.put(made, tag("k", "v"))
	must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &made})
	w.pass(day)
	a.put(made, tag("l", "w"))
	wantList(t, "tags of a closed account", a.tagged(made), "k=v", "l=w")
	w.pass(90 * day)
	fails(a.actor, "TargetNotFoundException", (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &made})
}

func TestAThingHasFiftyTags(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	var fifty []orgapi.Tag
	var want []string
	for i := range 50 {
		fifty = append(fifty, tag(fmt.Sprint("k", i), "v"))
		want = append(want, fmt.Sprint("k", i, "=v"))
	}
	a.put(a.root, fifty...)
	wantList(t, "tags", a.tagged(a.root), want...)
	tooMany := "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED"
	fails(a.actor, tooMany, (*service).TagResource, orgapi.TagResourceRequest{ResourceId: &a.root, Tags: []orgapi.Tag{tag("k0", "w"), tag("one more", "")}})
	wantList(t, "after the refusal", a.tagged(a.root), want...)
	// Overwriting adds nothing.
	a.put(a.root, fifty...)
	// A lowered quota stops growth and takes nothing away.
	w.quota(a.actor, "tags-per-resource", 10)
	a.put(a.root, tag("k0", "w"))
	a.untag(a.root, "k49")
	fails(a.actor, tooMany, (*service).TagResource, orgapi.TagResourceRequest{ResourceId: &a.root, Tags: []orgapi.Tag{tag("one more", "")}})
}

func TestMoreTagsThanAPageHolds(t *testing.T) {
	w := newFixture(t, "tags-per-resource 130")
	a := w.as(alice).plant()
	var want []string
	for i := range 120 {
		want = append(want, fmt.Sprint("k", i))
	}
	for i := 0; i < 120; i += 40 {
		var tags []orgapi.Tag
		for _, key := range want[i : i+40] {
			tags = append(tags, tag(key, ""))
		}
		a.put(a.root, tags...)
	}
	wantList(t, "keys", pages(t, 50, func(token *string) ([]string, *string) {
		out := must(a.actor, (*service).ListTagsForResource, orgapi.ListTagsForResourceRequest{ResourceId: &a.root, NextToken: token})
		keys := []string{}
		for _, tag := range out.Tags {
			keys = append(keys, *tag.Key)
		}
		return keys, out.NextToken
	}), want...)
}

func TestRejectionsOfTags(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		w.as(carol)
		foreign := other.unit(other.root, "Dev")
		put := func(id string, tags ...orgapi.Tag) *orgapi.TagResourceRequest {
			return &orgapi.TagResourceRequest{ResourceId: &id, Tags: tags}
		}
		good := tag("k", "v")
		rows := []refusal{
			{"TagResource", &orgapi.TagResourceRequest{}, absent, ":RESOURCE_ID"},
			{"TagResource", put(a.root), absent, ":TAGS"},
			{"TagResource", &orgapi.TagResourceRequest{ResourceId: &a.root, Tags: []orgapi.Tag{}}, "", ""},
			{"TagResource", put(a.root, orgapi.Tag{Key: new("k")}), absent, ":TAGS_1_MEMBER_VALUE"},
			{"TagResource", put(a.root, good, orgapi.Tag{Value: new("v")}), absent, ":TAGS_2_MEMBER_KEY"},
			{"TagResource", put("h-0123456789abcdef", good), malformed, ":RESOURCE_ID"},
			{"TagResource", put("o-0123456789", good), malformed, ":RESOURCE_ID"},
			{"TagResource", put(strings.Repeat("1", 131), good), tooLong, ":RESOURCE_ID"},
			{"TagResource", put(a.root, tag("", "v")), tooShort, ":TAGS_1_MEMBER_KEY"},
			{"TagResource", put(a.root, tag(strings.Repeat("k", 129), "v")), tooLong, ":TAGS_1_MEMBER_KEY"},
			{"TagResource", put(a.root, good, tag("l", strings.Repeat("v", 257))), tooLong, ":TAGS_2_MEMBER_VALUE"},
			{"TagResource", put(a.root, tag("k!", "v")), malformed, ":TAGS_1_MEMBER_KEY"},
			{"TagResource", put(a.root, tag("k", "v#")), malformed, ":TAGS_1_MEMBER_VALUE"},
			{"TagResource", put(a.root, good, good), "InvalidInputException DUPLICATE_TAG_KEY", ""},
			{"TagResource", put(a.root, tag("aWs:k", "v")), "InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER", ""},
			{"UntagResource", &orgapi.UntagResourceRequest{}, absent, ":RESOURCE_ID"},
			{"UntagResource", &orgapi.UntagResourceRequest{ResourceId: &a.root}, absent, ":TAG_KEYS"},
			{"UntagResource", &orgapi.UntagResourceRequest{ResourceId: &a.root, TagKeys: []*string{nil}}, absent, ":TAG_KEYS_1_MEMBER"},
			{"UntagResource", removing(a.root), "", ""},
			{"UntagResource", removing(a.root, "k", strings.Repeat("k", 129)), tooLong, ":TAG_KEYS_2_MEMBER"},
			{"UntagResource", removing(a.root, "aws:k"), "InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER", ""},
			{"ListTagsForResource", &orgapi.ListTagsForResourceRequest{}, absent, ":RESOURCE_ID"},
			{"ListTagsForResource", &orgapi.ListTagsForResourceRequest{ResourceId: &a.root, NextToken: new("")}, badToken, ""},
			{"ListTagsForResource", &orgapi.ListTagsForResourceRequest{ResourceId: &a.root, NextToken: new("x")}, badToken, ""},
		}
		for _, unknown := range []string{
			carol, dave, "000000000000", other.root, "r-none", noUnit, foreign, "p-00000000", "rp-0000", "rt-00000000",
		} {
			rows = append(rows,
				refusal{"TagResource", put(unknown, good), "TargetNotFoundException", ""},
				refusal{"UntagResource", removing(unknown, "k"), "TargetNotFoundException", ""},
				refusal{"ListTagsForResource", &orgapi.ListTagsForResourceRequest{ResourceId: &unknown}, "TargetNotFoundException", ""})
		}
		return a.actor, rows
	})
}
