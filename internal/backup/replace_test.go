package backup_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/backup"
)

func TestABackupIsNotOverwrittenUnasked(t *testing.T) {
	url, path := engines["SQLite"](t), filepath.Join(t.TempDir(), "backup")
	closeStore(t, open(t, url))
	if _, err := backup.Make(context.Background(), url, path, options); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = backup.Make(context.Background(), url, path, options)
	refused(t, err, path, "--force")
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
		t.Errorf("the file has changed: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Make(context.Background(), url, path, overwriting()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: %v", info.Mode(), err)
	}
}

// TestABackupReplacesNothingButABackup, also with --force: not the store itself. The
// control is the same call where a backup is.
func TestABackupReplacesNothingButABackup(t *testing.T) {
	url, folder := engines["SQLite"](t), t.TempDir()
	s := open(t, url)
	defer closeStore(t, s)
	set(t, s, "before")
	file, link := strings.TrimPrefix(url, "sqlite:"), filepath.Join(folder, "link")
	text, former, empty := filepath.Join(folder, "text"), filepath.Join(folder, "backup"), filepath.Join(folder, "empty")
	if _, err := backup.Make(context.Background(), url, former, options); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(text, []byte("precious"), 0o600), os.WriteFile(empty, nil, 0o600), os.Symlink(former, link)); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, path := range []string{file, file + "-wal", file + "-shm", text, link, folder, os.DevNull} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = backup.Make(context.Background(), url, path, overwriting())
		refused(t, err, path)
		if now, err := os.Lstat(path); err != nil || !os.SameFile(before, now) {
			t.Errorf("%s was replaced: %v", path, err)
		} else {
			kept++
		}
	}
	for _, path := range []string{former, empty} {
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Make(context.Background(), url, path, overwriting()); err != nil {
			t.Error(err)
		}
		if now, err := os.Stat(path); err != nil || os.SameFile(before, now) {
			t.Errorf("%s was not replaced, so that this test shows nothing: %v", path, err)
		}
	}
	set(t, s, "after")
	t.Logf("evidence: --force kept the store, its log and %d other files, and replaced a backup", kept-2)
}
