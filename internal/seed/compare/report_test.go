package compare_test

import (
	"encoding/json"
	"strings"
	"testing"

	"accord/internal/seed"
	"accord/internal/seed/compare"
)

// pair is an organization before and after some changes.
func pair() (before, after *seed.Document) {
	make := func(unit, name, content string, tags seed.Tags) *seed.Document {
		moved := seed.Account{ID: "222222222222", Name: name, Target: seed.Target{Tags: tags}}
		units := []seed.Unit{{ID: "ou-ab12-aaaaaaaa", Name: "A"}, {ID: "ou-ab12-bbbbbbbb", Name: "B"}}
		for i := range units {
			if units[i].Name == unit {
				units[i].Accounts = append(units[i].Accounts, moved)
			}
		}
		return &seed.Document{Organizations: []seed.Organization{{
			ID: "o-exampleorg", Management: seed.Account{ID: "111111111111", Name: "management"},
			Root: seed.Unit{ID: "r-ab12", Units: units}, Policies: []seed.Policy{{ID: "p-12345678", Name: "guard", Text: seed.Text{Content: content}}},
		}}}
	}
	return make("A", "payments", `{"a":1}`, nil), make("B", "payroll", `{"a":"`+strings.Repeat("long ", 20)+`"}`, seed.Tags{{Key: "team", Value: "blue"}})
}

func TestAReportIsATableInAStableOrder(t *testing.T) {
	a, b := pair()
	b.Unread = []seed.Unread{{Operation: "ListCreateAccountStatus", Error: "AccessDeniedException: no"}, {Operation: seed.Unseen, Error: "users: no operation shows them"}}
	report := compare.Documents(a, b)
	var table strings.Builder
	if err := report.Table(&table, func(text string) string { return text }); err != nil {
		t.Fatal(err)
	}
	want := `WHAT     KIND     ID            NAME     FIELD     BEFORE    AFTER
changed  account  222222222222  payroll  name      payments  payroll
changed  account  222222222222  payroll  tag team  -         blue
moved    account  222222222222  payroll  parent    A         B
changed  policy   p-12345678    guard    content   {"a":1}   {"a":"long long long long long long lon…
0 added, 0 removed, 3 changed, 1 moved
not compared: the second does not know ListCreateAccountStatus: AccessDeniedException: no
not compared: the second does not know users: no operation shows them
`
	if table.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &table, want)
	}
	first, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if again, err := json.Marshal(compare.Documents(a, b)); err != nil || string(again) != string(first) {
			t.Fatalf("%v: another order:\n%s\n%s", err, first, again)
		}
	}
}

// TestWhatOneSideDoesNotKnowIsNoDifference: with the control that it is one if both know.
func TestWhatOneSideDoesNotKnowIsNoDifference(t *testing.T) {
	empty := func() *seed.Document {
		a, _ := pair()
		return a
	}
	for _, c := range []struct {
		name   string
		unread seed.Unread
		change func(o *seed.Organization)
	}{
		{"tags of all", seed.Unread{Operation: "ListTagsForResource"}, func(o *seed.Organization) { o.Root.Tags = seed.Tags{{Key: "k"}} }},
		{"tags of one", seed.Unread{Operation: "ListTagsForResource", Subject: "r-ab12"}, func(o *seed.Organization) { o.Root.Tags = seed.Tags{{Key: "k"}} }},
		{"content", seed.Unread{Operation: "DescribePolicy", Subject: "p-12345678"}, func(o *seed.Organization) { o.Policies[0].Content = "" }},
		{"policies of a type", seed.Unread{Operation: "ListPolicies", Subject: "SERVICE_CONTROL_POLICY"}, func(o *seed.Organization) { o.Policies = nil }},
		{"targets of a policy", seed.Unread{Operation: "ListTargetsForPolicy", Subject: "p-12345678"}, func(o *seed.Organization) { o.Root.Policies = []seed.Ref{"p-12345678"} }},
		{"targets of the default", seed.Unread{Operation: "ListTargetsForPolicy", Subject: "p-FullAWSAccess"}, func(o *seed.Organization) { o.Root.WithoutDefault = []string{"SERVICE_CONTROL_POLICY"} }},
		{"units below one", seed.Unread{Operation: "ListOrganizationalUnitsForParent", Subject: "r-ab12"}, func(o *seed.Organization) { o.Root.Units = o.Root.Units[:1] }},
		{"delegation policy", seed.Unread{Operation: "DescribeResourcePolicy"}, func(o *seed.Organization) { o.DelegationPolicy = &seed.Policy{} }},
		{"services", seed.Unread{Operation: "ListAWSServiceAccessForOrganization"}, func(o *seed.Organization) { o.TrustedServices = []seed.TrustedService{{Service: "s"}} }},
		{"identities", seed.Unread{Operation: seed.Unseen}, func(o *seed.Organization) {
			o.Management.Users = []seed.User{{Identity: seed.Identity{Name: "u"}}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := empty(), empty()
			c.change(&a.Organizations[0])
			if len(compare.Documents(a, b).Changes) == 0 {
				t.Error("the control: both know, and nothing is found")
			}
			a.Unread, b.Unread = []seed.Unread{c.unread}, []seed.Unread{c.unread}
			for _, report := range []*compare.Report{compare.Documents(a, b), compare.Documents(b, a)} {
				if len(report.Changes) > 0 || len(report.NotCompared) != 2 {
					t.Errorf("changes %+v, not compared %q", report.Changes, report.NotCompared)
				}
			}
		})
	}
}

func TestIdentitiesAndTransfersAreCompared(t *testing.T) {
	with := func(boundary, status string, members ...seed.User) *seed.Document {
		return &seed.Document{
			Accounts:  []seed.Account{{ID: "111111111111", Users: members, Roles: []seed.Role{{Identity: seed.Identity{Name: "r"}, Boundary: boundary, Trust: seed.Text{Content: "{}"}, MaxSession: 3600}}}},
			Transfers: []seed.Transfer{{Name: "billing", Status: status, Target: "222222222222", Source: "333333333333"}},
		}
	}
	report := compare.Documents(with("", ""), with("arn:aws:iam::aws:policy/ReadOnlyAccess", "WITHDRAWN", seed.User{Identity: seed.Identity{Name: "ada", Inline: []seed.Policy{{Name: "i", Text: seed.Text{Content: "{}"}}}}}))
	var got []string
	for _, c := range report.Changes {
		got = append(got, said(c))
	}
	if want := "changed transfer  billing status, added user  account-111111111111/ada, changed role  account-111111111111/r boundary"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
}
