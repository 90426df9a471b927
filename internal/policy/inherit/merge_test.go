package inherit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// at is a level with policies that are named by their index: a, b, c.
func at(contents ...string) (level testLevel) {
	for i, content := range contents {
		level.Policies = append(level.Policies, testPolicy{ID: string(rune('a' + i)), Content: content})
	}
	return level
}

func effective(policyType string, levels ...testLevel) string {
	return merge(policyType, levels, anyTime).Document
}

func TestMembersKeepTheOrderOfThePolicies(t *testing.T) {
	for _, c := range []struct {
		what       string
		policyType string
		levels     []testLevel
		want       string
	}{
		{"levels from the root, policies by attachment, members by document", "GUARDDUTY_POLICY", []testLevel{
			at(`{"guardduty":{"Z":{"@@assign":"1"},"y":{"b":{"@@assign":"2"}}}}`, `{"guardduty":{"x":{"@@assign":"3"}}}`),
			at(`{"guardduty":{"a":{"@@assign":"4"},"y":{"a":{"@@assign":"5"}},"z":{"@@assign":"6"}}}`),
		}, `{"guardduty":{"z":"6","y":{"b":"2","a":"5"},"x":"3","a":"4"}}`},
		{"values that stand for missing ones come last", "TAG_POLICY", []testLevel{
			at(`{"tags":{"B":{"tag_value":{"@@remove":["x"]},"enforced_for":{"@@assign":["s3:bucket"]}},"A":{"tag_key":{"@@assign":"A"}}}}`),
		}, `{"tags":{"b":{"enforced_for":["s3:bucket"],"tag_value":["*"],"tag_key":"b"},"a":{"tag_key":"A","tag_value":["*"]}}}`},
		{"two Security Hub CSPM policies with other keys give two members", "SECURITYHUB_CSPM_POLICY", []testLevel{
			at(`{"Hub":{"a":{"@@assign":"1"}},"@@operators_allowed_for_child_policies":["@@none"]}`, `{"other":{"a":{"@@assign":"2"}}}`),
			at(`{"hub":{"A":{"@@assign":"3"},"B":{"b":{"@@assign":["4"]}}}}`, `{"cspm_ENABLEMENT":{"enable_in_regions":{"@@assign":[]}}}`),
		}, `{"Hub":{"a":"3","B":{"b":["4"]}},"other":{"a":"2"},"cspm_enablement":{"enable_in_regions":[]}}`},
		{"many members", "GUARDDUTY_POLICY", []testLevel{
			at(manyMembers(40, "1")), at(manyMembers(50, "2")),
		}, `{"guardduty":{` + numbered(50, `"k%d":"2"`) + `}}`},
	} {
		if diff := cmp.Diff(c.want, effective(c.policyType, c.levels...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

func numbered(n int, form string) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(form, i)
	}
	return strings.Join(texts, ",")
}

func manyMembers(n int, value string) string {
	return `{"guardduty":{` + numbered(n, `"K%d":{"@@assign":"`+value+`"}`) + `}}`
}

func TestDocumentsEscapeOnlyWhatJSONDemands(t *testing.T) {
	got := effective("DECLARATIVE_POLICY_EC2", at(`{"ec2_attributes":{"exception_message":{"@@assign":"\u003ca href=\u0022é\u0022\u003e \u0026 \\ \n\u2028"}}}`))
	want := `{"ec2_attributes":{"exception_message":"<a href=\"é\"> & \\ \u000a` + "\u2028" + `"}}`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNumbersAndBooleansShowAsText(t *testing.T) {
	got := effective("GUARDDUTY_POLICY", at(`{"guardduty":{"n":{"@@assign":60},"b":{"@@assign":true},"l":{"@@assign":[1.50,false,null,"1.50"]}}}`))
	if want := `{"guardduty":{"n":"60","b":"true","l":["1.50","false","null"]}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSettingsAndContainersOfOneNameDoNotMix(t *testing.T) {
	setting, container := `{"guardduty":{"a":{"@@assign":"x"}}}`, `{"guardduty":{"a":{"b":{"@@assign":"y"}}}}`
	list := `{"guardduty":{"a":{"@@append":["y"]}}}`
	for _, c := range []struct {
		levels []testLevel
		want   string
	}{
		{[]testLevel{at(setting, container)}, `{"guardduty":{"a":"x"}}`},
		{[]testLevel{at(container), at(setting)}, `{"guardduty":{"a":"x"}}`},
		{[]testLevel{at(setting), at(list)}, `{"guardduty":{"a":"x"}}`},
		{[]testLevel{at(list), at(setting)}, `{"guardduty":{"a":"x"}}`},
	} {
		if got := effective("GUARDDUTY_POLICY", c.levels...); got != c.want {
			t.Errorf("%v: got %s, want %s", c.levels, got, c.want)
		}
	}
}

// TestDocumentsNewerThanTheTablesMerge merges documents that only a lenient check
// accepts.
func TestDocumentsNewerThanTheTablesMerge(t *testing.T) {
	for _, c := range []struct{ policyType, content, want string }{
		{"TAG_POLICY", `{"tags":{"crew":{"novel":{"@@assign":["x"]},"deep":{"er":{"@@append":["y"]}}}}}`,
			`{"tags":{"crew":{"novel":["x"],"deep":{"er":["y"]},"tag_value":["*"],"tag_key":"crew"}}}`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_key":"crew","tag_value":{"@@assign":"x"}}}}`, `{"tags":{"crew":{"tag_value":["*"],"tag_key":"crew"}}}`},
		{"TAG_POLICY", `{"tags":{"@@assign":"x","crew":{"@@assign":["x"]}}}`, `{"tags":{"crew":{"tag_value":["*"],"tag_key":"crew"}}}`},
		{"TAG_POLICY", `{"other":{},"tags":{"crew":{}}}`, `{"tags":{"crew":{"tag_value":["*"],"tag_key":"crew"}}}`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_value":{"@@assign":[["x"],{},"y"],"@@operators_allowed_for_child_policies":"@@none"}}}}`,
			`{"tags":{"crew":{"tag_value":["y"],"tag_key":"crew"}}}`},
		{"S3_POLICY", `{"s3_attributes":{"public_access_block_configuration":{"@@assign":["all"]}}}`, `{}`},
		{"TAG_POLICY", `{"tags":[]}`, `{}`},
		{"TAG_POLICY", `{"tags":`, `{}`},
	} {
		if got := effective(c.policyType, at(c.content)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.content, got, c.want)
		}
	}
}

