package evaluate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

const (
	management ident.AccountID = "111111111111"
	member     ident.AccountID = "222222222222"
	other      ident.AccountID = "333333333333"
	bucket                     = "arn:aws:s3:::b/key"
)

// The callers of tests, all but the last of the account member.
var (
	root      = evaluate.Principal{Kind: evaluate.Root, ARN: "arn:aws:iam::222222222222:root", Account: member}
	user      = evaluate.Principal{Kind: evaluate.User, ARN: "arn:aws:iam::222222222222:user/eva", ID: "AIDAEVA", Account: member}
	role      = evaluate.Principal{Kind: evaluate.Role, ARN: "arn:aws:sts::222222222222:assumed-role/ops/s", Issuer: "arn:aws:iam::222222222222:role/team/ops", ID: "AROAOPS:s", IssuerID: "AROAOPS", Account: member}
	federated = evaluate.Principal{Kind: evaluate.FederatedUser, ARN: "arn:aws:sts::222222222222:federated-user/bob", Issuer: user.ARN, IssuerID: user.ID, Account: member}
	service   = evaluate.Principal{Kind: evaluate.Service, Name: "backup.amazonaws.com"}
	web       = evaluate.Principal{Kind: evaluate.WebIdentity, Name: "arn:aws:iam::222222222222:saml-provider/idp"}
	anonymous = evaluate.Principal{}
)

// keys is a Context of fixed values, by keys in lower case.
type keys map[string]condition.Values

func (k keys) Value(key string) (condition.Values, bool) {
	v, ok := k[key]
	return v, ok
}

// object writes members as a JSON object: single quotes are those of JSON.
func object(members string) string { return "{" + strings.ReplaceAll(members, "'", `"`) + "}" }

// policyOf is a policy with statements of these members.
func policyOf(statements ...string) string {
	var objects []string
	for _, s := range statements {
		objects = append(objects, object(s))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(objects, ",") + `]}`
}

const (
	allowAll = `'Effect':'Allow','Action':'*','Resource':'*'`
	denyAll  = `'Effect':'Deny','Action':'*','Resource':'*'`
	allowS3  = `'Effect':'Allow','Action':'s3:*','Resource':'*'`
	allowEC2 = `'Effect':'Allow','Action':'ec2:*','Resource':'*'`
	denyS3   = `'Effect':'Deny','Action':'s3:*','Resource':'*'`
	denyEC2  = `'Effect':'Deny','Action':'ec2:*','Resource':'*'`
)

// compiled is a policy with these statements, under the name and the ARN of its kind.
func compiled(t testing.TB, kind evaluate.Kind, statements ...string) *evaluate.Named {
	t.Helper()
	return named(t, "p", kind, policyOf(statements...))
}

func named(t testing.TB, name string, kind evaluate.Kind, content string) *evaluate.Named {
	t.Helper()
	if !json.Valid([]byte(content)) {
		t.Fatalf("invalid JSON: %s", content)
	}
	p, diagnostic := evaluate.Compile(content, kind)
	if diagnostic != nil {
		t.Fatal(diagnostic)
	}
	return &evaluate.Named{Name: name, ARN: "arn:" + name, Policy: p}
}

// path is a path of levels, each with one policy of these statements.
func path(t testing.TB, kind evaluate.Kind, levels ...[]string) []evaluate.Level {
	t.Helper()
	var out []evaluate.Level
	for _, statements := range levels {
		out = append(out, evaluate.Level{Policies: []*evaluate.Named{compiled(t, kind, statements...)}})
	}
	return out
}

func request(caller evaluate.Principal, action, resource string) *evaluate.Request {
	return &evaluate.Request{Principal: caller, Action: evaluate.ActionOf(action), Resource: resource, Context: keys{}}
}
