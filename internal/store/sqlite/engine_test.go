package sqlite

import (
	"path/filepath"
	"testing"

	"accord/internal/store/engine"
)

// TestACommitIsOnTheDisk: the pragmas of the connection that writes.
func TestACommitIsOnTheDisk(t *testing.T) {
	for url, c := range map[string]struct {
		driver      engine.Driver
		synchronous string
	}{
		"sqlite:" + filepath.Join(t.TempDir(), "accord.db"): {File, "2"},
		"memory": {Memory, "0"},
	} {
		e, err := c.driver.Open(t.Context(), url, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		if m, ok := e.(memoryEngine); ok {
			e = m.sqliteEngine
		}
		db := e.(*sqliteEngine).db
		for pragma, want := range map[string]string{"synchronous": c.synchronous, "foreign_keys": "1", "busy_timeout": "10000", "journal_mode": "wal"} {
			if got, err := db.Pragma(pragma); err != nil || got != want {
				t.Errorf("%s: %s is %s, want %s: %v", url, pragma, got, want, err)
			}
		}
	}
}
