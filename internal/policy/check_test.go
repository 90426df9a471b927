package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/test/require"
)

// scp wraps members of one statement into a service control policy whose
// statement begins at column 39.
func scp(members string) string {
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

func TestDiagnosticsOfServiceControlPoliciesNameTheirPosition(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"", "Line 1, column 1, $: the document is empty"},
		{"{}\n{}", "Line 2, column 1, $: unexpected '{' after the end of the document"},
		{`[]`, "Line 1, column 1, $: a policy is one JSON object, not a list"},
		{`{}`, "Line 1, column 1, $: a service control policy needs Statement"},
		{`{"statement":{}}`, `Line 1, column 2, $.statement: "statement" must be written Statement`},
		{`{"Statement":7}`, "Line 1, column 14, $.Statement: Statement must be an object or a list of objects, not a number"},
		{`{"Statement":[]}`, "Line 1, column 14, $.Statement: Statement is an empty list; a policy needs at least one statement"},
		{`{"Statement":["x"]}`, "Line 1, column 15, $.Statement[0]: a statement is an object, not text"},
		{`{"Version":null,"Statement":7}`, `Line 1, column 12, $.Version: Version must be "2012-10-17", not null`},
		{`{"Version":"2013-01-01","Statement":7}`, `Line 1, column 12, $.Version: Version must be "2012-10-17", not "2013-01-01"`},
		{`{"Id":1,"Statement":7}`, "Line 1, column 7, $.Id: Id must be text, not a number"},
		{`{"Comment":"x","Statement":7}`, `Line 1, column 2, $.Comment: a service control policy has no member "Comment"; it can have Version, Id, Statement`},
		{scp(``), "Line 1, column 38, $.Statement[0]: the statement needs Effect"},
		{scp(`"Effect":"Deny"`), "Line 1, column 38, $.Statement[0]: the statement needs Action or NotAction"},
		{scp(`"Effect":"Deny","Action":"*"`), "Line 1, column 38, $.Statement[0]: the statement needs Resource or NotResource"},
		{scp(`"Effect":"allow","Action":"*","Resource":"*"`), `Line 1, column 48, $.Statement[0].Effect: Effect must be Allow or Deny, not "allow"`},
		{scp(`"Effect":null,"Action":"*","Resource":"*"`), "Line 1, column 48, $.Statement[0].Effect: Effect must be Allow or Deny, not null"},
		{scp(`"effect":"Deny","Action":"*","Resource":"*"`), `Line 1, column 39, $.Statement[0].effect: "effect" must be written Effect`},
		{scp(`"Effect":"Deny","Action":"*","NotAction":"*","Resource":"*"`), "Line 1, column 68, $.Statement[0].NotAction: the statement already has Action; it takes only one of the two"},
		{scp(`"Effect":"Deny","NotResource":"*","Action":"*","Resource":"*"`), "Line 1, column 86, $.Statement[0].Resource: the statement already has NotResource; it takes only one of the two"},
		{scp(`"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"`), "Line 1, column 55, $.Statement[0].Principal: a service control policy names no principal; it applies to everyone in the accounts below"},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Foo":1`), `Line 1, column 83, $.Statement[0].Foo: a statement of a service control policy has no member "Foo"; it can have Sid, Effect, Action, NotAction, Resource, NotResource, Condition`},
		{scp(`"Sid":"deny_all","Effect":"Deny","Action":"*","Resource":"*"`), "Line 1, column 45, $.Statement[0].Sid: Sid may hold only letters A to Z and digits, not '_'"},
		{scp(`"Sid":1,"Effect":"Deny","Action":"*","Resource":"*"`), "Line 1, column 45, $.Statement[0].Sid: Sid must be text, not a number"},
		{"{\"Statement\": [\n  {\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"},\n  {\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}", `Line 3, column 10, $.Statement[1].Sid: the Sid "A" is already used on line 2, column 10`},
		{scp(`"Effect":"Deny","Action":7,"Resource":"*"`), "Line 1, column 64, $.Statement[0].Action: Action must be text or a list of text, not a number"},
		{scp(`"Effect":"Deny","Action":[],"Resource":"*"`), "Line 1, column 64, $.Statement[0].Action: Action is an empty list; it needs at least one entry"},
		{scp(`"Effect":"Deny","Action":["s3:*",null],"Resource":"*"`), "Line 1, column 72, $.Statement[0].Action[1]: Action lists text, not null"},
		{scp(`"Effect":"Deny","Action":"ListBuckets","Resource":"*"`), `Line 1, column 64, $.Statement[0].Action: the action "ListBuckets" has no service prefix; an action is "*" or a service, a colon and a name, such as s3:GetObject`},
		{scp(`"Effect":"Deny","NotAction":["s3:*","s*:Get*"],"Resource":"*"`), `Line 1, column 75, $.Statement[0].NotAction[1]: the service prefix of "s*:Get*" holds a wildcard; only the name after the colon may`},
		{scp(`"Effect":"Deny","Action":"s 3:Get","Resource":"*"`), `Line 1, column 64, $.Statement[0].Action: the service prefix of "s 3:Get" must be letters, digits and hyphens`},
		{scp(`"Effect":"Deny","Action":"s3:","Resource":"*"`), `Line 1, column 64, $.Statement[0].Action: the action "s3:" has no name after the colon`},
		{scp(`"Effect":"Deny","Action":"s3:Get Object","Resource":"*"`), `Line 1, column 64, $.Statement[0].Action: the action "s3:Get Object" holds white space`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"bucket"`), `Line 1, column 79, $.Statement[0].Resource: the resource "bucket" is neither "*" nor an ARN`},
		{scp(`"Effect":"Deny","Action":"*","Resource":["*","arn:aws:s3"]`), `Line 1, column 84, $.Statement[0].Resource[1]: the ARN "arn:aws:s3" has fewer than six parts; it is arn:partition:service:region:account:resource`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::"`), `Line 1, column 79, $.Statement[0].Resource: the ARN "arn:aws:s3:::" has an empty partition, service or resource`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":[]`), "Line 1, column 95, $.Statement[0].Condition: Condition must be an object of operators, not a list"},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringSortOf":{}}`), `Line 1, column 96, $.Statement[0].Condition.StringSortOf: "StringSortOf" is not a condition operator`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NullIfExists":{}}`), "Line 1, column 96, $.Statement[0].Condition.NullIfExists: Null takes no IfExists"},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"foranyvalue:stringlike":{}}`), `Line 1, column 96, $.Statement[0].Condition["foranyvalue:stringlike"]: "foranyvalue:stringlike" must be written ForAnyValue:StringLike`},
		// [seen: ministryofjustice/modernisation-platform-environments#8893]
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Stringlike":{}}`), `Line 1, column 96, $.Statement[0].Condition.Stringlike: "Stringlike" must be written StringLike`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":true}`), "Line 1, column 103, $.Statement[0].Condition.Bool: Bool must be an object of condition keys, not a boolean"},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"Region":true}}`), `Line 1, column 104, $.Statement[0].Condition.Bool.Region: the condition key "Region" must be a prefix, a colon and a name, such as aws:RequestedRegion`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:x":[true,{}]}}`), `Line 1, column 118, $.Statement[0].Condition.Bool["aws:x"][1]: a condition compares with text, numbers or booleans, not an object`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:x":null}}`), `Line 1, column 112, $.Statement[0].Condition.Bool["aws:x"]: a condition compares with text, numbers or booleans, not null`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NumericLessThanIfExists":{"aws:x":[1,"soon"]}}`), `Line 1, column 134, $.Statement[0].Condition.NumericLessThanIfExists["aws:x"][1]: NumericLessThanIfExists compares with a number, such as 3600 or 1.5, not "soon"`},
		{scp(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:x":10}}`), `Line 1, column 117, $.Statement[0].Condition.IpAddress["aws:x"]: IpAddress compares with an IP address or range, such as 203.0.113.0/24 or 2001:db8::/32, not "10"`},
	} {
		expect(t, policy.ServiceControl, c.content, policy.Options{}, c.want)
	}
}

