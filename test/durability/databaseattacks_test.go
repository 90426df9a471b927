//go:build unix

package durability_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// TestAttacksOnSessionsLoseNothing: the sessions of a server are ended again and again, wait
// for a table, or stand still in the database, while clients change. The server goes on by
// itself. The control loses one acknowledged change, which has to be found.
func TestAttacksOnSessionsLoseNothing(t *testing.T) {
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
	run := func(statement string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, attack := range []struct {
		name       string
		begin, end func()
	}{
		{"sessions are ended 200 times", func() {
			for range 200 {
				run(`SELECT pg_terminate_backend(pid), pg_sleep(0.02) FROM pg_stat_activity WHERE application_name = 'accord'`)
			}
		}, func() {}},
		{"a table is locked for 12 s", func() {
			run("BEGIN")
			run("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
			run("SELECT pg_sleep(12)")
		}, func() { run("ROLLBACK") }},
		{"the processes of the sessions stand still for 18 s", func() {
			for _, pid := range sessionsOf(t, c) {
				_ = syscall.Kill(pid, syscall.SIGSTOP)
				defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
			}
			run("SELECT pg_sleep(18)")
		}, func() {}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			end := underLoad(clients)
			attack.begin()
			attack.end()
			awaitReady(t, s, http.StatusOK)
			statuses := end()
			lost := 0
			for _, client := range clients {
				if status := client.change(); status != http.StatusOK {
					t.Errorf("afterwards: %d", status)
				}
				lost += client.lost()
			}
			wantAnswers(t, statuses)
			if lost > 0 || statuses[http.StatusServiceUnavailable] == 0 {
				t.Errorf("lost %d, statuses %v", lost, statuses)
			}
			t.Logf("evidence: %s: %d changes acknowledged, %d refused with 503, %d unknown, lost %d", attack.name, statuses[http.StatusOK], statuses[http.StatusServiceUnavailable], statuses[http.StatusInternalServerError], lost)
		})
	}
	name := clients[0].acknowledged[0]
	if _, err := c.Exec(t.Context(), `DELETE FROM units WHERE name = $1`, name); err != nil {
		t.Fatal(err)
	}
	lost := 0
	for _, client := range clients {
		lost += client.lost()
	}
	if lost == 0 {
		t.Errorf("the control did not find that %s is lost", name)
	}
	t.Logf("evidence: control: %d lost after one was deleted in the database for each that has its name", lost)
}

// sessionsOf are the processes of the sessions of servers.
func sessionsOf(t *testing.T, c *pgx.Conn) []int {
	t.Helper()
	rows, err := c.Query(t.Context(), `SELECT pid FROM pg_stat_activity WHERE application_name = 'accord'`)
	if err != nil {
		t.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

// underLoad lets clients change until the function that it returns is called, which returns
// how often each status was answered.
func underLoad(clients []*changing) (end func() map[int]int) {
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	done := make(chan struct{})
	for _, c := range clients {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				status := c.change()
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	return func() map[int]int {
		close(done)
		all.Wait()
		return statuses
	}
}

// startClients makes clients of a server, each with an organization of its own.
func startClients(t *testing.T, s *process.Server, n int) (clients []*changing) {
	t.Helper()
	for i := range n {
		clients = append(clients, startChanging(t, s.Client(accountOfClient(i))))
	}
	return clients
}

func accountOfClient(i int) string { return fmt.Sprintf("%012d", 720_000_000_000+i) }

// reconnect lets clients of startClients call another server with the same store.
func reconnect(clients []*changing, s *process.Server) {
	for i, c := range clients {
		c.client = s.Client(accountOfClient(i))
	}
}
