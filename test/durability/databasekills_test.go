//go:build linux

package durability_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// TestKillsOfServerAndDatabaseLoseNothing: both are killed at the same time, again and again, each
// while the other one starts. The sessions of the server do not wait for the disk by
// themselves; the control is a change that is deleted.
func TestKillsOfServerAndDatabaseLoseNothing(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, "fsync=off", "synchronous_commit=off", "wal_writer_delay=10s")
	serve := func() *process.Server {
		return process.Start(t, "--store", server.URL(), "--quota", "units-per-organization=unlimited")
	}
	s := serve()
	clients := startClients(t, s, 4)
	const rounds = 4
	statuses := map[int]int{}
	for n := range rounds {
		end := underLoad(clients)
		time.Sleep(time.Duration(50+n*20) * time.Millisecond)
		var both sync.WaitGroup
		var restarted error
		both.Go(func() { restarted = server.Restart() })
		if n%2 == 0 {
			time.Sleep(time.Duration(n*20) * time.Millisecond) // PostgreSQL is down, or recovers.
		}
		s.Kill()
		for status, n := range end() {
			statuses[status] += n
		}
		s = serve() // It waits for a database that recovers.
		both.Wait()
		if restarted != nil {
			t.Fatal(restarted)
		}
		reconnect(clients, s)
		awaitReady(t, s, http.StatusOK)
		for _, c := range clients {
			c.wantAllThere()
		}
	}
	t.Logf("evidence: %d times server and PostgreSQL were killed at once: %d changes acknowledged, %d refused with 503, lost 0; one that was deleted for the control is missed",
		rounds, wantAll(t, server.URL(), clients), statuses[http.StatusServiceUnavailable])
}

// TestADatabaseWithFewConnectionsServes: an administrator leaves a server fewer sessions than it
// wants. Changes wait for those that it has, and few are refused. The control has no bound: none
// is refused.
func TestADatabaseWithFewConnectionsServes(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, postgres.Throwaway...)
	url, admin := ordinary(t, server)
	s := process.Start(t, "--store", url, "--quota", "units-per-organization=unlimited")
	clients := startClients(t, s, 12)
	for _, bound := range []int{-1, 3, 1} {
		if _, err := admin.Exec(t.Context(), fmt.Sprintf("ALTER ROLE app CONNECTION LIMIT %d", bound)); err != nil {
			t.Fatal(err)
		}
		if bound > 0 {
			if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range clients {
			_ = c.change() // Some meet a session that has ended.
		}
		end := underLoad(clients)
		time.Sleep(800 * time.Millisecond)
		statuses := end()
		for status := range statuses {
			if status != http.StatusOK && status != http.StatusServiceUnavailable {
				t.Errorf("a bound of %d: %d calls are answered with %d", bound, statuses[status], status)
			}
		}
		if statuses[http.StatusOK] < 3*statuses[http.StatusServiceUnavailable] || bound < 0 && statuses[http.StatusServiceUnavailable] > 0 {
			t.Errorf("a bound of %d: %v", bound, statuses)
		}
		t.Logf("evidence: %d sessions (-1: no bound) for 12 clients: %d changes acknowledged, %d refused with 503", bound, statuses[http.StatusOK], statuses[http.StatusServiceUnavailable])
	}
	if _, err := admin.Exec(t.Context(), "ALTER ROLE app CONNECTION LIMIT -1"); err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		c.wantAllThere()
	}
}

// TestADatabaseThatStandsStillIsNotReady: all its processes stand still, as on a machine that is
// paused. Calls end with an error in bounded time, the server says that it is not ready, and
// goes on with the database. A change whose COMMIT was on the way is unknown, and none that was
// acknowledged is lost.
func TestADatabaseThatStandsStillIsNotReady(t *testing.T) {
	require.Long(t)
	t.Parallel()
	server := startPostgres(t, postgres.Throwaway...)
	s := process.Start(t, "--store", server.URL(), "--quota", "units-per-organization=unlimited")
	clients := startClients(t, s, 4)
	c, err := pgx.Connect(t.Context(), server.URL()+"&application_name=attacker")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	var folder string
	if err := c.QueryRow(t.Context(), "SHOW data_directory").Scan(&folder); err != nil {
		t.Fatal(err)
	}
	end := underLoad(clients)
	pids := processesIn(t, folder)
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
	goOn := sync.OnceFunc(func() {
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	})
	defer goOn()
	body := awaitReady(t, s, http.StatusServiceUnavailable)
	time.Sleep(3 * time.Second)
	goOn()
	awaitReady(t, s, http.StatusOK)
	statuses := end()
	wantAnswers(t, statuses)
	if !strings.Contains(body, "write") {
		t.Errorf("/readyz: %s", body)
	}
	t.Logf("evidence: %d processes of PostgreSQL stood still: /readyz 503; %d calls answered with 200, %d refused with 503, %d unknown; of %d acknowledged changes lost 0; one that was deleted for the control is missed",
		len(pids), statuses[http.StatusOK], statuses[http.StatusServiceUnavailable], statuses[http.StatusInternalServerError], wantAll(t, server.URL(), clients))
}

// processesIn are the processes that work in a folder.
func processesIn(t *testing.T, folder string) (pids []int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && at == folder {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		t.Fatalf("no process works in %s", folder)
	}
	return pids
}
