package conformance

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/evidence"
	"accord/test/facts"
	"accord/test/require"
)

// TestConcurrentRequestsAreSerialized: the same request, sent several times at once,
// has the same answers as when it is sent several times in sequence. Which request
// succeeds is open; how many do, and the errors of the others, are not.
func TestConcurrentRequestsAreSerialized(t *testing.T) {
	require.Full(t)
	const times = 6
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, f, documented)
	// Jobs must not run between two of the calls.
	writes := 0
	still := []string{"behavior", "account-creation-delay=1h", "behavior", "account-closure-delay=1h"}
	for _, operation := range f.Names() {
		if f.Access[operation].Level != "Write" {
			continue
		}
		writes++
		t.Run(operation, func(t *testing.T) {
			r := w.valid()[operation][0]
			send := func(atOnce bool) []string {
				in := serve(t, f, documented, w.store, still...)
				defer in.close(t)
				answers, failed := make([]answer, times), make([]error, times)
				var calls sync.WaitGroup
				for i := range times {
					calls.Go(func() { answers[i], failed[i] = in.call(r.caller, operation, r.body.bytes()) })
					if !atOnce {
						calls.Wait()
					}
				}
				calls.Wait()
				var outcomes []string
				for i, a := range answers {
					if failed[i] != nil {
						t.Fatal(failed[i])
					}
					outcomes = append(outcomes, in.outcome(t, operation, a))
				}
				slices.Sort(outcomes)
				return outcomes
			}
			if diff := cmp.Diff(send(false), send(true)); diff != "" {
				t.Errorf("(-in sequence +at once)\n%s", diff)
				return
			}
			evidence.Note(operation, evidence.Concurrency)
		})
	}
	t.Logf("evidence: %d writes, each %d times at once: as many succeed, and with the same errors, as one after the other", writes, times)
}

// outcome is an answer as one word.
func (in *server) outcome(t *testing.T, operation string, a answer) string {
	t.Helper()
	got, err := in.check(operation, want{success: true, exceptions: []string{"*"}}, a)
	switch {
	case err != nil:
		t.Error(err)
	case a.status == http.StatusOK:
		return evidence.Success
	case got.Reason != nil:
		return evidence.Error(got.Type, *got.Reason)
	}
	return got.Type
}

// TestTheStoreShowsAChange is the control of changed: it sees a committed change, and
// nothing else.
func TestTheStoreShowsAChange(t *testing.T) {
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	b := newRunner(t, f, documented)
	for _, c := range []struct {
		name, operation string
		request         body
		changes         bool
	}{
		{"a change", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.fixture.unit, "Name": "Renamed"}, true},
		{"a read", "ListRoots", body{}, false},
		{"an error", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.fixture.unit, "Name": "Sandbox"}, false},
		{"a second change", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.fixture.unit, "Name": "Again"}, true},
	} {
		if _, err := b.call(management, c.operation, c.request.bytes()); err != nil {
			t.Fatal(err)
		}
		if b.changed() != c.changes {
			t.Errorf("%s: changed %v", c.name, !c.changes)
		}
	}
}
