package facts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/facts"
)

// What a policy can name is in the facts alone: the program has no use for it yet.

func TestActionsNameTheirResources(t *testing.T) {
	s := organizations(t)
	always := func(types ...string) []facts.Resource { return resources(true, types) }
	oneOf := func(types ...string) []facts.Resource { return resources(false, types) }
	taggable := oneOf("account", "organizationalunit", "policy", "resourcepolicy", "responsibilitytransfer", "root")
	for name, want := range map[string][]facts.Resource{
		"AcceptHandshake":             always("handshake"),
		"AttachPolicy":                append(always("policy"), oneOf("account", "organizationalunit", "root")...),
		"CreateAccount":               nil,
		"CreateOrganizationalUnit":    oneOf("organizationalunit", "root"),
		"DescribeEffectivePolicy":     always("account"),
		"EnablePolicyType":            always("root"),
		"InviteAccountToOrganization": oneOf("account"),
		"ListParents":                 oneOf("account", "organizationalunit"),
		"ListTargetsForPolicy":        always("policy"),
		"MoveAccount":                 always("account", "organizationalunit", "root"),
		"PutResourcePolicy":           always("resourcepolicy"),
		"TagResource":                 taggable,
		"UntagResource":               taggable,
		"ListTagsForResource":         taggable,
	} {
		if diff := cmp.Diff(want, s.Access[name].Resources); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func resources(always bool, types []string) []facts.Resource {
	var list []facts.Resource
	for _, t := range types {
		list = append(list, facts.Resource{Type: t, Always: always})
	}
	return list
}

func hasMember(s *facts.Service, operation, member string) bool {
	return slices.ContainsFunc(s.Fields(s.Operations[operation].Input), func(m facts.Member) bool { return m.Name == member })
}

func TestTaggingInACallNeedsTheTagAction(t *testing.T) {
	s := organizations(t)
	for name, access := range s.Access {
		got := slices.Contains(access.Dependent, "organizations:TagResource")
		want := name != "TagResource" && hasMember(s, name, "Tags")
		if got != want {
			t.Errorf("%s: needs TagResource is %v", name, got)
		}
	}
}

func TestConditionKeysFollowTheRequest(t *testing.T) {
	s := organizations(t)
	for name, access := range s.Access {
		keys := access.Conditions
		for member, key := range map[string]string{"ServicePrincipal": "organizations:ServicePrincipal", "PolicyType": "organizations:PolicyType", "PolicyId": "organizations:PolicyType"} {
			if hasMember(s, name, member) && !slices.Contains(keys, key) {
				t.Errorf("%s has %s and lacks %s", name, member, key)
			}
		}
		ofTransfers := strings.Contains(name, "Responsibility") || hasMember(s, name, "ResourceId")
		if ofTransfers != slices.Contains(keys, "organizations:TransferType") {
			t.Errorf("%s: keys are %v", name, keys)
		}
	}
}
