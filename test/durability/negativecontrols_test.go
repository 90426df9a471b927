package durability_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	_ "modernc.org/sqlite" // Copies the file of a server that acknowledges early.

	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/accounts"
	"accord/internal/store"
	"accord/test/require"
)

// The test program is a server of a special kind when the variable names one.
const serverVariable = "ACCORD_DURABILITY_SERVER"

// The kinds of server.
const (
	// acknowledgesEarly answers from a working copy of which only every twentieth state is
	// copied to the file, as a store does that acknowledges before it writes.
	acknowledgesEarly = "acknowledges-early"
	// diesBeforeCommit kills itself between the last statement of a transaction and
	// its commit. The number of commits before that follows a colon.
	diesBeforeCommit = "dies-before-commit"
)

// testServer is the command that runs this program as a server of a kind.
func testServer(kind string, settings []string) *exec.Cmd {
	c := exec.Command(os.Args[0], settings...)
	c.Env = append(os.Environ(), serverVariable+"="+kind)
	return c
}

// serve is the main function of such a server: the app that the real program runs,
// with what its kind adds.
func serve(kind string) (status int) {
	err := run(kind)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// killSelf ends this process at once; it returns only if that failed.
func killSelf() error {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	return errors.Join(err, errors.New("still alive"))
}

func run(kind string) error {
	given := config.Input{}
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		given[name] = append(given[name], value)
	}
	c, err := config.Load(given, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var options app.Options
	kind, number, _ := strings.Cut(kind, ":")
	end := func() error { return nil }
	var commits atomic.Int64
	commits.Store(-1 << 40) // The commits of the start do not count.
	switch kind {
	case acknowledgesEarly:
		durable := strings.TrimPrefix(c.Store, "sqlite:")
		c.Store += ".working"
		var copyBack func() error
		if copyBack, end, err = workingCopy(durable, durable+".working"); err != nil {
			return err
		}
		const every = 20
		options.BeforeCommit = func() error {
			if commits.Add(1)%every == 0 {
				return copyBack()
			}
			return nil
		}
	case diesBeforeCommit:
		last, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return err
		}
		options.BeforeCommit = func() error {
			if commits.Add(1) == last {
				return killSelf()
			}
			return nil
		}
	}
	a, err := app.Open(ctx, c, options)
	if err != nil {
		return err
	}
	if err := a.Listen(ctx); err != nil {
		return err
	}
	commits.Store(0)
	fmt.Printf("# this server answers at http://%s\n", a.Address())
	<-ctx.Done()
	return errors.Join(a.Close(context.Background()), end())
}

// workingCopy makes the working copy of a file. copyBack copies its state back to the
// file, as a whole; end does so for the last time.
func workingCopy(durable, working string) (copyBack, end func() error, err error) {
	for _, suffix := range []string{"", "-wal", "-shm", ".open"} {
		if err := os.Remove(working + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	if err := copyFile(durable, working); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", "file:"+working)
	if err != nil {
		return nil, nil, err
	}
	copyBack = func() error {
		next := durable + ".next"
		if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := db.Exec("VACUUM INTO $1", next); err != nil {
			return err
		}
		return os.Rename(next, durable)
	}
	return copyBack, func() error { return errors.Join(copyBack(), db.Close()) }, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// TestTheCheckerFindsLosses is the negative control of the kill runs: the same load,
// kills and checker, and a server that acknowledges before it writes.
func TestTheCheckerFindsLosses(t *testing.T) {
	require.Full(t)
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	r := &killRun{t: t, seed: *seed, store: url, start: func(int) *exec.Cmd { return testServer(acknowledgesEarly, settings(url)) }}
	last, findings := r.run(5)
	if last.Lost == 0 || len(findings) == 0 {
		t.Errorf("a server that acknowledges before it writes was killed 5 times; of %d acknowledged changes %d are missed, in %d findings",
			last.Acknowledged, last.Lost, len(findings))
	}
	t.Logf("evidence: a server that answers before it writes loses %d of %d", last.Lost, last.Acknowledged)
}

// TestServersThatDieBeforeACommitLoseNothing hits the moment that random kills
// rarely find.
func TestServersThatDieBeforeACommitLoseNothing(t *testing.T) {
	require.Full(t)
	t.Parallel()
	rounds := require.Amount(1, 2, 5)
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	random := rand.New(rand.NewPCG(*seed, 0))
	r := &killRun{t: t, seed: *seed, store: url, endsByItself: true, start: func(round int) *exec.Cmd {
		return testServer(fmt.Sprintf("%s:%d", diesBeforeCommit, 100+random.IntN(200)), settings(url))
	}}
	last, findings := r.run(rounds)
	r.judge(rounds, last, findings)
}

// TestTheRowCheckFindsHalfDoneChanges is the negative control of the check of rows:
// it finds nothing in a healthy store, and something in each corrupted one.
func TestTheRowCheckFindsHalfDoneChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "memory", nil)
	f.populate()
	f.expect(nil)
	h, created := f.open, f.created
	kinds := map[string]func(tx *store.Tx) error{
		"a seat is reserved for no handshake":   func(tx *store.Tx) error { return tx.AddToCounter(f.organization, operation.Reserved, 1) },
		"an account is not counted":             func(tx *store.Tx) error { return tx.AddToCounter(f.organization, operation.Accounts, -1) },
		"an ended creation is counted":          func(tx *store.Tx) error { return tx.AddToCounter(f.organization, accounts.CreationsInProgress, 1) },
		"an invitation is not counted":          func(tx *store.Tx) error { return tx.AddToCounter(f.organization, "invitations-sent", -1) },
		"a member left and its seat stays":      func(tx *store.Tx) error { return tx.DeleteMembership(ident.AccountID(f.member), tx.Now()) },
		"a member joined without an invitation": func(tx *store.Tx) error { return f.join(tx) },
		"a handshake is accepted and no account joined": func(tx *store.Tx) error {
			h := h
			h.Enter("ACCEPTED", tx.Now())
			h.AnsweredBy = ident.AccountID(f.invitee)
			return tx.UpdateHandshake(h)
		},
		"the tags of an invitation are gone": func(tx *store.Tx) error { return tx.DeleteTags(f.organization, string(h.ID)) },
		"the tags of a member are gone":      func(tx *store.Tx) error { return tx.DeleteTags(f.organization, f.member) },
		"tags are kept for a creation that has ended": func(tx *store.Tx) error {
			return tx.MoveTags(f.organization, string(created.Account), string(created.ID))
		},
		"an invitation never expires": func(tx *store.Tx) error {
			_, err := tx.ClaimJob(store.Job{Organization: f.organization, At: h.Expires, Kind: "handshake expires", Subject: string(h.ID)})
			return err
		},
		"a quota is never released": func(tx *store.Tx) error {
			_, err := tx.ClaimJob(store.Job{Organization: f.organization, At: created.Requested.Add(day), Kind: releaseCounter, Subject: "creations-begun/" + string(created.ID)})
			return err
		},
		"a creation is planned to end twice": func(tx *store.Tx) error {
			return tx.InsertJob(store.Job{Organization: f.organization, At: created.Requested, Kind: "account creation ends", Subject: string(created.ID)})
		},
	}
	t.Logf("evidence: %d kinds of half-done changes are found, and nothing in a healthy store", len(kinds))
	for name, corrupt := range kinds {
		t.Run(name, func(t *testing.T) {
			f.t = t
			f.expect(corrupt)
		})
	}
}
