// Package journal is the file of event records, one line of JSON each: it appends them,
// follows its name when the file is rotated, and checks that none is missing. It knows
// nothing of their content.
package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"accord/internal/filelock"
	"accord/internal/store"
)

// Journal is a file to which records are appended. As a sink of the outbox it returns
// when they are on the disk in the file that has its name: then the store forgets them.
// After a crash, and when the file is renamed at that moment, a record can be there
// twice, never not at all.
type Journal struct {
	lock  *filelock.Lock
	wake  chan struct{}
	quit  chan struct{}
	ended chan struct{}

	// writeLock protects what follows. It is taken before the lock of the buffer.
	writeLock sync.Mutex
	writer
	// failing is true after a direct record could not be written.
	failing bool

	buffer buffer
}

// batchDelay is how long direct records are collected.
const batchDelay = 50 * time.Millisecond

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
		lock:   lock,
		wake:   make(chan struct{}, 1),
		quit:   make(chan struct{}),
		ended:  make(chan struct{}),
		writer: writer{path: path, options: o, log: o.Log},
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

// Reopen closes the file and opens the one that has its name now: a program that rotates
// files has renamed or removed it. If that fails, the old file stays in use.
func (j *Journal) Reopen() error {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	return j.reopen()
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
		err := j.write(len(messages), func(i int) (string, mark) {
			return messages[i].Body, mark{sequence: messages[i].Number, timeline: messages[i].Timeline}
		})
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
	if !j.buffer.add(record) {
		j.tellLost(1)
	}
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Close writes the direct records in memory and closes the file. Later ones are lost.
func (j *Journal) Close() error {
	if !j.buffer.close() {
		return nil
	}
	close(j.quit)
	<-j.ended
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	j.fail(j.follow())
	j.writeBuffer()
	waiting, _ := j.buffer.waiting()
	j.tellLost(len(waiting))
	j.keepForReaders(nil)
	if j.file.closed {
		return j.lock.Release()
	}
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
	records, lost := j.buffer.waiting()
	if lost > 0 {
		j.log.Warn("records of reads and failed calls were lost: they came faster than the disk takes them", "records", lost)
	}
	if len(records) == 0 {
		return
	}
	err := j.write(len(records), func(i int) (string, mark) { return records[i], mark{} })
	j.fail(err)
	if err != nil {
		return
	}
	j.unsynced += len(records)
	j.buffer.remove(len(records))
}
