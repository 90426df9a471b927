package policy_test

import (
	"strings"
	"testing"

	"accord/internal/policy"
)

const (
	syntaxErrors   = "Syntax errors in policy."
	legacyParsing  = "The policy failed legacy parsing"
	noVendor       = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	unqualified    = "Resource vendor must be fully qualified and cannot contain regexes."
	noPrincipal    = "Policy document should not specify a principal."
	onlySTSActions = "AssumeRole policy may only specify STS AssumeRole actions."
)

// statement writes a document of IAM with one statement; members replace those of a
// valid one.
func statement(valid map[string]string, members ...string) string {
	var parts []string
	for name, value := range valid {
		replaced := false
		for _, m := range members {
			replaced = replaced || strings.HasPrefix(m, `"`+name+`"`) || strings.HasPrefix(m, `-`+name)
		}
		if !replaced {
			parts = append(parts, `"`+name+`":`+value)
		}
	}
	for _, m := range members {
		if !strings.HasPrefix(m, "-") {
			parts = append(parts, m)
		}
	}
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(parts, ",") + `}]}`
}

func identityStatement(members ...string) string {
	return statement(map[string]string{"Effect": `"Allow"`, "Action": `"s3:GetObject"`, "Resource": `"*"`}, members...)
}

func trustStatement(members ...string) string {
	return statement(map[string]string{"Effect": `"Allow"`, "Action": `"sts:AssumeRole"`, "Principal": `"*"`}, members...)
}

func principal(value string) string { return trustStatement(`"Principal":` + value) }

// message is that of a rejection; "" for a policy that is accepted.
func message(t *testing.T, content string, r *policy.Rejection) string {
	t.Helper()
	if r == nil {
		return ""
	}
	if r.Reason != "" || r.Diagnostic == nil || r.Message == "" {
		t.Errorf("%s: the rejection is %+v", content, r)
	}
	return r.Message
}

// [published by users; recorded: operands of conditions]
func TestIdentityPoliciesAreChecked(t *testing.T) {
	for content, want := range map[string]string{
		identityStatement(): "",
		identityStatement(`"Action":"*"`, `"Resource":["arn:aws:s3:::b/${aws:username}/*","arn:aws:iam::*:role/x","arn:aws:s3"]`):                      "",
		identityStatement("-Action", "-Resource", `"NotAction":["iam:*","organizations:Describe?*"]`, `"NotResource":"arn:*:s3:::b"`, `"Sid":"Only1"`): "",
		identityStatement(`"Action":"*:*"`): "",
		identityStatement(`"Condition":{"NumericLessThan":{"s3:max-keys":["01",10]},"Bool":{"aws:SecureTransport":"yes"},"Null":{"aws:x":"any"}}`): "",
		`{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`:                                              "",

		"":                         syntaxErrors,
		"[]":                       syntaxErrors,
		`{"Version":"2012-10-17"}`: syntaxErrors,
		`{"Version":"2012-10-17","Statement":[]}`:                                            syntaxErrors,
		`{"Version":"2013-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`: syntaxErrors,
		identityStatement(`"Effect":"Maybe"`):                                                syntaxErrors,
		identityStatement(`"Sid":"a b"`):                                                     syntaxErrors,
		identityStatement(`"NotAction":"iam:*"`):                                             syntaxErrors,
		identityStatement(`"Resources":"*"`):                                                 syntaxErrors,
		identityStatement(`"Condition":{"Stringlike":{"aws:x":"y"}}`):                        syntaxErrors,
		identityStatement(`"Condition":{"StringLike":{"aws:x":null}}`):                       syntaxErrors,
		identityStatement(`"Effect":"allow"`):                                                legacyParsing,
		identityStatement(`"Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}`):         legacyParsing,
		identityStatement(`"Condition":{"NumericEquals":{"s3:max-keys":"NaN"}}`):             legacyParsing,
		identityStatement(`"Condition":{"IpAddress":{"aws:SourceIp":"everywhere"}}`):         legacyParsing,
		identityStatement(`"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:*"}}`):           legacyParsing,
		identityStatement(`"Condition":{"BinaryEquals":{"aws:x":"YQ"}}`):                     legacyParsing,
		`{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`:                        "Policy document must be version 2012-10-17 or greater.",
		`{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`: "Policy document must be version 2012-10-17 or greater.",
		`{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*"}}`:                "Policy document must be version 2012-10-17 or greater.",
		`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}]}`: "Statement IDs (SID) in a single policy must be unique.",
		identityStatement("-Action"):                                  "Policy statement must contain actions.",
		identityStatement(`"Action":[]`):                              "Policy statement must contain actions.",
		identityStatement("-Resource"):                                "Policy statement must contain resources.",
		identityStatement(`"Resource":[]`):                            "Policy statement must contain resources.",
		identityStatement("-Action", "-Resource"):                     "Policy statement must contain actions.",
		identityStatement(`"Principal":"*"`):                          noPrincipal,
		identityStatement(`"NotPrincipal":"*"`):                       noPrincipal,
		identityStatement(`"Action":"GetObject"`):                     noVendor,
		identityStatement(`"Action":["s3:*",""]`):                     noVendor,
		identityStatement(`"Condition":{"Null":{"max-keys":"true"}}`): noVendor,
		identityStatement(`"Action":"s3:Get:Object"`):                 "Actions/Condition can contain only one colon.",
		identityStatement(`"Action":"s*:GetObject"`):                  "Vendor s* is not valid",
		identityStatement(`"Action":"a b:GetObject"`):                 "Vendor a b is not valid",
		identityStatement(`"Action":"s3:Get Object"`):                 legacyParsing,
		identityStatement(`"Resource":"bucket"`):                      `Resource bucket must be in ARN format or "*".`,
		identityStatement(`"Resource":"urn:aws:s3:::b"`):              legacyParsing,
		identityStatement(`"Resource":"arn:aws"`):                     unqualified,
		identityStatement(`"Resource":"arn:aws:::::b"`):               unqualified,
		identityStatement(`"Resource":"arn:aws:s?:::b"`):              unqualified,
	} {
		if got := message(t, content, policy.CheckIdentity(content)); got != want {
			t.Errorf("%s\n gives %q\n want  %q", content, got, want)
		}
	}
}

