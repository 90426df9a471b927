//go:build linux

package durability_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/backup"
	"accord/internal/store"
	"accord/test/process"
	"accord/test/require"
)

// TestAKilledBackupLeavesNothingHalf: a backup that is killed at a call of the system, or ends with
// an error there, leaves no file of its name or a whole one, also over a former one; the server
// beside it goes on. The control is a copy that is written under its name, killed in the same
// way.
func TestAKilledBackupLeavesNothingHalf(t *testing.T) {
	require.Long(t)
	t.Parallel()
	strace := require.Tool(t, "strace")
	folder := t.TempDir()
	path, program := filepath.Join(folder, "accord.db"), process.Program(t)
	s := process.Start(t, "--store", "sqlite:"+path, "--quota", "units-per-organization=unlimited")
	client := startChanging(t, s.Client(manager))
	for range 50 {
		client.change()
	}
	former := filepath.Join(folder, "former.backup")
	if out, err := exec.Command(program, "backup", former, "--store", "sqlite:"+path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	require.That(t, killedAt(t, strace, "openat", 1, program, "version"), "permission to trace processes")
	tally := func(over bool, command func(file string) []string) (kills int, seen map[string]int) {
		seen = map[string]int{}
		for _, calls := range changesOfFiles {
			// Those at the beginning one by one.
			for n := 1; n < 600; n += 1 + n/3 {
				file := filepath.Join(t.TempDir(), "accord.backup")
				if over {
					if err := copyFile(former, file); err != nil {
						t.Fatal(err)
					}
				}
				if !killedAt(t, strace, calls, n, command(file)...) {
					break
				}
				kills++
				switch _, err := backup.Read(file); {
				case errors.Is(err, os.ErrNotExist):
					seen[nothing]++
				case err != nil:
					seen[half]++
				default:
					seen["whole"]++
				}
			}
			if status := client.change(); status != http.StatusOK {
				t.Errorf("after kills at %s: a change: %d", calls, status)
			}
		}
		return kills, seen
	}
	ours := func(file string) []string {
		return []string{program, "backup", file, "--store", "sqlite:" + path, "--force"}
	}
	kills, first := tally(false, ours)
	more, over := tally(true, ours)
	if first[half]+over[half]+over[nothing] > 0 || first[nothing] == 0 || over["whole"] == 0 {
		t.Errorf("where nothing was: %v; over a former backup: %v", first, over)
	}
	control, inPlace := tally(true, func(file string) []string { return []string{"dd", "if=" + former, "of=" + file, "bs=1k"} })
	if inPlace[half] == 0 {
		t.Errorf("%d kills of a copy in place left %v: this test shows nothing", control, inPlace)
	}
	client.wantAllThere()
	t.Logf("evidence: %d kills of accord backup left %v, %d over a former one %v; the server lost 0; control: %d kills of a copy that is written in place left %v", kills, first, more, over, control, inPlace)
}

// TestABackupThatDoesNotFitLeavesTheServerAlone: into the file system of the store, in which there
// is no space for it, and into another one. It leaves nothing, and the server serves meanwhile.
// The control is a plain copy, which fills the disk.
func TestABackupThatDoesNotFitLeavesTheServerAlone(t *testing.T) {
	require.Long(t)
	t.Parallel()
	folder, err := os.MkdirTemp("/tmp", "accord-small-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	m := newMounts(t, folder, "40m")
	path, program := filepath.Join(folder, "accord.db"), process.Program(t)
	var s *process.Server
	large := storeOf(t, 25<<20)
	m.run(func() {
		if err = copyFile(large, path); err == nil {
			s = process.Start(t, "--store", "sqlite:"+path, "--quota", "units-per-organization=unlimited", "--min-free-space", "1MiB")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	client := startChanging(t, s.Client(manager))
	names := func() (all []string) {
		m.run(func() {
			entries, _ := os.ReadDir(folder)
			for _, e := range entries {
				all = append(all, e.Name())
			}
		})
		return all
	}
	before := names()
	var out []byte
	m.run(func() {
		out, err = exec.Command(program, "backup", filepath.Join(folder, "b"), "--store", "sqlite:"+path).CombinedOutput()
	})
	if err == nil || !strings.Contains(string(out), "MiB free") || bytes.Count(out, []byte("\n")) != 1 {
		t.Errorf("%v: %s", err, out)
	}
	if after := names(); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("it left %q, before there was %q", after, before)
	}
	if status := client.change(); status != http.StatusOK {
		t.Errorf("a change: %d", status)
	}
	m.run(func() { _ = exec.Command("cp", path, filepath.Join(folder, "copy")).Run() })
	refused := 0
	for range 200 {
		if client.change() != http.StatusOK {
			refused++
		}
	}
	if refused == 0 {
		t.Error("the control did not fill the disk: this test shows nothing")
	}
	m.run(func() { _ = os.Remove(filepath.Join(folder, "copy")) })
	awaitReady(t, s, http.StatusOK)
	client.wantAllThere()
	t.Logf("evidence: a backup that does not fit beside the store said %q and left nothing; after a plain copy %d of 200 changes were refused", strings.TrimSpace(string(out)), refused)
}

// storeOf makes the file of a store that has about a size.
func storeOf(t *testing.T, size int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "large.db")
	s, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("a letter. ", 1000)
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for range size / len(body) {
			if err := tx.InsertMessage(store.Message{Kind: "mail", Body: body}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
