package postgres

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"accord/internal/store/engine"
	"accord/test/postgres"
	"accord/test/require"
)

// lines is a log of which tests wait for lines.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	// next receives a value with each line.
	next chan struct{}
}

func newLines() *lines { return &lines{next: make(chan struct{}, 1000)} }

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next <- struct{}{}
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) log() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// TestTheStartWaitsForADatabaseThatIsNotThereYet, with a line a second, and not for one that
// refuses this server. [PostgreSQL: Appendix A]
func TestTheStartWaitsForADatabaseThatIsNotThereYet(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	code := func(c string) error { return &pgconn.PgError{Code: c} }
	for _, c := range []struct {
		name  string
		err   error
		times int
		wait  time.Duration
		// lines are those of the log, and fails whether the error remains.
		lines int
		fails bool
	}{
		{"there at once", nil, 0, time.Minute, 0, false},
		{"not there", refused, 5, 30 * time.Second, 5, false},
		{"never there", refused, 1000, 29500 * time.Millisecond, 30, true},
		{"never there, without patience", refused, 1000, 0, 0, true},
		{"closed while it starts", io.ErrUnexpectedEOF, 3, 30 * time.Second, 3, false},
		{"starting up", code("57P03"), 3, 30 * time.Second, 3, false},
		{"shutting down", code("57P01"), 3, 30 * time.Second, 3, false},
		{"too many connections", code("53300"), 3, 30 * time.Second, 3, false},
		{"wrong password", code("28P01"), 1000, 30 * time.Second, 0, true},
		{"not in pg_hba.conf", code("28000"), 1000, 30 * time.Second, 0, true},
		{"no such database", code("3D000"), 1000, 30 * time.Second, 0, true},
		{"no such parameter", code("42704"), 1000, 30 * time.Second, 0, true},
		{"no such file", os.ErrNotExist, 1000, 30 * time.Second, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, pings := newLines(), 0
				err := await(t.Context(), c.wait, log.log(), func(context.Context) error {
					if pings++; pings <= c.times {
						return c.err
					}
					return nil
				})
				if (err != nil) != c.fails {
					t.Errorf("the error is %v", err)
				}
				if got := strings.Count(log.String(), "\n"); got != c.lines {
					t.Errorf("%d lines, want %d:\n%s", got, c.lines, log)
				}
			})
		})
	}
}

