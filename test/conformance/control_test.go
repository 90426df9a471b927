package conformance

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"accord/test/facts"
	"accord/test/require"
)

// TestAServerThatDiffersIsFound is the negative control of the cases: they are generated
// from a model that differs from the server's in one constraint.
func TestAServerThatDiffersIsFound(t *testing.T) {
	require.Full(t)
	unit := func(f *facts.Service, name string) *facts.Member {
		members := f.Shapes["CreateOrganizationalUnitRequest"].Members
		return &members[slices.IndexFunc(members, func(m facts.Member) bool { return m.Name == name })]
	}
	differing := map[string]func(f *facts.Service){
		"a name may be longer by one":   func(f *facts.Service) { *f.Shapes["OrganizationalUnitName"].Max++ },
		"a name may be shorter by one":  func(f *facts.Service) { *f.Shapes["OrganizationalUnitName"].Max-- },
		"a name of one letter is short": func(f *facts.Service) { *f.Shapes["OrganizationalUnitName"].Min++ },
		"a parent has another pattern":  func(f *facts.Service) { f.Shapes["ParentId"].Pattern = "^[a-z0-9-]*$" },
		"a parent is optional":          func(f *facts.Service) { unit(f, "ParentId").Required = false },
		"tags are required":             func(f *facts.Service) { unit(f, "Tags").Required = true },
		"another reason is given": func(f *facts.Service) {
			unit(f, "Name").Reasons = facts.Reasons{"max": {Both: "INVALID_PATTERN"}}
		},
	}
	const operation = "CreateOrganizationalUnit"
	right, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	b := newRunner(t, right, documented)
	for _, name := range slices.Sorted(maps.Keys(differing)) {
		wrong, err := facts.Organizations()
		if err != nil {
			t.Fatal(err)
		}
		differing[name](wrong)
		found := 0
		m := newMaker(t, wrong, b.fixture, operation)
		for _, c := range m.all() {
			if b.run(operation, c) != nil {
				found++
			}
		}
		if found == 0 {
			t.Errorf("%s: none of the cases fails", name)
		}
	}
	t.Logf("evidence: %d models that differ in one constraint are found: %s",
		len(differing), strings.Join(slices.Sorted(maps.Keys(differing)), ", "))
}
