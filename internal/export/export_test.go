package export_test

import (
	"slices"
	"strings"
	"testing"

	"accord/internal/export"
	"accord/internal/seed"
)

// An account that exists already cannot be made: without an ID it is left out.
func TestTheManagementAccountIsImportedOrLeftOut(t *testing.T) {
	const note = "the tags and the unit of the management account, which has no ID to import it by"
	for id, kept := range map[string]bool{"111111111111": true, "": false} {
		d := &seed.Document{Version: seed.Version, Organizations: []seed.Organization{{
			Management: seed.Account{ID: id, Name: "Main", Email: "main@example.com", Unit: "Core", Target: seed.Target{Tags: seed.Tags{{Key: "a", Value: "b"}}}},
			Root:       seed.Unit{Units: []seed.Unit{{Name: "Core"}}},
		}}}
		file := written(t, "terraform", d)
		if strings.Contains(string(file.Text), `"aws_organizations_account" "main"`) != kept || slices.Contains(file.Notes, note) == kept {
			t.Errorf("with the ID %q: %q\n%s", id, file.Notes, file.Text)
		}
	}
}

// What comes beside them gives nothing another name.
func TestIdentifiersStayWhenOthersCome(t *testing.T) {
	named := func(names ...string) string {
		u := seed.Unit{ID: "r-ab12"}
		for i, name := range names {
			u.Accounts = append(u.Accounts, seed.Account{ID: strings.Repeat(string(rune('2'+i)), 12), Name: name, Email: name + string(rune('a'+i)) + "@example.com"})
		}
		d := &seed.Document{Version: seed.Version, Organizations: []seed.Organization{{Management: seed.Account{ID: "111111111111", Name: "Main"}, Root: u}}}
		var identifiers []string
		for line := range strings.Lines(string(written(t, "terraform", d).Text)) {
			if rest, is := strings.CutPrefix(line, `resource "aws_organizations_account" "`); is {
				identifiers = append(identifiers, strings.TrimSuffix(rest, "\" {\n"))
			}
		}
		return strings.Join(identifiers, " ")
	}
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"App", "App"}, "app app_333333333333"},
		{[]string{"App", "App", "App", "Other"}, "app app_333333333333 app_444444444444 other"},
		{[]string{"App", "app!", "2nd", "日本", "---"}, "app app_333333333333 account_2nd 日本 account"},
	} {
		if got := named(c.names...); got != c.want {
			t.Errorf("%v: %s, want %s", c.names, got, c.want)
		}
	}
}

func TestOnlyOneOrganizationIsLeft(t *testing.T) {
	d := &seed.Document{
		Version: seed.Version, Accounts: []seed.Account{{ID: "333333333333"}},
		Organizations: []seed.Organization{{ID: "o-1", Management: seed.Account{ID: "111111111111"}}, {ID: "o-2", Management: seed.Account{ID: "222222222222"}}},
		Transfers:     []seed.Transfer{{Name: "a", Source: "o-1", Target: "o-3"}, {Name: "b", Source: "o-2", Target: "222222222222"}},
	}
	for id, transfer := range map[string]string{"o-1": "a", "222222222222": "b"} {
		one, err := export.Only(d, id)
		if err != nil || len(one.Organizations) != 1 || len(one.Accounts) != 0 || len(one.Transfers) != 1 || one.Transfers[0].Name != transfer {
			t.Errorf("%s: %+v, %v", id, one, err)
		}
	}
	if _, err := export.Only(d, "o-none"); err == nil || err.Error() != `there is no organization "o-none"; name one: o-1, o-2` {
		t.Errorf("none: %v", err)
	}
}
