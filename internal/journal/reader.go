package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxReadBytes bounds what one Read returns, in bytes of records.
const maxReadBytes = 8 << 20

// Read returns up to limit records from a position on, and the position behind the last
// one. It returns no record if there is none yet. A position within a record, or one that
// is not in the file, goes on with the next whole record. Positions grow also over a
// rotation; those of a file before this one go on at the beginning of it.
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
// that of a line.
func (j *Journal) read(from int64) ([]byte, int64, error) {
	size, err := j.whole()
	if err != nil {
		return nil, 0, err
	}
	at := max(from-j.base, 0)
	if at >= size {
		return nil, j.base + size, nil
	}
	// A position in the middle of a line is not one that was returned. The line break
	// before a position tells.
	start := max(at-1, 0)
	text, err := j.file.between(start, min(size, start+longestLine))
	if err != nil {
		return nil, 0, err
	}
	if at > 0 {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return nil, j.base + size, nil
		}
		start += int64(i) + 1
		text = text[i+1:]
	}
	return text[:min(len(text), maxReadBytes)], j.base + start, nil
}

// lines returns up to limit whole lines of a text that begins at a position, and the
// position behind them.
func lines(text []byte, from int64, limit int) (records []string, next int64) {
	for next = from; len(records) < limit; {
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
	return records, next
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
	text, err := j.file.between(from, size)
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

// between reads a part of the file.
func (f *file) between(from, to int64) ([]byte, error) {
	text := make([]byte, to-from)
	if n, err := f.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else {
		return text[:n], nil
	}
}
