//go:build unix

package durability_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// ordinary makes a database whose owner is no superuser, as operators have it, and returns
// its URL and a session of the administrator in it.
func ordinary(t *testing.T, server *postgres.Server) (url string, admin *pgx.Conn) {
	t.Helper()
	run := func(c *pgx.Conn, statement string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	c, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	run(c, "CREATE ROLE app LOGIN PASSWORD 'secret-of-app'")
	run(c, "CREATE DATABASE store OWNER app TEMPLATE template0")
	host := c.Config().Host + ":" + fmt.Sprint(c.Config().Port)
	_ = c.Close(t.Context())
	admin, err = pgx.Connect(t.Context(), strings.Replace(server.URL(), "/postgres?", "/store?", 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	run(admin, "SET idle_session_timeout = 0")
	return "postgres://app:secret-of-app@" + host + "/store?sslmode=disable", admin
}

// elsewhere is a schema with the tables of a store and its version, and without a row.
const elsewhere = `DO $$ DECLARE t text; BEGIN
	CREATE SCHEMA elsewhere; GRANT ALL ON SCHEMA elsewhere TO app;
	FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
		EXECUTE format('CREATE TABLE elsewhere.%I (LIKE public.%I INCLUDING ALL)', t, t);
		EXECUTE format('ALTER TABLE elsewhere.%I OWNER TO app', t);
	END LOOP;
	INSERT INTO elsewhere.schema_version SELECT * FROM public.schema_version;
END $$`

// alteration is what an administrator does to a database, and how that is undone.
type alteration struct {
	do, undo string
	// setting and takes are what a plain session of the role has meanwhile; empty for what is
	// no setting.
	setting, takes string
	// reason is what /readyz says; empty if the server goes on.
	reason string
	// lasting: the server goes on after a new start alone.
	lasting bool
}

func ofSystem(setting, value string) alteration {
	return alteration{do: "ALTER SYSTEM SET " + setting + " = '" + value + "'", undo: "ALTER SYSTEM RESET " + setting, setting: setting, takes: value}
}

func ofDatabase(setting, value string) alteration {
	return alteration{do: "ALTER DATABASE store SET " + setting + " = '" + value + "'", undo: "ALTER DATABASE store RESET " + setting, setting: setting, takes: value}
}

func ofRole(setting, value string) alteration {
	return alteration{do: "ALTER ROLE app SET " + setting + " = '" + value + "'", undo: "ALTER ROLE app RESET " + setting, setting: setting, takes: value}
}

var alterations = []alteration{
	ofSystem("default_transaction_isolation", "read committed"),
	ofDatabase("default_transaction_deferrable", "on"),
	ofRole("statement_timeout", "1ms"),
	ofSystem("lock_timeout", "1ms"),
	ofSystem("idle_in_transaction_session_timeout", "1ms"),
	ofSystem("idle_session_timeout", "100ms"),
	ofSystem("search_path", "elsewhere"),
	ofDatabase("search_path", "elsewhere"),
	ofRole("client_encoding", "LATIN1"),
	ofSystem("timezone", "Pacific/Kiritimati"),
	ofRole("datestyle", "German, DMY"),
	ofRole("bytea_output", "escape"),
	ofRole("standard_conforming_strings", "off"),
	ofRole("transform_null_equals", "on"),
	{do: "ALTER DATABASE store SET default_transaction_read_only = on", undo: "ALTER DATABASE store RESET default_transaction_read_only", reason: "read-only"},
	{do: "REVOKE ALL ON units FROM app", undo: "GRANT ALL ON units TO app", reason: "table units"},
	{do: "ALTER INDEX units_pkey RENAME TO gone", undo: "ALTER INDEX gone RENAME TO units_pkey", reason: "index units_pkey"},
	{do: "ALTER ROLE app NOLOGIN", undo: "ALTER ROLE app LOGIN", reason: "unreachable"},
	{do: "ALTER ROLE app CONNECTION LIMIT 0", undo: "ALTER ROLE app CONNECTION LIMIT -1", reason: "exhausted"},
	{do: "ALTER ROLE app PASSWORD 'other'", undo: "ALTER ROLE app PASSWORD 'secret-of-app'", reason: "unreachable"},
	{do: "REVOKE CONNECT ON DATABASE store FROM PUBLIC, app", undo: "GRANT CONNECT ON DATABASE store TO PUBLIC, app", reason: "read-only"},
	{do: "ALTER TABLE units RENAME TO gone", undo: "ALTER TABLE gone RENAME TO units", reason: "incomplete"},
	{do: "ALTER TABLE units RENAME COLUMN name TO gone", undo: "ALTER TABLE units RENAME COLUMN gone TO name", reason: "incomplete"},
	{do: "ALTER SCHEMA public RENAME TO gone", undo: "ALTER SCHEMA gone RENAME TO public", reason: "incomplete"},
	{do: `ALTER TABLE units SET UNLOGGED; ALTER TABLE units DISABLE TRIGGER ALL, ALTER COLUMN name TYPE text COLLATE "und-x-icu"`,
		undo:   `ALTER TABLE units SET LOGGED; ALTER TABLE units ENABLE TRIGGER ALL, ALTER COLUMN name TYPE text COLLATE "C"`,
		reason: "column units.name text NOT NULL C, constraint units.units_organization_id_fkey, the write-ahead log of table units"},
	{do: "ALTER ROLE app SET session_replication_role = replica", undo: "ALTER ROLE app RESET session_replication_role", reason: "constraint "},
	{do: "ALTER TABLE units ENABLE ROW LEVEL SECURITY; ALTER TABLE units FORCE ROW LEVEL SECURITY", undo: "ALTER TABLE units NO FORCE ROW LEVEL SECURITY; ALTER TABLE units DISABLE ROW LEVEL SECURITY", reason: "table units"},
	{do: "BEGIN; ALTER TABLE units RENAME TO older; CREATE TABLE units (LIKE older INCLUDING ALL); ALTER TABLE units OWNER TO app; COMMIT",
		undo: "BEGIN; INSERT INTO older SELECT * FROM units; DROP TABLE units; ALTER TABLE older RENAME TO units; COMMIT", reason: "replaced", lasting: true},
}

// TestSettingsOfTheDatabaseLoseNothing: an administrator changes a setting, for sessions that
// exist or for new ones, while clients change. Those that would change what the server does
// have no effect on its sessions, though on plain ones, which is the control; of the others
// /readyz has the reason until they are undone.
func TestSettingsOfTheDatabaseLoseNothing(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, postgres.Throwaway...)
	url, admin := ordinary(t, server)
	serve := func() *process.Server {
		return process.Start(t, "--store", url, "--quota", "units-per-organization=unlimited")
	}
	s := serve()
	run := func(statement string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	reload := func() {
		run("SELECT pg_reload_conf(), pg_sleep(0.1)")
	}
	endSessions := func() {
		run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`)
	}
	run(elsewhere)
	clients := startClients(t, s, 4)
	// changes lets all clients change at once, and counts the answers by their status.
	changes := func() map[int]int {
		var mu sync.Mutex
		statuses := map[int]int{}
		var all sync.WaitGroup
		for _, c := range clients {
			all.Go(func() {
				for range 4 {
					status := c.change()
					mu.Lock()
					statuses[status]++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		return statuses
	}
	const made = 4 * 4
	without, refusing := 0, 0
	for _, a := range alterations {
		awaitReady(t, s, http.StatusOK)
		run(a.do)
		reload()
		existing := changes()
		endSessions()
		_ = changes() // Some meet a session that has ended.
		if a.setting != "" {
			plain, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			var value string
			if err := plain.QueryRow(t.Context(), "SELECT current_setting($1)", pgx.QueryExecModeExec, a.setting).Scan(&value); a.takes != "1ms" && (err != nil || value != a.takes) {
				t.Errorf("the control: %s is %q in a plain session: %v", a.setting, value, err)
			}
			_ = plain.Close(t.Context())
			awaitReady(t, s, http.StatusOK)
			if during := changes(); existing[http.StatusOK] != made || during[http.StatusOK] != made {
				t.Errorf("%s: sessions that exist %v, new ones %v", a.do, existing, during)
			}
			without++
		} else {
			for body := ""; !strings.Contains(body, a.reason); {
				body = awaitReady(t, s, http.StatusServiceUnavailable)
			}
			for status := range changes() {
				if status != http.StatusServiceUnavailable && status != http.StatusOK {
					t.Errorf("%s: a change is answered with %d", a.do, status)
				}
			}
			refusing++
		}
		run(a.undo)
		reload()
		endSessions()
		if a.lasting {
			s.Stop(t)
			s = serve()
			reconnect(clients, s)
		}
		awaitReady(t, s, http.StatusOK)
		_ = changes()
		if after := changes(); after[http.StatusOK] != made {
			t.Errorf("%s: afterwards %v", a.do, after)
		}
		for _, c := range clients {
			if lost := c.lost(); lost > 0 {
				t.Errorf("%s: lost %d", a.do, lost)
			}
		}
	}
	t.Logf("evidence: %d settings without an effect on the server, each with one on a plain session; %d alterations of which /readyz had the reason; %d changes acknowledged, lost 0",
		without, refusing, len(clients[0].acknowledged)*len(clients))
}
