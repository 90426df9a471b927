package network_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// limitedGroup makes a control group with a memory limit, and returns the commands of a
// shell that enter it.
func limitedGroup(t *testing.T, bytes int) string {
	t.Helper()
	// [cgroups(7)] The first is version 1, the second version 2.
	for root, file := range map[string]string{"/sys/fs/cgroup/memory": "memory.limit_in_bytes", "/sys/fs/cgroup": "memory.max"} {
		folder := filepath.Join(root, "accord-test-"+strconv.Itoa(os.Getpid())+"-"+strconv.Itoa(bytes))
		if os.Mkdir(folder, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(folder) })
		// The kernel makes the file: another folder below the same path has none.
		f, err := os.OpenFile(filepath.Join(folder, file), os.O_WRONLY, 0)
		if err != nil {
			continue
		}
		if _, err := f.WriteString(strconv.Itoa(bytes)); errors.Join(err, f.Close()) == nil {
			return "echo $$ > " + filepath.Join(folder, "cgroup.procs")
		}
	}
	require.That(t, false, "a control group that may be made")
	return ""
}

// killed reports whether the server has ended by itself.
func killed(s *process.Server) bool {
	select {
	case <-s.Ended():
		return true
	default:
		return false
	}
}

func TestAFloodOfBodiesDoesNotKillAServerWithAMemoryLimit(t *testing.T) {
	require.Long(t)
	const limit = 256 * mebibyte
	enter := limitedGroup(t, limit)
	s := process.StartAfter(t, enter)
	if log := s.Logged(t, "memory limit"); !strings.Contains(log, "bytes="+strconv.Itoa(limit/4*3)) {
		t.Errorf("the limit in the log is another:\n%s", log)
	}
	for range 2 {
		flood(t, s, "large body", 600)()
	}
	answered, _ := honest(s, 10)
	if killed(s) || answered != 10 {
		t.Fatalf("killed: %v; %d of 10 honest calls were answered", killed(s), answered)
	}
	most := peak(t, s)
	s.Kill()
	s = process.StartAfter(t, "export GOMEMLIMIT=off && "+enter, unbounded...)
	for range 3 {
		if killed(s) {
			break
		}
		flood(t, s, "large body", 600)
	}
	for end := time.Now().Add(hang); !killed(s) && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if !killed(s) {
		t.Error("the check does not find that the server is killed")
	}
	t.Logf("evidence: 2 times 600 bodies of 1 MiB at a limit of 256 MiB: at most %d MB, 10 of 10 honest calls answered; without the bounds the kernel killed it: %v", most, killed(s))
}
