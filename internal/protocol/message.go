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

	source io.Reader
	limit  int64
	body   *bytes.Buffer
	err    error
}

// NewMessage returns the message of a request whose body may have limit bytes.
// Who makes it releases it.
func NewMessage(w http.ResponseWriter, r *http.Request, limit int64) *Message {
	return &Message{Request: r, source: http.MaxBytesReader(w, r.Body, limit), limit: limit}
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
	// A body that announces too much is refused before a byte of it is read.
	if m.ContentLength > m.limit {
		m.err = tooLarge(m.limit)
		return
	}
	m.body = buffers.Get().(*bytes.Buffer)
	if m.ContentLength > 0 {
		// One more than announced, so that the end is seen without growing.
		m.body.Grow(int(m.ContentLength) + bytes.MinRead)
	}
	if _, err := m.body.ReadFrom(m.source); err != nil {
		m.err = readError(err, m.limit)
	}
}

// readError tells whose fault it is that a body could not be read. All the
// causes lie on the client's side of the connection.
func readError(err error, limit int64) error {
	var large *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &large):
		return tooLarge(limit)
	case errors.As(err, &network) && network.Timeout():
		return tooSlow().Because(err)
	default:
		return Serialization("The body of the request ended early or is not well-formed HTTP.").Because(err)
	}
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