// expect checks a document and wants one diagnostic, "" if it is accepted.
func expect(t *testing.T, of org.PolicyType, content string, options policy.Options, want string) {
	t.Helper()
	got := ""
	if diagnostic := policy.Check(of, content, options); diagnostic != nil {
		got = diagnostic.Error()
	}
	if got != want {
		t.Errorf("%s\n got %s\nwant %s", content, got, want)
	}
}

func TestCheckReturnsTheFirstDiagnostic(t *testing.T) {
	const content = `{
  "Statement": [
    {
      "Condition": { "Bool": { "aws:x": null } },
      "Resource": "bucket",
      "Action": "nothing",
      "Effect": "Forbid"
    },
    {}
  ],
  "Version": "1"
}`
	lines := strings.Split(content, "\n")
	for _, step := range []struct {
		repaired int // the line that is right from here on
		text     string
		want     string
	}{
		{0, "{", "Line 4, column 41, $.Statement[0].Condition.Bool[\"aws:x\"]"},
		{3, `      "Condition": { "Bool": { "aws:x": [] } },`, "Line 5, column 19, $.Statement[0].Resource"},
		{4, `      "Resource": "*",`, "Line 6, column 17, $.Statement[0].Action"},
		{5, `      "Action": "s3:*",`, "Line 7, column 17, $.Statement[0].Effect"},
		{6, `      "Effect": "Deny"`, "Line 9, column 5, $.Statement[1]"},
		{8, `    {"Effect":"Deny","NotAction":"s3:*","NotResource":"*"}`, "Line 11, column 14, $.Version"},
		{10, `  "Version": "2012-10-17"`, ""},
	} {
		lines[step.repaired] = step.text
		diagnostic := policy.Check(policy.ServiceControl, strings.Join(lines, "\n"), policy.Options{})
		if diagnostic == nil {
			if step.want != "" {
				t.Errorf("accepted, want %s", step.want)
			}
		} else if got := diagnostic.Error(); step.want == "" || !strings.HasPrefix(got, step.want+": ") {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
}

func TestServiceControlPoliciesTakeTheFullLanguage(t *testing.T) {
	for _, members := range []string{
		`"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"`,
		`"Effect":"Allow","Action":"EC2:*","NotResource":["arn:aws:ec2:*:*:volume/*","arn:aws:ec2:*"]`,
		`"Effect":"Deny","Action":"s3:??t*","Resource":"arn:aws:s3:::${aws:PrincipalTag/team}/*"`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{}`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/cost center":[]}}`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"${aws:PrincipalTag/until}"}}`,
		`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:x":"maybe"},"ForAllValues:Bool":{"aws:x":[1,true,"x"]}}`,
	} {
		expect(t, policy.ServiceControl, scp(members), policy.Options{}, "")
	}
	expect(t, policy.ServiceControl, "\n {\"Statement\":{"+`"Effect":"Deny","Action":"*","Resource":"*"`+"}}\r\n\t", policy.Options{}, "")
}

