package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"accord/internal/filelock"
	"accord/internal/store/engine"
)

// Memory keeps a store in a temporary file that is never synced, and removes it at
// the end.
var Memory = engine.Driver{
	Form:    "memory",
	Accepts: func(url string) bool { return url == "memory" },
	Name:    func(string) string { return "memory (lost on exit)" },
	Exists:  func(string) bool { return false },
	Open: func(ctx context.Context, _ string, o engine.Options) (engine.Engine, error) {
		return openMemory(ctx, o)
	},
}

type memoryEngine struct {
	*sqliteEngine
	folder string
}

func openMemory(ctx context.Context, o engine.Options) (engine.Engine, error) {
	folder, err := os.MkdirTemp("", memoryFolder)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the store: %w", err)
	}
	removeAbandoned(folder)
	path := filepath.Join(folder, memoryFile)
	if o.Image != nil {
		err = os.WriteFile(path, o.Image, private)
	}
	var file engine.Engine
	if err == nil {
		file, err = open(ctx, path, unsynced, o)
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	return memoryEngine{file.(*sqliteEngine), folder}, nil
}

// Image is the content of the file.
func (e memoryEngine) Image() ([]byte, error) { return e.db.Image() }

// Folder is the folder of the temporary file.
func (e memoryEngine) Folder() string { return e.folder }

func (e memoryEngine) Close() error {
	return errors.Join(e.sqliteEngine.Close(), os.RemoveAll(e.folder))
}

// The pattern of the folders of stores in memory, and the file in them.
const (
	memoryFolder = "accord-memory-*"
	memoryFile   = "accord.db"
)

// removeAbandoned removes the folders beside a new one whose process was killed: their
// lock is free. A folder of the last minute is kept, because its process may be about
// to take the lock.
func removeAbandoned(own string) {
	made, err := os.Stat(own)
	if err != nil {
		return
	}
	folders, _ := filepath.Glob(filepath.Join(filepath.Dir(own), memoryFolder))
	for _, folder := range folders {
		file := filepath.Join(folder, memoryFile)
		info, err := os.Stat(file + filelock.Suffix)
		if err != nil || made.ModTime().Sub(info.ModTime()) < time.Minute {
			continue
		}
		if lock, err := lockFile(file); err == nil {
			// Windows removes no file that is open, such as that of the lock.
			_ = os.RemoveAll(folder)
			_ = lock.Release()
			_ = os.RemoveAll(folder)
		}
	}
}
