package explain_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/explain"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/whatif/model"
	"accord/test/require"
)

const (
	unit   = "ou-ab12-11111111"
	target = "arn:aws:iam::222222222222:role/Target"
)

// Conditions that hold, that do not, and that depend on what a call without keys leaves open.
var drawnConditions = []string{
	``, ``, ``, ``,
	`"Bool":{"aws:SecureTransport":"false"}`,
	`"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}`,
	`"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/Admin"]}`,
	`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"},"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}`,
	`"StringNotLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}`,
	`"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::x"}`,
	`"StringEquals":{"aws:PrincipalAccount":"222222222222"}`,
	`"StringEquals":{"aws:PrincipalAccount":"333333333333"}`,
	`"Null":{"aws:MultiFactorAuthPresent":"true"}`,
}

// drawDocument draws a policy. The statements of a resource control policy deny, and name
// principals; those of a trust policy name principals and no resource.
func drawDocument(t *rapid.T, kind string, effects ...string) string {
	var list []string
	for i := range rapid.IntRange(1, 3).Draw(t, "statements") {
		actions := []string{`"Action":"*"`, `"Action":["s3:Get*","sts:*"]`, `"Action":"ec2:*"`, `"NotAction":["iam:*","ec2:*"]`}
		if kind == "trust" || kind == "rcp" {
			actions = actions[1:2]
		}
		s := fmt.Sprintf(`"Effect":%q,%s`, rapid.SampledFrom(effects).Draw(t, "effect"), rapid.SampledFrom(actions).Draw(t, "action"))
		if kind != "trust" {
			s += `,"Resource":` + rapid.SampledFrom([]string{`"*"`, `"*"`, `["arn:aws:s3:::b/*","` + target + `"]`, `"arn:aws:s3:::other/*"`}).Draw(t, "resource")
		}
		if kind == "trust" || kind == "rcp" {
			s += `,"Principal":` + rapid.SampledFrom([]string{`"*"`, `{"AWS":"222222222222"}`, `{"AWS":"333333333333"}`}[:map[string]int{"trust": 3, "rcp": 1}[kind]]).Draw(t, "principal")
		}
		if rapid.Bool().Draw(t, "named") {
			s += fmt.Sprintf(`,"Sid":"S%d"`, i)
		}
		if c := rapid.SampledFrom(drawnConditions).Draw(t, "condition"); c != "" {
			s += `,"Condition":{` + c + `}`
		}
		list = append(list, "{"+s+"}")
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// drawOrganization draws the policies around a role: on the root, a unit and the account, of
// its identity, of its boundary and of a role that it may assume.
func drawOrganization(t *rapid.T) *model.Organization {
	o := organization()
	o.Enabled = []org.PolicyType{policy.ServiceControl, policy.ResourceControl}
	o.Units = []model.Unit{{ID: unit, Parent: "r-ab12", Name: "Unit"}}
	o.Accounts[1].Parent = unit
	for i, on := range []ident.TargetID{"r-ab12", unit, member.Target()} {
		if rapid.IntRange(0, 9).Draw(t, "allowed by the default") == 0 {
			o.Detached = append(o.Detached, model.Attachment{Target: on, Policy: policy.FullAWSAccess})
		}
		for j, kind := range o.Enabled {
			if rapid.IntRange(0, 3).Draw(t, "attached") == 0 {
				id := ident.PolicyID(fmt.Sprintf("p-0000%d%d", i, j))
				text := drawDocument(t, "scp", "Deny", "Allow")
				if kind == policy.ResourceControl {
					text = drawDocument(t, "rcp", "Deny")
				}
				o.Policies = append(o.Policies, model.Policy{ID: id, Type: kind, Name: "control", Content: text})
				o.Attachments = append(o.Attachments, model.Attachment{Target: on, Policy: id})
			}
		}
	}
	role := &o.Identities[0]
	role.Inline = []iam.InlinePolicy{{Name: "own", Document: drawDocument(t, "identity", "Allow", "Allow", "Deny")}}
	if rapid.Bool().Draw(t, "administrator") {
		role.Inline = append(role.Inline, iam.InlinePolicy{Name: "all", Document: allowAll})
	}
	if rapid.IntRange(0, 4).Draw(t, "boundary") == 0 {
		role.Boundary = "ANPA1"
		o.Managed = []model.ManagedPolicy{{ID: "ANPA1", Account: member, Name: "limit", Path: "/", Document: drawDocument(t, "identity", "Allow", "Allow", "Deny")}}
	}
	o.Identities = append(o.Identities, model.Identity{Account: member, Kind: iam.Role, ID: "AROA2", Name: "Target", Path: "/", Trust: drawDocument(t, "trust", "Allow", "Allow", "Deny")})
	return o
}

// TestTheSmallestChangeAllowsTheCall: whoever does what the changes say, in their words, gets
// the decision that they promise; and no change can be left out.
func TestTheSmallestChangeAllowsTheCall(t *testing.T) {
	organizations := rapid.Custom(drawOrganization)
	met := map[string]int{}
	for seed := range require.Amount(40, 150, 5000) {
		for _, r := range []explain.Request{
			{Account: member, Principal: deploy, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"},
			{Account: member, Principal: deploy, Action: "sts:AssumeRole", Resource: target},
			{Account: member, Principal: deploy, Action: "s3:GetObject"},
			{Account: management, Action: "sts:AssumeRole", Resource: target},
		} {
			o := organizations.Example(seed)
			e := explained(t, o, r)
			met[e.Decision]++
			switch {
			case e.Decision == "allowed" && len(e.Changes) == 0:
				continue
			case e.Decision == "depends" && slices.Contains(e.Keys, "resource"):
				if len(e.Changes) > 0 || len(e.Notes) == 0 {
					t.Errorf("seed %d, %s: it proposes %+v for a resource that is not given", seed, r.Action, e.Changes)
				}
				continue
			case len(e.Changes) == 0 || e.Then == "denied" || e.Decision == "depends" && e.Then != "allowed":
				t.Fatalf("seed %d, %+v: %s, then %q by %+v", seed, r, e.Decision, e.Then, e.Changes)
			}
			met["changes"] += len(e.Changes)
			carryOut(t, o, e.Changes)
			if got := explained(t, o, r); got.Decision != e.Then || !slices.Equal(got.Keys, e.ThenKeys) {
				t.Errorf("seed %d, %s: %s %v after %+v, want %s %v", seed, r.Action, got.Decision, got.Keys, e.Changes, e.Then, e.ThenKeys)
			}
			without := organizations.Example(seed)
			carryOut(t, without, e.Changes[:len(e.Changes)-1])
			if got := explained(t, without, r); got.Decision == e.Then && slices.Equal(got.Keys, e.ThenKeys) {
				t.Errorf("seed %d, %s: the last of %+v is not needed", seed, r.Action, e.Changes)
			}
		}
	}
	for _, kind := range []string{"allowed", "denied", "depends", "changes"} {
		if met[kind] == 0 {
			t.Errorf("none is met: %s of %v", kind, met)
		}
	}
	t.Log(met)
}

func explained(t *testing.T, o *model.Organization, r explain.Request) *explain.Explanation {
	t.Helper()
	e, err := explain.Explain(o, r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// wordings are the words of changes, with what they ask for.
var wordings = []struct {
	words *regexp.Regexp
	do    func(o *model.Organization, found []string)
}{
	{regexp.MustCompile(`^in statement (\S+) of (.+), add "(.+)" to NotAction$`), func(o *model.Organization, found []string) {
		edit(o, found[2], func(d document) { d.statement(found[1]).add("NotAction", found[3]) })
	}},
	{regexp.MustCompile(`^in statement (\S+) of (.+), add "([^"]+)" to (\w+) of (\S+)$`), func(o *model.Organization, found []string) {
		edit(o, found[2], func(d document) {
			document(d.statement(found[1])["Condition"].(map[string]any)[found[4]].(map[string]any)).add(found[5], found[3])
		})
	}},
	{regexp.MustCompile(`^in statement (\S+) of (.+), add ("Condition": .+)$`), func(o *model.Organization, found []string) {
		edit(o, found[2], func(d document) { merge(d.statement(found[1]), parse("{"+found[3]+"}")) })
	}},
	{regexp.MustCompile(`^in statement (\S+) of (.+), take (\S+) out$`), func(o *model.Organization, found []string) {
		edit(o, found[2], func(d document) {
			d.statement(found[1])["Action"] = "none:None"
			delete(d.statement(found[1]), "NotAction")
		})
	}},
	{regexp.MustCompile(`^attach a service control policy to (\S+)(?: \(.*\))? that allows it, with (.+)$`), func(o *model.Organization, found []string) {
		id := ident.PolicyID(fmt.Sprintf("p-new%d", len(o.Policies)))
		o.Policies = append(o.Policies, model.Policy{ID: id, Type: policy.ServiceControl, Name: "new", Content: only(found[2])})
		o.Attachments = append(o.Attachments, model.Attachment{Target: ident.TargetID(found[1]), Policy: id})
	}},
	{regexp.MustCompile(`^attach a policy to ` + deploy + ` with (.+)$`), func(o *model.Organization, found []string) {
		o.Identities[0].Inline = append(o.Identities[0].Inline, iam.InlinePolicy{Name: fmt.Sprint("new ", len(o.Identities[0].Inline)), Document: only(found[1])})
	}},
	{regexp.MustCompile(`^in the permissions boundary of ` + deploy + `, add (.+)$`), func(o *model.Organization, found []string) {
		edit(o, "limit", func(d document) { d.append(found[1]) })
	}},
	{regexp.MustCompile(`^in (the trust policy of Target), add (.+)$`), func(o *model.Organization, found []string) {
		edit(o, found[1], func(d document) { d.append(found[2]) })
	}},
}

// carryOut makes changes as their words say.
func carryOut(t *testing.T, o *model.Organization, changes []explain.Change) {
	t.Helper()
	for _, c := range changes {
		i := slices.IndexFunc(wordings, func(w struct {
			words *regexp.Regexp
			do    func(o *model.Organization, found []string)
		}) bool {
			return w.words.MatchString(c.Text)
		})
		if i < 0 {
			t.Fatalf("nobody can do this: %+v", c)
		}
		wordings[i].do(o, wordings[i].words.FindStringSubmatch(c.Text))
	}
}

// document is a policy, or a part of one.
type document map[string]any

func parse(text string) document {
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		panic(err)
	}
	return d
}

// only is a policy with one statement.
func only(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

// statement is a statement by its Sid, or its number.
func (d document) statement(name string) document {
	for i, s := range d["Statement"].([]any) {
		s := document(s.(map[string]any))
		if s["Sid"] == name || s["Sid"] == nil && fmt.Sprint(i+1) == name {
			return s
		}
	}
	panic("there is no statement " + name)
}

func (d document) append(statement string) {
	d["Statement"] = append(d["Statement"].([]any), map[string]any(parse(statement)))
}

// add adds a text to a member that is a text or a list.
func (d document) add(member, text string) {
	switch was := d[member].(type) {
	case string:
		d[member] = []any{was, text}
	case []any:
		d[member] = append(was, text)
	}
}

// merge adds the members of an object to those of another one, below them too.
func merge(into, more map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		was, isObject := into[name].(map[string]any)
		if with, is := more[name].(map[string]any); is && isObject {
			merge(was, with)
			continue
		}
		into[name] = more[name]
	}
}

// edit changes the document of a policy by the name that a change gives it.
func edit(o *model.Organization, name string, change func(d document)) {
	content := find(o, name)
	d := parse(*content)
	change(d)
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	*content = string(text)
}

func find(o *model.Organization, name string) *string {
	for i := range o.Policies {
		if name == fmt.Sprintf("%s (%s)", o.Policies[i].ID, o.Policies[i].Name) {
			return &o.Policies[i].Content
		}
	}
	switch name {
	case "own":
		return &o.Identities[0].Inline[0].Document
	case "limit":
		return &o.Managed[0].Document
	case "the trust policy of Target":
		return &o.Identities[1].Trust
	}
	panic("there is no policy " + name)
}
