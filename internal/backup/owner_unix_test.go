//go:build unix

package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accord/internal/backup"
	"accord/test/require"
)

// TestWhatRootRestoresBelongsToTheOwnerOfTheFolder: the service of the packages runs as a
// user of its own, and commands beside it as root.
func TestWhatRootRestoresBelongsToTheOwnerOfTheFolder(t *testing.T) {
	require.That(t, os.Geteuid() == 0, "the rights of root, which alone gives files to others")
	const user = 61234
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "backup")
	from := engines["SQLite"](t)
	closeStore(t, open(t, from))
	if _, err := backup.Make(ctx, from, path, options); err != nil {
		t.Fatal(err)
	}
	for name, act := range map[string]func(url string) error{
		"restored": func(url string) error {
			_, _, err := backup.Restore(ctx, url, path, options)
			return err
		},
		"migrated": func(url string) error {
			closeStore(t, open(t, url))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := engines["SQLite"](t)
			folder := filepath.Dir(strings.TrimPrefix(url, "sqlite:"))
			if err := os.Chown(folder, user, user); err != nil {
				t.Fatal(err)
			}
			// The control: what root just writes stays root's.
			if err := os.WriteFile(filepath.Join(folder, "other"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := act(url); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(folder)
			if err != nil || len(entries) < 3 {
				t.Fatalf("%v: %v", entries, err)
			}
			for _, e := range entries {
				info, err := e.Info()
				if err != nil {
					t.Fatal(err)
				}
				want := uint32(user)
				if e.Name() == "other" {
					want = 0
				}
				if owner := info.Sys().(*syscall.Stat_t).Uid; owner != want {
					t.Errorf("%s belongs to user %d, want %d", e.Name(), owner, want)
				}
			}
			t.Logf("evidence: %d files of root and of the store, each with its owner", len(entries))
		})
	}
}
