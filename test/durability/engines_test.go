package durability_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/internal/event"
	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/require"
)

func postgresURL(t *testing.T) string { return postgres.URL(t) }

// startPostgres starts a PostgreSQL that a test has for itself, with settings. It ends with
// the test.
func startPostgres(t *testing.T, settings ...string) *postgres.Server {
	t.Helper()
	require.That(t, postgres.Available(), "PostgreSQL: its programs initdb and postgres")
	server, err := postgres.Start("", settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

// waitForDisconnect waits until a database has no connection: statements of a
// killed server may still run, and an unknown outcome must be final before it is
// checked.
func waitForDisconnect(url string) func() error {
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		for {
			var others int
			err := c.QueryRow(ctx, `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&others)
			if err != nil || others == 0 {
				return err
			}
			select {
			case <-time.After(2 * time.Millisecond):
			case <-ctx.Done():
				return errors.Join(ctx.Err(), errors.New("the connections of a killed server remain"))
			}
		}
	}
}

// compareJournal finds the records that are not in the journal. A record may be
// there twice, with one id: it was written again after a kill.
func compareJournal(v *store.View, path string) (findings []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	written := map[string]int{}
	for line := range strings.Lines(string(text)) {
		r, err := parseRecord(line)
		if err != nil {
			return nil, err
		}
		written[r.EventID]++
	}
	messages, err := v.Messages(event.MessageKind, 0, everything)
	if err != nil {
		return nil, err
	}
	for _, l := range messages {
		r, err := parseRecord(l.Body)
		if err != nil {
			return nil, err
		}
		if written[r.EventID] == 0 {
			findings = append(findings, "the journal lacks "+l.Body)
		}
		delete(written, r.EventID)
	}
	return findings, nil
}
