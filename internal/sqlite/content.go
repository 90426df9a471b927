package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// The sizes of the headers of a database, of a write-ahead log and of a frame in it.
// [SQLite: database file format; WAL file format]
const fileHeader, logHeader, frameHeader = 100, 32, 24

// counts are what the index says of the write-ahead log. [SQLite: WAL-mode file format]
type counts struct {
	// pageSize is in bytes.
	pageSize int64
	// frames are the pages in the log, copied those of them that are in the file too.
	// attempted is raised before they are copied, copied afterwards.
	frames, copied, attempted int64
	// salts are those of the header of the log, sum is the checksum of its last frame.
	salts, sum [8]byte
}

// readCounts reads the header of an index.
func readCounts(index *os.File) (counts, error) {
	var b [132]byte
	if _, err := index.ReadAt(b[:], 0); err != nil {
		return counts{}, fmt.Errorf("SQLite: reading %s: %w", index.Name(), err)
	}
	order := binary.NativeEndian
	c := counts{
		pageSize: int64(order.Uint16(b[14:])), frames: int64(order.Uint32(b[16:])),
		copied: int64(order.Uint32(b[96:])), attempted: int64(order.Uint32(b[128:])), salts: [8]byte(b[32:]),
	}
	if c.pageSize == 1 {
		c.pageSize = 1 << 16
	}
	// In the log it is big-endian.
	binary.BigEndian.PutUint32(c.sum[:], order.Uint32(b[24:]))
	binary.BigEndian.PutUint32(c.sum[4:], order.Uint32(b[28:]))
	return c, nil
}

// content compares what is in the files of an open database with what was written into
// them: another program can put the content of another file there, which has the same size.
// It looks at the headers and at the last frame of the log, and needs no lock.
type content struct {
	file, log, index *os.File
	// mu is held during a comparison.
	mu sync.Mutex
	// header is that of the file, as of the index in counts; zeros at first.
	header [fileHeader]byte
	counts counts
}

// compare returns the file whose content is not what was written; nil if there is none, or
// if that cannot be known at present.
func (c *content) compare() (overwritten *os.File, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, err := readCounts(c.index)
	if err != nil {
		return nil, err
	}
	var header [fileHeader]byte
	if _, err := c.file.ReadAt(header[:], 0); err != nil {
		return nil, fmt.Errorf("SQLite: reading %s: %w", c.file.Name(), err)
	}
	whole := true
	if before.frames > 0 {
		if whole, err = c.hasLog(before); err != nil {
			return nil, err
		}
	}
	switch after, err := readCounts(c.index); {
	case err != nil || after != before:
		return nil, err // A commit or a checkpoint came between.
	case !whole:
		return c.log, nil
	// The file changes by a checkpoint only, which says so in the index first.
	case c.header[0] != 0 && c.header != header && c.counts.attempted == after.attempted && c.counts.salts == after.salts:
		return c.file, nil
	case after.copied == after.attempted:
		c.header, c.counts = header, after
	}
	return nil, nil
}

// hasLog reports whether the log begins and ends as an index says. A device that cannot be
// read says nothing of that.
func (c *content) hasLog(want counts) (bool, error) {
	var first [logHeader]byte
	var last [frameHeader]byte
	_, err := c.log.ReadAt(first[:], 0)
	if err == nil {
		_, err = c.log.ReadAt(last[:], logHeader+(want.frames-1)*(frameHeader+want.pageSize))
	}
	switch {
	case errors.Is(err, io.EOF):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("SQLite: reading %s: %w", c.log.Name(), err)
	}
	return [8]byte(first[16:]) == want.salts && [8]byte(last[16:]) == want.sum, nil
}
