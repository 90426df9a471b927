package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"accord/internal/clock"
	"accord/internal/fsync"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/schema"
)

// Options are what backups are made and restored with.
type Options struct {
	Clock clock.Clock
	// Source is the randomness of the store that is restored.
	Source *ident.Source
	// Engine is what the engine of the store is opened with.
	Engine store.EngineOptions
	// Program is the version of the program.
	Program string
	// Overwrite lets Make replace a file, and Restore a store.
	Overwrite bool
}

// Make writes the state of a store into a file, while servers may use it: under a
// temporary name first, synced, and readable for its owner alone.
func Make(ctx context.Context, url, path string, o Options) (m Marker, err error) {
	if err := requirePlace(path, o.Overwrite); err != nil {
		return m, err
	}
	m = Marker{Begun: o.Clock.Now().UTC(), Program: o.Program, Store: store.Name(url)}
	if m.Engine, err = store.Engine(url); err != nil {
		return m, err
	}
	// A folder of its own: an engine may keep further files beside the data.
	folder, err := os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+".partial-*")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	data, err := os.OpenFile(filepath.Join(folder, dataEntry), os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0o600)
	if err != nil {
		return m, err
	}
	defer func() { _ = data.Close() }()
	if err := store.Backup(ctx, url, o.Engine, data.Name(), func(v *store.View) error {
		if err := requireWhole(v); err != nil {
			return err
		}
		return m.read(v)
	}); err != nil {
		return m, err
	}
	m.Made = o.Clock.Now().UTC()
	whole := filepath.Join(folder, "backup")
	out, err := os.OpenFile(whole, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return m, err
	}
	if err := errors.Join(write(out, &m, data), out.Sync(), out.Close()); err != nil {
		return m, err
	}
	return m, errors.Join(os.Rename(whole, path), fsync.Path(filepath.Dir(path)))
}

// requirePlace returns an error unless a backup can be written to a path. Only a backup is
// replaced: neither the store itself, nor a device or a link.
func requirePlace(path string, overwrite bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file: name a file", path)
	case info.Size() == 0 && overwrite:
		return nil
	}
	former, err := open(path)
	if err != nil {
		return fmt.Errorf("%s exists and is not a whole backup: name another file", path)
	}
	if err := former.Close(); err != nil {
		return err
	}
	if !overwrite {
		return fmt.Errorf("%s exists; --force replaces it", path)
	}
	return nil
}

// Read returns the marker of a backup, after its checksum was compared.
func Read(path string) (Marker, error) {
	f, err := open(path)
	if err != nil {
		return Marker{}, err
	}
	return f.marker, errors.Join(f.verify(), f.Close())
}

// Restore makes a store of a backup, which remembers that. It refuses a store that is
// in use, a damaged backup, one of another engine or of a newer program, and, unless
// Overwrite is set, a store that holds anything. kept says where that is now.
func Restore(ctx context.Context, url, path string, o Options) (m Marker, kept string, err error) {
	f, err := open(path)
	if err != nil {
		return m, "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	m = f.marker
	engine, err := store.Engine(url)
	if err != nil {
		return m, "", err
	}
	if engine != m.Engine {
		return m, "", fmt.Errorf("the backup is of a store %s and cannot become %s", m.Engine, store.Name(url))
	}
	if err := schema.RequireKnown(m.Schema); err != nil {
		return m, "", err
	}
	if err := f.verify(); err != nil {
		return m, "", err
	}
	data, err := f.Open(dataEntry)
	if err != nil {
		return m, "", err
	}
	defer func() { _ = data.Close() }()
	kept, err = store.Restore(ctx, url, data, o.Overwrite, store.Options{Clock: o.Clock, Source: o.Source, Engine: o.Engine}, func(tx *store.Tx) error {
		found := m
		if err := found.read(&tx.View); err != nil {
			return err
		}
		if found != m {
			return fmt.Errorf("the data are not what the marker says: %v, not %v", found, m)
		}
		if err := requireWhole(&tx.View); err != nil {
			return err
		}
		text, err := json.Marshal(Restored{At: o.Clock.Now().UTC(), Backup: m})
		if err != nil {
			return err
		}
		return tx.UpsertFact(store.Restored, string(text))
	})
	return m, kept, err
}
