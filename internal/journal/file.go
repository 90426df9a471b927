package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"accord/internal/fsync"
)

// mode is that of the file: records tell who did what from where.
const mode = 0o600

// longestLine bounds how far back the beginning of the last line is looked for.
const longestLine = 16 << 20

var errNotRegular = errors.New("it is not a regular file")

var errNotJournal = errors.New("it is not a journal: its content is not event records")

// file is an open file of a journal.
type file struct {
	*os.File
	info fs.FileInfo
	// last is the last whole line; nil for an empty file.
	last []byte
	// begun is when the first line was written; zero where it does not say so.
	begun time.Time
	// closed is true while the file is renamed: there is none until one is opened.
	closed bool
}

// cut makes the file not longer than a size.
func (f *file) cut(size int64) error {
	info, err := f.Stat()
	if err != nil || info.Size() <= size {
		return err
	}
	return f.Truncate(size)
}

// resolve follows symbolic links once, so that two names of one file have one lock, and
// a rotation renames the file and not a link to it.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(path); err == nil {
			return "", fmt.Errorf("journal %s: it is a link to a file that does not exist", path)
		}
		return filepath.Abs(path)
	}
	if err != nil {
		return "", fmt.Errorf("journal %s: %w", path, err)
	}
	// What is refused gets no lock beside it.
	if info, err := os.Stat(real); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("journal %s: %w", path, errNotRegular)
	}
	return filepath.Abs(real)
}

// openFile opens or creates the file, for its owner alone, and makes it end with a whole
// line.
func openFile(path string, log *slog.Logger) (*file, error) {
	// Without O_APPEND: with it Windows does not cut a file off.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, mode)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	opened := &file{File: f}
	if err := opened.prepare(path, log); err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), f.Close())
	}
	return opened, nil
}

func (f *file) prepare(path string, log *slog.Logger) (err error) {
	if f.info, err = f.Stat(); err != nil {
		return err
	}
	if !f.info.Mode().IsRegular() {
		return errNotRegular
	}
	if err := f.repair(log); err != nil {
		return err
	}
	// Windows has no modes.
	if wide := f.info.Mode().Perm() &^ mode; wide != 0 && runtime.GOOS != "windows" {
		if err := f.Chmod(mode); err != nil {
			return fmt.Errorf("others may read or write it, and this cannot be changed: %w", err)
		}
		log.Warn("others could read or write the journal: it is its owner's now", "file", path, "mode", f.info.Mode().Perm().String())
	}
	// The repair may have changed the size.
	if f.info, err = f.Stat(); err != nil || f.info.Size() > 0 {
		return err
	}
	return fsync.Path(filepath.Dir(path))
}

// isAt reports whether the file still has its name.
func (f *file) isAt(path string) (bool, error) {
	if f.closed {
		return false, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(info, f.info), err
}

// repair makes the file end with a whole line. An incomplete one, which a crash left, is
// completed when only the line break is missing, and cut off otherwise: its message was
// not marked and comes again.
func (f *file) repair(log *slog.Logger) error {
	size := f.info.Size()
	if size == 0 {
		return nil
	}
	first := make([]byte, 1)
	if _, err := f.ReadAt(first, 0); err != nil {
		return err
	}
	if first[0] != '{' {
		return errNotJournal
	}
	tail, err := f.tail(size)
	if err != nil {
		return err
	}
	switch whole := json.Valid(tail); {
	case len(tail) == 0:
	case whole:
		if _, err := f.WriteAt([]byte{'\n'}, size); err != nil {
			return err
		}
		size++
	default:
		log.Warn("an incomplete line at the end of the journal was cut off", "bytes", len(tail))
		size -= int64(len(tail))
		if err := f.Truncate(size); err != nil {
			return err
		}
	}
	if size == 0 {
		return nil
	}
	if f.last, err = f.tail(size - 1); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.NewSectionReader(f, 0, min(size, longestLine))).ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	e, _, _, _ := unseal(line)
	f.begun = e.Begun
	return err
}

// tail reads what follows the last line break before a position.
func (f *file) tail(size int64) ([]byte, error) {
	for length := int64(64 << 10); ; length *= 4 {
		length = min(length, size)
		end := make([]byte, length)
		if _, err := f.ReadAt(end, size-length); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if i := bytes.LastIndexByte(end, '\n'); i >= 0 {
			return end[i+1:], nil
		}
		switch {
		case length == size:
			return end, nil
		case length >= longestLine:
			return nil, errNotJournal
		}
	}
}
