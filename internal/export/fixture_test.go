package export_test

import (
	"fmt"
	"strings"
	"testing"

	"accord/internal/export"
	"accord/internal/seed"
)

const (
	denyLeaving = `{"Version":"2012-10-17","Statement":[{"Sid":"Stay","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/Admin","arn:aws:iam::*:role/${aws:PrincipalTag/team}"]}}}]}`
	tagPolicy   = `{"tags":{"team":{"tag_key":{"@@assign":"Team"},"tag_value":{"@@assign":["a","b"]}}}}`
	backup      = `{"plans":{"daily":{"regions":{"@@assign":["eu-west-1"]},"rules":{"hourly":{"target_backup_vault_name":{"@@assign":"vault"},"lifecycle":{"delete_after_days":{"@@assign":"35"}}}},"selections":{"tags":{"all":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/Backup"},"tag_key":{"@@assign":"backup"},"tag_value":{"@@assign":["yes"]}}}}}}}`
	rcp         = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"},"NumericLessThan":{"s3:TlsVersion":1.2}}}]}`
	statements  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["iam:CreateUser","iam:CreateAccessKey","iam:UpdateAccessKey","iam:DeleteUser","iam:TagUser"],"Resource":[]},{"Effect":"Deny","Action":["s3:*"],"Resource":["a",{}],"Condition":{}}]}`
	delegation  = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":["organizations:List*","organizations:Describe*"],"Resource":"*"}]}`
)

// odd are names that are markup, templates or escapes somewhere.
var odd = []string{
	`Zürich`, `日本 Ω`, `a "quote" \ back`, "${aws_organizations_organization.this.id}", `%{ if true }x%{ endif }`, `<b>&amp;</b>"]`,
	`2fa`, `- 1. #quot; ` + "`x`", `{{resolve:ssm:x}}`, `yes`, `]]></style><script>alert(1)</script>`, "line\nbreak\ttab", `!Ref X`,
}

// landingZone is an organization with all that a document has.
func landingZone() *seed.Document {
	account := func(n int, name string) seed.Account {
		return seed.Account{ID: fmt.Sprintf("%012d", 222222222220+n), Name: name, Email: fmt.Sprintf("a%d@example.com", n), JoinedMethod: "CREATED"}
	}
	payments := account(1, "Payments")
	payments.RoleName = "OrganizationAccountAccessRole"
	payments.Target = seed.Target{Policies: []seed.Ref{"p-00000002"}, Tags: seed.Tags{{Key: "team", Value: "pay"}, {Key: "cost:center", Value: "${1}"}}}
	suspended := account(2, "Old")
	suspended.State = "CLOSED"
	suspended.Policies = []seed.Ref{"p-00000001"}
	var strange []seed.Account
	for i, name := range odd {
		strange = append(strange, account(10+i, name))
	}
	return &seed.Document{
		Version:  seed.Version,
		Accounts: []seed.Account{{ID: "444444444444", Name: "Alone", Email: "alone@example.com"}},
		Organizations: []seed.Organization{{
			ID: "o-exampleorg1", FeatureSet: "ALL",
			Management: seed.Account{ID: "111111111111", Name: "Management", Email: "root@example.com", JoinedMethod: "INVITED"},
			Root: seed.Unit{
				ID: "r-ab12", Target: seed.Target{Policies: []seed.Ref{"p-00000001", "p-95000001"}},
				Accounts: []seed.Account{account(3, "Security"), suspended},
				Units: []seed.Unit{
					{ID: "ou-ab12-00000001", Name: "Workloads", Units: []seed.Unit{
						{ID: "ou-ab12-00000002", Name: "Production", Accounts: []seed.Account{payments}, Target: seed.Target{
							Policies: []seed.Ref{"p-00000001", "p-02000001"}, WithoutDefault: []string{"SERVICE_CONTROL_POLICY"},
						}, Units: []seed.Unit{{ID: "ou-ab12-00000003", Name: "EU"}}},
						{ID: "ou-ab12-00000004", Name: "Test", Accounts: []seed.Account{account(4, "Test"), account(5, "Test")}},
					}},
					{ID: "ou-ab12-00000005", Name: odd[2], Accounts: strange, Target: seed.Target{Tags: seed.Tags{{Key: "for", Value: odd[3]}}}},
				},
			},
			PolicyTypes: []string{"SERVICE_CONTROL_POLICY", "TAG_POLICY"},
			Policies: []seed.Policy{
				{ID: "p-00000001", Type: "SERVICE_CONTROL_POLICY", Name: "Deny leaving", Description: odd[2], Text: seed.Text{Content: denyLeaving}},
				{ID: "p-95000001", Type: "TAG_POLICY", Name: "Team", Text: seed.Text{Content: tagPolicy}},
				{ID: "p-00000002", Type: "BACKUP_POLICY", Name: "Team", Text: seed.Text{Content: backup}, Tags: seed.Tags{{Key: "a", Value: "b"}}},
				{ID: "p-00000003", Type: "SERVICE_CONTROL_POLICY", Name: "Statements", Text: seed.Text{Content: statements}},
				{ID: "p-02000001", Type: "RESOURCE_CONTROL_POLICY", Name: odd[3], Text: seed.Text{Content: rcp}},
			},
			TrustedServices:         []seed.TrustedService{{Service: "guardduty.amazonaws.com"}, {Service: "access-analyzer.amazonaws.com"}},
			DelegatedAdministrators: []seed.DelegatedAdministrator{{Account: "222222222223", Service: "guardduty.amazonaws.com"}},
			DelegationPolicy:        &seed.Policy{ID: "rp-exampleorg1", Text: seed.Text{Content: delegation}},
		}},
	}
}