// TestAStartFindsADatabaseThatComesLater: a connection is refused until the database listens.
func TestAStartFindsADatabaseThatComesLater(t *testing.T) {
	u, err := url.Parse(postgres.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, address := u.Host, listener.Addr().String()
	_ = listener.Close()
	u.Host = address
	log := newLines()
	go func() {
		<-log.next
		if listener, err := net.Listen("tcp", address); err == nil {
			(&proxy{Listener: listener, server: server}).serve()
		}
	}()
	e, err := Driver.Open(t.Context(), u.String(), engine.Options{Log: log.log(), Wait: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	_ = e.Close()
	if text := log.String(); !strings.Contains(text, "waiting for PostgreSQL") || !strings.Contains(text, address) {
		t.Errorf("the log is %s", text)
	}
	if e, err := Driver.Open(t.Context(), strings.Replace(u.String(), address, "127.0.0.1:1", 1), engine.Options{}); err == nil {
		_ = e.Close()
		t.Error("the control reached a database that is not there")
	}
	t.Logf("evidence: the start waited %d s for a database that came later; without a wait it gave up at once", strings.Count(log.String(), "\n"))
}

// TestALockOfTheMigrationsNamesItsHolder, and is not waited for without end.
func TestALockOfTheMigrationsNamesItsHolder(t *testing.T) {
	require.Full(t)
	address := postgres.URL(t)
	held := MigrationLock
	holder := outsider(t, address, "SELECT pg_advisory_lock("+held+")")
	want := []string{`application "outsider"`, "address 127.0.0.1", "pid "}
	e := openOne(t, address)
	conn, err := e.start.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()

	err = migrationLock{log: slog.New(slog.DiscardHandler)}.SessionLock(t.Context(), conn)
	for _, text := range want {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Fatalf("without patience: %v", err)
		}
	}
	log := newLines()
	released := make(chan error, 1)
	go func() {
		<-log.next
		_, err := holder.Exec(context.Background(), "SELECT pg_advisory_unlock("+held+")")
		released <- err
	}()
	l := migrationLock{wait: 5 * time.Minute, log: log.log()}
	if err := errors.Join(l.SessionLock(t.Context(), conn), <-released, l.SessionUnlock(t.Context(), conn)); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "outsider") {
		t.Errorf("the log is %s", text)
	}
	var timeout string
	if err := conn.QueryRowContext(t.Context(), "SHOW lock_timeout").Scan(&timeout); err != nil || timeout != parameters["lock_timeout"] {
		t.Errorf("lock_timeout of the migrations is %s: %v", timeout, err)
	}
	t.Logf("evidence: a start that waits for the migrations of another session names it, and gives up")
}

// TestThePasswordComesFromWhereItIsNotSeen, and is in no error and no line of the log.
func TestThePasswordComesFromWhereItIsNotSeen(t *testing.T) {
	const secret, wrong = "s3cret-of-the-visitor", "wr0ng-of-the-visitor"
	address := postgres.URL(t)
	admin := outsider(t, address, "DROP ROLE IF EXISTS visitor_by_password", "CREATE ROLE visitor_by_password LOGIN PASSWORD '"+secret+"'")
	t.Cleanup(func() { _, _ = admin.Exec(context.Background(), "DROP ROLE visitor_by_password") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	bare := *u
	bare.User = url.User("visitor_by_password")
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	with := func(password string) string {
		u := bare
		u.User = url.UserPassword("visitor_by_password", password)
		return u.String()
	}
	for name, c := range map[string]struct {
		url      string
		file     string
		variable map[string]string
		fails    bool
	}{
		"none":                     {bare.String(), "", nil, true},
		"a file":                   {bare.String(), write("right", secret+"\n"), nil, false},
		"a file before the URL":    {with(wrong), write("right", secret+"\n"), nil, false},
		"a wrong file":             {bare.String(), write("wrong", wrong), nil, true},
		"a file that is not there": {with(secret), filepath.Join(folder, "absent"), nil, true},
		"PGPASSWORD":               {bare.String(), "", map[string]string{"PGPASSWORD": secret}, false},
		"a wrong PGPASSWORD":       {bare.String(), "", map[string]string{"PGPASSWORD": wrong}, true},
		"PGPASSFILE":               {bare.String(), "", map[string]string{"PGPASSFILE": write("pgpass", "*:*:*:visitor_by_password:"+secret)}, false},
		"the URL":                  {with(secret), "", nil, false},
		"a wrong URL":              {with(wrong), "", nil, true},
		"a parameter":              {bare.String() + "&password=" + wrong, "", nil, true},
		"a parameter that is cut":  {bare.String() + "&password=" + wrong + "&port=x", "", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PGPASSFILE", filepath.Join(folder, "absent"))
			for name, value := range c.variable {
				t.Setenv(name, value)
			}
			log := newLines()
			e, err := Driver.Open(t.Context(), c.url, engine.Options{Log: log.log(), PasswordFile: c.file})
			if err == nil {
				_ = e.Close()
			}
			if (err != nil) != c.fails {
				t.Errorf("the error is %v", err)
			}
			if err != nil {
				log.log().Error("failed", "error", err)
			}
			for _, text := range []string{log.String(), Driver.Name(c.url)} {
				if strings.Contains(text, secret) || strings.Contains(text, wrong) {
					t.Errorf("it shows the password: %s", text)
				}
			}
		})
	}

	// A new password takes effect with the next connection.
	file := write("rotated", secret)
	e, err := Driver.Open(t.Context(), bare.String(), engine.Options{PasswordFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if _, err := admin.Exec(t.Context(), "ALTER ROLE visitor_by_password PASSWORD 'another'"); err != nil {
		t.Fatal(err)
	}
	write("rotated", "another")
	e.(*postgresEngine).pool.Reset()
	update(t, e, func(s engine.Session) error {
		_, err := transaction(s)
		return err
	})
}

// TestSettingsThatLoseChangesAreLogged at the start, and those of a database that is durable
// are not.
func TestSettingsThatLoseChangesAreLogged(t *testing.T) {
	address := postgres.URL(t)
	for _, c := range []struct {
		parameters string
		want       int
	}{
		// The server that tests start has it off: sessions get their own value.
		{"", 0}, {"&synchronous_commit=off", 1}, {"&synchronous_commit=local", 1}, {"&synchronous_commit=on", 0}, {"&synchronous_commit=remote_apply", 0},
	} {
		e, log := openOne(t, address+c.parameters), newLines()
		if err := new(durability).look(t.Context(), e.start, log.log()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(log.String(), "setting=synchronous_commit"); got != c.want {
			t.Errorf("%s: %d lines\n%s", c.parameters, got, log)
		}
	}
}

// TestASettingThatLosesChangesIsLoggedWhenItIsMade, also while the server runs, once, and when it
// is taken back.
func TestASettingThatLosesChangesIsLoggedWhenItIsMade(t *testing.T) {
	address := postgres.URL(t)
	e, log := openOne(t, address), newLines()
	admin := outsider(t, address, "SELECT 1")
	var lines []int
	for _, alter := range []string{"", "SET synchronous_commit = local", "SET synchronous_commit = local", "RESET synchronous_commit", "RESET synchronous_commit"} {
		if alter != "" {
			if _, err := admin.Exec(t.Context(), "ALTER DATABASE "+admin.Config().Database+" "+alter); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.durability.look(t.Context(), e.start, log.log()); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Count(log.String(), "setting=synchronous_commit"))
	}
	if want := []int{0, 1, 1, 2, 2}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v\n%s", lines, want, log)
	}
	t.Logf("evidence: a setting that loses changes, made and taken back beside a server: %v lines after each of five looks", lines)
}

// TestEverySessionHasTheTimeouts: those of calls, those of migrations, and what the URL
// sets instead.
func TestEverySessionHasTheTimeouts(t *testing.T) {
	e := openOne(t, postgres.URL(t)+"&lock_timeout=7s")
	for name, value := range parameters {
		want := map[string]string{"lock_timeout": "7s"}[name]
		if want == "" {
			want = value
		}
		var calls, migrations string
		if err := e.pool.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&calls); err != nil {
			t.Fatal(err)
		}
		if err := e.start.QueryRowContext(t.Context(), "SELECT current_setting($1)", name).Scan(&migrations); err != nil {
			t.Fatal(err)
		}
		if calls != want {
			t.Errorf("%s is %s, want %s", name, calls, want)
		}
		switch name {
		case "statement_timeout":
			want = migrationTimeout
		case "application_name":
			want += startSuffix
		}
		if migrations != want {
			t.Errorf("%s of migrations is %s, want %s", name, migrations, want)
		}
	}
}
