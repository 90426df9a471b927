package readiness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"accord/internal/health"
	"accord/internal/store"
	"accord/internal/store/engine"
	"accord/internal/store/schema"
)

// BeforeOptions are what Before needs to know.
type BeforeOptions struct {
	// Store is the URL of the store, opened with Engine.
	Store  string
	Engine store.EngineOptions
	// Files are other files of the server by their settings; empty paths are left out.
	Files []File
	// MinFree is that of Options.
	MinFree uint64
	// Now is the time of the machine.
	Now time.Time
}

// File is a file that a server reads, or writes.
type File struct {
	Setting, Path string
	// Written: the server makes or extends it. Secret: others must not read it.
	Written, Secret bool
}

// Before checks what a server needs, before it starts and without changing anything.
func Before(ctx context.Context, o BeforeOptions) []health.NamedResult {
	found, err := inspect(ctx, o.Store, o.Engine)
	results := []health.NamedResult{{Name: "store", Result: storeResult(o.Store, found, err)}}
	add := func(name string, r health.Result) {
		results = append(results, health.NamedResult{Name: name, Result: r})
	}
	if err == nil {
		add("schema", schemaResult(found))
	}
	if found.path != "" {
		add("permissions", Permissions(File{Setting: "store", Path: found.path, Written: true, Secret: true}))
		if folder := filepath.Dir(found.path); isFolder(folder) {
			add("disk-space", Space(folder, o.MinFree))
		}
	}
	for _, file := range o.Files {
		if file.Path != "" {
			add(file.Setting, Permissions(file))
		}
	}
	add("clock", clockResult(found, o.Now))
	return results
}

// inspection is what was found of a store.
type inspection struct {
	// path is its file; empty if it has none.
	path string
	// exists is false if a server would make the store.
	exists bool
	// version is that of the schema, latest the one of this program.
	version, latest int64
	// time is that of the clock of the database; zero without one.
	time time.Time
}

// inspect looks at a store as a server does at its start.
func inspect(ctx context.Context, url string, o store.EngineOptions) (found inspection, err error) {
	driver, err := store.DriverOf(url)
	if err != nil {
		return found, err
	}
	if driver.Path != nil {
		found.path = driver.Path(url)
	}
	if found.latest, err = schema.Latest(); err != nil {
		return found, err
	}
	found.exists = driver.Exists(url)
	if driver.Inspect == nil {
		return found, nil
	}
	if found.version, found.time, err = driver.Inspect(ctx, url, o); err != nil {
		return found, err
	}
	return found, schema.RequireKnown(found.version)
}

func storeResult(url string, found inspection, err error) health.Result {
	switch {
	case errors.Is(err, engine.ErrInUse):
		return health.Result{Status: health.Warning, Value: store.Name(url), Message: err.Error() + "; what is in it was not checked"}
	case err != nil:
		return health.Of("", err)
	case found.path != "" && !found.exists:
		return health.Result{Status: health.OK, Value: store.Name(url) + ", which serve will make"}
	}
	return health.Result{Status: health.OK, Value: store.Name(url)}
}

func schemaResult(found inspection) health.Result {
	result := health.Result{Status: health.OK, Value: fmt.Sprintf("version %d", found.version)}
	if found.version > 0 && found.version < found.latest {
		result.Status = health.Warning
		result.Message = fmt.Sprintf("serve brings the schema to version %d, which cannot be undone: make a backup first (accord backup)", found.latest)
	}
	return result
}

// Permissions checks that this user can use a file, or make it, and that others cannot
// read a secret one.
func Permissions(file File) health.Result {
	folder := filepath.Dir(file.Path)
	info, err := os.Stat(file.Path)
	switch {
	case errors.Is(err, os.ErrNotExist) && file.Written:
		if !isFolder(folder) {
			return failed("the folder %s does not exist: make it", folder)
		}
		if !writable(folder) {
			return failed("this user cannot make %s: let it write %s, and mount the file system for writing", file.Path, folder)
		}
		return health.Result{Status: health.OK, Value: "will be made"}
	case err != nil:
		return failed("%v: let this user read it, or correct the setting %s", err, file.Setting)
	case info.IsDir():
		return failed("%s is a folder: name a file", file.Path)
	case !readable(file.Path):
		return failed("this user cannot read %s: run as its owner, or change its owner", file.Path)
	case file.Written && !(writable(file.Path) && writable(folder)):
		return failed("this user cannot write %s and its folder: run as their owner, and mount the file system for writing", file.Path)
	}
	result := health.Result{Status: health.OK, Value: info.Mode().Perm().String()}
	if file.Secret && !private(info.Mode()) {
		result.Status, result.Message = health.Warning, fmt.Sprintf("others can read or write %[1]s: chmod 600 %[1]s", file.Path)
	}
	return result
}

// clockResult compares the clock of the machine with that of the database or, without one,
// with the last change of the file of the store.
func clockResult(found inspection, now time.Time) health.Result {
	off, of := time.Duration(0), "the clock of the database: synchronize the clocks of both"
	if !found.time.IsZero() {
		off = now.Sub(found.time)
	} else if found.path != "" {
		of = "the last change of " + found.path + ": set the clock of the machine"
		for _, suffix := range []string{"", "-wal"} {
			if info, err := os.Stat(found.path + suffix); err == nil {
				off = min(off, now.Sub(info.ModTime()))
			}
		}
	}
	result := health.OfClock(off, of)
	result.Value = "" // It looks once: the difference is told only where it matters.
	return result
}

func failed(format string, args ...any) health.Result {
	return health.Result{Status: health.Failed, Message: fmt.Sprintf(format, args...)}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
