package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/journal"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// A store goes back to an older state, again and again, and the journal stays: numbers are
// given again, in a timeline of their own, and verification says so instead of finding
// other records than before. It is said once. The control is that the journal has numbers
// twice, for different records.
func TestTheJournalOutlivesARestore(t *testing.T) {
	folder := t.TempDir()
	path, file := filepath.Join(folder, "journal.ndjson"), filepath.Join(folder, "accord.db")
	serve := func(work func(f fixture)) (log string) {
		t.Helper()
		var text strings.Builder
		c := apptest.Config(t, "journal", path, "store", "sqlite:"+file)
		f := fixture{apptest.Open(t, c, app.Options{Start: start, Log: telemetry.NewLog(telemetry.Unbuffered(&text), telemetry.Options{Format: telemetry.Text})}), t}
		work(f)
		f.close()
		return text.String()
	}
	tag := func(round, from, to int) func(fixture) {
		return func(f fixture) {
			root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"]
			for n := from; n < to; n++ {
				f.must(alice, "TagResource", fmt.Sprintf(`{"ResourceId": %q, "Tags": [{"Key": "n", "Value": "%d %d"}]}`, root, round, n))
			}
		}
	}
	serve(func(f fixture) { f.must(alice, "CreateOrganization", `{}`) })
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	serve(tag(0, 0, 5))
	const rounds = 3
	for round := 1; round <= rounds; round++ {
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
		if log := serve(tag(round, 0, round+2)); !strings.Contains(log, "the store is older than the journal") {
			t.Errorf("round %d, log:\n%s", round, log)
		}
		if log := serve(tag(round, 10, 12)); strings.Contains(log, "older") {
			t.Errorf("round %d, the second start, log:\n%s", round, log)
		}
	}
	var known journal.Known
	serve(func(f fixture) {
		var state struct {
			store.DeliveryState
			Chain string
		}
		if err := json.Unmarshal(f.response("GET", "/journal/state", "").Body.Bytes(), &state); err != nil {
			t.Fatal(err)
		}
		known = journal.Known{DeliveryState: state.DeliveryState, Chain: state.Chain}
	})
	for name, known := range map[string]*journal.Known{"files alone": nil, "with the store": &known} {
		report, err := journal.Verify([]string{path}, known)
		if err != nil || !report.Complete() || !strings.Contains(strings.Join(report.Notes, "\n"), "older state") {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
	numbers, again := map[float64]string{}, 0
	for _, r := range recorded(t, path, "TagResource") {
		n := r["journal"].(map[string]any)["sequence"].(float64)
		if before := numbers[n]; before != "" && before != r["eventID"] {
			again++
		}
		numbers[n] = r["eventID"].(string)
	}
	if again == 0 {
		t.Error("the control: no number is given again")
	}
	t.Logf("evidence: a store went back %d times, the journal stayed: verified without problems; control: %d numbers are there for another record", rounds, again)
}
