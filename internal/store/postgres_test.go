package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/internal/ident"
	"accord/internal/store"
	"accord/test/postgres"
)

// racers are two handles on one database.
func racers(t *testing.T, options store.Options) (one, other *store.Store) {
	t.Helper()
	address := postgres.URL(t)
	one, other = open(t, address, options), open(t, address, defaultOptions())
	t.Cleanup(func() {
		closeStore(t, one)
		closeStore(t, other)
	})
	return one, other
}

// TestServersAgreeOnTheOrder of what each of them inserts at one instant.
func TestServersAgreeOnTheOrder(t *testing.T) {
	address := postgres.URL(t)
	var want []string
	var servers []*store.Store
	for range 3 {
		servers = append(servers, open(t, address, defaultOptions()))
	}
	for n := range 30 {
		body := fmt.Sprint(n)
		insertMessage(t, servers[n*n%len(servers)], body)
		want = append(want, body)
	}
	for i, s := range servers {
		if got := messageBodies(t, s); !slices.Equal(got, want) {
			t.Errorf("server %d lists %v", i, got)
		}
	}
}

// TestConflictsAreRetriedUpToABound: a transaction that always conflicts gives
// up after twelve attempts, and one that conflicts less often succeeds.
func TestConflictsAreRetriedUpToABound(t *testing.T) {
	for _, c := range []struct {
		lost, runs, retried, exhausted int
		want                           error
	}{
		{0, 1, 0, 0, nil},
		{1, 2, 1, 0, nil},
		{11, 12, 11, 0, nil},
		{12, 12, 11, 1, store.ErrConflict},
		{99, 12, 11, 1, store.ErrConflict},
	} {
		events := map[store.Event]int{}
		options := defaultOptions()
		options.Observe = func(e store.Event) { events[e]++ }
		one, other := racers(t, options)
		runs := 0
		err := one.Update(t.Context(), func(tx *store.Tx) error {
			runs++
			if err := tx.AddToCounter(organization, "mine", 1); err != nil {
				return err
			}
			n, err := tx.Counter(organization, "theirs")
			if err != nil {
				return err
			}
			if runs <= c.lost {
				// The other one changes what was read before this one writes it.
				if err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.AddToCounter(organization, "theirs", 1) }); err != nil {
					t.Fatal(err)
				}
			}
			_ = n
			return tx.AddToCounter(organization, "theirs", 1)
		})
		if !errors.Is(err, c.want) {
			t.Errorf("lost %d times: %v, want %v", c.lost, err, c.want)
		}
		if runs != c.runs || events[store.Retried] != c.retried || events[store.RetriesExhausted] != c.exhausted {
			t.Errorf("lost %d times: %d runs, %v", c.lost, runs, events)
		}
		wantMine := int64(1)
		if c.want != nil {
			wantMine = 0
		}
		if mine := count(t, one, "mine"); mine != wantMine {
			t.Errorf("lost %d times: counted %d, want %d", c.lost, mine, wantMine)
		}
	}
}

// TestAConflictIsRetriedWhateverTheClosureReturns: an error that is turned into
// another, or into none, is still a conflict.
func TestAConflictIsRetriedWhateverTheClosureReturns(t *testing.T) {
	for name, result := range map[string]error{"none": nil, "another": errors.New("disk full")} {
		one, other := racers(t, defaultOptions())
		runs := 0
		err := one.Update(t.Context(), func(tx *store.Tx) error {
			if runs++; runs > 1 {
				return tx.AddToCounter(organization, "theirs", 1)
			}
			if _, err := tx.Counter(organization, "theirs"); err != nil {
				return err
			}
			if err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.AddToCounter(organization, "theirs", 1) }); err != nil {
				t.Fatal(err)
			}
			err := tx.AddToCounter(organization, "theirs", 1)
			if err == nil {
				// It goes to the database with the next question whose answer is not cached.
				_, err = tx.Counter("o-elsewhere", "theirs")
			}
			if err == nil {
				t.Error("there was no conflict")
			}
			return result
		})
		if err != nil || runs != 2 || count(t, one, "theirs") != 2 {
			t.Errorf("turned into %s: %v after %d runs", name, err, runs)
		}
	}
}

func TestAPauseBetweenAttemptsEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	one, other := racers(t, defaultOptions())
	runs := 0
	err := one.Update(ctx, func(tx *store.Tx) error {
		runs++
		if _, err := tx.Counter(organization, "theirs"); err != nil {
			return err
		}
		if err := other.Update(t.Context(), func(tx *store.Tx) error { return tx.AddToCounter(organization, "theirs", 1) }); err != nil {
			t.Fatal(err)
		}
		err := tx.AddToCounter(organization, "theirs", 1)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) || runs > 2 {
		t.Errorf("%v after %d runs", err, runs)
	}
}

