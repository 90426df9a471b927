//go:build linux

package durability_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// wantAll expects that each acknowledged change is there, and that one that is deleted is
// missed, which is the control. It returns how many were acknowledged.
func wantAll(t *testing.T, url string, clients []*changing) (acknowledged int) {
	t.Helper()
	for _, c := range clients {
		if status := c.change(); status != http.StatusOK {
			t.Errorf("afterwards: %d", status)
		}
		c.wantAllThere()
		acknowledged += len(c.acknowledged)
	}
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	if _, err := c.Exec(t.Context(), `DELETE FROM units WHERE name = $1`, clients[0].acknowledged[0]); err != nil {
		t.Fatal(err)
	}
	if clients[0].lost() != 1 {
		t.Error("the control: a change that was deleted is not missed")
	}
	return acknowledged
}

// metric reads a metric without labels.
func metric(t *testing.T, s *process.Server, name string) float64 {
	t.Helper()
	answer, err := http.Get(s.AdminURL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("there is no metric %s", name)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestCrashesOfTheDatabaseLoseAndLeakNothing: PostgreSQL ends at once and starts again, many
// times, under clients. Its sessions do not wait for the disk by themselves; the control is a
// plain one, which loses what was committed last.
func TestCrashesOfTheDatabaseLoseAndLeakNothing(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, "fsync=off", "synchronous_commit=off", "wal_writer_delay=10s")
	s := process.Start(t, "--store", server.URL(), "--quota", "units-per-organization=unlimited")
	clients := startClients(t, s, 4)
	descriptors, goroutines := metric(t, s, "process_open_fds"), metric(t, s, "go_goroutines")
	const crashes = 20
	statuses := map[int]int{}
	for range crashes {
		end := underLoad(clients)
		time.Sleep(100 * time.Millisecond)
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		awaitReady(t, s, http.StatusOK)
		for status, n := range end() {
			statuses[status] += n
		}
	}
	wantAnswers(t, statuses)
	acknowledged := wantAll(t, server.URL(), clients)

	plain, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plain.Close(context.Background()) }()
	var sessions int
	if err := plain.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'accord%'`).Scan(&sessions); err != nil {
		t.Fatal(err)
	}
	// A pool has 20 sessions, and two more look.
	const most = 22
	nowDescriptors, nowGoroutines := metric(t, s, "process_open_fds"), metric(t, s, "go_goroutines")
	if sessions > most || nowDescriptors > descriptors+most || nowGoroutines > goroutines+3*most {
		t.Errorf("after %d crashes: %d sessions, %v descriptors (%v before), %v goroutines (%v before)", crashes, sessions, nowDescriptors, descriptors, nowGoroutines, goroutines)
	}

	if _, err := plain.Exec(t.Context(), `CREATE TABLE control (n INTEGER)`); err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Exec(t.Context(), `SET synchronous_commit = on; CHECKPOINT; SET synchronous_commit = off`); err != nil {
		t.Fatal(err)
	}
	const plainChanges = 20
	for n := range plainChanges {
		if _, err := plain.Exec(t.Context(), `INSERT INTO control VALUES ($1)`, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	again, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close(context.Background()) }()
	var kept int
	if err := again.QueryRow(t.Context(), `SELECT count(*) FROM control`).Scan(&kept); err != nil || kept == plainChanges {
		t.Errorf("the control: a plain session lost nothing (%d kept): %v", kept, err)
	}
	t.Logf("evidence: %d crashes under 4 clients: %d changes acknowledged, %d refused with 503, %d unknown, lost 0; %d sessions, descriptors %v and %v, goroutines %v and %v; a plain session of the same database lost %d of %d",
		crashes, acknowledged, statuses[http.StatusServiceUnavailable], statuses[http.StatusInternalServerError], sessions,
		descriptors, nowDescriptors, goroutines, nowGoroutines, plainChanges-kept, plainChanges)
}

// mounts is a thread with mounts of its own, which its processes see.
type mounts struct{ calls chan func() }

// newMounts mounts a file system in memory on a folder, for a thread alone.
func newMounts(t *testing.T, folder, size string) *mounts {
	t.Helper()
	m := &mounts{make(chan func())}
	failed := make(chan error)
	go func() {
		// The thread ends with the goroutine, and the mount with its last process.
		runtime.LockOSThread()
		err := syscall.Unshare(syscall.CLONE_FS | syscall.CLONE_NEWNS)
		if err == nil {
			err = syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
		}
		if err == nil {
			err = syscall.Mount("none", folder, "tmpfs", 0, "mode=755,size="+size)
		}
		failed <- err
		for call := range m.calls {
			call()
		}
	}()
	require.That(t, <-failed == nil, "the right to mount")
	t.Cleanup(func() { close(m.calls) })
	return m
}

// run runs a function on the thread.
func (m *mounts) run(call func()) {
	done := make(chan struct{})
	m.calls <- func() { defer close(done); call() }
	<-done
}

// TestAFullDiskOfPostgreSQLLosesNothing: its data and its log are on a small disk that another
// file fills, until it panics. The server goes on by itself once PostgreSQL runs again.
func TestAFullDiskOfPostgreSQLLosesNothing(t *testing.T) {
	require.Long(t)
	t.Parallel()
	require.That(t, postgres.Available(), "PostgreSQL: its programs initdb and postgres")
	folder, err := os.MkdirTemp("/tmp", "accord-full-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	m := newMounts(t, folder, "150m")
	var server *postgres.Server
	m.run(func() {
		server, err = postgres.Start(folder, "fsync=off", "min_wal_size=32MB", "max_wal_size=48MB", "autovacuum=off", "wal_recycle=off")
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.run(func() { _ = server.Stop() }) })
	filler := filepath.Join(folder, "filler")
	fill := func() {
		m.run(func() {
			f, err := os.OpenFile(filler, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				return
			}
			for block := make([]byte, 1<<16); err == nil; {
				_, err = f.Write(block)
			}
			_ = f.Close()
		})
	}
	s := process.Start(t, "--store", server.URL(), "--quota", "units-per-organization=unlimited")
	clients := startClients(t, s, 4)
	for _, attack := range []struct {
		name, reason string
		// log: the log of PostgreSQL has no space for its next file.
		log bool
	}{{"data", "disk-full", false}, {"log", "unreachable", true}} {
		t.Run(attack.name, func(t *testing.T) {
			end := underLoad(clients)
			fill()
			if attack.log {
				if c, err := pgx.Connect(t.Context(), server.URL()); err == nil {
					for err == nil {
						_, err = c.Exec(t.Context(), "SELECT pg_logical_emit_message(false, 'filler', repeat('x', 1000000))")
					}
					_ = c.Close(t.Context())
				}
			}
			body := awaitReady(t, s, http.StatusServiceUnavailable)
			for !strings.Contains(body, attack.reason) && !attack.log {
				fill()
				body = awaitReady(t, s, http.StatusServiceUnavailable)
			}
			m.run(func() { _ = os.Remove(filler) })
			if attack.log {
				var said []byte
				m.run(func() { said, _ = os.ReadFile(filepath.Join(folder, "log")) })
				// The line that says so may not have had space either.
				if !strings.Contains(string(said), "PANIC") && !strings.Contains(string(said), "redo starts") {
					t.Errorf("PostgreSQL did not panic:\n%s", said)
				}
				// What supervises PostgreSQL starts it again, whether it has ended or not.
				m.run(func() { err = server.Restart() })
				if err != nil {
					t.Fatal(err)
				}
			}
			awaitReady(t, s, http.StatusOK)
			statuses := end()
			wantAnswers(t, statuses)
			if statuses[http.StatusServiceUnavailable] == 0 {
				t.Errorf("no change was refused: %v", statuses)
			}
			t.Logf("evidence: %d changes acknowledged, %d refused with 503, %d unknown, /readyz 503, ready again", statuses[http.StatusOK], statuses[http.StatusServiceUnavailable], statuses[http.StatusInternalServerError])
		})
	}
	log := s.Logged(t, "the store serves again")
	if !strings.Contains(log, "disk-full") {
		t.Error("the log lacks disk-full")
	}
	t.Logf("evidence: of %d acknowledged changes lost 0; one that was deleted for the control is missed", wantAll(t, server.URL(), clients))
}
