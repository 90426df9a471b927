package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// maxReadBytes bounds what is read at once, in bytes of records.
const maxReadBytes = 8 << 20

// part is a file from which records are read: its whole lines up to size.
type part struct {
	reader interface {
		io.ReaderAt
		io.Closer
	}
	// base is what positions have before those of the file.
	base, size int64
}

// from returns the text from a position on, and the position where it begins, which is
// that of a line.
func (p part) from(position int64) ([]byte, int64, error) {
	at := max(position-p.base, 0)
	if at >= p.size {
		return nil, p.base + p.size, nil
	}
	// A position in the middle of a line is not one that was returned. The line break
	// before a position tells.
	start := max(at-1, 0)
	text, err := between(p.reader, start, min(p.size, start+longestLine))
	if err != nil {
		return nil, 0, err
	}
	if at > 0 {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return nil, p.base + p.size, nil
		}
		start += int64(i) + 1
		text = text[i+1:]
	}
	return text[:min(len(text), maxReadBytes)], p.base + start, nil
}

// between reads a part of a file.
func between(f io.ReaderAt, from, to int64) ([]byte, error) {
	text := make([]byte, to-from)
	if n, err := f.ReadAt(text, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else {
		return text[:n], nil
	}
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
