package conformance

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/test/evidence"
	"accord/test/facts"
)

// TestAtOnceIsOneAfterAnother: the same request, sent several times at once, is
// answered as if it had been sent one time after another. Which of them wins is
// open; how many do, and what the others are told, is not.
func TestAtOnceIsOneAfterAnother(t *testing.T) {
	const times = 6
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, f, documented)
	// What ends by itself must not do so between two of the calls.
	still := []string{"rule account-creation-delay=1h", "rule account-closure-delay=1h"}
	for _, operation := range f.Names() {
		if f.Access[operation].Level != "Write" {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			r := w.lawful()[operation][0]
			send := func(together bool) []string {
				in := install(t, f, documented, w.store, still...)
				defer in.close(t)
				answers, failed := make([]answer, times), make([]error, times)
				var calls sync.WaitGroup
				for i := range times {
					calls.Go(func() { answers[i], failed[i] = in.call(r.caller, operation, r.body.bytes()) })
					if !together {
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
				t.Errorf("(-one after another +at once)\n%s", diff)
				return
			}
			evidence.Note(operation, evidence.Concurrency)
		})
	}
}

// outcome is what an answer says, in a word.
func (in *installed) outcome(t *testing.T, operation string, a answer) string {
	t.Helper()
	got, err := in.judge(operation, want{success: true, exceptions: []string{"*"}}, a)
	switch {
	case err != nil:
		t.Error(err)
	case a.status == http.StatusOK:
		return evidence.Success
	case got.Reason != nil:
		return evidence.Refusal(got.Type, *got.Reason)
	}
	return got.Type
}

// TestTheStoreShowsAChange: a change that was committed is seen, and nothing else.
func TestTheStoreShowsAChange(t *testing.T) {
	f, err := facts.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, f, documented)
	for _, c := range []struct {
		name, operation string
		request         body
		changes         bool
	}{
		{"a change", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.world.unit, "Name": "Renamed"}, true},
		{"a read", "ListRoots", body{}, false},
		{"a refusal", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.world.unit, "Name": "Sandbox"}, false},
		{"a second change", "UpdateOrganizationalUnit", body{"OrganizationalUnitId": b.world.unit, "Name": "Again"}, true},
	} {
		if _, err := b.call(management, c.operation, c.request.bytes()); err != nil {
			t.Fatal(err)
		}
		if b.changed() != c.changes {
			t.Errorf("%s: changed %v", c.name, !c.changes)
		}
	}
}
