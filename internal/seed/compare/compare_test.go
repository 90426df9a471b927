package compare_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/seed"
	"accord/internal/seed/compare"
)

// said is a change as the table of changes says it.
func said(c compare.Change) string {
	text := string(c.What) + " " + c.Kind + " " + c.ID
	if c.ID == "" && c.Name != "" {
		text += " " + c.Name
	}
	return strings.TrimSpace(text + " " + c.Field)
}

func TestADocumentIsNotDifferentFromItself(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := document(r)
		if got := compare.Documents(d, clone(d)); len(got.Changes) != 0 {
			r.Fatalf("changes: %v", got.Changes)
		}
	})
}

func TestEachSingleChangeIsFoundAsThatChange(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			found := 0
			rapid.Check(t, func(r *rapid.T) {
				a := document(r)
				b := clone(a)
				want, done := c.make(r, &b.Organizations[0])
				if !done {
					return
				}
				found++
				got := compare.Documents(a, b)
				if len(got.Changes) != 1 || !strings.HasPrefix(said(got.Changes[0]), want) {
					r.Fatalf("got %q, want %q alone", got.Changes, want)
				}
				// The control: the same change backwards is one change too, and none remains
				// when both have it.
				if back := compare.Documents(b, a); len(back.Changes) == 0 {
					r.Fatalf("backwards nothing is found")
				}
				if none := compare.Documents(b, clone(b)); len(none.Changes) != 0 {
					r.Fatalf("both have it: %v", none.Changes)
				}
			})
			if found == 0 {
				t.Error("no document had anything to change in this way")
			}
		})
	}
}

// TestALayoutIsNoDifference: defaults that one side writes out, the layout of documents, and
// what only one side states.
func TestALayoutIsNoDifference(t *testing.T) {
	a := &seed.Document{Organizations: []seed.Organization{{
		ID: "o-exampleorg", Management: seed.Account{ID: "111111111111", Name: "m", Joined: &seed.When{At: epoch}},
		Policies: []seed.Policy{{Name: "p", Text: seed.Text{Content: "{\n \"a\": [1, 2.50]}"}}},
		Root:     seed.Unit{Units: []seed.Unit{{Name: "u", Target: seed.Target{Policies: []seed.Ref{"p"}}}}},
	}}}
	b := &seed.Document{Organizations: []seed.Organization{{
		FeatureSet: "ALL", Partition: "aws", Management: seed.Account{Name: "m", ID: "111111111111", State: "ACTIVE", JoinedMethod: "INVITED"},
		Policies: []seed.Policy{{ID: "p-12345678", Type: "SERVICE_CONTROL_POLICY", Name: "p", Text: seed.Text{Content: `{"a":[1,2.50]}`}}},
		Root:     seed.Unit{ID: "r-ab12", Units: []seed.Unit{{ID: "ou-ab12-cd34ef56", Name: "u", Target: seed.Target{Policies: []seed.Ref{"p-12345678"}}}}},
	}}}
	if got := compare.Documents(a, b); len(got.Changes) != 0 {
		t.Errorf("changes: %+v", got.Changes)
	}
	b.Organizations[0].Policies[0].Content = `{"a":[1,2.5]}`
	if got := compare.Documents(a, b); len(got.Changes) != 1 {
		t.Errorf("the control finds %+v", got.Changes)
	}
}

// TestACountIsSoManyAccounts: with the names and addresses that they get.
func TestACountIsSoManyAccounts(t *testing.T) {
	a := &seed.Document{Accounts: []seed.Account{{Name: "team-{n:02}", Count: 2}}}
	b := &seed.Document{Accounts: []seed.Account{{ID: "222222222222", Name: "team-01", Email: "team-01@example.com"}, {ID: "333333333333", Name: "team-02", Email: "team-02@example.com"}}}
	if got := compare.Documents(a, b); len(got.Changes) != 0 {
		t.Errorf("changes: %+v", got.Changes)
	}
	a.Accounts[0].Count = 3
	if got := compare.Documents(a, b); len(got.Changes) != 1 || got.Changes[0].Name != "team-03" {
		t.Errorf("the control finds %+v", got.Changes)
	}
}

// TestAnAgeIsAnInstant: it counts back from the clock of its document.
func TestAnAgeIsAnInstant(t *testing.T) {
	with := func(w seed.When) *seed.Document {
		return &seed.Document{Clock: &epoch, Accounts: []seed.Account{{ID: "111111111111", Joined: &w}}}
	}
	a := with(seed.When{Age: 48 * time.Hour})
	if got := compare.Documents(a, with(seed.When{At: epoch.Add(-48 * time.Hour)})); len(got.Changes) != 0 {
		t.Errorf("changes: %+v", got.Changes)
	}
	if got := compare.Documents(a, with(seed.When{At: epoch})); len(got.Changes) != 1 {
		t.Errorf("the control finds %+v", got.Changes)
	}
}
