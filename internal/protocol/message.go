package protocol

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"accord/internal/graceful"
)

// Message is a request as a protocol sees it: head and body, where the body is
// read when it is first asked for, once, and only up to a limit.
type Message struct {
	*http.Request

	limit int64
	// bodies gave memory for held bytes.
	bodies *Bodies
	held   int64
	body   *bytes.Buffer
	err    error
	// ended is set when there is nothing more to read.
	ended bool
}

// NewMessage returns the message of a request whose body may have limit bytes, and gets
// its memory from bodies; nil is without a bound. Its caller releases it.
func NewMessage(r *http.Request, limit int64, bodies *Bodies) *Message {
	return &Message{Request: r, limit: limit, bodies: bodies}
}

// Bytes returns the body. It is valid until Release.
func (m *Message) Bytes() ([]byte, error) {
	if m.body == nil && m.err == nil {
		m.err = m.read()
	}
	if m.err != nil {
		return nil, m.err
	}
	return m.body.Bytes(), nil
}

// firstRead is how many bytes of a body get memory before they arrive.
const firstRead = 8 << 10

// read reads the body. A client can announce much and send nothing: a large body gets
// memory as it arrives.
func (m *Message) read() error {
	if m.ContentLength > m.limit {
		return tooLarge(m.limit)
	}
	m.body = bodyBuffers.Get().(*bytes.Buffer)
	// More than announced, so that the end of most bodies is seen without growing.
	if !m.grow(int(max(0, min(m.ContentLength, firstRead))) + bytes.MinRead) {
		return Unavailable("its body got no memory")
	}
	for {
		if m.body.Available() < bytes.MinRead && !m.grow(max(bytes.MinRead, m.body.Cap())) {
			return Unavailable("its body got no memory")
		}
		n, err := m.Body.Read(m.body.AvailableBuffer()[:m.body.Available()])
		m.body.Write(m.body.AvailableBuffer()[:n])
		switch {
		case int64(m.body.Len()) > m.limit:
			return tooLarge(m.limit)
		case errors.Is(err, io.EOF):
			m.ended = true
			return nil
		case err != nil:
			m.ended = true
			return readError(err)
		}
	}
}

// grow gets memory for n more bytes, and reports whether there was memory.
func (m *Message) grow(n int) bool {
	if want := int64(m.body.Len()+n) - m.held; want > 0 {
		if !m.bodies.reserve(want, m.body.Len() < firstRead) {
			return false
		}
		m.held += want
	}
	m.body.Grow(n)
	// The buffer takes more than it was asked for.
	m.held += m.bodies.take(int64(m.body.Cap()) - m.held)
	return true
}

// drainFactor is how many times the limit is read of a body that is rejected. A client
// that announces more than this did so on purpose.
const drainFactor = 8

// Discard reads what is left of the body, within a bound, without keeping it: a
// connection that closes while the client sends loses the answer. A client that waits for
// 100 Continue does not get it.
func (m *Message) Discard() {
	if most := drainFactor * m.limit; !m.ended && m.ContentLength <= most && m.Header.Get("Expect") == "" {
		_, _ = io.CopyN(io.Discard, m.Body, most)
	}
	m.ended = true
}

// readError is the answer to a body that could not be read. All the causes are on
// the client's side of the connection.
func readError(err error) error {
	var network net.Error
	if errors.Is(err, graceful.ErrCut) {
		return Unavailable("the server did not wait for the rest of its body").Because(err)
	}
	if errors.As(err, &network) && network.Timeout() {
		return tooSlow().Because(err)
	}
	return Serialization("The body of the request ended early or is not well-formed HTTP.").Because(err)
}

// Release gives the memory of the body back.
func (m *Message) Release() {
	if m.body != nil {
		releaseTo(&bodyBuffers, m.body, maxPooledBody)
		m.body = nil
		m.err = io.ErrClosedPipe
	}
	m.bodies.release(m.held)
	m.held = 0
}

// MediaType returns the content type without its parameters, in lower case.
func (m *Message) MediaType() string {
	media, _, _ := strings.Cut(m.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}
