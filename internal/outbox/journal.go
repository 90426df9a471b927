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
	"strings"
	"sync"
	"syscall"
	"time"

	"accord/internal/store"
)

// Journal is a file to which records are appended, one line of JSON each. As a
// sink it returns when the lines are on the disk. After a crash a letter can be
// in it twice, never not at all; the ids within the records are the same.
type Journal struct {
	log  *slog.Logger
	wake chan struct{}
	quit chan struct{}
	gone chan struct{}

	// writing is held while lines are appended, and before buffering.
	writing sync.Mutex
	file    *os.File
	// torn is true while a write that failed may have left half a line.
	torn bool
	// failing is true since a direct record could not be written.
	failing bool

	buffering sync.Mutex
	buffer    []byte
	lost      int
	closed    bool
}

// buffered bounds the direct records that wait to be written, in bytes.
const buffered = 4 << 20

// OpenJournal opens the file, or makes it, readable to its owner alone. Half a
// line, which a crash left at its end, is completed when only the line break is
// missing, and cut off otherwise: its letter was not marked and comes again. A
// file that another process writes, or that is not a journal, is refused.
func OpenJournal(path string, log *slog.Logger) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	j := &Journal{
		log:  log,
		file: file,
		wake: make(chan struct{}, 1),
		quit: make(chan struct{}),
		gone: make(chan struct{}),
	}
	if err := j.prepare(path); err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), file.Close())
	}
	go j.writeRecords()
	return j, nil
}

func (j *Journal) prepare(path string) error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if err := syscall.Flock(int(j.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return errors.New("another process writes it")
		}
		return fmt.Errorf("locking: %w", err)
	}
	if err := j.repair(); err != nil {
		return err
	}
	if info.Size() > 0 {
		return nil
	}
	// A new file is safe when its folder is.
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// longestLine bounds how far back the beginning of the last line is looked for.
const longestLine = 16 << 20

var errNoJournal = errors.New("it holds something else than records")

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
		return errNoJournal
	}
	tail, err := j.tail(info.Size())
	if err != nil || len(tail) == 0 {
		return err
	}
	if json.Valid(tail) {
		_, err := j.file.Write([]byte{'\n'})
		return err
	}
	j.log.Warn("half a line at the end of the journal is cut off", "bytes", len(tail))
	return j.file.Truncate(info.Size() - int64(len(tail)))
}

// tail reads what stands behind the last line break.
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
			return nil, errNoJournal
		}
	}
}

// Deliver appends the letters' bodies and waits until they are on the disk.
func (j *Journal) Deliver(_ context.Context, letters []store.Message) error {
	var lines []byte
	for _, l := range letters {
		lines = appendLine(lines, l.Body)
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	// What was recorded before comes first.
	j.writeBuffer()
	if err := j.write(lines); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("writing the journal to the disk: %w", err)
	}
	return nil
}

// Record appends a record that no transaction wrote: of a read, or of a call that
// failed. It returns at once and promises nothing: records that come faster than
// the disk takes them, or that a crash catches, are lost.
func (j *Journal) Record(line string) {
	j.buffering.Lock()
	if j.closed || len(j.buffer)+len(line) >= buffered {
		j.lost++
	} else {
		j.buffer = appendLine(j.buffer, line)
	}
	j.buffering.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Close writes what was recorded and closes the file. Records that come later are
// lost.
func (j *Journal) Close() error {
	j.buffering.Lock()
	was := j.closed
	j.closed = true
	j.buffering.Unlock()
	if was {
		return nil
	}
	close(j.quit)
	<-j.gone
	j.writing.Lock()
	defer j.writing.Unlock()
	j.writeBuffer()
	return errors.Join(j.file.Sync(), j.file.Close())
}

// writeRecords writes direct records when there are some.
func (j *Journal) writeRecords() {
	defer close(j.gone)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-j.quit:
			return
		case <-j.wake:
		}
		pause.Reset(gathering)
		select {
		case <-j.quit:
			return
		case <-pause.C:
		}
		j.writing.Lock()
		j.writeBuffer()
		j.writing.Unlock()
	}
}

// writeBuffer writes the direct records. Those that cannot be written are lost,
// which is logged once until it works again. It is called with writing held.
func (j *Journal) writeBuffer() {
	j.buffering.Lock()
	lines, lost := j.buffer, j.lost
	j.buffer, j.lost = nil, 0
	j.buffering.Unlock()
	if lost > 0 {
		j.log.Warn("records of reads and failed calls were lost: too many at once", "records", lost)
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
	if _, err := j.file.Write(lines); err != nil {
		j.torn = j.file.Truncate(info.Size()) != nil
		return err
	}
	return nil
}

// appendLine appends a record as one line. A line break can only stand between
// the parts of a JSON text, where a blank means the same.
func appendLine(b []byte, record string) []byte {
	if strings.ContainsAny(record, "\r\n") {
		record = strings.NewReplacer("\r", " ", "\n", " ").Replace(record)
	}
	return append(append(b, record...), '\n')
}
