package evaluate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"accord/internal/policy/evaluate"
)

// quoted is a text in JSON, without single quotes.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(b), "'", `\u0027`)
}

var callersOfTests = map[string]evaluate.Principal{
	"nameless": {Kind: evaluate.Role, Account: other}, "root": root, "user": user, "role": role, "federated": federated, "service": service, "web": web, "anonymous": anonymous,
}

// [AWS: IAM JSON policy elements: Principal; assumed: services and web identities with *]
func TestPrincipalsMatch(t *testing.T) {
	everybody := []string{"anonymous", "federated", "nameless", "role", "root", "service", "user", "web"}
	account := []string{"federated", "role", "root", "user"}
	for _, c := range []struct {
		principal string
		kind      evaluate.Kind
		want      []string
	}{
		{`'*'`, evaluate.Resource, everybody},
		{`{'AWS':'*'}`, evaluate.Resource, everybody},
		{`{'AWS':['*']}`, evaluate.ResourceControl, everybody},
		{`'*'`, evaluate.Trust, append(account, "nameless")},
		{`{'AWS':'*'}`, evaluate.Trust, append(account, "nameless")},
		{`{'AWS':'222222222222'}`, evaluate.Resource, account},
		{`{'AWS':'arn:aws:iam::222222222222:root'}`, evaluate.Resource, account},
		{`{'AWS':'333333333333'}`, evaluate.Resource, []string{"nameless"}},
		{`{'AWS':'x:iam::222222222222:root'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:sts::222222222222:root'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:iam::222222222222:user/eva'}`, evaluate.Resource, []string{"federated", "user"}},
		{`{'AWS':'arn:aws:iam::222222222222:user/Eva'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:iam::222222222222:user/*'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:iam::222222222222:role/team/ops'}`, evaluate.Resource, []string{"role"}},
		{`{'AWS':'arn:aws:iam::222222222222:role/ops'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:sts::222222222222:assumed-role/ops/s'}`, evaluate.Resource, []string{"role"}},
		{`{'AWS':'arn:aws:sts::222222222222:assumed-role/ops/other'}`, evaluate.Resource, nil},
		{`{'AWS':'arn:aws:sts::222222222222:federated-user/bob'}`, evaluate.Resource, []string{"federated"}},
		{`{'AWS':'AROAEXAMPLE'}`, evaluate.Resource, nil},
		{`{'AWS':'AIDAEVA'}`, evaluate.Trust, []string{"federated", "user"}},
		{`{'AWS':'AROAOPS'}`, evaluate.Trust, []string{"role"}},
		{`{'AWS':'AROAOPS:s'}`, evaluate.Resource, []string{"role"}},
		{`{'AWS':'AROAOPS:other'}`, evaluate.Resource, nil},
		{`{'AWS':'222222222222:bob'}`, evaluate.Resource, nil},
		{`{'AWS':''}`, evaluate.Resource, nil},
		{`{'Service':'backup.amazonaws.com'}`, evaluate.Trust, []string{"service"}},
		{`{'Service':'*'}`, evaluate.Resource, nil},
		{`{'Service':''}`, evaluate.Resource, nil},
		{`{'Federated':'arn:aws:iam::222222222222:saml-provider/idp'}`, evaluate.Trust, []string{"web"}},
		{`{'AWS':'444444444444','Service':['x.amazonaws.com','backup.amazonaws.com']}`, evaluate.Resource, []string{"service"}},
		{`{'CanonicalUser':'222222222222'}`, evaluate.Resource, nil},
	} {
		want := map[string]bool{}
		for _, name := range c.want {
			want[name] = true
		}
		p := compiled(t, c.kind, `'Effect':'Allow','Action':'*','Principal':`+c.principal)
		for name, caller := range callersOfTests {
			d := evaluate.Decide(&evaluate.Input{Resource: p}, request(caller, "s3:GetObject", bucket))
			if got := d.Layers[evaluate.ResourceBased].Outcome == evaluate.Allow; got != want[name] {
				t.Errorf("Principal %s in kind %d, %s: %v, want %v", c.principal, c.kind, name, got, want[name])
			}
		}
	}
}

// [AWS: IAM JSON policy elements: NotPrincipal]
func TestNotPrincipalExemptsFromADenyWhatItListsFully(t *testing.T) {
	const account = "'222222222222',"
	for _, c := range []struct {
		caller  string
		list    string
		bounded bool
		denied  bool
	}{
		{"user", account + "'arn:aws:iam::222222222222:user/eva'", false, false},
		{"user", "'arn:aws:iam::222222222222:user/eva'", false, true},
		{"user", "'222222222222'", false, true},
		{"user", account + "'arn:aws:iam::222222222222:user/bob'", false, true},
		{"user", account + "'arn:aws:iam::222222222222:user/eva'", true, true},
		{"user", "'*'", false, false},
		{"user", "'*'", true, true},
		{"root", "'arn:aws:iam::222222222222:root'", false, false},
		{"root", "'333333333333'", false, true},
		{"role", account + "'arn:aws:iam::222222222222:role/team/ops','arn:aws:sts::222222222222:assumed-role/ops/s'", false, false},
		{"role", account + "'arn:aws:iam::222222222222:role/team/ops'", false, true},
		{"role", account + "'arn:aws:sts::222222222222:assumed-role/ops/s'", false, true},
		{"anonymous", account + "'arn:aws:iam::222222222222:user/eva'", false, true},
		{"anonymous", "'*'", false, false},
		{"service", "'222222222222'", false, true},
	} {
		in := evaluate.Input{Resource: compiled(t, evaluate.Resource, `'Effect':'Deny','Action':'*','Resource':'*','NotPrincipal':{'AWS':[`+c.list+`]}`)}
		in.Boundary.Applies = c.bounded
		d := evaluate.Decide(&in, request(callersOfTests[c.caller], "s3:GetObject", bucket))
		if got := d.Layers[evaluate.ResourceBased].Outcome == evaluate.ExplicitDeny; got != c.denied {
			t.Errorf("%s, NotPrincipal %s, boundary %v: denied %v, want %v", c.caller, c.list, c.bounded, got, c.denied)
		}
	}
}

// [assumed]
func TestNotPrincipalLeavesOutOfAnAllowWhatItLists(t *testing.T) {
	for list, want := range map[string]bool{
		"{'AWS':'222222222222'}": false, "{'AWS':'arn:aws:iam::222222222222:role/team/ops'}": false, "{'AWS':'arn:aws:sts::222222222222:assumed-role/ops/s'}": false,
		"{'AWS':'333333333333'}": true, "{'Service':'backup.amazonaws.com'}": true, "'*'": false,
	} {
		in := evaluate.Input{Resource: compiled(t, evaluate.Resource, `'Effect':'Allow','Action':'*','Resource':'*','NotPrincipal':`+list)}
		d := evaluate.Decide(&in, request(role, "s3:GetObject", bucket))
		if got := d.Layers[evaluate.ResourceBased].Outcome == evaluate.Allow; got != want {
			t.Errorf("NotPrincipal %s allows: %v, want %v", list, got, want)
		}
	}
}
