package durability_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// removed removes files of a store.
func removed(path string, suffixes ...string) (err error) {
	for _, suffix := range suffixes {
		err = errors.Join(err, os.Remove(path+suffix))
	}
	return err
}

// TestALogThatIsRemovedIsMissed by the next start, also when nothing else of it is left:
// changes in it had been acknowledged. The control is the program without the protections,
// which serves the state before them.
func TestALogThatIsRemovedIsMissed(t *testing.T) {
	require.Full(t)
	attacks := map[string]struct {
		suffixes []string
		running  bool
	}{
		"the log, after a kill":                       {[]string{"-wal"}, false},
		"the log and its index, after a kill":         {[]string{"-wal", "-shm"}, false},
		"the log and its index, right before a kill":  {[]string{"-wal", "-shm"}, true},
		"the log, before the server notices and ends": {[]string{"-wal"}, true},
	}
	bothPrograms(t, func(t *testing.T, program string, protected bool) {
		tried, missed, changes, lost := 0, 0, 0, 0
		for what, a := range attacks {
			if tried == require.Amount(0, 1, len(attacks)) {
				break // Any one.
			}
			tried++
			path := filepath.Join(t.TempDir(), "accord.db")
			s := serveFile(t, program, path)
			callers := callersOf(s.url)
			c := startChanging(t, callers.as(manager))
			for range 20 {
				c.change()
			}
			var err error
			if a.running {
				err = removed(path, a.suffixes...)
			}
			if err = errors.Join(err, s.kill()); !a.running {
				err = errors.Join(err, removed(path, a.suffixes...))
			}
			if err != nil {
				t.Fatal(err)
			}
			callers.close()
			again, err := launch(context.Background(), exec.Command(program, append([]string{"serve"}, settings("sqlite:"+path)...)...), filepath.Join(t.TempDir(), "log"))
			changes += len(c.acknowledged)
			switch {
			case err != nil && strings.Contains(err.Error(), "committed changes are missing in the write-ahead log"):
				missed++
			case err != nil:
				t.Errorf("%s: %v", what, err)
			default:
				if protected {
					t.Errorf("%s: the next server starts", what)
				}
				callers := callersOf(again.url)
				c.client = callers.as(manager)
				lost += c.lost()
				callers.close()
				_ = again.kill()
			}
		}
		if !protected && lost == 0 {
			t.Error("without the protections nothing is lost either: this test shows nothing")
		}
		t.Logf("evidence: protected %v: of %d logs that were removed, with %d acknowledged changes, the next start missed %d; %d changes vanished without a word",
			protected, tried, changes, missed, lost)
	})
}

// TestARemovedLogIsSavedFromItsServer as docs/operating.md says: the server that still runs
// has it open.
func TestARemovedLogIsSavedFromItsServer(t *testing.T) {
	require.Full(t)
	_, err := os.Stat("/proc/self/fd")
	require.That(t, err == nil, "the folder /proc of Linux")
	path := filepath.Join(t.TempDir(), "accord.db")
	s := serveFile(t, process.Program(t), path)
	callers := callersOf(s.url)
	defer callers.close()
	c := startChanging(t, callers.as(manager))
	for range 20 {
		c.change()
	}
	if err := removed(path, "-wal", "-shm"); err != nil {
		t.Fatal(err)
	}
	// Until the server notices, changes go into the log that was removed.
	for n := 0; c.change() == 200 && n < 100_000; n++ {
	}
	saved := false
	open, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range open {
		if to, _ := os.Readlink(fd); to == path+"-wal (deleted)" {
			if err := copyOpen(fd, path+"-wal"); err != nil {
				t.Fatal(err)
			}
			saved = true
			break
		}
	}
	if !saved {
		t.Fatal("the server does not have the log open")
	}
	if err := s.kill(); err != nil {
		t.Fatal(err)
	}
	again := callersOf(serveFile(t, process.Program(t), path).url)
	defer again.close()
	c.client = again.as(manager)
	if lost := c.lost(); lost > 0 {
		t.Errorf("%d of %d acknowledged changes are lost", lost, len(c.acknowledged))
	}
	t.Logf("evidence: %d changes acknowledged before and after the log was removed, lost 0 once it was copied from the server", len(c.acknowledged))
}

func copyOpen(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
