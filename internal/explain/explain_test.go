package explain_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/explain"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/whatif/model"
)

const (
	management ident.AccountID = "111111111111"
	member     ident.AccountID = "222222222222"
	deploy                     = "arn:aws:iam::222222222222:role/Deploy"
	allowAll                   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
)

// organization has a member with a role that may do everything, below these SCPs on the root.
func organization(scps ...string) *model.Organization {
	o := &model.Organization{
		ID: "o-exampleorgid", Management: management, Root: "r-ab12", Partition: ident.AWS, At: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		Enabled:  []org.PolicyType{policy.ServiceControl},
		Accounts: []model.Account{{ID: management, Parent: "r-ab12", Name: "management"}, {ID: member, Parent: "r-ab12", Name: "member"}},
		Identities: []model.Identity{{Account: member, Kind: iam.Role, ID: "AROA1", Name: "Deploy", Path: "/", Inline: []iam.InlinePolicy{{Name: "all", Document: allowAll}},
			Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}}`}},
	}
	for i, text := range scps {
		id := ident.PolicyID(fmt.Sprintf("p-0000000%d", i))
		o.Policies = append(o.Policies, model.Policy{ID: id, Type: policy.ServiceControl, Name: fmt.Sprint("scp ", i), Content: text})
		o.Attachments = append(o.Attachments, model.Attachment{Target: "r-ab12", Policy: id})
	}
	return o
}

func statements(list ...string) string {
	return "{\n\"Version\":\"2012-10-17\",\"Statement\":[\n{" + strings.Join(list, "},\n{") + "}]}"
}

// TestTheSmallestChangeIsOneForEachStatementThatDenies: it leaves the principal out where the
// statement has a list for that, and is tried.
func TestTheSmallestChangeIsOneForEachStatementThatDenies(t *testing.T) {
	const denied = `"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"`
	withDeny := organization()
	withDeny.Identities[0].Inline = append(withDeny.Identities[0].Inline, iam.InlinePolicy{Name: "own", Document: statements(denied)})
	without := organization()
	without.Identities[0].Inline = nil
	bounded := organization()
	bounded.Identities[0].Boundary = "ANPA1"
	bounded.Managed = []model.ManagedPolicy{{ID: "ANPA1", Account: member, Name: "limit", Path: "/", Document: statements(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`)}}
	narrow := organization(statements(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`))
	narrow.Detached = []model.Attachment{{Target: "r-ab12", Policy: policy.FullAWSAccess}}
	condition := func(operator string) string {
		return denied + `,"Condition":{"` + operator + `":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}`
	}
	for name, c := range map[string]struct {
		o       *model.Organization
		decided string
		because string
		changes []string
	}{
		"a statement":               {organization(statements(denied)), "No line 3", "with an explicit deny in a service control policy: arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-00000000", []string{`in statement No of p-00000000 (scp 0), add "Condition": {"ArnNotLike": {"aws:PrincipalArn": "` + deploy + `"}}`}},
		"one that exempts":          {organization(statements(condition("ArnNotLike"))), "No line 3", "", []string{`in statement No of p-00000000 (scp 0), add "` + deploy + `" to ArnNotLike of aws:PrincipalArn`}},
		"one with NotAction":        {organization(statements(`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`)), " line 3", "", []string{`in statement 1 of p-00000000 (scp 0), add "s3:GetObject" to NotAction`}},
		"two statements":            {organization(statements(denied, `"Sid":"Nor","Effect":"Deny","Action":"*","Resource":"*"`), statements(denied)), "No line 3", "", []string{"in statement No of p-00000000", "in statement Nor of p-00000000", "in statement No of p-00000001"}},
		"no service control policy": {narrow, "", "because no service control policy allows the s3:GetObject action", []string{`attach a service control policy to r-ab12 (Root) that allows it, with {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`}},
		"no identity-based policy":  {without, "", "because no identity-based policy allows the s3:GetObject action", []string{"attach a policy to " + deploy + ` with {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}`}},
		"its own policy":            {withDeny, "No line 3", "with an explicit deny in an identity-based policy", []string{"in statement No of own, take s3:GetObject out"}},
		"its boundary":              {bounded, "", "because no permissions boundary allows the s3:GetObject action", []string{"in the permissions boundary of " + deploy}},
	} {
		e, err := explain.Explain(c.o, explain.Request{Account: member, Principal: deploy, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"})
		if err != nil {
			t.Fatal(err)
		}
		decided := ""
		if e.DecidedBy != nil {
			decided = fmt.Sprintf("%s line %d", e.DecidedBy.Sid, e.DecidedBy.Line)
		}
		fits := len(e.Changes) == len(c.changes)
		for i := range c.changes {
			fits = fits && strings.HasPrefix(e.Changes[i].Text, c.changes[i])
		}
		if e.Decision != "denied" || decided != c.decided || !strings.HasPrefix(e.Because, c.because) || !fits || e.Then != "allowed" {
			t.Errorf("%s: %s by %q, %s, changes %+v, then %s", name, e.Decision, decided, e.Because, e.Changes, e.Then)
		}
	}
}

// TestEveryLayerIsExplained: also one that does not apply, with the reason.
func TestEveryLayerIsExplained(t *testing.T) {
	o := organization(statements(`"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`))
	ask := func(r explain.Request) *explain.Explanation {
		e, err := explain.Explain(o, r)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	outcomes := func(e *explain.Explanation) string {
		var all []string
		for _, l := range e.Layers {
			all = append(all, l.Outcome)
		}
		return strings.Join(all, ", ")
	}
	e := ask(explain.Request{Account: member, Principal: deploy, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"})
	if e.Decision != "depends" || !slices.Equal(e.Keys, []string{"aws:SecureTransport"}) || outcomes(e) != "does not apply, depends, allows, does not apply, allows, does not apply, does not apply" || len(e.Changes) != 1 || e.Then != "allowed" {
		t.Errorf("%+v", e)
	}
	e = ask(explain.Request{Account: member, Principal: deploy, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Keys: map[string]model.Key{"aws:securetransport": model.One("true")}})
	if e.Decision != "allowed" || e.DecidedBy == nil || e.DecidedBy.Name != "all" {
		t.Errorf("%+v", e)
	}
	if e = ask(explain.Request{Account: management, Action: "s3:GetObject"}); e.Decision != "allowed" || e.Layers[1].Why != "it does not bind principals of the management account" {
		t.Errorf("%+v", e)
	}
	// A role is asked for by its trust policy.
	e = ask(explain.Request{Account: member, Action: "sts:AssumeRole", Resource: deploy})
	if e.Decision != "denied" || !strings.HasPrefix(e.Changes[0].Text, "in the trust policy of Deploy, add ") || e.Then != "allowed" {
		t.Errorf("%+v", e)
	}
	// The policy that is kept names a role by its unique ID. [AWS: IAM JSON policy elements: Principal]
	o.Identities[0].Trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"AROA2"},"Action":"sts:AssumeRole"}}`
	o.Identities = append(o.Identities, model.Identity{Account: member, Kind: iam.Role, ID: "AROA2", Name: "Build", Path: "/"})
	if e = ask(explain.Request{Account: member, Principal: "arn:aws:iam::222222222222:role/Build", Action: "sts:AssumeRole", Resource: deploy}); e.Decision != "allowed" {
		t.Errorf("%+v", e)
	}
	// Reports name principals without what the account says.
	if e = ask(explain.Request{Account: member, Principal: "role/Build", Action: "sts:AssumeRole", Resource: deploy}); e.Decision != "allowed" || !strings.Contains(e.Principal, ":assumed-role/Build/") {
		t.Errorf("%+v", e)
	}
	for given, want := range map[string]string{"role/Biuld": "; did you mean role/Build?", "arn:aws:iam::222222222222:role/Deplo": "; did you mean role/Deploy?", "user/zzzzzz": "session of a role"} {
		if _, err := explain.Explain(o, explain.Request{Account: member, Principal: given, Action: "s3:GetObject"}); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", given, err, want)
		}
	}
	for _, r := range []explain.Request{
		{Account: "333333333333", Action: "s3:GetObject"}, {Account: member, Action: "GetObject"}, {Account: member, Action: "s3:Get*"},
		{Account: member, Principal: "arn:aws:iam::222222222222:role/None", Action: "s3:GetObject"}, {Account: member, Action: "s3:GetObject", Resource: "b"},
	} {
		var bad *explain.BadRequest
		if _, err := explain.Explain(o, r); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}