func TestLongListsKeepOrderAndDropDuplicates(t *testing.T) {
	list := func(operator string, from, to int) string {
		values := make([]string, 0, to-from)
		for i := from; i < to; i++ {
			values = append(values, fmt.Sprintf(`"v%d"`, i))
		}
		return `{"tags":{"crew":{"tag_value":{"` + operator + `":[` + strings.Join(values, ",") + `]}}}}`
	}
	got := effective("TAG_POLICY",
		at(list("@@assign", 0, 30), list("@@append", 20, 60)),
		at(list("@@remove", 10, 50)),
		at(list("@@append", 5, 12)),
		at(list("@@assign", 70, 72)),
		at(list("@@append", 0, 40), list("@@remove", 2, 70)),
	)
	if want := `{"tags":{"crew":{"tag_value":["v70","v71","v0","v1"],"tag_key":"crew"}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got = effective("TAG_POLICY", at(list("@@assign", 0, 20), list("@@append", 18, 22)), at(list("@@remove", 1, 3)), at(list("@@append", 1, 2)))
	if want := `{"tags":{"crew":{"tag_value":["v0",` + numbered(22, `"v%d"`)[len(`"v0","v1","v2",`):] + `,"v1"],"tag_key":"crew"}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got = effective("TAG_POLICY", at(list("@@assign", 0, 30), list("@@append", 20, 40)), at(list("@@remove", 1, 38)), at(list("@@append", 37, 40)))
	if want := `{"tags":{"crew":{"tag_value":["v0","v38","v39","v37"],"tag_key":"crew"}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMergeLeavesParsedPoliciesAsTheyAre(t *testing.T) {
	for _, v := range mergeVectors(t) {
		levels := parsed(v.PolicyType, levelsOf(v.Levels))
		first := schemaOf(v.PolicyType).Merge(levels, anyTime)
		for range 3 {
			if diff := cmp.Diff(first, schemaOf(v.PolicyType).Merge(levels, anyTime)); diff != "" {
				t.Errorf("%s: merged again (-first +later):\n%s", v.ID, diff)
			}
		}
		if diff := cmp.Diff(merge(v.PolicyType, levelsOf(v.Levels), anyTime), first); diff != "" {
			t.Errorf("%s: parsed again (-want +got):\n%s", v.ID, diff)
		}
	}
}
