package durability_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"accord/internal/store"
	"accord/test/require"
)

var peakMemory = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakOf runs a command and returns the most memory that it had resident, in megabytes.
// [Linux: proc]
func peakOf(t *testing.T, command ...string) (peak int) {
	t.Helper()
	c := exec.Command(command[0], command[1:]...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid)); err == nil {
			if found := peakMemory.FindSubmatch(text); found != nil {
				kilobytes, _ := strconv.Atoi(string(found[1]))
				peak = max(peak, kilobytes>>10)
			}
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			return peak
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// TestALargeBackupUnderLoadEndsInLittleMemory: 300 MB, and then as
// TestABackupUnderLoadIsOneMoment. The control is a command that holds the file.
func TestALargeBackupUnderLoadEndsInLittleMemory(t *testing.T) {
	require.Long(t)
	_, err := os.Stat("/proc/self/status")
	require.That(t, err == nil, "the folder /proc of Linux")
	r := enginesOfCopies[0].newRun(t)
	path := strings.TrimPrefix(r.store, "sqlite:")
	s, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 280 {
		if err := s.Update(context.Background(), func(tx *store.Tx) error {
			for range 100 {
				if err := tx.InsertMessage(store.Message{Kind: "mail", Body: strings.Repeat("a letter. ", 1000)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() < 250<<20 {
		t.Fatalf("void: the store has %d bytes, %v", info.Size(), err)
	}
	var backup, restored int
	for _, finding := range r.run(func(t *testing.T, program, from, to string) {
		file := filepath.Join(t.TempDir(), "backup")
		backup = peakOf(t, program, "backup", file, "--store", from)
		restored = peakOf(t, program, "restore", file, "--store", to)
	}) {
		t.Error(finding)
	}
	if r.during == 0 {
		t.Error("void: no change was acknowledged during the backup")
	}
	const bound = 128
	if backup > bound || restored > bound {
		t.Errorf("the backup had %d MB resident, its restore %d MB", backup, restored)
	}
	control := peakOf(t, "dd", "if="+path, "of=/dev/null", "bs=200M", "count=1", "iflag=fullblock")
	if control <= bound {
		t.Errorf("a command that holds the file had %d MB: this test shows nothing", control)
	}
	t.Logf("evidence: a store of %d MB under %d clients: the backup had at most %d MB resident, its restore %d MB; %d changes acknowledged meanwhile, lost %d; control, a command that holds the file: %d MB",
		info.Size()>>20, workerCount, backup, restored, r.during, r.checker.lost, control)
}
