package backup_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/backup"
	"accord/internal/clock"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/test/postgres"
	"accord/test/require"
)

var options = backup.Options{Clock: &clock.System{}, Source: ident.NewSource(), Program: "test"}

func overwriting() backup.Options {
	o := options
	o.Overwrite = true
	return o
}

// engines make the URL of a store that is not there yet.
var engines = map[string]func(t *testing.T) string{
	"SQLite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "accord.db") },
	"PostgreSQL": func(t *testing.T) string {
		require.Full(t)
		require.Tool(t, "pg_dump")
		return postgres.URL(t)
	},
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{
		Clock: &clock.System{}, Source: ident.NewSource(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// set changes a fact, as a stand-in for every row.
func set(t *testing.T, s *store.Store, value string) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.UpsertFact("test", value) }); err != nil {
		t.Fatal(err)
	}
}

// record writes an event record.
func record(t *testing.T, s *store.Store, id string) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx *store.Tx) error {
		return tx.InsertMessage(store.Message{
			Kind: event.MessageKind, At: options.Clock.Now(), Body: `{"eventID":"` + id + `"}`,
		})
	}); err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, url, value string) {
	t.Helper()
	s := open(t, url)
	defer closeStore(t, s)
	err := s.View(context.Background(), func(v *store.View) error {
		got, err := v.Fact("test")
		if err == nil && got != value {
			t.Errorf("the store holds %q, want %q", got, value)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func closeStore(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("it was not refused; want an error with %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error is %q and lacks %q", err, w)
		}
	}
}

// TestABackupOfARunningStoreIsItsState, and a restored store remembers where it is from.
func TestABackupOfARunningStoreIsItsState(t *testing.T) {
	for engine, newURL := range engines {
		t.Run(engine, func(t *testing.T) {
			ctx, url := context.Background(), newURL(t)
			path := filepath.Join(t.TempDir(), "backup")
			s := open(t, url)
			set(t, s, "before")
			record(t, s, "6ae6783f-4fbd-491b-aeb8-8b73a48ed247")
			made, err := backup.Make(ctx, url, path, options)
			if err != nil {
				t.Fatal(err)
			}
			set(t, s, "after")
			record(t, s, "0cd87274-d670-44ca-af0e-0d36c8496db7")
			// The ID by which the record is found in the journal.
			if got := made.Newest.EventID; got != "6ae6783f-4fbd-491b-aeb8-8b73a48ed247" || !strings.Contains(made.String(), got) {
				t.Errorf("the newest record is %q, in %s", got, made)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the backup has the mode %v: %v", info.Mode(), err)
			}
			if rest, _ := filepath.Glob(path + "?*"); len(rest) > 0 {
				t.Errorf("%v are left beside the backup", rest)
			}
			if read, err := backup.Read(path); err != nil || read != made || read.StoreID == "" || read.Schema == 0 || read.SHA256 == "" {
				t.Errorf("the marker is %+v, want %+v: %v", read, made, err)
			}

			elsewhere := newURL(t)
			if _, kept, err := backup.Restore(ctx, elsewhere, path, options); err != nil || kept != "" {
				t.Fatalf("restoring (kept %q): %v", kept, err)
			}
			wants(t, elsewhere, "before")
			restored := open(t, elsewhere)
			from, found, err := backup.LastRestored(ctx, restored)
			if err != nil || !found || from.Backup != made || from.At.IsZero() {
				t.Errorf("the store remembers %+v, %t: %v", from, found, err)
			}
			closeStore(t, restored)
			if _, found, err := backup.LastRestored(ctx, s); err != nil || found {
				t.Errorf("a store that was not restored says that it was: %v", err)
			}
			closeStore(t, s)
			wants(t, url, "after")
		})
	}
}

// TestAStoppedStoreHasABackupToo, and making one changes nothing of it.
func TestAStoppedStoreHasABackupToo(t *testing.T) {
	url, path := engines["SQLite"](t), filepath.Join(t.TempDir(), "backup")
	s := open(t, url)
	set(t, s, "before")
	closeStore(t, s)
	file := strings.TrimPrefix(url, "sqlite:")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Make(context.Background(), url, path, options); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the store has changed: %v", err)
	}
	missing := "sqlite:" + filepath.Join(t.TempDir(), "missing.db")
	_, err = backup.Make(context.Background(), missing, path+"2", options)
	refused(t, err, "there is no store")
	_, err = backup.Make(context.Background(), "memory", path+"2", options)
	refused(t, err, "memory")
	if _, err := os.Stat(strings.TrimPrefix(missing, "sqlite:")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a store was made: %v", err)
	}
}

// TestAStoreInUseIsNotReplaced, whatever is asked for.
func TestAStoreInUseIsNotReplaced(t *testing.T) {
	for engine, newURL := range engines {
		t.Run(engine, func(t *testing.T) {
			ctx, url, path := context.Background(), newURL(t), filepath.Join(t.TempDir(), "backup")
			s := open(t, url)
			set(t, s, "before")
			if _, err := backup.Make(ctx, url, path, options); err != nil {
				t.Fatal(err)
			}
			set(t, s, "after")
			_, _, err := backup.Restore(ctx, url, path, overwriting())
			refused(t, err, map[string]string{"SQLite": "another process has the store open", "PostgreSQL": "in use"}[engine])
			closeStore(t, s)
			wants(t, url, "after")
		})
	}
}

// TestAStoreThatHoldsAnythingIsReplacedOnlyWithForce, and kept then.
func TestAStoreThatHoldsAnythingIsReplacedOnlyWithForce(t *testing.T) {
	for engine, newURL := range engines {
		t.Run(engine, func(t *testing.T) {
			ctx, url, path := context.Background(), newURL(t), filepath.Join(t.TempDir(), "backup")
			s := open(t, url)
			set(t, s, "before")
			if _, err := backup.Make(ctx, url, path, options); err != nil {
				t.Fatal(err)
			}
			set(t, s, "after")
			closeStore(t, s)
			_, _, err := backup.Restore(ctx, url, path, options)
			refused(t, err, "--force")
			wants(t, url, "after")
			_, kept, err := backup.Restore(ctx, url, path, overwriting())
			if err != nil || kept == "" {
				t.Fatalf("kept %q: %v", kept, err)
			}
			wants(t, url, "before")
			if engine == "SQLite" {
				wants(t, "sqlite:"+kept, "after")
			} else {
				wants(t, url+"&search_path="+strings.Fields(kept)[2], "after")
			}
			// A second time finds another name.
			_, again, err := backup.Restore(ctx, url, path, overwriting())
			if err != nil || again == kept {
				t.Errorf("kept %q and %q: %v", kept, again, err)
			}
		})
	}
}

// TestALogThatAKilledServerLeftIsNotAppliedToACopy: it holds a place as a store does, and
// moves aside.
func TestALogThatAKilledServerLeftIsNotAppliedToACopy(t *testing.T) {
	ctx, url, path := context.Background(), engines["SQLite"](t), filepath.Join(t.TempDir(), "backup")
	s := open(t, url)
	set(t, s, "before")
	if _, err := backup.Make(ctx, url, path, options); err != nil {
		t.Fatal(err)
	}
	set(t, s, "after")
	// A kill leaves the log as it is now.
	log, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:") + "-wal")
	if err != nil || len(log) == 0 {
		t.Fatalf("the log has %d bytes: %v", len(log), err)
	}
	closeStore(t, s)
	target := filepath.Join(t.TempDir(), "accord.db")
	if err := os.WriteFile(target+"-wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = backup.Restore(ctx, "sqlite:"+target, path, options)
	refused(t, err, target+"-wal", "--force")
	_, kept, err := backup.Restore(ctx, "sqlite:"+target, path, overwriting())
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "sqlite:"+target, "before")
	if left, err := os.ReadFile(kept + "-wal"); err != nil || !bytes.Equal(left, log) {
		t.Errorf("the log is not kept: %v", err)
	}
	// The control: the same copy and log, put beside each other by hand.
	whole, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	byHand := filepath.Join(t.TempDir(), "accord.db")
	if err := errors.Join(os.WriteFile(byHand, whole, 0o600), os.WriteFile(byHand+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	if served(t, "sqlite:"+byHand) == "before" {
		t.Error("a copy beside another log is served as it was: the test shows nothing")
	}
	t.Logf("evidence: refused; with --force %d bytes of log moved aside, and the copy is served whole", len(log))
}

// served is what a store of a file holds; empty if it cannot be read.
func served(t *testing.T, url string) (value string) {
	t.Helper()
	s, err := store.Open(context.Background(), url, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
	if err != nil {
		return ""
	}
	err = s.View(context.Background(), func(v *store.View) (err error) {
		value, err = v.Fact("test")
		return err
	})
	_ = s.Close()
	if err != nil {
		return ""
	}
	return value
}

// TestADamagedBackupIsRefused, and nothing is made of it.
func TestADamagedBackupIsRefused(t *testing.T) {
	for engine, newURL := range engines {
		t.Run(engine, func(t *testing.T) {
			ctx, url, path := context.Background(), newURL(t), filepath.Join(t.TempDir(), "backup")
			closeStore(t, open(t, url))
			if _, err := backup.Make(ctx, url, path, options); err != nil {
				t.Fatal(err)
			}
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			flipped := bytes.Clone(whole)
			flipped[len(flipped)/3] ^= 1
			for name, text := range map[string][]byte{
				"cut":                 whole[:len(whole)/2],
				"a bit of it flipped": flipped,
				"empty":               {},
				"a text":              []byte("no backup"),
			} {
				target := newURL(t)
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
				if _, _, err := backup.Restore(ctx, target, path, options); err == nil {
					t.Errorf("a backup that is %s was restored", name)
				}
				if _, err := backup.Read(path); err == nil {
					t.Errorf("a backup that is %s was read", name)
				}
				if file, is := strings.CutPrefix(target, "sqlite:"); is {
					if rest, _ := filepath.Glob(file + "*"); len(rest) > 1 || len(rest) == 1 && !strings.HasSuffix(rest[0], ".lock") {
						t.Errorf("a backup that is %s left %v", name, rest)
					}
				}
			}
		})
	}
}

// TestABackupWhoseRowsContradictIsRefused: what the checksum cannot know.
func TestABackupWhoseRowsContradictIsRefused(t *testing.T) {
	for engine, newURL := range engines {
		t.Run(engine, func(t *testing.T) {
			ctx, url, path := context.Background(), newURL(t), filepath.Join(t.TempDir(), "backup")
			s := open(t, url)
			defer closeStore(t, s)
			if err := s.Update(ctx, func(tx *store.Tx) error { return tx.InsertOrganization(orphan) }); err != nil {
				t.Fatal(err)
			}
			_, err := backup.Make(ctx, url, path, options)
			refused(t, err, string(orphan.ID), "management account")
		})
	}
}

// orphan is an organization whose management account does not exist.
var orphan = org.Organization{
	ID: "o-aaaaaaaaaa", Management: "100000000001", Root: "r-aaaa", FeatureSet: org.AllFeatures, Partition: ident.AWS, Created: time.Unix(1, 0),
}
