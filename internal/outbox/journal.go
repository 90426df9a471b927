package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"accord/internal/filelock"
	"accord/internal/store"
)

// Journal is a file to which records are appended, one line of JSON each. As a
// sink it returns when the lines are on the disk. After a crash the journal can have
// a message twice, never not at all; the IDs within the records are the same.
type Journal struct {
	path  string
	log   *slog.Logger
	lock  *filelock.Lock
	wake  chan struct{}
	quit  chan struct{}
	ended chan struct{}

	// writeLock is held while lines are appended. It is taken before bufferLock.
	writeLock sync.Mutex
	file      *os.File
	// torn is true while a write that failed may have left half a line.
	torn bool
	// failing is true after a direct record could not be written.
	failing bool

	bufferLock sync.Mutex
	buffer     []byte
	lost       int
	closed     bool
}

// maxBuffered bounds the direct records that wait to be written, in bytes.
const maxBuffered = 4 << 20

// OpenJournal opens or creates the file, readable to its owner alone. An incomplete
// last line, which a crash left, is completed when only the line break is missing,
// and cut off otherwise: its message was not marked and comes again. OpenJournal
// fails for a file that another process writes, and for one that is not a journal.
func OpenJournal(path string, log *slog.Logger) (*Journal, error) {
	// What is refused gets no lock beside it.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("journal %s: %w", path, errNotRegular)
	}
	lock, err := filelock.Acquire(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{
		path:  path,
		log:   log,
		lock:  lock,
		wake:  make(chan struct{}, 1),
		quit:  make(chan struct{}),
		ended: make(chan struct{}),
	}
	if err := j.openFile(); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	go j.writeRecords()
	return j, nil
}

// Reopen closes the file and opens the one that has its name now: a program that rotates
// files has renamed or removed it. If that fails, the old file stays in use.
func (j *Journal) Reopen() error {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	return j.reopen()
}

func (j *Journal) reopen() error {
	j.writeBuffer()
	old := j.file
	if err := j.openFile(); err != nil {
		j.file = old
		return err
	}
	j.torn = false
	return errors.Join(old.Sync(), old.Close())
}

// openFile opens the file of the journal's name. The caller holds writeLock.
func (j *Journal) openFile() (err error) {
	// Without O_APPEND: with it Windows does not cut a file off.
	if j.file, err = os.OpenFile(j.path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	if err := j.prepare(); err != nil {
		return errors.Join(fmt.Errorf("journal %s: %w", j.path, err), j.file.Close())
	}
	return nil
}

func (j *Journal) prepare() error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if err := j.repair(); err != nil {
		return err
	}
	// Windows syncs no folder.
	if info.Size() > 0 || runtime.GOOS == "windows" {
		return nil
	}
	// A new file is durable when its folder is synced.
	folder, err := os.Open(filepath.Dir(j.path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// longestLine bounds how far back the beginning of the last line is looked for.
const longestLine = 16 << 20

var errNotRegular = errors.New("it is not a regular file")

var errNotJournal = errors.New("it is not a journal: its content is not event records")

// repair makes the file end with a whole line.
func (j *Journal) repair() error {
	info, err := j.file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	first := make([]byte, 1)
	if _, err := j.file.ReadAt(first, 0); err != nil {
		return err
	}
	if first[0] != '{' {
		return errNotJournal
	}
	tail, err := j.tail(info.Size())
	if err != nil || len(tail) == 0 {
		return err
	}
	if json.Valid(tail) {
		_, err := j.file.WriteAt([]byte{'\n'}, info.Size())
		return err
	}
	j.log.Warn("an incomplete line at the end of the journal was cut off", "bytes", len(tail))
	return j.file.Truncate(info.Size() - int64(len(tail)))
}

// tail reads what follows the last line break.
func (j *Journal) tail(size int64) ([]byte, error) {
	for length := int64(64 << 10); ; length *= 4 {
		length = min(length, size)
		end := make([]byte, length)
		if _, err := j.file.ReadAt(end, size-length); err != nil && !errors.Is(err, io.EOF) {
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

// Deliver appends the messages' bodies and waits until they are on the disk.
func (j *Journal) Deliver(_ context.Context, messages []store.Message) error {
	var lines []byte
	for _, l := range messages {
		lines = appendLine(lines, l.Body)
	}
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	// Direct records that came earlier are written first.
	j.writeBuffer()
	if err := j.write(lines); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("writing the journal to the disk: %w", err)
	}
	return nil
}

// Record appends a direct record, one that no transaction wrote: of a read, or of a
// call that failed. It returns at once and is best effort: records that come faster
// than the disk takes them are lost, and so are those in memory at a crash.
func (j *Journal) Record(line string) {
	j.bufferLock.Lock()
	if j.closed || len(j.buffer)+len(line) >= maxBuffered {
		j.lost++
	} else {
		j.buffer = appendLine(j.buffer, line)
	}
	j.bufferLock.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Close writes the direct records in memory and closes the file. Later ones are lost.
func (j *Journal) Close() error {
	j.bufferLock.Lock()
	was := j.closed
	j.closed = true
	j.bufferLock.Unlock()
	if was {
		return nil
	}
	close(j.quit)
	<-j.ended
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	j.writeBuffer()
	return errors.Join(j.file.Sync(), j.file.Close(), j.lock.Release())
}

// writeRecords writes direct records as they come.
func (j *Journal) writeRecords() {
	defer close(j.ended)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-j.quit:
			return
		case <-j.wake:
		}
		pause.Reset(batchDelay)
		select {
		case <-j.quit:
			return
		case <-pause.C:
		}
		j.writeLock.Lock()
		j.writeBuffer()
		j.writeLock.Unlock()
	}
}

// writeBuffer writes the direct records. Those that cannot be written are lost,
// which is logged once until it works again. The caller holds writeLock.
func (j *Journal) writeBuffer() {
	j.bufferLock.Lock()
	lines, lost := j.buffer, j.lost
	j.buffer, j.lost = nil, 0
	j.bufferLock.Unlock()
	if lost > 0 {
		j.log.Warn("records of reads and failed calls were lost: they came faster than the disk takes them", "records", lost)
	}
	if len(lines) == 0 {
		return
	}
	err := j.write(lines)
	if err != nil && !j.failing {
		j.log.Error("records of reads and failed calls cannot be written to the journal", "error", err)
	}
	j.failing = err != nil
}

// write appends whole lines, or nothing.
func (j *Journal) write(lines []byte) error {
	if j.torn {
		if err := j.repair(); err != nil {
			return err
		}
		j.torn = false
	}
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if _, err := j.file.WriteAt(lines, info.Size()); err != nil {
		j.torn = j.file.Truncate(info.Size()) != nil
		return err
	}
	return nil
}

// appendLine appends a record as one line. In valid JSON a line break can only be
// whitespace between tokens, so that a space replaces it.
func appendLine(b []byte, record string) []byte {
	if strings.ContainsAny(record, "\r\n") {
		record = strings.NewReplacer("\r", " ", "\n", " ").Replace(record)
	}
	return append(append(b, record...), '\n')
}
