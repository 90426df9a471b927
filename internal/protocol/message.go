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
// Who makes it releases it.
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

func (m *Message) read() {
	if m.ContentLength > m.limit {
		m.reject(m.ContentLength)
		return
	}
	m.body = buffers.Get().(*bytes.Buffer)
	if m.ContentLength > 0 {
		// More than announced, so that the end is seen without growing.
		m.body.Grow(int(m.ContentLength) + bytes.MinRead)
	}
	n, err := m.body.ReadFrom(io.LimitReader(m.Body, m.limit+1))
	switch {
	case err != nil:
		m.err = readError(err)
	case n > m.limit:
		m.reject(n)
	}
}

// drained is how many times the limit a sender may go on with a body that is
// refused. A connection that closes under a sender loses the answer that says
// why; who announces more than this is no client that was mistaken.
const drainFactor = 8

// refuse answers a body of at least size bytes, of which the rest is thrown
// away. A sender that waits to be told to go on is not told.
func (m *Message) reject(size int64) {
	m.err = tooLarge(m.limit)
	if most := drainFactor * m.limit; size <= most && m.Header.Get("Expect") == "" {
		_, _ = io.CopyN(io.Discard, m.Body, most)
	}
}

// readError tells whose fault it is that a body could not be read. All the
// causes lie on the client's side of the connection.
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