// [recorded]
func TestSessionPoliciesMayHaveMalformedOperands(t *testing.T) {
	for condition, want := range map[string]string{
		`{"NumericEquals":{"s3:max-keys":"NaN"},"ArnLike":{"aws:SourceArn":"x"},"DateEquals":{"aws:CurrentTime":"soon"},"IpAddress":{"aws:SourceIp":"x"}}`: "",
		`{"BinaryEquals":{"aws:x":"YQ"}}`: legacyParsing,
		`{"Stringlike":{"aws:x":"y"}}`:    syntaxErrors,
	} {
		content := identityStatement(`"Condition":` + condition)
		if got := message(t, content, policy.CheckSession(content)); got != want {
			t.Errorf("%s gives %q, want %q", condition, got, want)
		}
	}
}

// [published by users; AWS: IAM JSON policy elements: Principal]
func TestTrustPoliciesAreChecked(t *testing.T) {
	for content, want := range map[string]string{
		trustStatement():                    "",
		principal(`{"AWS":"111122223333"}`): "",
		principal(`{"AWS":["*","arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:user/known","arn:aws:sts::111122223333:assumed-role/known/s","arn:aws:sts::111122223333:federated-user/f"]}`): "",
		principal(`{"Service":["ec2.amazonaws.com","member.org.stacksets.cloudformation.amazonaws.com"]}`):                                                                                               "",
		principal(`{"Federated":"arn:aws:iam::111122223333:saml-provider/x","AWS":"999999999999"}`):                                                                                                      "",
		trustStatement(`"Action":["STS:AssumeRole","sts:TagSession"]`, `"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`):                                                                            "",
		`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}`:                                                                                                                     "",

		trustStatement(`"Resource":"*"`):                              "Has prohibited field Resource.",
		trustStatement(`"NotResource":"*"`):                           "Has prohibited field NotResource.",
		trustStatement("-Principal"):                                  "Missing required field Principal",
		trustStatement("-Principal", `"NotPrincipal":{"AWS":"*"}`):    syntaxErrors,
		trustStatement("-Action"):                                     "Policy statement must contain actions.",
		trustStatement(`"Action":"s3:GetObject"`):                     onlySTSActions,
		trustStatement(`"Action":"*"`):                                onlySTSActions,
		trustStatement(`"Action":"AssumeRole"`):                       noVendor,
		principal(`"arn:aws:iam::111122223333:root"`):                 syntaxErrors,
		principal(`{}`):                                               syntaxErrors,
		principal(`{"AWS":[]}`):                                       syntaxErrors,
		principal(`{"AWS":"arn:aws:iam::111122223333:role/unknown"}`): `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/unknown"`,
		principal(`{"AWS":["111122223333","arn:aws:sts::111122223333:assumed-role/unknown/s"]}`): `Invalid principal in policy: "AWS":"arn:aws:sts::111122223333:assumed-role/unknown/s"`,
		principal(`{"AWS":"arn:aws:iam::111122223333:role/*"}`):                                  `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"`,
		principal(`{"AWS":"AROAEXAMPLE"}`):                                                       `Invalid principal in policy: "AWS":"AROAEXAMPLE"`,
		principal(`{"AWS":["111122223333","11112222333"]}`):                                      `Invalid principal in policy: "AWS":"11112222333"`,
		principal(`{"Service":"ec2"}`):                                                           `Invalid principal in policy: "SERVICE":"ec2"`,
		principal(`{"Federated":""}`):                                                            `Invalid principal in policy: "FEDERATED":""`,
		principal(`{"Nobody":"x"}`):                                                              `Invalid principal in policy: "NOBODY":"x"`,
	} {
		stored, rejected := policy.CheckTrust(content, entities)
		if got := message(t, content, rejected); got != want || (stored == "") != (want != "") {
			t.Errorf("%s\n gives %q\n want  %q", content, got, want)
		}
	}
}

