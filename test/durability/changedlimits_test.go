//go:build linux

package durability_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"accord/test/process"
	"accord/test/require"
)

// TestLimitsThatAreLoweredLoseNothing: the limits of a process that serves are lowered to what it
// has, or below, and raised again. It refuses or goes on, loses nothing, and does not end. The
// controls: changes are refused, or new connections are not answered.
func TestLimitsThatAreLoweredLoseNothing(t *testing.T) {
	require.Full(t)
	for _, c := range []struct {
		name     string
		resource int
		limit    uint64
		// refuses: changes are refused meanwhile.
		refuses bool
	}{
		{"open files", unix.RLIMIT_NOFILE, 4, false},
		{"the size of files", unix.RLIMIT_FSIZE, 4096, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "accord.db")
			args := []string{"--store", "sqlite:" + path, "--journal", filepath.Join(folder, "journal"), "--quota", "units-per-organization=unlimited"}
			s := process.Start(t, args...)
			client := startChanging(t, s.Client(manager))
			client.acknowledge(20)
			var before unix.Rlimit
			if err := unix.Prlimit(s.PID(), c.resource, nil, &before); err != nil {
				t.Fatal(err)
			}
			if err := unix.Prlimit(s.PID(), c.resource, &unix.Rlimit{Cur: c.limit, Max: before.Max}, nil); err != nil {
				t.Fatal(err)
			}
			statuses := map[int]int{}
			for range 100 {
				statuses[client.change()]++
			}
			wantAnswers(t, statuses)
			if (statuses[http.StatusOK] < 100) != c.refuses {
				t.Errorf("meanwhile: %v", statuses)
			}
			if !c.refuses {
				other := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
				if answer, err := other.Get(s.URL); err == nil {
					_ = answer.Body.Close()
					t.Error("a new connection is answered: this test shows nothing")
				}
			}
			if err := unix.Prlimit(s.PID(), c.resource, &before, nil); err != nil {
				t.Fatal(err)
			}
			awaitReady(t, s, http.StatusOK)
			if status := client.change(); status != http.StatusOK {
				t.Errorf("afterwards: %d", status)
			}
			client.wantAllThere()
			s.Kill()
			again := process.Start(t, args...)
			client.client = again.Client(manager)
			client.wantAllThere()
			t.Logf("evidence: %s: %d changes acknowledged, %d refused, lost 0, ready again", c.name, len(client.acknowledged), statuses[http.StatusServiceUnavailable]+statuses[http.StatusInternalServerError])
		})
	}
}
