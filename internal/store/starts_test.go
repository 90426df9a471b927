package store_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"accord/internal/store"
	pgstore "accord/internal/store/postgres"
	"accord/test/postgres"
)

// TestServersThatStartAtOnce share one empty database, and one secret.
func TestServersThatStartAtOnce(t *testing.T) {
	address := postgres.URL(t)
	const servers = 4
	var (
		all     sync.WaitGroup
		stores  [servers]*store.Store
		secrets [servers][]byte
		errs    [servers]error
		start   = make(chan struct{})
	)
	for i := range servers {
		all.Go(func() {
			<-start
			if stores[i], errs[i] = store.Open(t.Context(), address, defaultOptions()); errs[i] == nil {
				secrets[i], errs[i] = stores[i].Secret(t.Context(), store.TokenKey)
			}
		})
	}
	close(start)
	all.Wait()
	for i := range servers {
		if errs[i] != nil {
			t.Errorf("server %d: %v", i, errs[i])
			continue
		}
		if len(secrets[i]) == 0 || !bytes.Equal(secrets[i], secrets[0]) {
			t.Errorf("server %d has the secret %x, server 0 has %x", i, secrets[i], secrets[0])
		}
		insertMessage(t, stores[i], fmt.Sprint(i))
	}
	for i := range servers {
		if stores[i] != nil {
			if got := messageBodies(t, stores[i]); len(got) != servers {
				t.Errorf("server %d sees %v", i, got)
			}
			closeStore(t, stores[i])
		}
	}
}

// TestSchemasOfOneDatabaseMigrateOnTheirOwn: a session that holds the lock of one of them
// holds up its own start only.
func TestSchemasOfOneDatabaseMigrateOnTheirOwn(t *testing.T) {
	address := postgres.URL(t)
	held, free := inSchema(t, address, "held"), inSchema(t, address, "free")
	conn, err := pgx.Connect(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock("+pgstore.MigrationLock+")"); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), held, defaultOptions()); err == nil {
		closeStore(t, s)
		t.Error("the control: the schema was made without its lock")
	}
	s, err := store.Open(t.Context(), free, defaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
}

// TestAStartWithoutAMigrationTakesNoLock: a session that reads under the lock of the
// migrations holds up the start that makes the schema, and none after it.
func TestAStartWithoutAMigrationTakesNoLock(t *testing.T) {
	address := postgres.URL(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	use := func(query string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	use("SELECT pg_advisory_lock_shared(" + pgstore.MigrationLock + ")")
	if s, err := store.Open(t.Context(), address, defaultOptions()); err == nil {
		closeStore(t, s)
		t.Error("the schema was made without the lock")
	}
	use("SELECT pg_advisory_unlock_shared(" + pgstore.MigrationLock + ")")
	for range 2 {
		s, err := store.Open(t.Context(), address, defaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		closeStore(t, s)
		use("SELECT pg_advisory_lock_shared(" + pgstore.MigrationLock + ")")
	}
}
