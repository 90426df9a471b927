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
		"for each":         {plan(`{"resources":[`+arguments("aws_organizations_policy_attachment.a", "policy_id", `["aws_organizations_policy.p","each.key"]`)+`]}`, resource(`aws_organizations_policy.p["a"]`, `"create"`, `null`, strings.Replace(newPolicy, "stay", "a", 1)), resource(`aws_organizations_policy.p["b"]`, `"create"`, `null`, strings.Replace(newPolicy, "stay", "b", 1)), resource(`aws_organizations_policy_attachment.a["b"]`, `"create"`, `null`, `{"target_id":"r-1"}`)), `attach b to r-1 {"Statement":[]}`, ""},
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
		got := texts(p.Changes)
		if got != c.want || strings.Join(p.Ignored, "; ") != c.ignored {
			t.Errorf("%s: %q, ignored %q; want %q, %q", name, got, p.Ignored, c.want, c.ignored)
		}
	}
	for text, want := range map[string]string{
		`{`:  "not the output of terraform show -json: unexpected end of JSON input",
		`{}`: "not the output of terraform show -json of a plan: there is no member format_version",
		plan(`{}`, resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)): "resource_changes[0], aws_organizations_policy_attachment.a: policy_id is known only when the plan is applied, and which resource it is the ID of is not clear",
	} {
		if _, err := change.ParsePlan([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
}

// arguments is the configuration of a resource, whose arguments name others.
func arguments(address string, pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, fmt.Sprintf(`%q:{"references":%s}`, pairs[i], pairs[i+1]))
	}
	return fmt.Sprintf(`{"address":%q,"expressions":{%s,"timeouts":[{"create":{}}]}}`, address, strings.Join(all, ","))
}

