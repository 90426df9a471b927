package postgres

import (
	"strings"
	"testing"

	"accord/internal/store/engine"
	"accord/test/postgres"
)

// TestAForgottenSerializableTransactionIsNamed once, and one that keeps no such locks is not.
func TestAForgottenSerializableTransactionIsNamed(t *testing.T) {
	for begin, want := range map[string]int{"BEGIN ISOLATION LEVEL SERIALIZABLE": 1, "BEGIN ISOLATION LEVEL REPEATABLE READ": 0} {
		address := postgres.URL(t)
		e := openOne(t, address)
		update(t, e, func(s engine.Session) error {
			_, err := s.Exec(`CREATE TABLE facts (name TEXT PRIMARY KEY, value BIGINT NOT NULL)`, nil)
			return err
		})
		c := outsider(t, address, begin, "SELECT * FROM facts")
		log, named := newLines(), 0
		for range 3 {
			e.forgotten.Store(oldestSerializable(t.Context(), e.start, "0 s"))
			named = name(e.forgotten.Load(), named, log.log())
		}
		if got := strings.Count(log.String(), "outsider"); got != want {
			t.Errorf("%s: named %d times, want %d: %s", begin, got, want, log)
		}
		if session, cure := e.Forgotten(); strings.Contains(session, "outsider") != (want > 0) || strings.Contains(cure, "pg_terminate_backend") != (want > 0) {
			t.Errorf("%s: forgotten is %q, %q", begin, session, cure)
		}
		t.Logf("evidence: %s, forgotten: named %d times in 3 looks", begin, want)
		_ = c.Close(t.Context())
	}
}