func TestServiceControlPoliciesBefore2025(t *testing.T) {
	old := policy.Options{ServiceControlBefore2025: true}
	for _, c := range []struct{ members, want string }{
		{`"Effect":"Allow","Action":["s3:Get*","ec2:*","*"],"Resource":["*"]`, ""},
		{`"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:s3:::x","Condition":{"Bool":{"aws:x":"true"}}`, ""},
		{`"Effect":"Allow","NotAction":"s3:*","Resource":"*"`, "column 56, $.Statement[0].NotAction: before September 2025 NotAction could stand only with Deny"},
		{`"Condition":{},"Effect":"Allow","Action":"s3:*","Resource":"*"`, "column 39, $.Statement[0].Condition: before September 2025 Condition could stand only with Deny"},
		{`"Effect":"Allow","Action":"s3:*","Resource":["*","arn:aws:s3:::x"]`, `column 88, $.Statement[0].Resource[1]: before September 2025 Allow could name no resource but "*", not "arn:aws:s3:::x"`},
		{`"Effect":"Deny","Action":"s3:*","NotResource":"*"`, "column 71, $.Statement[0].NotResource: a service control policy had no NotResource before September 2025"},
		{`"Effect":"Deny","Action":"s3:*Object","Resource":"*"`, `column 64, $.Statement[0].Action: in the action "s3:*Object" a wildcard is before the end; before September 2025 that was not valid`},
		{`"Effect":"Deny","Action":"s3:Get??","Resource":"*"`, `column 64, $.Statement[0].Action: in the action "s3:Get??" a wildcard is before the end; before September 2025 that was not valid`},
		{`"Sid":"a-b","Effect":"Deny","Action":"s3:*","Resource":"*"`, "column 45, $.Statement[0].Sid: Sid may hold only letters A to Z and digits, not '-'"},
	} {
		want := c.want
		if want != "" {
			want = "Line 1, " + want
		}
		expect(t, policy.ServiceControl, scp(c.members), old, want)
	}
}