// large is an organization with many accounts and policies.
func large(accounts, depth int) *seed.Document {
	o := seed.Organization{
		ID: "o-exampleorg1", Management: seed.Account{ID: "111111111111", Name: "Management", Email: "root@example.com"},
		Root: seed.Unit{ID: "r-ab12", Target: seed.Target{Policies: []seed.Ref{"p-00000001"}}},
		Policies: []seed.Policy{
			{ID: "p-00000001", Name: "deny-leaving", Text: seed.Text{Content: denyLeaving}},
			{ID: "p-02000001", Type: "RESOURCE_CONTROL_POLICY", Name: "only-tls", Text: seed.Text{Content: rcp}},
			{ID: "p-95000001", Type: "TAG_POLICY", Name: "team", Text: seed.Text{Content: tagPolicy}},
		},
	}
	units := []string{"Security", "Infrastructure", "Workloads", "Sandbox", "Suspended", "Policy staging", "Exceptions"}
	made := 0
	add := func(u *seed.Unit, n int) {
		for range n {
			made++
			a := seed.Account{ID: fmt.Sprintf("%012d", 200000000000+made*7919), Name: fmt.Sprintf("%s-%03d", strings.ToLower(u.Name), made), Email: fmt.Sprintf("a%d@example.com", made)}
			switch {
			case made%17 == 0:
				a.State = "SUSPENDED"
			case made%23 == 0:
				a.Policies = []seed.Ref{"p-02000001", "p-95000001"}
			}
			u.Accounts = append(u.Accounts, a)
		}
	}
	for i, name := range units {
		u := seed.Unit{ID: fmt.Sprintf("ou-ab12-%08d", i), Name: name}
		share := accounts / len(units)
		if i%2 == 0 {
			u.Policies, u.WithoutDefault = []seed.Ref{"p-00000001", "p-95000001"}, []string{"SERVICE_CONTROL_POLICY"}[:i/2%2]
		}
		if name == "Workloads" {
			for j, below := range []string{"Production", "Test", "Development"} {
				child := seed.Unit{ID: fmt.Sprintf("ou-ab12-1%07d", j), Name: below}
				add(&child, share/3)
				u.Units = append(u.Units, child)
			}
		} else {
			add(&u, share)
		}
		o.Root.Units = append(o.Root.Units, u)
	}
	in := &o.Root.Units[1]
	for i := range depth {
		in.Units = append(in.Units, seed.Unit{ID: fmt.Sprintf("ou-ab12-2%07d", i), Name: fmt.Sprintf("Level %d", i+1)})
		in = &in.Units[len(in.Units)-1]
		add(in, 1)
	}
	add(&o.Root, accounts-made)
	return &seed.Document{Version: seed.Version, Organizations: []seed.Organization{o}}
}

// written is a document in a format.
func written(t testing.TB, format string, d *seed.Document) *export.File {
	t.Helper()
	f, err := export.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
