package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/backup"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/engine"
)

// leave makes the files of a killed server in a folder: the file, its log, and an older
// state of the file, which has the same size.
func leave(t *testing.T, folder string) (file, log, older []byte) {
	t.Helper()
	path := filepath.Join(folder, "living.db")
	value := func(n int) string { return strings.Repeat(fmt.Sprintf("%04d", n), 25_000) }
	s := open(t, "sqlite:"+path)
	set(t, s, value(0))
	closeStore(t, s)
	read := func(suffix string) []byte {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	older = read("")
	s = open(t, "sqlite:"+path)
	defer closeStore(t, s)
	// The log is copied into the file and begins anew.
	for n := range 150 {
		set(t, s, value(1+n))
	}
	return read(""), read("-wal"), older
}

func put(t *testing.T, path string, file, log []byte) (contents func() [2]string) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, file, 0o600), os.WriteFile(path+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	return func() (found [2]string) {
		for i, suffix := range []string{"", "-wal"} {
			content, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Error(err)
			}
			found[i] = string(content)
		}
		return found
	}
}

// TestABackupLeavesWhatAKilledServerHasLeft: the state in it is that with the log, and
// neither file changes.
func TestABackupLeavesWhatAKilledServerHasLeft(t *testing.T) {
	folder := t.TempDir()
	file, log, _ := leave(t, folder)
	path, made := filepath.Join(folder, "accord.db"), filepath.Join(folder, "backup")
	contents := put(t, path, file, log)
	if _, err := backup.Make(context.Background(), "sqlite:"+path, made, options); err != nil {
		t.Fatal(err)
	}
	if contents() != [2]string{string(file), string(log)} {
		t.Error("the files were changed")
	}
	restored := "sqlite:" + filepath.Join(folder, "restored.db")
	if _, _, err := backup.Restore(context.Background(), restored, made, options); err != nil {
		t.Fatal(err)
	}
	if served(t, restored) != served(t, "sqlite:"+path) {
		t.Error("the backup lacks the log")
	}
}

// TestNoBackupIsMadeOfAMixture: an older file beside the log of a killed server. Neither is
// a restore one that mixes them, in the store that it keeps.
func TestNoBackupIsMadeOfAMixture(t *testing.T) {
	folder := t.TempDir()
	file, log, older := leave(t, folder)
	path, made := filepath.Join(folder, "accord.db"), filepath.Join(folder, "backup")
	contents := put(t, path, older, log)
	_, err := backup.Make(context.Background(), "sqlite:"+path, made, options)
	refused(t, err, path, "does not belong to the file")
	if _, err := os.Stat(made); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a backup is there: %v", err)
	}
	if contents() != [2]string{string(older), string(log)} {
		t.Error("the files were changed")
	}

	// A server refuses them too. The control: without the check it serves the mixture.
	if served(t, "sqlite:"+path) != "" {
		t.Error("a server starts with them")
	}
	put(t, path+"1", older, log)
	if mixed, err := store.Open(context.Background(), "sqlite:"+path+"1", store.Options{
		Clock: &clock.System{}, Source: ident.NewSource(), Engine: store.EngineOptions{Check: engine.CheckOff},
	}); err != nil {
		t.Errorf("without the check it is refused too, so that this test shows nothing: %v", err)
	} else {
		closeStore(t, mixed)
	}

	source := engines["SQLite"](t)
	s := open(t, source)
	set(t, s, "restored")
	closeStore(t, s)
	if _, err := backup.Make(context.Background(), source, made, options); err != nil {
		t.Fatal(err)
	}
	_, kept, err := backup.Restore(context.Background(), "sqlite:"+path, made, overwriting())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "sqlite:"+path, "restored")
	for suffix, want := range map[string][]byte{"": older, "-wal": log} {
		if found, err := os.ReadFile(kept + suffix); err != nil || !bytes.Equal(found, want) {
			t.Errorf("%s was changed: %v", kept+suffix, err)
		}
	}

	// The control: the log and its own file.
	put(t, path+"2", file, log)
	if _, err := backup.Make(context.Background(), "sqlite:"+path+"2", made, overwriting()); err != nil {
		t.Errorf("of the files as they were left: %v", err)
	}
	t.Logf("evidence: an older file beside a log of %d bytes: no backup, and --force kept both as they were", len(log))
}
