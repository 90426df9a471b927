package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/evidence"
	"accord/test/facts"
)

// TestThePageIsUpToDate: docs/status.md is what evidence.txt and the tables give.
func TestThePageIsUpToDate(t *testing.T) {
	notes := filepath.Join(root(), notesFile)
	shown, err := evidence.Read(notes)
	if err != nil {
		t.Fatal(err)
	}
	want, err := render(shown)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root(), page))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/status.md is not up to date: go run ./test/status")
	}
	if text, err := os.ReadFile(notes); err != nil || string(text) != lines(shown) {
		t.Errorf("%s was changed by hand (%v): go run ./test/status", notesFile, err)
	}
}

// TestEveryOperationWasShown: each operation has evidence that it works.
func TestEveryOperationWasShown(t *testing.T) {
	f, shown := organizations(t), read(t)
	for _, name := range f.Names() {
		if !shown.Of(name, evidence.Success) {
			t.Errorf("%s: no test has shown a success", name)
		}
		if f.Operations[name].Page != "" && !slices.Contains(single, name) && !shown.Of(name, evidence.Paging) {
			t.Errorf("%s: no test has shown its pages", name)
		}
	}
}

// TestEveryReasonIsInOneTable: each reason of model/ is returned by an operation, or
// unraised says why by none, and not both.
func TestEveryReasonIsInOneTable(t *testing.T) {
	f := organizations(t)
	given := reasonsGiven(f)
	withheldAnywhere := map[string]bool{}
	for _, u := range unraised {
		if u.reason != "" {
			withheldAnywhere[u.exception+" "+u.reason] = true
		}
	}
	for name, shape := range f.Shapes {
		if !shape.Exception {
			continue
		}
		for _, reason := range f.ReasonsOf(name) {
			if r := name + " " + reason; given[r] == withheldAnywhere[r] {
				t.Errorf("%s: returned by an operation: %v; in unraised: %v", r, given[r], withheldAnywhere[r])
			}
		}
	}
}

// TestTheTablesAreOfTheModel: operations, exceptions and reasons of the tables are
// those of model/.
func TestTheTablesAreOfTheModel(t *testing.T) {
	f := organizations(t)
	check := func(exception, reason string, operations []string) {
		if f.Shapes[exception] == nil || reason != "" && !slices.Contains(f.ReasonsOf(exception), reason) {
			t.Errorf("%s %s is not in model/", exception, reason)
		}
		for _, name := range operations {
			if !slices.Contains(f.Operations[name].Errors, exception) {
				t.Errorf("%s does not return %s %s", name, exception, reason)
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range raised {
		check(r.exception, r.reason, r.by)
		if key := r.exception + " " + r.reason; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
	}
	for _, u := range unraised {
		check(u.exception, u.reason, u.operations)
	}
	for name := range f.Operations {
		for _, check := range f.ChecksOf(f.Operations[name].Input) {
			if reasonsOfChecks[check.Check] == nil {
				t.Errorf("reasonsOfChecks lacks the check %s", check.Check)
			}
		}
	}
}

func TestUnknownEvidenceIsRejected(t *testing.T) {
	for name, shown := range map[string]evidence.Shown{
		"another operation":             {"ListPlanets": {"success": true}},
		"another exception":             {"ListRoots": {"HandshakeNotFoundException": true}},
		"a reason of another operation": {"ListRoots": {"InvalidInputException INVALID_ROLE_NAME": true}},
	} {
		if _, err := render(shown); err == nil {
			t.Errorf("%s: was rendered", name)
		}
	}
}

func TestWhatIsNotShownIsNamed(t *testing.T) {
	text, err := render(evidence.Shown{"ListRoots": {"success": true, "AccessDeniedException": true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| [ListRoots](#listroots) | ✓ | 1 of 5 | – | – | – |",
		"| [DescribeOrganization](#describeorganization) | not shown | 0 of 1 | – | – | – |",
		"* Shown: AccessDeniedException\n* Not shown: AWSOrganizationsNotInUseException; InvalidInputException: `INVALID_NEXT_TOKEN`",
		"AccessDeniedException (every standing may call; permissions of callers are not checked yet), ConcurrentModificationException (a read has no conflicts)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q", want)
		}
	}
}

func organizations(t *testing.T) *facts.Service {
	t.Helper()
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T) evidence.Shown {
	t.Helper()
	shown, err := evidence.Read(filepath.Join(root(), notesFile))
	if err != nil {
		t.Fatal(err)
	}
	return shown
}
