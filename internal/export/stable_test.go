package export_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/export"
	"accord/internal/seed"
	"accord/test/require"
)

// TestTheOlderOneKeepsItsName: also if what is added stands before it in the tree.
func TestTheOlderOneKeepsItsName(t *testing.T) {
	at := func(n int) *seed.When { return seed.At(time.Unix(int64(1_700_000_000+n), 0)) }
	d := &seed.Document{Version: seed.Version, Organizations: []seed.Organization{{
		ID: "o-exampleorg1", Management: seed.Account{ID: "111111111111", Name: "Management"},
		Root: seed.Unit{ID: "r-ab12", Units: []seed.Unit{{ID: "ou-ab12-00000001", Name: "x", Created: at(1)}, {ID: "ou-ab12-00000002", Name: "a_b", Created: at(2)}}},
	}}}
	before := addresses(t, d)
	units := &d.Organizations[0].Root.Units
	*units = append([]seed.Unit{{ID: "ou-ab12-0000rkx3", Name: "a-b", Created: at(3)}}, *units...)
	after := addresses(t, d)
	if before["ou-ab12-00000002"] != "aws_organizations_organizational_unit.a_b" || after["ou-ab12-00000002"] != before["ou-ab12-00000002"] {
		t.Errorf("the older one was %s and is %s", before["ou-ab12-00000002"], after["ou-ab12-00000002"])
	}
	if got := after["ou-ab12-0000rkx3"]; got != "aws_organizations_organizational_unit.a_b_0000rkx3" {
		t.Errorf("the younger one is %s", got)
	}
}

// TestWhatIsAddedRenamesNothing adds units and accounts anywhere in the tree, and policies at
// the end, with names of which many make the same identifier.
func TestWhatIsAddedRenamesNothing(t *testing.T) {
	left := require.Amount(30, 1000, 100_000)
	rapid.Check(t, func(t *rapid.T) {
		if left--; left < 0 {
			return
		}
		name := rapid.SampledFrom([]string{"a b", "a-b", "A_b", "a", "b", "!", "a b 2", "a b 00000004"})
		dated := rapid.Bool().Draw(t, "dated")
		o := seed.Organization{ID: "o-exampleorg1", Management: seed.Account{ID: "111111111111", Name: "Management"}, Root: seed.Unit{ID: "r-ab12"}}
		var before map[string]string
		for n := range rapid.IntRange(2, 12).Draw(t, "additions") {
			var when *seed.When
			in := &o.Root
			if dated {
				when = seed.At(time.Unix(int64(1_700_000_000+n), 0))
				for len(in.Units) > 0 && rapid.Bool().Draw(t, "deeper") {
					in = &in.Units[rapid.IntRange(0, len(in.Units)-1).Draw(t, "in")]
				}
			}
			switch label := name.Draw(t, "name"); rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				u := seed.Unit{ID: fmt.Sprintf("ou-ab12-%08d", n), Name: label, Created: when}
				in.Units = append(in.Units, u)
			case 1:
				in.Accounts = append(in.Accounts, seed.Account{ID: fmt.Sprintf("%012d", 222222222222+n), Name: label, Email: fmt.Sprintf("a%d@example.com", n), Joined: when})
			case 2:
				o.Policies = append(o.Policies, seed.Policy{ID: fmt.Sprintf("p-%08d", n), Name: label, Text: seed.Text{Content: denyLeaving}})
			}
			after := addresses(t, &seed.Document{Version: seed.Version, Organizations: []seed.Organization{o}})
			for id, was := range before {
				if after[id] != was {
					t.Fatalf("%s was %s and is %s", id, was, after[id])
				}
			}
			before = after
		}
	})
}

// addresses are those of the resources of Terraform, by what they import.
func addresses(t interface {
	Helper()
	Fatal(args ...any)
}, d *seed.Document) map[string]string {
	t.Helper()
	terraform, err := export.Find("terraform")
	if err != nil {
		t.Fatal(err)
	}
	file, err := terraform.Write(d)
	if err != nil {
		t.Fatal(err)
	}
	all, to := map[string]string{}, ""
	for line := range strings.Lines(string(file.Text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.TrimSpace(value); strings.TrimSpace(name) {
		case "to":
			to = value
		case "id":
			if to != "" {
				all[strings.Trim(value, `"`)], to = to, ""
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("no import is found")
	}
	return all
}
