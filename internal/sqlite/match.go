package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrMismatch: a write-ahead log lies beside a file that it was not written for.
var ErrMismatch = errors.New("SQLite: the write-ahead log does not belong to the file")

// lastSteps is by how much the last commit before a checkpoint raises the bound in
// user_version, so that each state at which a log can begin has a bound of its own.
// firstSteps is that of the first commit in a log, which so has the first page of the
// database. fewerSteps is more than a transaction raises it by for its own numbers, of which
// each step has 4096, and by firstSteps.
const lastSteps, firstSteps, fewerSteps = 64, 1, 32

// Match returns ErrMismatch if a write-ahead log does not belong to the file that it lies
// beside, such as when an older copy was put there and the log of a killed server was left.
// SQLite would copy pages of one state over the pages of another. Nothing may have the file
// open; nothing is changed.
//
// The log of a file begins with the state that the file has, or had before a part of the
// log was copied into it. So the user_version and the schema cookie of the file are one of
// those in the log, or the user_version before the first of them. [SQLite: WAL file format]
func Match(path string) error {
	file := make([]byte, 100)
	if err := readAt(path, file); err != nil {
		return err
	}
	log, err := os.Open(path + "-wal")
	if err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	defer func() { _ = log.Close() }()
	first, last := firstPages(log)
	if first == nil {
		return nil
	}
	steps, cookie := userVersion(file), schemaCookie(file)
	earliest := userVersion(first.page) - fewerSteps
	if first.frame >= checkpointFrames {
		earliest -= lastSteps // This may be the last commit before a checkpoint.
	}
	if steps < earliest || steps > userVersion(last.page) || cookie > schemaCookie(last.page) {
		return fmt.Errorf("%w: %s has state %d.%d, the log those from %d.%d to %d.%d", ErrMismatch, path, steps, cookie,
			userVersion(first.page), schemaCookie(first.page), userVersion(last.page), schemaCookie(last.page))
	}
	return nil
}

// ErrLogLost: changes that were committed are not in the write-ahead log.
var ErrLogLost = errors.New("committed changes are missing in the write-ahead log")

// MatchIndex returns ErrLogLost if a write-ahead log has less than its index says, which a
// killed process has left beside it, or something else, by its checksums. A commit writes the index after the log is on the disk.
// Nothing may have the file open; nothing is changed. [SQLite: WAL-mode file format]
func MatchIndex(path string) error {
	index, err := os.Open(path + "-shm")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	defer func() { _ = index.Close() }()
	var header [2 * indexHeader]byte
	if _, err := index.ReadAt(header[:], 0); err != nil || [indexHeader]byte(header[:indexHeader]) != [indexHeader]byte(header[indexHeader:]) {
		return nil // It was not written, or is being written: SQLite makes a new one of the log.
	}
	c, err := readCounts(index)
	if err != nil || c.frames <= c.copied {
		return nil
	}
	var first [logHeader]byte
	size, err := readLogHeader(path+"-wal", first[:])
	if err != nil {
		return err
	}
	want := logHeader + c.frames*(frameHeader+c.pageSize)
	// A log with other salts is one that began after the index was written to the disk.
	same := [8]byte(first[16:]) == c.salts
	if size == 0 || size < want && same {
		return fmt.Errorf("%w: %s-wal has %d bytes, and %d were written", ErrLogLost, path, size, want)
	}
	log, err := os.Open(path + "-wal")
	if err != nil {
		return fmt.Errorf("SQLite: %w", err)
	}
	defer func() { _ = log.Close() }()
	frames := c.frames
	if !same {
		frames = 0
	}
	part, err := damaged(io.NewSectionReader(log, logHeader, size-logHeader), first, frames, c.pageSize)
	if err == nil && part != "" {
		err = fmt.Errorf("%w: %s of %s-wal is not what was written", ErrLogLost, part, path)
	}
	return err
}

// indexHeader is the size of the header of an index, of which there are two copies.
const indexHeader = 48

// readLogHeader reads the header of a log and returns its size, which is 0 if there is none.
func readLogHeader(path string, header []byte) (size int64, err error) {
	log, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("SQLite: %w", err)
	}
	defer func() { _ = log.Close() }()
	info, err := log.Stat()
	if err != nil {
		return 0, fmt.Errorf("SQLite: %w", err)
	}
	if n, _ := log.ReadAt(header, 0); n < len(header) {
		return 0, nil // Less than a header.
	}
	return info.Size(), nil
}

func userVersion(header []byte) int64 { return int64(binary.BigEndian.Uint32(header[60:])) }

func schemaCookie(header []byte) int64 { return int64(binary.BigEndian.Uint32(header[40:])) }

func readAt(path string, b []byte) error {
	f, err := os.Open(path)
	if err == nil {
		_, err = f.ReadAt(b, 0)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		err = fmt.Errorf("SQLite: %w", err)
	}
	return err
}

// firstPage is the beginning of the first page of a database, in a frame of a log.
type firstPage struct {
	frame int64
	page  []byte
}

// firstPages returns the first and the last of the committed frames that have the first
// page of the database; nil if there is none.
func firstPages(log io.ReaderAt) (first, last *firstPage) {
	header := make([]byte, logHeader)
	if _, err := log.ReadAt(header, 0); err != nil {
		return nil, nil // Not even a header was written.
	}
	pageSize, salts := int64(binary.BigEndian.Uint32(header[8:])), string(header[16:24])
	frame := make([]byte, frameHeader+100)
	var open []*firstPage
	for n := int64(0); ; n++ {
		// A frame of another beginning of the log is older, and the end of this one.
		if read, _ := log.ReadAt(frame, logHeader+n*(frameHeader+pageSize)); read < len(frame) || string(frame[8:16]) != salts {
			return first, last
		}
		if binary.BigEndian.Uint32(frame) == 1 {
			open = append(open, &firstPage{n, bytes.Clone(frame[frameHeader:])})
		}
		if committed := binary.BigEndian.Uint32(frame[4:]) > 0; committed && len(open) > 0 {
			if first == nil {
				first = open[0]
			}
			last, open = open[len(open)-1], nil
		}
	}
}
