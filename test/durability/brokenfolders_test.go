package durability_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// TestAFileThatCannotBeWrittenRefusesChanges: the files of a store become immutable, or their
// file system read-only, and writable again. The server goes on by itself. A file that alone is
// immutable takes no change from its log: changes are in the log, and survive a kill.
func TestAFileThatCannotBeWrittenRefusesChanges(t *testing.T) {
	require.Long(t)
	chattr := require.Tool(t, "chattr")
	immutable := func(flag string, paths ...string) {
		t.Helper()
		if out, err := exec.Command(chattr, append([]string{flag}, paths...)...).CombinedOutput(); err != nil {
			require.That(t, flag == "-i", "a file system with chattr +i: "+string(out))
		}
	}
	serve := func(t *testing.T) (s *process.Server, path string) {
		path = filepath.Join(t.TempDir(), "accord.db")
		return process.Start(t, "--store", "sqlite:"+path, "--quota", "units-per-organization=unlimited"), path
	}
	t.Run("file and log immutable", func(t *testing.T) {
		s, path := serve(t)
		files := []string{path, path + "-wal"}
		t.Cleanup(func() { immutable("-i", files...) })
		episode(t, s, "storage-failing", func() { immutable("+i", files...) }, func() { immutable("-i", files...) })
	})
	t.Run("read-only file system", func(t *testing.T) {
		s, _ := serve(t)
		end := func() {}
		episode(t, s, "storage-failing", func() { end = inject(t, s, nil, "pwrite64,ftruncate,fallocate", "error=EROFS") }, func() { end() })
	})
	t.Run("file immutable", func(t *testing.T) {
		s, path := serve(t)
		c := startChanging(t, s.Client(manager))
		t.Cleanup(func() { immutable("-i", path) })
		immutable("+i", path)
		for range 1500 { // More than a checkpoint.
			if status := c.change(); status != http.StatusOK {
				t.Fatalf("a change with a log that can be written: %d", status)
			}
		}
		immutable("-i", path)
		s.Kill()
		again := process.Start(t, "--store", "sqlite:"+path, "--quota", "units-per-organization=unlimited")
		c.client = again.Client(manager)
		if lost := c.lost(); lost > 0 {
			t.Errorf("%d lost", lost)
		}
		t.Logf("evidence: %d changes acknowledged into the log, and after a kill lost 0", len(c.acknowledged))
	})
}

// TestAFolderThatIsRenamedOrRemovedStopsTheServer: nothing is acknowledged that the next server
// would not have. The control is a folder that stays.
func TestAFolderThatIsRenamedOrRemovedStopsTheServer(t *testing.T) {
	require.Long(t)
	for name, attack := range map[string]func(folder string) error{
		"renamed": func(folder string) error { return os.Rename(folder, folder+".moved") },
		"removed": os.RemoveAll,
		"control": func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "store")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			s := process.Start(t, "--store", "sqlite:"+filepath.Join(folder, "accord.db"), "--quota", "units-per-organization=unlimited")
			c := startChanging(t, s.Client(manager))
			c.acknowledge(20)
			if err := attack(folder); err != nil {
				t.Fatal(err)
			}
			want := http.StatusOK
			if name != "control" {
				want = http.StatusServiceUnavailable
				// The names are compared each second.
				for body := ""; !strings.Contains(body, "replaced"); {
					body = awaitReady(t, s, want)
				}
			}
			for range 20 {
				if status := c.change(); status != want {
					t.Errorf("a change: %d", status)
				}
			}
			t.Logf("evidence: 20 changes afterwards answered with %d, and /readyz", want)
		})
	}
}

// TestKillsLeaveNoFiles: after many kills and starts lie beside the store what lay there after
// the first, and the log is bounded. The control is a file more.
func TestKillsLeaveNoFiles(t *testing.T) {
	require.Full(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "accord.db")
	names := func() (all []string) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	var first []string
	var c *changing
	kills := require.Amount(0, 3, 50)
	for n := range kills {
		s := process.Start(t, "--store", "sqlite:"+path, "--journal", filepath.Join(folder, "journal"), "--quota", "units-per-organization=unlimited")
		if c == nil {
			c = startChanging(t, s.Client(manager))
		}
		c.client = s.Client(manager)
		for range 5 {
			if status := c.change(); status != http.StatusOK {
				t.Errorf("after %d kills: %d", n, status)
			}
		}
		if lost := c.lost(); lost > 0 {
			t.Errorf("after %d kills: lost %d", n, lost)
		}
		s.Kill()
		if n == 0 {
			first = names()
		}
	}
	if last := names(); !slices.Equal(first, last) {
		t.Errorf("files after the first kill %q, after %d %q", first, kills, last)
	}
	if err := os.WriteFile(filepath.Join(folder, "left"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(first, names()) {
		t.Error("the control: a file more is not found")
	}
	t.Logf("evidence: %d kills, %d changes acknowledged, lost 0; beside the store lie %d files, as after the first", kills, len(c.acknowledged), len(first))
}
