package protocol

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// Message is a request as a protocol sees it: head and body, where the body is
// read when it is first asked for, once, and only up to a limit.
type Message struct {
	*http.Request

	limit int64
	body  *bytes.Buffer
	err   error
}

// NewMessage returns the message of a request whose body may have limit bytes.
// Its caller releases it.
func NewMessage(r *http.Request, limit int64) *Message {
	return &Message{Request: r, limit: limit}
}

// Bytes returns the body. It is valid until Release.
func (m *Message) Bytes() ([]byte, error) {
	if m.body == nil && m.err == nil {
		m.read()
	}
	if m.err != nil {
		return nil, m.err
	}
	return m.body.Bytes(), nil
}

// firstRead is how many bytes of a body get memory before they arrive.
const firstRead = 8 << 10

func (m *Message) read() {
	if m.ContentLength > m.limit {
		m.reject(m.ContentLength)
		return
	}
	m.body = buffers.Get().(*bytes.Buffer)
	// More than announced, so that the end of most bodies is seen without growing. A
	// client can announce much and send nothing: a large body gets memory as it arrives.
	m.body.Grow(int(max(0, min(m.ContentLength, firstRead))) + bytes.MinRead)
	n, err := m.body.ReadFrom(io.LimitReader(m.Body, m.limit+1))
	switch {
	case err != nil:
		m.err = readError(err)
	case n > m.limit:
		m.reject(n)
	}
}

// drainFactor is how many times the limit is read of a body that is rejected: a
// connection that closes while the client sends loses the answer. A client that
// announces more than this did so on purpose.
const drainFactor = 8

// reject sets the error for a body of at least size bytes and discards the rest. A
// client that waits for 100 Continue does not get it.
func (m *Message) reject(size int64) {
	m.err = tooLarge(m.limit)
	if most := drainFactor * m.limit; size <= most && m.Header.Get("Expect") == "" {
		_, _ = io.CopyN(io.Discard, m.Body, most)
	}
}

// readError is the answer to a body that could not be read. All the causes are on
// the client's side of the connection.
func readError(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return tooSlow().Because(err)
	}
	return Serialization("The body of the request ended early or is not well-formed HTTP.").Because(err)
}

// Release gives the memory of the body back.
func (m *Message) Release() {
	if m.body != nil {
		release(m.body)
		m.body = nil
		m.err = io.ErrClosedPipe
	}
}

// MediaType returns the content type without its parameters, in lower case.
func (m *Message) MediaType() string {
	media, _, _ := strings.Cut(m.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}
