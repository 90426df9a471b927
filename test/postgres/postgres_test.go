//go:build unix

package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/require"
)

func ask[T any](t *testing.T, address, question string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var answer T
	if err := conn.QueryRow(t.Context(), question).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func tables(t *testing.T, address string) int {
	return ask[int](t, address, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
}

func TestEachURLIsANewDatabase(t *testing.T) {
	one, other := postgres.URL(t), postgres.URL(t)
	conn, err := pgx.Connect(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE mark (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tables(t, one); got != 1 {
		t.Errorf("the database has %d tables", got)
	}
	if got := tables(t, other); got != 0 {
		t.Errorf("the other database has %d tables", got)
	}
}

func TestADatabaseBeginsWithItsTemplate(t *testing.T) {
	filled := 0
	template := postgres.Template{Fill: func(ctx context.Context, address string) error {
		filled++
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE mark (n INTEGER); INSERT INTO mark VALUES (7)")
		return errors.Join(err, conn.Close(ctx))
	}}
	one, other := template.URL(t), template.URL(t)
	if got := ask[int](t, one, "WITH gone AS (DELETE FROM mark RETURNING n) SELECT n FROM gone"); got != 7 {
		t.Errorf("it has the row %d", got)
	}
	if got := ask[int](t, other, "SELECT count(*) FROM mark"); got != 1 {
		t.Errorf("the other has %d rows", got)
	}
	if got := tables(t, postgres.URL(t)); got != 0 {
		t.Errorf("a database without a template has %d tables", got)
	}
	if filled != 1 && os.Getenv("ACCORD_TEST_POSTGRES") == "" {
		t.Errorf("it was filled %d times", filled)
	}
}

func TestADatabaseIsRemovedWithItsTest(t *testing.T) {
	var address string
	t.Run("user", func(t *testing.T) { address = postgres.URL(t) })
	if conn, err := pgx.Connect(t.Context(), address); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database is still there")
	}
}

func TestAGivenServerIsUsed(t *testing.T) {
	address := postgres.URL(t)
	started := "started at " + ask[string](t, address, "SELECT CAST(pg_postmaster_start_time() AS TEXT)")
	if os.Getenv("ACCORD_TEST_POSTGRES_WITNESS") != "" {
		t.Log(started)
		return
	}
	// The server is chosen once for each process, so another process checks it.
	c := exec.Command(os.Args[0], "-test.run=^TestAGivenServerIsUsed$", "-test.v")
	c.Env = append(os.Environ(), "ACCORD_TEST_POSTGRES="+address, "ACCORD_TEST_POSTGRES_WITNESS=1")
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), started) {
		t.Errorf("%v: want %q in\n%s", err, started, out)
	}
}

func needServer(t *testing.T) {
	t.Helper()
	require.Tool(t, "postgres", "/usr/lib/postgresql/*/bin")
}

func TestDataRemainInAGivenFolder(t *testing.T) {
	require.Long(t)
	needServer(t)
	folder, err := os.MkdirTemp("/tmp", "accord-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	var address string
	for _, step := range []string{"made", "found again"} {
		server, err := postgres.Start(folder)
		if err != nil {
			t.Fatal(err)
		}
		if step == "made" {
			if address, err = server.CreateDatabase(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		name := address[strings.LastIndex(address, "/")+1 : strings.Index(address, "?")]
		if ask[int](t, server.URL(), "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'") != 1 {
			t.Errorf("the database is not %s", step)
		}
		if got := ask[string](t, server.URL(), "SHOW fsync"); got != "on" {
			t.Errorf("fsync is %s", got)
		}
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoServerIsLeftBehind(t *testing.T) {
	require.Long(t)
	needServer(t)
	// A process of its own starts a server, says where it is, and waits to be killed.
	if os.Getenv("ACCORD_TEST_POSTGRES_VICTIM") != "" {
		server, err := postgres.Start("", postgres.Throwaway...)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("folder=%s", ask[string](t, server.URL(), "SHOW data_directory"))
		select {}
	}
	c := exec.Command(os.Args[0], "-test.run=^TestNoServerIsLeftBehind$", "-test.v")
	c.Env = append(os.Environ(), "ACCORD_TEST_POSTGRES_VICTIM=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill() }()
	var folder string
	for lines := bufio.NewScanner(out); folder == "" && lines.Scan(); {
		_, folder, _ = strings.Cut(lines.Text(), "folder=")
	}
	if folder == "" {
		t.Fatal("no server was started")
	}
	pid := postmaster(t, folder)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	deadline := time.After(time.Minute)
	for {
		_, gone := os.Stat(folder)
		if errors.Is(gone, fs.ErrNotExist) && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatal("the server or its folder outlived the process")
		}
	}
}

// postmaster reads the process id of the server that uses a folder.
func postmaster(t *testing.T, folder string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