func TestDiagnosticsOfResourceControlPoliciesNameTheirPosition(t *testing.T) {
	for _, c := range []struct{ members, want string }{
		{`"Effect":"Deny","Principal":"*","Action":["s3:*","SQS:Send?essage"],"Resource":"*"`, ""},
		{`"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","NotResource":"arn:aws:s3:::x/*"`, ""},
		{`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`, `column 48, $.Statement[0].Effect: Effect must be Deny, not "Allow"`},
		{`"Effect":"Deny","Action":"s3:*","Resource":"*"`, "column 38, $.Statement[0]: the statement needs Principal"},
		{`"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"`, "column 71, $.Statement[0].NotAction: a resource control policy names its actions; it has no NotAction"},
		{`"Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*"`, "column 55, $.Statement[0].NotPrincipal: a resource control policy applies to every principal; narrow it with a condition such as aws:PrincipalArn"},
		{`"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"`, `column 80, $.Statement[0].Action: a resource control policy names the services it controls, such as "s3:*"; "*" alone is not supported`},
		{`"Effect":"Deny","Principal":"*","Action":["s3:*","ec2:*"],"Resource":"*"`, `column 88, $.Statement[0].Action[1]: resource control policies do not support the service "ec2"`},
		{`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:*"`, `column 98, $.Statement[0].Resource: the ARN "arn:aws:s3:*" has fewer than six parts; it is arn:partition:service:region:account:resource`},
	} {
		want := c.want
		if want != "" {
			want = "Line 1, " + want
		}
		expect(t, policy.ResourceControl, scp(c.members), policy.Options{}, want)
	}
	for _, principal := range []string{`"111122223333"`, `["*"]`, `{"AWS":["*"]}`, `{"AWS":"111122223333"}`, `{"Service":"*"}`, `{"AWS":"*","Service":"*"}`, `{}`, `null`} {
		expect(t, policy.ResourceControl, scp(`"Effect":"Deny","Principal":`+principal+`,"Action":"s3:*","Resource":"*"`), policy.Options{},
			`Line 1, column 67, $.Statement[0].Principal: Principal must be "*" or {"AWS": "*"}; narrow a resource control policy with a condition such as aws:PrincipalArn`)
	}
}

func TestTheServicesOfResourceControlPoliciesCanBeSet(t *testing.T) {
	content := scp(`"Effect":"Deny","Principal":"*","Action":"es:*","Resource":"*"`)
	if policy.Check(policy.ResourceControl, content, policy.Options{}) == nil {
		t.Error("es is accepted, though only opensearch is published")
	}
	expect(t, policy.ResourceControl, content, policy.Options{ResourceControlServices: []string{"es"}}, "")
	if !slices.IsSorted(policy.ResourceControlServices) || len(policy.ResourceControlServices) != 62 {
		t.Errorf("the published list has %d services, want 62 in order", len(policy.ResourceControlServices))
	}
}

func TestLenientChecksSeeOnlyJSONAndTheTopLevelKey(t *testing.T) {
	lenient := policy.Options{Lenient: true, ServiceControlBefore2025: true}
	for _, c := range []struct {
		of            org.PolicyType
		content, want string
	}{
		{policy.ServiceControl, `{"Statement":"new","Feature":1}`, ""},
		{policy.ServiceControl, `{"statement":[]}`, "Line 1, column 1, $: the policy needs Statement"},
		{policy.ServiceControl, `"Statement"`, "Line 1, column 1, $: a policy is one JSON object, not text"},
		{policy.ResourceControl, `{"Statement":[{"Effect":"Allow"}]}`, ""},
		{policy.Tag, `{"Tags":{"x":{"new_field":7}}}`, ""},
		{policy.Tag, `{"plans":{}}`, "Line 1, column 1, $: the policy needs tags"},
		{policy.Backup, `{"plans":`, "Line 1, column 10, $.plans: the document ends where a value is expected"},
		{policy.Backup, `{"plans":{},"plans":{}}`, `Line 1, column 13, $.plans: the member "plans" is already given on line 1, column 2`},
	} {
		expect(t, c.of, c.content, lenient, c.want)
	}
	for _, d := range policy.Types {
		expect(t, d.Type, fmt.Sprintf(`{%q:{}}`, d.TopLevelKey()), lenient, "")
	}
}

func TestCheckRejectsAnUnknownType(t *testing.T) {
	expect(t, "UNKNOWN_POLICY", "{}", policy.Options{}, `Line 1, column 1, $: "UNKNOWN_POLICY" is not a policy type`)
}

func TestSizeCountsCodePointsOfTheTextAsSent(t *testing.T) {
	for content, want := range map[string]int{"": 0, "{ }\n": 4, "é😀": 2, "e\u0301": 2} {
		if got := policy.Size(content); got != want {
			t.Errorf("Size(%q) = %d, want %d", content, got, want)
		}
	}
}

