//go:build unix

package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"accord/internal/journal"
)

// smallDisk names the journal of a process whose files cannot grow.
const smallDisk = "ACCORD_TEST_SMALL_DISK"

func init() {
	if path := os.Getenv(smallDisk); path != "" {
		child = func() error { return writeOnSmallDisk(path) }
	}
}

func TestAFullDiskLeavesWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), smallDisk+"="+path)
	if out, err := process.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	same(t, "journal", record(1)+"\n"+record(2)+"\n", plain(content(t, path)))
	if got := content(t, path+".control"); got != record(2)[:8] {
		t.Errorf("the control, a plain write, left %q: this test shows nothing", got)
	}
	t.Log("evidence: a record that did not fit left nothing, and is there once afterwards; control, a plain write: it left 8 bytes")
}

// writeOnSmallDisk runs in a process of its own: it limits the size of files so
// that the second record fits in half, and lifts the limit after the error.
func writeOnSmallDisk(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	j, err := journal.Open(path, options)
	if err != nil {
		return err
	}
	if err := j.Deliver(context.Background(), messages(record(1))); err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	before, err := os.Stat(path)
	if err != nil {
		return err
	}
	small := limit
	small.Cur = uint64(before.Size()) + 8
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		return err
	}
	// The control, with as much space for the record.
	plainly := small
	plainly.Cur = 8
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &plainly); err != nil {
		return err
	}
	if err := os.WriteFile(path+".control", []byte(record(2)), 0o600); err == nil {
		return errors.New("the disk is not full")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		return err
	}
	if err := j.Deliver(context.Background(), messages(record(2))); !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("on the full disk: %w", err)
	}
	b, err := os.ReadFile(path)
	if err != nil || plain(string(b)) != record(1)+"\n" {
		return fmt.Errorf("on the full disk there is %q, %w", b, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return errors.Join(j.Deliver(context.Background(), messages(record(2))), j.Close())
}
