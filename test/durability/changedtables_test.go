package durability_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// TestTablesThatAnotherProgramChangesLoseNothing: a program beside the server renames a table or a
// column of its file, and undoes that. The server refuses changes and says why, and after a
// start everything is there. The control is a table that is added, which changes nothing.
func TestTablesThatAnotherProgramChangesLoseNothing(t *testing.T) {
	require.Full(t)
	for _, c := range []struct{ do, undo string }{
		{"ALTER TABLE units RENAME TO gone", "ALTER TABLE gone RENAME TO units"},
		{"ALTER TABLE units RENAME COLUMN name TO gone", "ALTER TABLE units RENAME COLUMN gone TO name"},
		{"CREATE TABLE added (n)", "DROP TABLE added"},
	} {
		t.Run(c.do, func(t *testing.T) {
			control := strings.HasPrefix(c.do, "CREATE")
			path := filepath.Join(t.TempDir(), "accord.db")
			args := []string{"--store", "sqlite:" + path, "--quota", "units-per-organization=unlimited"}
			s := process.Start(t, args...)
			client := startChanging(t, s.Client(manager))
			client.acknowledge(20)
			other, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close() }()
			if _, err := other.Exec(c.do); err != nil {
				t.Fatal(err)
			}
			statuses := map[int]int{}
			for range 20 {
				statuses[client.change()]++
			}
			if !control {
				if statuses[http.StatusServiceUnavailable] != 20 {
					t.Errorf("meanwhile: %v", statuses)
				}
				if body := awaitReady(t, s, http.StatusServiceUnavailable); !strings.Contains(body, "damaged") {
					t.Errorf("/readyz: %s", body)
				}
			} else if statuses[http.StatusOK] != 20 {
				t.Errorf("the control: %v", statuses)
			}
			if _, err := other.Exec(c.undo); err != nil {
				t.Fatal(err)
			}
			_ = other.Close()
			s.Stop(t)
			client.client = process.Start(t, args...).Client(manager)
			client.wantAllThere()
			if status := client.change(); status != http.StatusOK {
				t.Errorf("afterwards: %d", status)
			}
			t.Logf("evidence: %s: of 20 changes %d acknowledged and %d refused; lost 0", c.do, statuses[http.StatusOK], statuses[http.StatusServiceUnavailable])
		})
	}
}