// TestABrokenCommitIsUnknown: when the connection breaks during COMMIT the outcome is
// unknown, nothing is retried, and the store goes on.
func TestABrokenCommitIsUnknown(t *testing.T) {
	address := postgres.URL(t)
	events := map[store.Event]int{}
	breaking := false
	options := defaultOptions()
	options.Observe = func(e store.Event) { events[e]++ }
	options.BeforeCommit = func() error {
		if breaking {
			execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
		}
		return nil
	}
	s := open(t, address, options)
	defer closeStore(t, s)
	breaking = true
	runs := 0
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		runs++
		if err := tx.AddToCounter(organization, "mine", 1); err != nil {
			return err
		}
		_, err := tx.Counter(organization, "mine") // The database has it now.
		return err
	})
	breaking = false
	if !errors.Is(err, store.ErrUnknown) {
		t.Errorf("the error is %v", err)
	}
	if runs != 1 || events[store.OutcomeUnknown] != 1 || len(events) != 1 {
		t.Errorf("%d runs, %v", runs, events)
	}
	insertMessage(t, s, "after")
	if got := messageBodies(t, s); len(got) != 1 {
		t.Errorf("afterwards there are %v", got)
	}
	t.Logf("evidence: 1 run, the error is %q, and the next write succeeds", err)
}

// TestAConnectionThatBreaksBeforeCommitIsNotUnknown: before COMMIT nothing can be there.
func TestAConnectionThatBreaksBeforeCommitIsNotUnknown(t *testing.T) {
	address := postgres.URL(t)
	s := open(t, address, defaultOptions())
	defer closeStore(t, s)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.AddToCounter(organization, "mine", 1); err != nil {
			return err
		}
		if _, err := tx.Counter(organization, "mine"); err != nil {
			return err
		}
		execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
		_, err := tx.Counter("o-elsewhere", "mine")
		return err
	})
	if err == nil || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrConflict) {
		t.Errorf("the error is %v", err)
	}
	if got := count(t, s, "mine"); got != 0 {
		t.Errorf("counted %d", got)
	}
}

// TestADatabaseThatCannotServeIsRefused with the reason.
func TestADatabaseThatCannotServeIsRefused(t *testing.T) {
	address := postgres.URL(t)
	refused := func(why string) {
		t.Helper()
		s, err := store.Open(t.Context(), address, defaultOptions())
		if err == nil {
			closeStore(t, s)
			t.Fatalf("it was opened, want %q", why)
		}
		if !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "nil") {
			t.Errorf("the error is %v, want %q", err, why)
		}
	}
	s := open(t, address, defaultOptions())
	closeStore(t, s)
	execute(t, address, `DROP VIEW unused_registrations`) // It uses the column.
	execute(t, address, `ALTER TABLE accounts ALTER COLUMN id TYPE TEXT COLLATE "en-x-icu"`)
	refused("do not compare text by its bytes")
}

// The error of a database that cannot be used has each cause once, in one line, and no
// name of a library.
func TestAnErrorOfTheDatabaseIsOneLine(t *testing.T) {
	address, err := url.Parse(postgres.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	execute(t, address.String(), "CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
	defer execute(t, address.String(), "DROP ROLE visitor")
	visitor := *address
	visitor.User = url.UserPassword("visitor", "visitor")
	absent, ended := *address, *address
	absent.Path, ended.Host, ended.RawQuery = "/absent", "127.0.0.1:1", ""
	for _, c := range []struct {
		url  url.URL
		want string
	}{
		{ended, "dial tcp 127.0.0.1:1"},
		{absent, `database "absent" does not exist`},
		{visitor, "permission denied"},
	} {
		_, err := store.Open(t.Context(), c.url.String(), defaultOptions())
		if err == nil || strings.Count(err.Error(), c.want) != 1 || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "goose") {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// TestEveryTextComparesByItsBytes, in every table, whatever the order of the
// database is.
func TestEveryTextComparesByItsBytes(t *testing.T) {
	address := postgres.URL(t)
	s := open(t, address, defaultOptions())
	defer closeStore(t, s)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `SELECT table_name || '.' || column_name, COALESCE(collation_name = 'C', FALSE)
		FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`)
	if err != nil {
		t.Fatal(err)
	}
	type text struct {
		Column   string
		Bytewise bool
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[text])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		if !c.Bytewise {
			t.Errorf("%s does not", c.Column)
		}
	}
	if len(columns) < 50 {
		t.Errorf("only %d columns were looked at", len(columns))
	}
}

// TestReadersDoNotBlockWriters, nor writers readers.
func TestReadersDoNotBlockWriters(t *testing.T) {
	one, other := racers(t, defaultOptions())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := one.View(ctx, func(v *store.View) error {
		if _, err := v.Counter(organization, "mine"); err != nil {
			return err
		}
		return other.Update(ctx, func(tx *store.Tx) error { return tx.AddToCounter(organization, "mine", 1) })
	}); err != nil {
		t.Errorf("the error is %v", err)
	}
	if got := count(t, one, "mine"); got != 1 {
		t.Errorf("counted %d", got)
	}
}

const organization = ident.OrganizationID("o-aaaaaaaaaa")

func count(t *testing.T, s *store.Store, name store.CounterName) (n int64) {
	t.Helper()
	if err := s.View(t.Context(), func(v *store.View) (err error) {
		n, err = v.Counter(organization, name)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
