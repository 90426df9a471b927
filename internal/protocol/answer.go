package protocol

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// Answer is an answer under construction: its bytes are complete before the
// first of them is sent, so that an encoding error can still be answered and the
// length is known.
type Answer struct{ *bytes.Buffer }

// NewAnswer returns an empty answer. Its caller releases it.
func NewAnswer() Answer { return Answer{buffers.Get().(*bytes.Buffer)} }

// Release gives the memory of the answer back.
func (a Answer) Release() { releaseTo(&buffers, a.Buffer, maxPooled) }

// Send writes the answer with the headers that each answer has.
func (a Answer) Send(w http.ResponseWriter, status int, contentType, requestID string) {
	Send(w, status, contentType, requestID, a.Bytes())
}

// Send writes an answer with the headers that each answer has. An error means that the
// connection is gone, so that it cannot be reported to the client.
func Send(w http.ResponseWriter, status int, contentType, requestID string, body []byte) {
	h := w.Header()
	// One allocation for all values, and the names as the service spells them: Set would
	// allocate for each, and change their case.
	values := []string{contentType, strconv.Itoa(len(body)), requestID}
	h["Content-Type"], h["Content-Length"], h["X-Amzn-RequestId"] = values[0:1:1], values[1:2:2], values[2:3:3]
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// maxPooled and maxPooledBody bound the buffers that are kept for the next answer and the
// next body, so that a large one does not hold its memory forever.
const (
	maxPooled     = 64 << 10
	maxPooledBody = 16 << 10
)

var (
	buffers     = sync.Pool{New: newBuffer}
	bodyBuffers = sync.Pool{New: newBuffer}
)

func newBuffer() any { return new(bytes.Buffer) }

func releaseTo(pool *sync.Pool, b *bytes.Buffer, most int) {
	if b.Cap() <= most {
		b.Reset()
		pool.Put(b)
	}
}