// TestAPlanHasUnits: new ones, in any order, have policies and accounts.
func TestAPlanHasUnits(t *testing.T) {
	const (
		unit    = "aws_organizations_organizational_unit."
		inA     = `["aws_organizations_organizational_unit.a.id","aws_organizations_organizational_unit.a"]`
		inZ     = `["aws_organizations_organizational_unit.z.id","aws_organizations_organizational_unit.z"]`
		attach  = "aws_organizations_policy_attachment.x"
		account = "aws_organizations_account.x"
	)
	made := func(name, more string) string {
		return resource(unit+name, `"create"`, `null`, `{"name":"made"`+more+`}`)
	}
	attached := resource(attach, `"create"`, `null`, `{"policy_id":"p-1"}`)
	for name, c := range map[string]struct{ plan, want, ignored string }{
		"in the root":            {plan(`{}`, made("a", `,"parent_id":"r-1"`)), "unit ou-new-" + unit + "a r-1", ""},
		"in a new unit after it": {plan(`{"resources":[`+arguments(unit+"a", "parent_id", inZ)+`]}`, made("a", ""), made("z", `,"parent_id":"r-1"`)), "unit ou-new-" + unit + "z r-1; unit ou-new-" + unit + "a ou-new-" + unit + "z", ""},
		"with a policy":          {plan(`{"resources":[`+arguments(attach, "target_id", inA)+`]}`, made("a", `,"parent_id":"r-1"`), attached), "unit ou-new-" + unit + "a r-1; attach p-1 to ou-new-" + unit + "a", ""},
		"with an account":        {plan(`{"resources":[`+arguments(account, "parent_id", inA)+`]}`, resource(account, `"update"`, `{"id":"222222222222","parent_id":"r-1"}`, `{}`), made("a", `,"parent_id":"r-1"`)), "unit ou-new-" + unit + "a r-1; move 222222222222 ou-new-" + unit + "a", ""},
		"renamed":                {plan(`{}`, resource(unit+"a", `"update"`, `{"id":"ou-1","name":"a"}`, `{"id":"ou-1","name":"b"}`)), "", unit + "a: units that are renamed or deleted change no verdict"},
		"deleted":                {plan(`{}`, resource(unit+"a", `"delete"`, `{"id":"ou-1"}`, `null`)), "", unit + "a: units that are renamed or deleted change no verdict"},
		"replaced":               {plan(`{}`, resource(unit+"a", `"delete","create"`, `{"id":"ou-1"}`, `{"parent_id":"r-1"}`)), "unit ou-new-" + unit + "a r-1", ""},
		"one of several":         {plan(`{"resources":[`+arguments(attach, "target_id", `["aws_organizations_organizational_unit.u[\"b\"].id","aws_organizations_organizational_unit.u[\"b\"]","aws_organizations_organizational_unit.u"]`)+`]}`, made(`u["a"]`, `,"parent_id":"r-1"`), made(`u["b"]`, `,"parent_id":"r-1"`), attached), "unit ou-new-" + unit + `u["a"] r-1; unit ou-new-` + unit + `u["b"] r-1; attach p-1 to ou-new-` + unit + `u["b"]`, ""},
		"by a variable":          {plan(`{"module_calls":{"m":{"expressions":{"target":{"references":`+inA+`}},"module":{"resources":[`+arguments(attach, "target_id", `["var.target"]`)+`]}}}}`, made("a", `,"parent_id":"r-1"`), resource("module.m."+attach, `"create"`, `null`, `{"policy_id":"p-1"}`)), "unit ou-new-" + unit + "a r-1; attach p-1 to ou-new-" + unit + "a", ""},
		"by an output":           {plan(`{"resources":[`+arguments(attach, "target_id", `["module.m.unit","module.m"]`)+`],"module_calls":{"m":{"module":{"outputs":{"unit":{"expression":{"references":`+inA+`}}}}}}}`, resource("module.m."+unit+"a", `"create"`, `null`, `{"name":"a","parent_id":"r-1"}`), attached), "unit ou-new-module.m." + unit + "a r-1; attach p-1 to ou-new-module.m." + unit + "a", ""},
		"left attached":          {plan(`{}`, resource(attach, `"delete"`, `{"policy_id":"p-1","target_id":"ou-1","skip_destroy":true}`, `null`)), "", attach + ": skip_destroy leaves the policy attached"},
	} {
		p, err := change.ParsePlan([]byte(c.plan))
		if got := texts(p.Changes); err != nil || got != c.want || strings.Join(p.Ignored, "; ") != c.ignored {
			t.Errorf("%s: %q, ignored %q, %v; want %q, %q", name, got, p.Ignored, err, c.want, c.ignored)
		}
	}
	// Which of several it is decides an expression that a plan does not have: nothing is guessed.
	several := []string{made(`u["a"]`, `,"parent_id":"r-1"`), made(`u["b"]`, `,"parent_id":"r-1"`), resource(attach+`["a"]`, `"create"`, `null`, `{"policy_id":"p-1"}`)}
	for references, want := range map[string]string{
		`["aws_organizations_organizational_unit.u","each.value.unit","each.value"]`:                                        "target_id is known only when the plan is applied",
		`["aws_organizations_organizational_unit.u"]`:                                                                       "target_id is known only when the plan is applied",
		`["aws_organizations_organizational_unit.u[\"a\"].id","aws_organizations_organizational_unit.u[\"b\"].id","var.x"]`: "target_id is known only when the plan is applied",
		`["aws_organizations_organizational_unit.u","each.key"]`:                                                            "",
	} {
		_, err := change.ParsePlan([]byte(plan(`{"resources":[`+arguments(attach, "target_id", references)+`]}`, several...)))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", references, err, want)
		}
	}
}

// texts are changes in words, as far as a plan has them.
func texts(changes []change.Change) string {
	var all []string
	for i := range changes {
		c := &changes[i]
		text := c.String()
		if len(c.Target) > 0 {
			text += " to " + strings.Join(c.Target, ",")
		}
		all = append(all, strings.TrimSpace(text+" "+c.To+string(c.Document)))
	}
	return strings.Join(all, "; ")
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
