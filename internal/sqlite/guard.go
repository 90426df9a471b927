package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"accord/internal/filelock"
)

// ErrReplaced: the file that is open is no longer the one of its path, or one of those
// beside it. What is written is not there for the next process that opens the path.
var ErrReplaced = errors.New("SQLite: the file is no longer at its path")

// ErrTruncated: a file is shorter than what was written into it.
var ErrTruncated = errors.New("SQLite: the file was truncated")

// ErrOverwritten: a file has content that was not written into it here.
var ErrOverwritten = errors.New("SQLite: the file was overwritten")

// errUnread: the device returns an error, which says nothing of what is in the file.
var errUnread = errors.New("SQLite: a file cannot be read")

// guard compares the files of an open database with what was written into them. SQLite
// does not: it writes on into a file that was removed, and behind the end of one that was
// truncated, where a hole of zeros is then taken for pages.
//
// The sizes are compared right before and right after each commit, the names and the
// content from time to time, the content also before each checkpoint. What is lost once
// stays lost: there is no further write until the file is opened again.
type guard struct {
	path string
	// file, log and index are the database, its write-ahead log and the index of that.
	// They are closed after the connections: closing a file takes away all locks that the
	// process has there. [POSIX: close]
	file, log, index *os.File
	// mu is held while a transaction is committed, or copied from the log into the file.
	mu sync.Mutex
	// size is that of the file after the last commit.
	size int64
	// counts are those of the log after the last comparison.
	counts counts
	// tried is how many frames there were at the last checkpoint. It belongs to the writer.
	tried   int64
	content content
	// warn is called when the file gets another name; linked is true while it has one.
	warn   func(text string)
	linked bool
	// lost is the first difference that was found.
	lost atomic.Pointer[error]
}

// openGuard opens the files of a database that a connection has open.
func openGuard(path string, warn func(text string)) (*guard, error) {
	g := &guard{path: path, warn: warn}
	for place, suffix := range map[**os.File]string{&g.file: "", &g.log: "-wal", &g.index: "-shm"} {
		f, err := os.Open(path + suffix)
		if err != nil {
			return nil, errors.Join(err, g.close())
		}
		*place = f
	}
	info, err := g.file.Stat()
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	g.size = info.Size()
	g.content.file, g.content.log, g.content.index = g.file, g.log, g.index
	return g, g.compare()
}

// connect opens a further connection of the files, and none if their names are those of
// others by now. Such a connection stays open: its end would copy a log into a file.
func (g *guard) connect(path string, pragmas []string) (*Conn, error) {
	if g == nil {
		return connect(path, pragmas)
	}
	if err := g.compareNames(); err != nil {
		return nil, err
	}
	c, err := connect(path, pragmas)
	if err != nil {
		return nil, err
	}
	return c, g.compareNames()
}

// refusal is the first difference that was found; nil while there is none.
func (g *guard) refusal() error {
	if g == nil {
		return nil
	}
	if lost := g.lost.Load(); lost != nil {
		return *lost
	}
	return nil
}

func (g *guard) lose(err error) error {
	g.lost.CompareAndSwap(nil, &err)
	return g.refusal()
}

// compareAll compares the names and, unless a commit does so, the sizes.
func (g *guard) compareAll() error {
	if err := g.refusal(); err != nil {
		return err
	}
	if err := g.compareNames(); err != nil {
		return err
	}
	if !g.mu.TryLock() {
		return nil
	}
	defer g.mu.Unlock()
	return g.compare()
}

// compareNames looks whether the files are still those of their paths.
func (g *guard) compareNames() error {
	for _, f := range g.files() {
		open, err := f.Stat()
		if err != nil {
			return fmt.Errorf("SQLite: looking at %s: %w", f.Name(), err)
		}
		named, err := os.Stat(f.Name())
		switch {
		case errors.Is(err, os.ErrNotExist):
			return g.lose(fmt.Errorf("%w: %s was removed or renamed", ErrReplaced, f.Name()))
		case err != nil:
			// A folder that cannot be searched for a while says nothing.
		case !os.SameFile(open, named):
			return g.lose(fmt.Errorf("%w: another file was put at %s", ErrReplaced, f.Name()))
		}
	}
	return nil
}

