package protocol

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// Answer is an answer under construction: its bytes are complete before the
// first of them is sent, so that a failure to encode can still be told and the
// length is known.
type Answer struct{ *bytes.Buffer }

// NewAnswer returns an empty answer. Who makes it releases it.
func NewAnswer() Answer { return Answer{buffers.Get().(*bytes.Buffer)} }

// Release gives the memory of the answer back.
func (a Answer) Release() { release(a.Buffer) }

// Send writes the answer with the headers that each answer has. The connection
// may be gone; nobody is left to be told.
func (a Answer) Send(w http.ResponseWriter, status int, contentType, requestID string) {
	h := w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(a.Len())}
	// Spelled as the service spells it; Set would change the letters.
	h["X-Amzn-RequestId"] = []string{requestID}
	w.WriteHeader(status)
	_, _ = w.Write(a.Bytes())
}

// kept bounds the buffers that wait for the next request, so that one large
// body does not hold its memory for ever.
const kept = 64 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func release(b *bytes.Buffer) {
	if b.Cap() <= kept {
		b.Reset()
		buffers.Put(b)
	}
}
