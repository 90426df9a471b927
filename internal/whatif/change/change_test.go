package change_test

import (
	"fmt"
	"strings"
	"testing"

	"accord/internal/whatif/change"
)

// resource is a change of a resource in a plan. [Terraform: JSON Output Format]
func resource(address, actions, before, after string) string {
	path := address
	module := ""
	if i := strings.LastIndex(address, ".aws_"); i >= 0 {
		module, path = address[:i], address[i+1:]
	}
	kind, name, _ := strings.Cut(path, ".")
	name, index, indexed := strings.Cut(name, "[")
	more := ""
	if indexed {
		more = `,"index":` + strings.TrimSuffix(index, "]")
	}
	if module != "" {
		more += fmt.Sprintf(`,"module_address":%q`, module)
	}
	return fmt.Sprintf(`{"address":%q,"type":%q,"name":%q%s,"change":{"actions":[%s],"before":%s,"after":%s}}`, address, kind, name, more, actions, before, after)
}

func plan(configuration string, resources ...string) string {
	return `{"format_version":"1.2","resource_changes":[` + strings.Join(resources, ",") + `],"configuration":{"root_module":` + configuration + `}}`
}

const (
	document  = `{\"Statement\":[]}`
	newPolicy = `{"name":"stay","type":"SERVICE_CONTROL_POLICY","content":"` + document + `"}`
	reference = `{"address":"aws_organizations_policy_attachment.a","expressions":{"policy_id":{"references":["aws_organizations_policy.p.id","aws_organizations_policy.p"]}}}`
)

func TestAPlanOfTerraformIsASetOfChanges(t *testing.T) {
	for name, c := range map[string]struct{ plan, want, ignored string }{
		"nothing":          {plan(`{}`, resource("aws_organizations_policy.p", `"no-op"`, newPolicy, newPolicy)), "", ""},
		"a new content":    {plan(`{}`, resource("aws_organizations_policy.p", `"update"`, `{"id":"p-1","content":"a"}`, `{"id":"p-1","content":"b"}`)), "update p-1 b", ""},
		"another name":     {plan(`{}`, resource("aws_organizations_policy.p", `"update"`, `{"id":"p-1","content":"a","name":"x"}`, `{"id":"p-1","content":"a","name":"y"}`)), "", ""},
		"an attachment":    {plan(`{}`, resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"policy_id":"p-1","target_id":"ou-1"}`)), "attach p-1 to ou-1", ""},
		"a detachment":     {plan(`{}`, resource("aws_organizations_policy_attachment.a", `"delete"`, `{"policy_id":"p-1","target_id":"ou-1"}`, `null`)), "detach p-1 to ou-1", ""},
		"one for another":  {plan(`{}`, resource("aws_organizations_policy_attachment.a", `"delete","create"`, `{"policy_id":"p-1","target_id":"ou-1"}`, `{"policy_id":"p-2","target_id":"ou-1"}`)), "attach p-2 to ou-1; detach p-1 to ou-1", ""},
		"a new policy":     {plan(`{"resources":[`+reference+`]}`, resource("aws_organizations_policy.p", `"create"`, `null`, newPolicy), resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)), `attach stay to r-1 {"Statement":[]}`, ""},
		"of a module":      {plan(`{"module_calls":{"m":{"module":{"resources":[`+reference+`]}}}}`, resource("module.m.aws_organizations_policy.p", `"create"`, `null`, newPolicy), resource("module.m.aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)), `attach stay to r-1 {"Statement":[]}`, ""},
		"for each":         {plan(`{"resources":[`+reference+`]}`, resource(`aws_organizations_policy.p["a"]`, `"create"`, `null`, strings.Replace(newPolicy, "stay", "a", 1)), resource(`aws_organizations_policy.p["b"]`, `"create"`, `null`, strings.Replace(newPolicy, "stay", "b", 1)), resource(`aws_organizations_policy_attachment.a["b"]`, `"create"`, `null`, `{"target_id":"r-1"}`)), `attach b to r-1 {"Statement":[]}`, ""},
		"policy types":     {plan(`{}`, resource("aws_organizations_organization.o", `"update"`, `{"enabled_policy_types":["TAG_POLICY"]}`, `{"enabled_policy_types":["SERVICE_CONTROL_POLICY"]}`)), "enable SERVICE_CONTROL_POLICY; disable TAG_POLICY", ""},
		"a move":           {plan(`{}`, resource("aws_organizations_account.a", `"update"`, `{"id":"222222222222","parent_id":"r-1"}`, `{"parent_id":"ou-1"}`)), "move 222222222222 ou-1", ""},
		"another resource": {plan(`{}`, resource("aws_organizations_delegated_administrator.d", `"create"`, `null`, `{}`)), "", "aws_organizations_delegated_administrator.d: changes of this resource are not tried"},
		"a new account":    {plan(`{}`, resource("aws_organizations_account.a", `"create"`, `null`, `{}`)), "", "aws_organizations_account.a: accounts that are made or closed are not tried"},
	} {
		p, err := change.ParsePlan([]byte(c.plan))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for i := range p.Changes {
			change := &p.Changes[i]
			text := change.String()
			if len(change.Target) > 0 {
				text += " to " + strings.Join(change.Target, ",")
			}
			got = append(got, strings.TrimSpace(text+" "+change.To+string(change.Document)))
		}
		if strings.Join(got, "; ") != c.want || strings.Join(p.Ignored, "; ") != c.ignored {
			t.Errorf("%s: %q, ignored %q; want %q, %q", name, got, p.Ignored, c.want, c.ignored)
		}
	}
	for text, want := range map[string]string{
		`{`:  "not the output of terraform show -json: unexpected end of JSON input",
		`{}`: "not the output of terraform show -json of a plan: there is no member format_version",
		plan(`{}`, resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)): "resource_changes[0], aws_organizations_policy_attachment.a: policy_id is not known in the plan, and is not the ID of a resource of the same module",
	} {
		if _, err := change.ParsePlan([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
}

func TestFilesOfChangesAreYAMLOrJSON(t *testing.T) {
	for _, text := range []string{
		"changes:\n  - attach: x\n    target: [r-1, ou-1]\n    document: {Statement: []}\n  - move: \"222222222222\"\n    to: r-1\n",
		`{"changes": [{"attach": "x", "target": ["r-1", "ou-1"], "document": {"Statement": []}}, {"move": "222222222222", "to": "r-1"}]}`,
	} {
		changes, err := change.Parse([]byte(text))
		if err != nil || len(changes) != 2 || len(changes[0].Target) != 2 || strings.Join(strings.Fields(string(changes[0].Document)), "") != `{"Statement":[]}` || changes[1].Move != "222222222222" {
			t.Errorf("%s: %+v, %v", text, changes, err)
		}
	}
	for text, want := range map[string]string{
		"":                              "line 1: ",
		"changes: []":                   "line 1: there is no member changes, or it is empty",
		"changes:\n  - atach: x\n":      "line 2: field atach not found",
		"changes:\n  - attach: [x]\n":   "line 2: ",
		"changes:\n  - attach: \"x\n\n": "line ",
	} {
		if _, err := change.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