// compareContent looks whether the files have the content that was written. It waits for no
// commit.
func (g *guard) compareContent() error {
	if err := g.refusal(); err != nil {
		return err
	}
	overwritten, err := g.content.compare()
	if overwritten != nil {
		err = g.lose(fmt.Errorf("%w: another program has written into %s", ErrOverwritten, overwritten.Name()))
	}
	return err
}

// countNames warns of a further name of the file. The write-ahead log lies beside one of
// them only: a server that finds several does not start.
func (g *guard) countNames() {
	info, err := g.file.Stat()
	if err != nil {
		return
	}
	linked := filelock.Links(info) > 1
	if linked && !g.linked && g.warn != nil {
		g.warn(fmt.Sprintf("the file of the store has %d names (hard links): the next start refuses it; remove the others", filelock.Links(info)))
	}
	g.linked = linked
}

// compare looks whether the files are as long as what was written. The lock is held.
func (g *guard) compare() error {
	if err := g.refusal(); err != nil {
		return err
	}
	// Another program that uses the file may just be writing.
	for attempt := 1; ; attempt++ {
		err := g.compareSizes()
		if err == nil || !errors.Is(err, ErrTruncated) {
			return err
		}
		if attempt == 3 {
			return g.lose(err)
		}
	}
}

func (g *guard) compareSizes() error {
	// The sizes first: the index is written after a file grows, and before it shrinks.
	var sizes [2]int64
	for i, f := range []*os.File{g.file, g.log} {
		// Not by stat: after a look at its times Linux gives a file new ones with the next
		// write, and the sync of a commit writes them too, which takes a third as long again.
		// [Linux: multigrain timestamps]
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return fmt.Errorf("SQLite: looking at %s: %w", f.Name(), err)
		}
		sizes[i] = size
	}
	c, err := readCounts(g.index)
	if err != nil {
		return err
	}
	if sizes[0] < g.size {
		switch shrunk, err := g.hasShrunk(sizes[0]); {
		case errors.Is(err, errUnread):
			return err
		case err != nil:
			return fmt.Errorf("%w: %s has %d bytes and had %d: %w", ErrTruncated, g.path, sizes[0], g.size, err)
		case !shrunk:
			sizes[0] = g.size // To be seen the next time.
		}
	}
	if want := logHeader + c.frames*(frameHeader+c.pageSize); c.frames > 0 && sizes[1] < want {
		return fmt.Errorf("%w: %s has %d bytes, and %d were written", ErrTruncated, g.log.Name(), sizes[1], want)
	}
	g.size, g.counts = sizes[0], c
	return nil
}

// hasShrunk reports whether the file that is shorter than before is one that SQLite has
// shortened: its header says so. An error says that it was cut. Neither is known while a
// checkpoint of another program writes it.
func (g *guard) hasShrunk(size int64) (bool, error) {
	var header [fileHeader]byte
	if _, err := g.file.ReadAt(header[:], 0); errors.Is(err, io.EOF) {
		return false, err
	} else if err != nil {
		return false, fmt.Errorf("%w: %s: %w", errUnread, g.path, err)
	}
	c, err := readCounts(g.index)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errUnread, err)
	}
	pages := int64(binary.BigEndian.Uint32(header[28:]))
	switch {
	case pages*c.pageSize <= size:
		return true, nil
	case c.copied != c.attempted:
		return false, nil
	}
	return false, fmt.Errorf("its header says %d pages", pages)
}

func (g *guard) files() []*os.File { return []*os.File{g.file, g.log, g.index} }

func (g *guard) close() error {
	if g == nil {
		return nil
	}
	var errs []error
	for _, f := range g.files() {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
