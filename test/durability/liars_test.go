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
	"time"

	_ "modernc.org/sqlite" // Copies the file of a server that is too early.

	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/store"
)

// This program is a server of its own kind when the variable names one.
const serverVariable = "ACCORD_DURABILITY_SERVER"

// The kinds of server.
const (
	// early answers from a copy, of which every moment becomes durable a little later:
	// what a store does that acknowledges before it has written.
	early = "early"
	// doomed dies between the last statement of a transaction and its commit. The
	// number of commits before that follows a colon.
	doomed = "doomed"
)

// own is the command of a server of this program.
func own(kind string, settings []string) *exec.Cmd {
	c := exec.Command(os.Args[0], settings...)
	c.Env = append(os.Environ(), serverVariable+"="+kind)
	return c
}

// serve is the main function of a server of this program: the installation that
// the real one runs, and what makes it special.
func serve(kind string) (status int) {
	err := run(kind)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
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
	commits.Store(-1 << 40) // Those of the start do not count.
	switch kind {
	case early:
		durable := strings.TrimPrefix(c.Store, "sqlite:")
		c.Store += ".working"
		if end, err = beEarly(ctx, durable, durable+".working"); err != nil {
			return err
		}
	case doomed:
		last, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return err
		}
		options.BeforeCommit = func() error {
			if commits.Add(1) == last {
				return errors.Join(syscall.Kill(os.Getpid(), syscall.SIGKILL), errors.New("still alive"))
			}
			return nil
		}
	}
	i, err := app.Open(ctx, c, options)
	if err != nil {
		return err
	}
	if err := i.Listen(ctx); err != nil {
		return err
	}
	commits.Store(0)
	fmt.Printf("# this server answers at http://%s\n", i.Address())
	<-ctx.Done()
	return errors.Join(i.Close(context.Background()), end())
}

// beEarly makes the working copy of a file and carries its state over to the file
// every few milliseconds, each time as a whole. The function that it returns does
// so for the last time.
func beEarly(ctx context.Context, durable, working string) (end func() error, err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(working + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := copyFile(durable, working); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+working)
	if err != nil {
		return nil, err
	}
	carry := func() error {
		next := durable + ".next"
		if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := db.Exec("VACUUM INTO $1", next); err != nil {
			return err
		}
		return os.Rename(next, durable)
	}
	done := make(chan error, 1)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
			if _, there := os.Stat(working); there == nil {
				err = carry()
			}
		}
		done <- err
	}()
	return func() error { return errors.Join(<-done, carry(), db.Close()) }, nil
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

// TestTheCheckerFindsLosses is the control of all others: the same load, the same
// kills and the same checker, and a server that acknowledges too early.
func TestTheCheckerFindsLosses(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	r := &trial{t: t, seed: *seed, store: url, start: func(int) *exec.Cmd { return own(early, settings(url)) }}
	last, faults := r.run(5)
	if last.Lost == 0 || len(faults) == 0 {
		t.Errorf("a server that acknowledges before it writes was killed 5 times; of %d acknowledged changes %d are missed, in %d faults",
			last.Acknowledged, last.Lost, len(faults))
	}
	t.Logf("lost %d of %d, as is right; for example: %s", last.Lost, last.Acknowledged, faults[0])
}

// TestServersThatDieBeforeACommitLoseNothing makes sure that kills hit the moment
// that they rarely find by themselves.
func TestServersThatDieBeforeACommitLoseNothing(t *testing.T) {
	t.Parallel()
	const rounds = 5
	url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	random := rand.New(rand.NewPCG(*seed, 0))
	r := &trial{t: t, seed: *seed, store: url, suicidal: true, start: func(round int) *exec.Cmd {
		return own(fmt.Sprintf("%s:%d", doomed, 100+random.IntN(200)), settings(url))
	}}
	last, faults := r.run(rounds)
	r.judge(rounds, last, faults)
}

// TestTheRowCheckFindsHalfDoneChanges is the control of the check of the rows: it
// is silent about a healthy store, and says something about each that is not.
func TestTheRowCheckFindsHalfDoneChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "memory", nil)
	w.stage()
	w.expect(nil)
	h, created := w.open, w.created
	for name, spoil := range map[string]func(tx *store.Tx) error{
		"a place is counted that nobody takes":  func(tx *store.Tx) error { return tx.AddToCounter(w.organization, "places", 1) },
		"an account is not counted":             func(tx *store.Tx) error { return tx.AddToCounter(w.organization, "accounts", -1) },
		"a creation is counted for ever":        func(tx *store.Tx) error { return tx.AddToCounter(w.organization, "creations-in-progress", 1) },
		"an invitation is not counted":          func(tx *store.Tx) error { return tx.AddToCounter(w.organization, "invitations-sent", -1) },
		"a member left and its place stays":     func(tx *store.Tx) error { return tx.DeleteMembership(ident.AccountID(w.member), tx.Now()) },
		"a member joined without an invitation": func(tx *store.Tx) error { return w.join(tx) },
		"a handshake is accepted and nobody joined": func(tx *store.Tx) error {
			h := h
			h.Enter("ACCEPTED", tx.Now())
			h.AnsweredBy = ident.AccountID(w.guest)
			return tx.UpdateHandshake(h)
		},
		"the tags of an invitation are gone": func(tx *store.Tx) error { return tx.DeleteTags(w.organization, string(h.ID)) },
		"the tags of a member are gone":      func(tx *store.Tx) error { return tx.DeleteTags(w.organization, w.member) },
		"tags wait for a creation that has ended": func(tx *store.Tx) error {
			return tx.MoveTags(w.organization, string(created.Account), string(created.ID))
		},
		"an invitation never expires": func(tx *store.Tx) error {
			_, err := tx.ClaimJob(store.Job{Organization: w.organization, At: h.Expires, Kind: "handshake expires", Subject: string(h.ID)})
			return err
		},
		"a quota never gets one back": func(tx *store.Tx) error {
			_, err := tx.ClaimJob(store.Job{Organization: w.organization, At: created.Requested.Add(day), Kind: "number released", Subject: "creations-begun/" + string(created.ID)})
			return err
		},
		"a creation is planned to end twice": func(tx *store.Tx) error {
			return tx.InsertJob(store.Job{Organization: w.organization, At: created.Requested, Kind: "account creation ends", Subject: string(created.ID)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.expect(spoil)
		})
	}
}
