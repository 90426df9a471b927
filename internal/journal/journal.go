// Package journal is the file of event records, one line of JSON each: it appends them,
// follows its name when the file is rotated, and checks that none is missing. It knows
// nothing of their content.
package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/filelock"
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
}

// Journal is a file to which records are appended. As a sink of the outbox it returns
// when they are on the disk in the file that has its name: then the store forgets them.
// After a crash, and when the file is renamed at that moment, a record can be there
// twice, never not at all.
type Journal struct {
	path    string
	options Options
	log     *slog.Logger
	lock    *filelock.Lock
	wake    chan struct{}
	quit    chan struct{}
	ended   chan struct{}

	// writeLock is held while lines are appended. It is taken before bufferLock.
	writeLock sync.Mutex
	file      *file
	began     time.Time
	// rotateAfter is when a rotation that failed is tried again.
	rotateAfter time.Time
	// base is what positions of Read have before those of the file: the length of the
	// files before it.
	base int64
	// written is the length of what is known to be in the file, and chain its end; synced
	// is the same of what is on the disk, and unsynced counts the direct records between.
	written, synced    int64
	chain, syncedChain store.Journal
	unsynced           int
	// torn is true while there may be more in the file than was written.
	torn bool
	// failing is true after a direct record could not be written.
	failing bool

	bufferLock sync.Mutex
	// buffer are direct records that wait, of buffered bytes.
	buffer   []string
	buffered int
	lost     int
	closed   bool
}

const (
	// maxBuffered bounds the direct records that wait to be written, in bytes.
	maxBuffered = 4 << 20
	// batchDelay is how long direct records are collected.
	batchDelay = 50 * time.Millisecond
)

// Open opens or creates the file, readable to its owner alone; one that others can read
// or write becomes its owner's. It fails for a file that another process writes, and for
// one that is not a journal.
func Open(path string, o Options) (*Journal, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Acquire(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{
		path:    path,
		options: o,
		log:     o.Log,
		lock:    lock,
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	if err = j.open(); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	go j.writeRecords()
	return j, nil
}

// Path is the absolute name of the file, without links.
func (j *Journal) Path() string { return j.path }

// Position is the end of what is on the disk.
func (j *Journal) Position() store.Journal {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	return j.syncedChain
}

// open opens the file that has the name now and continues the chain: a new file follows
// the one before it. Otherwise a file that ends with another entry begins a new chain.
func (j *Journal) open() error {
	f, err := openFile(j.path, j.log)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("opening the journal: %w", err), f.Close())
	}
	last, _, _, sealed := unseal(f.last)
	first := j.chain.ID == ""
	switch {
	case sealed && first:
		j.chain = last.position()
	case f.last == nil && !first, sealed && last.position() == j.chain:
	default:
		j.chain = store.Journal{ID: fmt.Sprintf("%x", j.options.Source.Bytes(8))}
	}
	if j.base += j.written; first {
		j.base = 0
	}
	j.file, j.written, j.synced, j.syncedChain, j.unsynced, j.torn = f, info.Size(), info.Size(), j.chain, 0, false
	// The age of a file that existed is at least the time since its last record.
	if j.began = j.options.Clock.Now(); info.Size() > 0 && first {
		j.began = info.ModTime()
	}
	return nil
}

// Reopen closes the file and opens the one that has its name now: a program that rotates
// files has renamed or removed it. If that fails, the old file stays in use.
func (j *Journal) Reopen() error {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	return j.reopen()
}

func (j *Journal) reopen() error {
	old, failed := j.file, j.sync()
	if failed != nil {
		_ = old.Truncate(j.written)
	}
	if err := j.open(); err != nil {
		return err
	}
	return errors.Join(failed, old.Close())
}

// follow makes the file the one that has its name, before something is written.
func (j *Journal) follow() error {
	at, err := j.file.isAt(j.path)
	switch {
	case err != nil:
		return err
	case !at:
		j.log.Info("the journal was renamed or removed: a new file is begun", "file", j.path)
		return j.reopen()
	}
	now := j.options.Clock.Now()
	if j.options.Rotation.due(j.written, j.began, now) && !now.Before(j.rotateAfter) {
		return j.rotate()
	}
	return nil
}

// rotationPause is how long a rotation that failed is not tried again.
const rotationPause = time.Minute

// rotate renames the file and begins a new one. If it cannot be renamed it stays in use.
func (j *Journal) rotate() error {
	if err := j.sync(); err != nil {
		return err
	}
	to := rotatedName(j.path, j.chain)
	// Windows renames no open file. From here on there is no file, until one is opened.
	j.file.info = nil
	renamed := errors.Join(j.file.Close(), os.Rename(j.path, to))
	if err := j.open(); err != nil {
		return err
	}
	if renamed != nil {
		j.rotateAfter = j.options.Clock.Now().Add(rotationPause)
		j.log.Error("the journal cannot be rotated", "error", renamed)
		return nil
	}
	j.log.Info("the journal was rotated", "file", to)
	if err := prune(j.path, j.options.Rotation.Keep, j.log); err != nil {
		j.log.Error("an old file of the journal cannot be removed", "error", err)
	}
	return nil
}