func TestStoredNormalizesResourceControlPoliciesOnly(t *testing.T) {
	const loose = "{ \"Statement\" : { \"Sid\" : \"\\u0041\", \"n\" : 1.0e0 } }"
	for _, d := range policy.Types {
		want := loose
		if d.Type == policy.ResourceControl {
			want = `{"Version":"2008-10-17","Statement":[{"Sid":"\u0041","n":1.0e0}]}`
		}
		if got := policy.Stored(d.Type, loose); got != want {
			t.Errorf("%s: got %s, want %s", d.Type, got, want)
		}
	}
	for _, same := range []string{`{"Statement":[],"Version":"2012-10-17"}`, "not valid JSON", "[ ]"} {
		if got := policy.Stored(policy.ResourceControl, same); got != same {
			t.Errorf("%s became %s", same, got)
		}
	}
}

// TestChecksAreLinear checks documents that invite quadratic work. It measures no
// time: quadratic work would exceed the timeout of the test.
func TestChecksAreLinear(t *testing.T) {
	require.Full(t)
	const n = 20_000
	statement := `{"Effect":"Deny","Principal":"*","Action":"organizations:ListRoots","Resource":"*"},`
	for name, content := range map[string]string{
		"statements":  `{"Statement":[` + strings.Repeat(statement, n) + `{}]}`,
		"diagnostics": `{"Statement":[` + strings.Repeat(`{},`, n) + `{}]}`,
		"actions":     scp(`"Effect":"Deny","Principal":"*","Action":[` + strings.Repeat(`"organizations:*a*b*c*",`, n) + `7],"Resource":"*"`),
		"wildcards":   scp(`"Effect":"Deny","Principal":"*","Action":"organizations:` + strings.Repeat("*?", n) + `","Resource":"*","x":1`),
		"resources":   scp(`"Effect":"Deny","Principal":"*","Action":"organizations:ListRoots","Resource":"arn:aws:organizations::` + strings.Repeat("*:/", n) + `","x":1`),
		"depth":       `{"Statement":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`,
		"name":        `{"` + strings.Repeat("x", n) + `":[]}`,
	} {
		for _, d := range policy.Types {
			if policy.Check(d.Type, content, policy.Options{Now: anyDay}) == nil {
				t.Errorf("%s: accepted as %s", name, d.Type)
			}
		}
		if _, rejection := checkDelegation(content); rejection == nil {
			t.Errorf("%s: accepted as delegation policy", name)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, v := range readRecording(f).Admission {
		f.Add(v.Content)
	}
	owner, member := ownerOfTests, func(id string) bool { return strings.HasPrefix(id, "2") }
	f.Fuzz(func(t *testing.T, content string) {
		parsed, _ := document.Parse(content)
		for _, d := range policy.Types {
			for _, options := range []policy.Options{{Now: anyDay}, {Lenient: true}, {ServiceControlBefore2025: true, Now: anyDay}} {
				diagnostic := policy.Check(d.Type, content, options)
				if diagnostic == nil && parsed == nil {
					t.Fatalf("%s accepts what is not valid JSON: %q", d.Type, content)
				}
				if diagnostic != nil && strings.HasPrefix(content, "{") {
					checkPosition(t, content, diagnostic.Line, diagnostic.Column, diagnostic.Path, diagnostic.Message)
				}
			}
			stored := policy.Stored(d.Type, content)
			if again := policy.Stored(d.Type, stored); again != stored {
				t.Fatalf("%s: stored %q, then %q", d.Type, stored, again)
			}
			if !d.IsManagement() && policy.Check(d.Type, content, policy.Options{}) == nil {
				if diagnostic := policy.Check(d.Type, stored, policy.Options{}); diagnostic != nil {
					t.Fatalf("%s: the stored form %q is rejected: %v", d.Type, stored, diagnostic)
				}
			}
		}
		d, rejection := policy.CheckDelegation(content, owner, asMember(member), nobody)
		if (d == nil) == (rejection == nil) {
			t.Fatalf("delegation %v, rejection %v", d, rejection)
		}
		if d != nil {
			again, rejection := policy.CheckDelegation(d.Stored, owner, asMember(member), nobody)
			if rejection != nil || again.Stored != d.Stored {
				t.Fatalf("stored %q, then %v, %v", d.Stored, again, rejection)
			}
		}
	})
}
