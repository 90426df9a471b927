package journal

import "sync"

// maxBuffered bounds the direct records that wait to be written, in bytes.
const maxBuffered = 4 << 20

// buffer holds direct records that wait to be written. Its methods may be called
// concurrently.
type buffer struct {
	lock    sync.Mutex
	records []string
	// bytes is the length of the records, and lost counts those that did not fit.
	bytes, lost int
	closed      bool
}

// add adds a record, and reports whether it fits.
func (b *buffer) add(record string) bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.closed || b.bytes+len(record) >= maxBuffered {
		b.lost++
		return false
	}
	b.records = append(b.records, record)
	b.bytes += len(record)
	return true
}

// waiting returns the records, which stay, and how many were lost since the last call.
func (b *buffer) waiting() (records []string, lost int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	lost, b.lost = b.lost, 0
	return b.records, lost
}

// remove removes the first n records.
func (b *buffer) remove(n int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	for _, r := range b.records[:n] {
		b.bytes -= len(r)
	}
	// A buffer that is empty gives its memory back.
	if b.records = b.records[n:]; len(b.records) == 0 {
		b.records = nil
	}
}

// close takes no further record, and reports whether this is the first call.
func (b *buffer) close() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	was := b.closed
	b.closed = true
	return !was
}