// maxMoves bounds how often a batch is written because the file was renamed meanwhile.
const maxMoves = 8

var errMoving = errors.New("the file is renamed or removed again and again")

// Deliver appends the messages' bodies and waits until they are on the disk, in the file
// that has the name of the journal.
func (j *Journal) Deliver(_ context.Context, messages []store.Message) error {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	for range maxMoves {
		if err := j.follow(); err != nil {
			return fmt.Errorf("opening the journal: %w", err)
		}
		// Direct records that came earlier are written first.
		j.writeBuffer()
		err := j.write(len(messages), func(i int) (string, int64) { return messages[i].Body, messages[i].Number })
		if err == nil {
			err = j.sync()
		}
		if err != nil {
			return fmt.Errorf("writing the journal: %w", err)
		}
		at, err := j.file.isAt(j.path)
		if err != nil {
			return fmt.Errorf("writing the journal: %w", err)
		}
		if at {
			return nil
		}
	}
	return fmt.Errorf("writing the journal: %w", errMoving)
}

// Record appends a direct record, one that no transaction wrote: of a read, or of a
// call that failed. It returns at once and is best effort: records that come faster
// than the disk takes them are lost, and so are those in memory at a crash.
func (j *Journal) Record(record string) {
	j.bufferLock.Lock()
	fits := !j.closed && j.buffered+len(record) < maxBuffered
	if fits {
		j.buffer = append(j.buffer, record)
		j.buffered += len(record)
	} else {
		j.lost++
	}
	j.bufferLock.Unlock()
	if !fits {
		j.tellLost(1)
	}
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

func (j *Journal) tellLost(records int) {
	if j.options.Lost != nil && records > 0 {
		j.options.Lost(records)
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
	j.tellLost(len(j.buffer))
	return errors.Join(j.sync(), j.file.Close(), j.lock.Release())
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
		if err := j.follow(); err != nil {
			j.fail(err)
		} else {
			j.writeBuffer()
		}
		j.writeLock.Unlock()
	}
}

// fail logs that direct records cannot be written, once until it works again.
func (j *Journal) fail(err error) {
	if err != nil && !j.failing {
		j.log.Error("records of reads and failed calls cannot be written to the journal", "error", err)
	}
	j.failing = err != nil
}

// writeBuffer writes the direct records. Those that cannot be written wait for the next
// attempt while the buffer has space. The caller holds writeLock.
func (j *Journal) writeBuffer() {
	j.bufferLock.Lock()
	records, lost := j.buffer, j.lost
	j.lost = 0
	j.bufferLock.Unlock()
	if lost > 0 {
		j.log.Warn("records of reads and failed calls were lost: they came faster than the disk takes them", "records", lost)
	}
	if len(records) == 0 {
		return
	}
	err := j.write(len(records), func(i int) (string, int64) { return records[i], 0 })
	j.fail(err)
	if err != nil {
		return
	}
	j.unsynced += len(records)
	j.bufferLock.Lock()
	defer j.bufferLock.Unlock()
	for _, r := range records {
		j.buffered -= len(r)
	}
	// What came meanwhile follows. A buffer that is empty gives its memory back.
	if j.buffer = j.buffer[len(records):]; len(j.buffer) == 0 {
		j.buffer = nil
	}
}

// write appends n records as whole lines, or nothing.
func (j *Journal) write(n int, record func(i int) (text string, sequence int64)) (err error) {
	if j.torn {
		if err := j.file.Truncate(j.written); err != nil {
			return err
		}
		j.torn = false
	}
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	size, chain := info.Size(), j.chain
	if size < j.written {
		j.log.Error("another program has cut the journal: rotate it by renaming, not by copying", "bytes", j.written-size)
	}
	var lines []byte
	for i := range n {
		text, sequence := record(i)
		if lines, err = seal(lines, &chain, text, sequence, size == 0 && i == 0); err != nil {
			return err
		}
	}
	if _, err := j.file.WriteAt(lines, size); err != nil {
		j.written = size
		j.torn = j.file.Truncate(size) != nil
		return err
	}
	j.written, j.chain = size+int64(len(lines)), chain
	return nil
}

// sync brings what was written to the disk. What the system could not write may be gone
// although it can still be read: it is cut off, and comes again.
func (j *Journal) sync() error {
	err := j.file.Sync()
	if err != nil {
		j.tellLost(j.unsynced)
		j.written, j.chain, j.torn = j.synced, j.syncedChain, true
	}
	j.synced, j.syncedChain, j.unsynced = j.written, j.chain, 0
	return err
}
