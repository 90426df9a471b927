package durability_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// inject lets calls of the system on files in a folder fail in a process, until the function
// that it returns is called.
func inject(t *testing.T, s *process.Server, paths []string, calls, what string) (end func()) {
	t.Helper()
	args := []string{"-f", "-p", fmt.Sprint(s.PID()), "-o", os.DevNull, "-e", "trace=" + calls, "-e", "inject=" + calls + ":" + what}
	for _, path := range paths {
		args = append(args, "-P", path)
	}
	tracer := exec.Command(require.Tool(t, "strace"), args...)
	stderr, err := tracer.StderrPipe()
	if err == nil {
		err = tracer.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	attached := make([]byte, 4096)
	n := 0
	for !strings.Contains(string(attached[:n]), "attached") {
		more, err := stderr.Read(attached[n:])
		n += more
		if err != nil {
			break
		}
	}
	require.That(t, strings.Contains(string(attached[:n]), "attached"), "permission to trace processes: "+string(attached[:n]))
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	return func() {
		_ = tracer.Process.Signal(os.Interrupt)
		_ = tracer.Wait()
	}
}

// TestNoErrorOfTheSystemLosesAChange: each call by which a server writes its files fails now
// and then, under load. Afterwards the server goes on by itself, and after a kill everything
// that was acknowledged is there and in the journal. The control: a change that was not made
// is missed.
func TestNoErrorOfTheSystemLosesAChange(t *testing.T) {
	require.Long(t)
	refusedIn, total, acknowledged := 0, 0, 0
	for _, c := range []struct {
		calls, what string
		// idle: the server has nothing to do but to compare its log with what it wrote.
		idle bool
		// restart: it goes on after a start only, because SQLite takes the file for damaged.
		restart bool
	}{
		{calls: "fsync,fdatasync", what: "error=EIO:when=2+3"},
		{calls: "pwrite64", what: "error=ENOSPC:when=3+4"},
		{calls: "pwrite64", what: "error=EIO:when=5+7"},
		{calls: "ftruncate", what: "error=EIO"},
		{calls: "ftruncate", what: "error=ENOSPC"},
		{calls: "rename,renameat,renameat2", what: "error=EIO"},
		{calls: "rename,renameat,renameat2", what: "error=ENOSPC"},
		{calls: "unlink,unlinkat", what: "error=EIO"},
		{calls: "openat", what: "error=EIO"},
		{calls: "openat", what: "error=EMFILE"},
		{calls: "openat", what: "error=EACCES"},
		{calls: "pread64", what: "error=EIO", idle: true},
		{calls: "pread64", what: "error=EIO:when=2+3", restart: true},
		{calls: "lseek", what: "error=EIO:when=2+5"},
		{calls: "mmap", what: "error=ENOMEM"},
		{calls: "newfstatat,fstat", what: "error=EIO:when=1+2"},
	} {
		t.Run(strings.ReplaceAll(c.calls+" "+c.what, ",", "_"), func(t *testing.T) {
			total++
			folder := t.TempDir()
			path, journal := filepath.Join(folder, "accord.db"), filepath.Join(folder, "journal.ndjson")
			args := []string{"--store", "sqlite:" + path, "--quota", "units-per-organization=unlimited"}
			if !c.idle { // The end of a delivery is a change.
				args = append(args, "--journal", journal, "--journal-max-size", "64KB")
			}
			s := process.Start(t, args...)
			client := startChanging(t, s.Client(manager))
			for range 20 {
				client.change()
			}
			paths := []string{path, path + "-wal", path + "-shm", journal, folder}
			if c.idle {
				awaitReady(t, s, http.StatusOK)
				paths = []string{path + "-wal"}
			}
			end := inject(t, s, paths, c.calls, c.what)
			if c.idle {
				time.Sleep(3 * time.Second) // The files are compared each second.
			}
			for range 100 {
				if !c.idle && client.change() != http.StatusOK {
					refusedIn++
				}
			}
			end()
			if !c.restart {
				body := awaitReady(t, s, http.StatusOK)
				if status := client.change(); status != http.StatusOK {
					t.Errorf("afterwards: %d %s", status, body)
				}
				client.wantAllThere()
			}
			s.Kill()
			again := process.Start(t, args...)
			client.client = again.Client(manager)
			client.wantAllThere()
			awaitReady(t, again, http.StatusOK)
			if out, err := exec.Command(process.Program(t), "journal", "verify", "--admin", again.AdminURL).CombinedOutput(); err != nil && !c.idle {
				t.Errorf("accord journal verify: %v\n%s", err, out)
			}
			acknowledged += len(client.acknowledged)
			client.acknowledged = append(client.acknowledged, "never made")
			if client.lost() == 0 {
				t.Error("a change that was not made is not missed: this test shows nothing")
			}
		})
	}
	if refusedIn == 0 {
		t.Error("no change was refused: this test shows nothing")
	}
	t.Logf("evidence: %d kinds of errors, %d changes refused or unknown, %d acknowledged: lost 0, the journal is whole; control: a change that was not made is missed", total, refusedIn, acknowledged)
}
