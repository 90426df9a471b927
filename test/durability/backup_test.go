package durability_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"accord/test/process"
	"accord/test/require"
)

// copier makes a copy of the store of a running server in another store, and returns
// after the copy no longer reads.
type copier func(t *testing.T, program, from, to string)

// copyRun is a run of clients during which a copy of the store is made.
type copyRun struct {
	killRun
	program, copied string
	// begun is when the copy began; the numbers count the changes that were acknowledged
	// before, during and after.
	begun                 time.Time
	before, during, after int
}

// run lets the clients work before, while and after the copy is made, and returns what
// is wrong with the copy.
func (r *copyRun) run(copyStore copier) (findings []string) {
	r.t.Helper()
	r.prepare()
	s := r.launch(0)
	r.populate(s.url)
	ctx, stop := context.WithCancel(context.Background())
	var done atomic.Int64
	var all sync.WaitGroup
	for _, w := range r.workers {
		all.Go(func() {
			if err := w.work(ctx, s.url, func() { done.Add(1) }); err != nil {
				r.t.Error(err)
			}
		})
	}
	await := func(more int) {
		for end, wanted := time.Now().Add(patience), done.Load()+int64(more); done.Load() < wanted; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				r.t.Errorf("in %v only %d changes were acknowledged", patience, done.Load())
				break
			}
		}
	}
	around := require.Amount(200, 200, 1000)
	await(around)
	r.begun = time.Now()
	count := done.Load()
	copyStore(r.t, r.program, r.store, r.copied)
	r.during = int(done.Load() - count)
	await(around)
	stop()
	all.Wait()
	if err := s.kill(); err != nil {
		r.t.Error(err)
	}
	if r.quiesce != nil {
		if err := r.quiesce(); err != nil {
			r.t.Error(err)
		}
	}
	return r.judgeCopy()
}

// judgeCopy serves the copy, and compares it with the history.
func (r *copyRun) judgeCopy() (findings []string) {
	r.t.Helper()
	entries, err := r.history.unread()
	if err != nil {
		r.t.Fatal(err)
	}
	var before, after []entry
	for _, e := range entries {
		switch {
		case e.End.Before(r.begun):
			before = append(before, e)
		case e.Outcome == acknowledged:
			after = append(after, e)
		}
	}
	r.before, r.after = len(before), len(after)-r.during
	findings = r.checker.follow(before)
	r.checker.followMaybe(after)
	original := r.store
	r.store = r.copied
	if findings = append(findings, r.inspect(inspect)...); len(findings) > 0 {
		// A server would wait for jobs that are not there.
		return findings
	}
	served := exec.Command(r.program, append([]string{"serve"}, settings(r.copied)...)...)
	s, err := launch(context.Background(), served, filepath.Join(r.folder, "log"))
	if err != nil {
		return append(findings, fmt.Sprintf("the copy of %s is not served: %v", original, err))
	}
	defer func() { _ = s.kill() }()
	seen, err := audit(context.Background(), s.url)
	if err != nil {
		return append(findings, fmt.Sprintf("the copy cannot be read: %v", err))
	}
	findings = append(findings, r.checker.compare(seen)...)
	return append(findings, momentOf(after, seen)...)
}

// followMaybe takes changes of which a copy has the first ones, for each account: those
// until some moment.
func (c *checker) followMaybe(entries []entry) {
	latest := map[string]accountState{}
	for _, e := range entries {
		if e.Action == create {
			c.creations[e.Token] = &creation{entry: e}
			continue
		}
		if e.Action == invite {
			c.ids[e.Token] = e.ID
		}
		state, known := latest[e.Account]
		if !known {
			possible := c.possible(e.Account)
			state = possible[len(possible)-1]
		}
		next, _ := state.apply(e)
		latest[e.Account] = next
		c.states[e.Account] = append(c.states[e.Account], next)
	}
}

// momentOf finds changes that are not in a copy although they had been acknowledged
// before one was requested that is in it.
func momentOf(entries []entry, seen observed) (findings []string) {
	var newest, missed []entry
	for _, e := range entries {
		_, invited := seen.ids[e.Token]
		switch {
		case e.Action != invite && e.Action != create:
		case invited || len(seen.creations[e.Token]) > 0:
			if len(newest) == 0 || e.Start.After(newest[0].Start) {
				newest = []entry{e}
			}
		default:
			missed = append(missed, e)
		}
	}
	for _, e := range missed {
		if len(newest) > 0 && e.End.Before(newest[0].Start) {
			findings = append(findings, fmt.Sprintf("the copy has %v and not the earlier %v", newest[0], e))
		}
	}
	return findings
}

