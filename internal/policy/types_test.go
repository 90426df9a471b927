package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
)

func TestTheTableOfTypesIsComplete(t *testing.T) {
	var types, management []string
	for _, d := range policy.Types {
		types = append(types, string(d.Type))
		if d.IsManagement() {
			management = append(management, string(d.Type))
		}
	}
	if diff := cmp.Diff(words(orgapi.PolicyType("").Values()), types); diff != "" {
		t.Errorf("types of the model and of the table (-model +table):\n%s", diff)
	}
	if diff := cmp.Diff(words(orgapi.EffectivePolicyType("").Values()), management); diff != "" {
		t.Errorf("management types of the model and of the table (-model +table):\n%s", diff)
	}
	seen := map[string]bool{}
	for _, d := range policy.Types {
		name := string(d.Type)
		if d.Segment != strings.ToLower(name) {
			t.Errorf("%s: segment %s", name, d.Segment)
		}
		if got := policy.DefinitionOf(d.Type); got == nil || got.Segment != d.Segment {
			t.Errorf("DefinitionOf(%s) = %+v", name, got)
		}
		// The key of Security Hub CSPM policies is not published.
		if !strings.HasPrefix(d.IDPrefix, "p-") || (d.TopLevelKey() == "") != (d.Type == policy.SecurityHubCSPM) {
			t.Errorf("%s has gaps: %+v", name, d)
		}
		if seen[name] {
			t.Errorf("%s twice", name)
		}
		seen[name] = true
		authorization := d.Type == policy.ServiceControl || d.Type == policy.ResourceControl
		if authorization == d.IsManagement() || authorization != (d.Default != "") || authorization != (d.MinAttached == 1) {
			t.Errorf("%s: management %v, default %q, at least %d attached", name, d.IsManagement(), d.Default, d.MinAttached)
		}
	}
	if policy.DefinitionOf("tag_policy") != nil {
		t.Error("a type is known in lower case")
	}
}

func words[T ~string](values []T) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return words
}

func TestTypesOfAService(t *testing.T) {
	for principal, want := range map[org.ServicePrincipal][]org.PolicyType{
		"securityhub.amazonaws.com": {policy.SecurityHub, policy.SecurityHubCSPM},
		"inspector2.amazonaws.com":  {policy.Inspector},
		"guardduty.amazonaws.com":   {policy.GuardDuty},
		"account.amazonaws.com":     nil,
		"":                          nil,
	} {
		if got := policy.TypesOfService(principal); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", principal, got, want)
		}
	}
}

func TestManagedPoliciesAreTheDefaultsOfTheirTypes(t *testing.T) {
	for _, m := range policy.ManagedPolicies {
		d := policy.DefinitionOf(m.Type)
		if d == nil || d.Default != m.ID {
			t.Errorf("%s is not the default of %s", m.ID, m.Type)
		}
		if got, ok := policy.ManagedPolicy(m.ID); !ok || got != m {
			t.Errorf("ManagedPolicy(%s) = %v, %v", m.ID, got, ok)
		}
		if !json.Valid([]byte(m.Content)) || m.Name != strings.TrimPrefix(string(m.ID), "p-") {
			t.Errorf("%s: name %s, content %s", m.ID, m.Name, m.Content)
		}
		if m.Fixed != (m.Type == policy.ResourceControl) {
			t.Errorf("%s: fixed %v", m.ID, m.Fixed)
		}
		read, diagnostic := policy.Read(m.Content)
		if diagnostic != nil || len(read.Statements) != 1 || read.Statements[0].Effect != "Allow" || read.Statements[0].Actions[0] != "*" {
			t.Errorf("%s reads as %+v, %v", m.ID, read, diagnostic)
		}
	}
	for _, id := range []ident.PolicyID{"", "p-fullawsaccess", "p-12345678"} {
		if _, ok := policy.ManagedPolicy(id); ok {
			t.Errorf("%q is no managed policy", id)
		}
	}
}

func TestReadSkipsUnknownElements(t *testing.T) {
	for content, statements := range map[string]int{
		`{}`: 0, `[]`: 0, `{"Statement":7}`: 0, `{"Statement":[7,null,{}]}`: 1, `{"Statement":{"Effect":1,"Action":{},"Principal":{"AWS":null},"Condition":{}}}`: 1,
	} {
		d, diagnostic := policy.Read(content)
		if diagnostic != nil || len(d.Statements) != statements {
			t.Errorf("%s reads as %+v, %v", content, d, diagnostic)
		}
		for _, s := range d.Statements {
			if s.Effect != "" || len(s.Actions)+len(s.Principals)+len(s.Conditions) != 0 {
				t.Errorf("%s holds %+v", content, s)
			}
		}
	}
	for _, content := range []string{`[{}]`, `{"StringEquals":[]}`, `7`} {
		d, _ := policy.Read(`{"Statement":{"Condition":` + content + `}}`)
		if diff := cmp.Diff([]policy.Condition{{}}, d.Statements[0].Conditions); diff != "" {
			t.Errorf("the statement loses the condition %s:\n%s", content, diff)
		}
	}
	if _, diagnostic := policy.Read("{"); diagnostic == nil {
		t.Error("half a document was read")
	}
}

// [recorded: results of the policy simulator]
func TestStatementsKnowTheirPosition(t *testing.T) {
	for content, want := range map[string]string{
		`{"Version": "2012-10-17", "Statement": [{"Sid":"a"}, {"Sid":"b"}]}`: "{1 41}-{1 52} {1 52}-{1 65} ",
		`{"Statement": {"Sid":"a"}}`:                                         "{1 16}-{1 26} ",
		"{\"Statement\": [\n 7,\n {\n} ]\n}\n":                               "{2 3}-{4 2} ",
	} {
		d, diagnostic := policy.Read(content)
		if diagnostic != nil {
			t.Fatal(diagnostic)
		}
		got := ""
		for _, s := range d.Statements {
			got += fmt.Sprintf("%v-%v ", s.Start, s.End)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
}
