package outbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxReadBytes bounds what one Read returns, in bytes of records.
const maxReadBytes = 8 << 20

// Read returns up to limit records from a position of the file on, and the position
// behind the last one. It returns no record if there is none yet. A position within
// a record, or behind the end, goes on with the next whole record.
func (j *Journal) Read(from int64, limit int) (records []string, next int64, err error) {
	size, err := j.whole()
	if err != nil || from >= size {
		return nil, size, err
	}
	if from > 0 {
		// A position in the middle of a line is not one that was returned.
		before := make([]byte, 1)
		if _, err := j.file.ReadAt(before, from-1); err != nil {
			return nil, 0, fmt.Errorf("reading the journal: %w", err)
		}
		if before[0] != '\n' {
			from, err = j.nextLine(from, size)
			if err != nil {
				return nil, 0, err
			}
		}
	}
	text := make([]byte, min(size-from, maxReadBytes))
	if _, err := j.file.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("reading the journal: %w", err)
	}
	next = from
	for len(records) < limit {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole {
			break
		}
		next += int64(len(line) + 1)
		text = rest
		// A line that another program damaged would make the whole answer invalid.
		if json.Valid(line) {
			records = append(records, string(line))
		}
	}
	return records, next, nil
}

// Last returns the last records of the file, up to limit of them, and the position
// behind them.
func (j *Journal) Last(limit int) (records []string, next int64, err error) {
	size, err := j.whole()
	if err != nil || size == 0 {
		return nil, 0, err
	}
	length := min(size, maxReadBytes)
	text := make([]byte, length)
	if _, err := j.file.ReadAt(text, size-length); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("reading the journal: %w", err)
	}
	start := len(text)
	for n := 0; n < limit && start > 0; n++ {
		start = bytes.LastIndexByte(text[:start-1], '\n') + 1
	}
	return j.Read(size-length+int64(start), limit)
}

// whole returns the position behind the last whole line.
func (j *Journal) whole() (int64, error) {
	j.writeLock.Lock()
	defer j.writeLock.Unlock()
	info, err := j.file.Stat()
	if err != nil {
		return 0, fmt.Errorf("reading the journal: %w", err)
	}
	tail, err := j.tail(info.Size())
	if err != nil {
		return 0, fmt.Errorf("reading the journal: %w", err)
	}
	return info.Size() - int64(len(tail)), nil
}

// nextLine returns where the next line after a position begins.
func (j *Journal) nextLine(from, size int64) (int64, error) {
	text := make([]byte, min(size-from, longestLine))
	if _, err := j.file.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("reading the journal: %w", err)
	}
	i := bytes.IndexByte(text, '\n')
	if i < 0 {
		return size, nil
	}
	return from + int64(i) + 1, nil
}