// backUpAndRestore is what the documentation says.
func backUpAndRestore(t *testing.T, program, from, to string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	for _, args := range [][]string{{"backup", path, "--store", from}, {"restore", path, "--store", to}} {
		out, err := exec.Command(program, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("accord %s: %v\n%s", args[0], err, out)
		}
	}
}

// copyTheFile is cp.
func copyTheFile(t *testing.T, _, from, to string) {
	t.Helper()
	if err := copyFile(strings.TrimPrefix(from, "sqlite:"), strings.TrimPrefix(to, "sqlite:")); err != nil {
		t.Fatal(err)
	}
}

// copyEachTable copies the tables of a database one after the other, each in a
// transaction of its own.
func copyEachTable(t *testing.T, program, from, to string) {
	t.Helper()
	if out, err := exec.Command(program, "migrate", "--store", to).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx := context.Background()
	var ends [2]*pgx.Conn
	for i, url := range []string{from, to} {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close(ctx) }()
		ends[i] = c
	}
	// No reference is checked.
	if _, err := ends[1].Exec(ctx, "SET session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	rows, _ := ends[0].Query(ctx, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
		AND relname <> 'schema_version' ORDER BY relname`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var text strings.Builder
		if _, err := ends[0].PgConn().CopyTo(ctx, &text, "COPY "+table+" TO STDOUT"); err != nil {
			t.Fatal(err)
		}
		if _, err := ends[1].PgConn().CopyFrom(ctx, strings.NewReader(text.String()), "COPY "+table+" FROM STDIN"); err != nil {
			t.Fatal(err)
		}
	}
}

// engineOfCopies is what is needed to copy the store of an engine.
type engineOfCopies struct {
	name string
	url  func(t *testing.T) string
	// wrong copies as an operator must not.
	wrong copier
}

var enginesOfCopies = []engineOfCopies{
	{"SQLite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") }, copyTheFile},
	{"PostgreSQL", func(t *testing.T) string {
		require.Tool(t, "pg_dump")
		return postgresURL(t)
	}, copyEachTable},
}

func (e engineOfCopies) newRun(t *testing.T) *copyRun {
	t.Helper()
	program, url := process.Program(t), e.url(t)
	r := &copyRun{program: program, copied: e.url(t)}
	r.killRun = killRun{t: t, seed: *seed, store: url, start: func(int) *exec.Cmd {
		return exec.Command(program, append([]string{"serve"}, settings(url)...)...)
	}}
	if e.name == "PostgreSQL" {
		r.quiesce = waitForDisconnect(url)
	}
	return r
}

// TestABackupUnderLoadIsOneMoment: what was acknowledged before it began is there, and
// of the rest what was done until some moment, whole.
func TestABackupUnderLoadIsOneMoment(t *testing.T) {
	require.Full(t)
	require.Tool(t, "go")
	for _, e := range enginesOfCopies {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			for range require.Amount(1, 1, 10) {
				r := e.newRun(t)
				for i, finding := range r.run(backUpAndRestore) {
					if i < 10 {
						t.Error(finding)
					}
				}
				if r.during == 0 {
					t.Error("void: no change was acknowledged during the backup")
				}
				t.Logf("evidence: %d clients; %d changes acknowledged before the backup began, lost %d; %d acknowledged while it ran, %d after",
					workerCount, r.before, r.checker.lost, r.during, r.after)
			}
		})
	}
}

// TestAWrongCopyUnderLoadIsFound is the control: the same clients and checks, and a copy
// that is not of one moment.
func TestAWrongCopyUnderLoadIsFound(t *testing.T) {
	require.Full(t)
	require.Tool(t, "go")
	for _, e := range enginesOfCopies {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			const tries = 20
			for try := range tries {
				if findings := e.newRun(t).run(e.wrong); len(findings) > 0 {
					t.Logf("evidence: found in try %d, for example: %s", try+1, findings[0])
					return
				}
			}
			t.Errorf("in %d copies nothing was found", tries)
		})
	}
}
