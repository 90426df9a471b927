package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

// Options configure a journal.
type Options struct {
	Log *slog.Logger
	// Source makes the names of chains.
	Source *ident.Source
	// Clock measures the age of files: the system clock.
	Clock clock.Clock
	// Rotation says when a new file is begun.
	Rotation Rotation
	// Lost, if set, is told of direct records that were not written.
	Lost func(records int)
	// Sync, if set, takes the place of the system's fsync, for tests.
	Sync func(*os.File) error
}

// writer appends lines to the file that has a name. It follows the name.
type writer struct {
	path    string
	options Options
	log     *slog.Logger

	file *file
	// began is when the first line of the file was written.
	began time.Time
	// rotateAfter is when a rotation that failed is tried again.
	rotateAfter time.Time
	// base is what positions of Read have before those of the file: the length of the
	// files before it. before is the last one of them, for readers that have not come so far.
	base   int64
	before *part
	// written is the length of what is known to be in the file, and chain its end; synced
	// is the same of what is on the disk, and unsynced counts the direct records between.
	written, synced    int64
	chain, syncedChain store.Journal
	unsynced           int
	// torn is true while there may be more in the file than was written.
	torn bool
}

// open opens the file that has the name now and continues the chain: a new file follows
// the one before it. Otherwise a file that ends with another entry begins a new chain.
func (w *writer) open() error {
	f, err := openFile(w.path, w.log)
	if err != nil {
		return err
	}
	size, now := f.info.Size(), w.options.Clock.Now()
	last, _, _, sealed := unseal(f.last)
	first := w.file == nil
	switch {
	case sealed && first:
		w.chain = last.position()
	case f.last == nil && !first, sealed && last.position() == w.chain:
	default:
		w.chain = store.Journal{ID: fmt.Sprintf("%x", w.options.Source.Bytes(8))}
	}
	switch {
	case first:
		// A file of an older program does not say when it was begun.
		if w.began = f.begun; w.began.IsZero() {
			w.began = f.info.ModTime()
		}
	case !os.SameFile(f.info, w.file.info):
		w.base, w.began = w.base+w.written, now
	}
	w.file, w.written, w.synced, w.syncedChain, w.unsynced, w.torn = f, size, size, w.chain, 0, false
	return nil
}

func (w *writer) reopen() error {
	old, was, failed := w.file, part{base: w.base}, error(nil)
	if !old.closed {
		if failed = w.sync(); failed != nil {
			_ = old.cut(w.written)
		}
	}
	was.size = w.written
	if err := w.open(); err != nil {
		return err
	}
	switch {
	case old.closed:
	case os.SameFile(old.info, w.file.info):
		failed = errors.Join(failed, old.Close())
	default:
		was.reader = old
		w.keepForReaders(&was)
	}
	return failed
}

// keepForReaders keeps a file that is no longer written until the next one comes, so that
// a reader at its end misses nothing.
func (w *writer) keepForReaders(p *part) {
	if w.before != nil {
		if err := w.before.reader.Close(); err != nil {
			w.log.Warn("an old file of the journal cannot be closed", "error", err)
		}
	}
	w.before = p
}

// follow makes the file the one that has its name, before something is written.
func (w *writer) follow() error {
	at, err := w.file.isAt(w.path)
	switch {
	case err != nil:
		return err
	case !at:
		w.log.Info("the journal was renamed or removed: a new file is begun", "file", w.path)
		return w.reopen()
	}
	now := w.options.Clock.Now()
	// A clock that was set back makes the file as young as it can be.
	if now.Before(w.began) {
		w.began = now
	}
	if w.options.Rotation.due(w.written, w.began, now) && !now.Before(w.rotateAfter) {
		return w.rotate()
	}
	return nil
}

// rotationPause is how long a rotation that failed is not tried again.
const rotationPause = time.Minute

// rotate renames the file and begins a new one. If it cannot be renamed it stays in use.
func (w *writer) rotate() error {
	if err := w.sync(); err != nil {
		return err
	}
	to, was := rotatedName(w.path, w.chain), part{base: w.base, size: w.written}
	// Windows renames no open file. From here on there is no file, until one is opened.
	w.file.closed = true
	renamed := errors.Join(w.file.Close(), os.Rename(w.path, to))
	if err := w.open(); err != nil {
		return err
	}
	if renamed != nil {
		w.rotateAfter = w.options.Clock.Now().Add(rotationPause)
		w.log.Error("the journal cannot be rotated", "error", renamed)
		return nil
	}
	w.log.Info("the journal was rotated", "file", to)
	if old, err := os.Open(to); err == nil {
		was.reader = old
		w.keepForReaders(&was)
	}
	if err := prune(w.path, w.options.Rotation.Keep, w.log); err != nil {
		w.log.Error("an old file of the journal cannot be removed", "error", err)
	}
	return nil
}

// write appends n records as whole lines, or nothing.
func (w *writer) write(n int, record func(i int) (string, mark)) (err error) {
	if w.torn {
		if err := w.file.cut(w.written); err != nil {
			return err
		}
		w.torn = false
	}
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	size, chain := info.Size(), w.chain
	lines, err := w.afterOthers(size)
	if err != nil {
		return err
	}
	for i := range n {
		text, m := record(i)
		if size == 0 && i == 0 {
			m.begun = w.options.Clock.Now()
			w.began = m.begun
		}
		if lines, err = seal(lines, &chain, text, m); err != nil {
			return err
		}
	}
	if _, err := w.file.WriteAt(lines, size); err != nil {
		w.written = size
		w.torn = w.file.cut(size) != nil
		return err
	}
	w.written, w.chain = size+int64(len(lines)), chain
	return nil
}

// afterOthers notices that another program has changed the file, and returns what lines
// have to begin with: they follow no half line.
func (w *writer) afterOthers(size int64) ([]byte, error) {
	if size == w.written {
		return nil, nil
	}
	if size < w.written {
		w.log.Error("another program has cut the journal: rotate it by renaming, not by copying", "bytes", w.written-size)
		// What follows gets positions that no reader has had.
		w.base += w.written - size
		w.written, w.synced = size, min(w.synced, size)
	}
	if size == 0 {
		return nil, nil
	}
	end := make([]byte, 1)
	if _, err := w.file.ReadAt(end, size-1); err != nil || end[0] == '\n' {
		return nil, err
	}
	return []byte{'\n'}, nil
}

// sync brings what was written to the disk. What the system could not write may be gone
// although it can still be read: it is cut off, and comes again.
func (w *writer) sync() error {
	fsync := w.options.Sync
	if fsync == nil {
		fsync = (*os.File).Sync
	}
	err := fsync(w.file.File)
	if err != nil {
		w.tellLost(w.unsynced)
		w.written, w.chain, w.torn = w.synced, w.syncedChain, true
	}
	w.synced, w.syncedChain, w.unsynced = w.written, w.chain, 0
	return err
}

func (w *writer) tellLost(records int) {
	if w.options.Lost != nil && records > 0 {
		w.options.Lost(records)
	}
}
