//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The engine of PostgreSQL.
	_ "modernc.org/sqlite"             // The engine of SQLite.

	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/telemetry"
)

// childVariable makes this program a child that others are compared with.
const childVariable = "ACCORD_BENCH_CHILD"

// The kinds of children.
const (
	// bare is a handler that reads a request and sends recorded bytes.
	bare = "bare"
	// commits is a database engine that commits one small row after the other.
	commits = "commits"
	// profiled is the server with a CPU profile.
	profiled = "profiled"
)

// asChild is the command of a child on the core of the server.
func asChild(kind string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := pinnedCommand(self, args...)
	c.Env = append(c.Env, childVariable+"="+kind)
	return c, nil
}

func child(kind string) error {
	switch kind {
	case bare:
		return serveBare()
	case commits:
		return commit(os.Args[1])
	case profiled:
		return serveProfiled(os.Args[1], os.Args[2:])
	}
	return fmt.Errorf("no child is called %q", kind)
}

// canned are recorded answers of the server by operation.
type canned map[string]struct {
	Header http.Header
	Body   string
}

// serveBare answers with the recorded answers that its standard input holds.
func serveBare() error {
	var answers canned
	if err := json.NewDecoder(os.Stdin).Decode(&answers); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("# this answers at http://%s\n", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			return
		}
		answer := answers[strings.TrimPrefix(r.Header.Get("X-Amz-Target"), prefix)]
		header := w.Header()
		for name, values := range answer.Header {
			header[name] = values
		}
		_, _ = io.WriteString(w, answer.Body)
	}))
}

// commit reads durations from its standard input. For each it commits one row after
// the other for so long and prints the rate. The settings are those of the store.
func commit(url string) error {
	db, err := openEngine(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS commits (n BIGINT PRIMARY KEY)`); err != nil {
		return err
	}
	insert, err := db.Prepare(`INSERT INTO commits (n) VALUES ($1)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	n := 0
	for {
		var wanted time.Duration
		if _, err := fmt.Scan(&wanted); err != nil {
			return nil
		}
		began, before := time.Now(), n
		for time.Since(began) < wanted {
			n++
			if _, err := insert.Exec(n); err != nil {
				return err
			}
		}
		fmt.Println(float64(n-before) / time.Since(began).Seconds())
	}
}

func openEngine(url string) (*sql.DB, error) {
	path, is := strings.CutPrefix(url, "sqlite:")
	if !is {
		return sql.Open("pgx", url)
	}
	return sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
}

// serveProfiled is the server with a CPU profile that begins with SIGUSR1 and is written
// when it ends.
func serveProfiled(path string, args []string) error {
	// The same as in the program.
	debug.SetGCPercent(150)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	given := config.Input{}
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		given[name] = append(given[name], value)
	}
	c, err := config.Load(given, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		return err
	}
	log := telemetry.NewLog(telemetry.NewBuffer(os.Stderr), telemetry.Options{Format: telemetry.Text, Level: c.LogLevel})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	i, err := app.Open(ctx, c, app.Options{Log: log})
	if err != nil {
		return err
	}
	if err := i.Listen(ctx); err != nil {
		return err
	}
	begin := make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	fmt.Printf("# this answers at http://%s\n", i.Address())
	<-begin
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	<-ctx.Done()
	pprof.StopCPUProfile()
	return errors.Join(file.Close(), i.Close(context.Background()))
}
