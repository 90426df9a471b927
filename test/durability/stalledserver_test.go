//go:build unix

package durability_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/jackc/pgx/v5"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// stalled is a database that two servers share, of which one stands still.
type stalled struct {
	t   *testing.T
	url string
	// victim is stopped by SIGSTOP, survivor goes on.
	victim, survivor *process.Server
	// done and refused count the changes of the survivor.
	done, refused atomic.Int64
}

// startPair starts two servers with further parameters of their sessions on a database
// that keeps few predicate locks, so that the fault of minutes takes seconds.
func startPair(t *testing.T, parameters string) *stalled {
	t.Helper()
	server := startPostgres(t, append([]string{"max_connections=50", "max_pred_locks_per_transaction=10"}, postgres.Throwaway...)...)
	p := &stalled{t: t, url: server.URL()}
	start := func(name string) *process.Server {
		return process.Start(t, "--log-level=warn", "--store", p.url+"&application_name="+name+parameters)
	}
	p.victim, p.survivor = start("victim"), start("survivor")
	return p
}

// load changes organizations of its own at a server until the context ends.
func (p *stalled) load(ctx context.Context, s *process.Server, first int, done, refused *atomic.Int64) func() {
	const writers = 6
	var all sync.WaitGroup
	for i := range writers {
		client := s.Client(fmt.Sprintf("%012d", first+i))
		if _, err := client.CreateOrganization(p.t.Context(), nil); err != nil {
			p.t.Fatal(err)
		}
		roots, err := client.ListRoots(p.t.Context(), nil)
		if err != nil {
			p.t.Fatal(err)
		}
		unit, name := "", "unit"
		out, err := client.CreateOrganizationalUnit(p.t.Context(), &organizations.CreateOrganizationalUnitInput{ParentId: roots.Roots[0].Id, Name: &name})
		if err != nil {
			p.t.Fatal(err)
		}
		unit = *out.OrganizationalUnit.Id
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				name := fmt.Sprint(n)
				_, err := client.UpdateOrganizationalUnit(ctx, &organizations.UpdateOrganizationalUnitInput{OrganizationalUnitId: &unit, Name: &name},
					func(o *organizations.Options) { o.RetryMaxAttempts = 1 })
				if err == nil {
					done.Add(1)
				} else {
					refused.Add(1)
				}
			}
		})
	}
	return all.Wait
}

// catch stops the victim within a transaction.
func (p *stalled) catch() {
	p.t.Helper()
	const within = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'idle in transaction'`
	for range 200 {
		if err := p.victim.Signal(syscall.SIGSTOP); err != nil {
			p.t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // What it has sent is answered.
		if askDatabase[int](p.t, p.url, within) > 0 {
			return
		}
		if err := p.victim.Signal(syscall.SIGCONT); err != nil {
			p.t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatal("void: the server was never caught within a transaction")
}

// await waits until a count has grown by n.
func (p *stalled) await(what string, count *atomic.Int64, n int64) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for from := count.Load(); count.Load() < from+n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("%s: %d of %d in %v", what, count.Load()-from, n, patience)
		}
	}
}

// TestAServerThatStandsStillDoesNotStopTheOthers: SIGSTOP within a transaction, as by a live
// migration of its machine. The database keeps what that transaction may conflict with, until
// its memory for it is full and refuses every other write.
func TestAServerThatStandsStillDoesNotStopTheOthers(t *testing.T) {
	require.Full(t)
	for _, c := range []struct {
		name, parameters string
		long, control    bool
	}{
		{name: "with a short timeout", parameters: "&idle_in_transaction_session_timeout=2s"},
		{name: "as it is", long: true},
		{name: "control: without a timeout", parameters: "&idle_in_transaction_session_timeout=0", control: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long {
				require.Long(t)
			}
			p := startPair(t, c.parameters)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var victimDone, victimRefused atomic.Int64
			waits := []func(){p.load(ctx, p.victim, 100_000_000_000, &victimDone, &victimRefused), p.load(ctx, p.survivor, 200_000_000_000, &p.done, &p.refused)}
			p.await("changes before", &p.done, 100)
			p.catch()
			caught, before := time.Now(), p.done.Load()
			p.await("changes that are refused", &p.refused, 20)
			refusedAfter := time.Since(caught)
			if c.control {
				done := p.done.Load()
				p.await("changes that are refused", &p.refused, 500)
				if late := p.done.Load() - done; late > 0 {
					t.Errorf("the control did not find the fault: %d changes were made beside 500 that were refused", late)
				}
				t.Logf("evidence: without the timeout every change fails after %v and %d changes, until the other server goes on",
					refusedAfter.Round(100*time.Millisecond), p.done.Load()-before)
			} else {
				p.await("changes after", &p.done, 100)
				t.Logf("evidence: caught in a transaction, %d changes refused, 100 more made after %v while it still stood still",
					p.refused.Load(), time.Since(caught).Round(100*time.Millisecond))
			}
			if err := p.victim.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			p.await("changes when both run", &p.done, 100)
			p.await("changes of the server that stood still", &victimDone, 20)
			cancel()
			for _, wait := range waits {
				wait()
			}
		})
	}
}

func askDatabase[T any](t *testing.T, url, question string) (answer T) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(t.Context())) }()
	if err := c.QueryRow(t.Context(), question).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}