// [AWS: IAM quotas]
func TestSpaceDoesNotCountForIAM(t *testing.T) {
	for content, want := range map[string]int{"": 0, " { \"a\" :\t\"é 😀\"\r\n} ": 10} {
		if got := policy.SizeWithoutSpace(content); got != want {
			t.Errorf("%q has %d characters, want %d", content, got, want)
		}
	}
}

// TestATrustPolicyKeepsTheIDsOfThoseItNames: of users, roles and sessions of roles, in place
// of their ARNs, and everything else as it was sent. It is shown with their present ARNs, and
// with the ID of one that was deleted. [AWS: IAM JSON policy elements: Principal; assumed:
// sessions]
func TestATrustPolicyKeepsTheIDsOfThoseItNames(t *testing.T) {
	const others = `"arn:aws:iam::111122223333:root", "999999999999","*" , "arn:aws:sts::111122223333:federated-user/known"`
	const condition = `"Condition": {"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/known"}}`
	document := func(user, role, session string) string {
		return "\t{\"Version\": \"2012-10-17\",\r\n \"Statement\":[{\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"é😀\"}}, \"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\n  \"Principal\" : {\"AWS\":[ \"" +
			user + `",` + others + `, "` + role + `"  ]}},{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + session + `","Service":"a.amazonaws.com"},` + condition + `}]}`
	}
	sent := document(`arn:aws:iam::111122223333:user\/known`, "arn:aws:iam::111122223333:role/known", "arn:aws:sts::111122223333:assumed-role/known/s")
	stored, rejected := policy.CheckTrust(sent, entities)
	if want := document("AIDAKNOWN", "AROAKNOWN", "AROAKNOWN:s"); rejected != nil || stored != want {
		t.Errorf("%v, stored\n%s\nwant\n%s", rejected, stored, want)
	}
	names := map[string]string{"AIDAKNOWN": "arn:aws:iam::111122223333:user/renamed", "AROAKNOWN": "arn:aws:iam::111122223333:role/known", "AROAKNOWN:s": "AROAKNOWN:s"}
	shown := policy.Shown(document("AIDAKNOWN", "AROAKNOWN", "AROAKNOWN:s"), func(id string) string { return names[id] })
	if want := document("arn:aws:iam::111122223333:user/renamed", "arn:aws:iam::111122223333:role/known", "AROAKNOWN:s"); shown != want {
		t.Errorf("shown\n%s\nwant\n%s", shown, want)
	}
	for _, content := range []string{"{", trustStatement(), principal(`{"AWS":["*","111122223333"]}`), principal(`"*"`), identityStatement()} {
		if got := policy.Shown(content, nobody); got != content {
			t.Errorf("%s is shown as %s", content, got)
		}
	}
}

func trustRejection(content string) *policy.Rejection {
	_, rejected := policy.CheckTrust(content, nobody)
	return rejected
}

// FuzzChecksOfIAM: a document is checked with a message of IAM, and one that is stored has
// statements that can be evaluated.
func FuzzChecksOfIAM(f *testing.F) {
	f.Add(identityStatement())
	f.Add(trustStatement(`"Principal":{"AWS":["*","%"],"Federated":7}`))
	f.Add(identityStatement(`"Action":"a%:b"`, `"Resource":["arn:","x%"]`))
	f.Fuzz(func(t *testing.T, content string) {
		for _, r := range []*policy.Rejection{
			policy.CheckIdentity(content), policy.CheckSession(content), trustRejection(content),
		} {
			if message(t, content, r) != "" {
				continue
			}
			d, diagnostic := policy.Read(content)
			if diagnostic != nil || len(d.Statements) == 0 {
				t.Fatalf("%s is stored, and reads as %+v, %v", content, d, diagnostic)
			}
			for _, s := range d.Statements {
				if s.Effect == "" || len(s.Actions)+len(s.NotActions) == 0 || len(s.Resources)+len(s.NotResources)+len(s.Principals) == 0 {
					t.Fatalf("%s is stored, with the statement %+v", content, s)
				}
			}
		}
	})
}
