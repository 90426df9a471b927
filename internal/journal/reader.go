package journal

import (
	"bytes"
	"fmt"
)

// Read returns up to limit records from a position on, and the position behind the last
// one. It returns no record if there is none yet. A position within a record, or one that
// is not in the file, goes on with the next whole record. Positions grow also over a
// rotation; those of a file before the last rotated one go on at the beginning of it.
func (j *Journal) Read(from int64, limit int) (records []string, next int64, err error) {
	j.writeLock.Lock()
	text, from, err := j.read(from)
	j.writeLock.Unlock()
	if err != nil {
		return nil, 0, fmt.Errorf("reading the journal: %w", err)
	}
	records, next = lines(text, from, limit)
	return records, next, nil
}

// read returns the text from a position on, and the position where it begins, which is
// that of a line. It is of one file.
func (j *Journal) read(from int64) ([]byte, int64, error) {
	if j.before != nil && from < j.base {
		if text, at, err := j.before.from(from); err != nil || len(text) > 0 {
			return text, at, err
		}
	}
	size, err := j.whole()
	if err != nil {
		return nil, 0, err
	}
	return part{j.file, j.base, size}.from(from)
}

// Last returns the last records of the file, up to limit of them, and the position
// behind them.
func (j *Journal) Last(limit int) (records []string, next int64, err error) {
	j.writeLock.Lock()
	text, from, err := j.end()
	j.writeLock.Unlock()
	if err != nil {
		return nil, 0, fmt.Errorf("reading the journal: %w", err)
	}
	start := len(text)
	for n := 0; n < limit && start > 0; n++ {
		start = bytes.LastIndexByte(text[:start-1], '\n') + 1
	}
	records, next = lines(text[start:], from+int64(start), limit)
	return records, next, nil
}

// end returns the end of the file, and the position where it begins.
func (j *Journal) end() ([]byte, int64, error) {
	size, err := j.whole()
	if err != nil {
		return nil, 0, err
	}
	from := max(size-maxReadBytes, 0)
	text, err := between(j.file, from, size)
	return text, j.base + from, err
}

// whole returns the position behind the last whole line.
func (j *Journal) whole() (int64, error) {
	info, err := j.file.Stat()
	if err != nil || info.Size() == 0 {
		return 0, err
	}
	tail, err := j.file.tail(info.Size())
	return info.Size() - int64(len(tail)), err
}
