package postgres

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy is a way to a server that counts the messages on it, and can cut it.
type Proxy struct {
	address  *url.URL
	server   string
	listener net.Listener

	mu     sync.Mutex
	counts Counts
	cut    func(kind byte, body []byte) bool
}

// Counts are numbers of messages. [PostgreSQL: Message Formats]
type Counts struct {
	// Statements are those that clients executed, and Rows what the server sent for them.
	Statements, Rows int
}

// NewProxy starts a proxy before the server of an address, without TLS, which ends with the
// test.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p := &Proxy{server: u.Host, listener: listener}
	u.Host = listener.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable")
	u.RawQuery, p.address = q.Encode(), u
	go p.serve()
	return p
}

// URL is that of the database by way of the proxy.
func (p *Proxy) URL() string { return p.address.String() }

// During counts the messages while a function runs.
func (p *Proxy) During(fn func()) Counts {
	p.mu.Lock()
	before := p.counts
	p.mu.Unlock()
	fn()
	p.mu.Lock()
	defer p.mu.Unlock()
	return Counts{p.counts.Statements - before.Statements, p.counts.Rows - before.Rows}
}

// CutAfter closes a connection as soon as a message of its client is on the way for which the
// function says so; the client gets no answer to it. The first byte of a message is its kind.
// Nil cuts none.
func (p *Proxy) CutAfter(cut func(kind byte, body []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		end := func() { _, _ = client.Close(), server.Close() }
		go func() {
			defer end()
			p.copy(server, client, true)
		}()
		go func() {
			defer end()
			p.copy(client, server, false)
		}()
	}
}

// copy passes messages on, until one end closes or a message is to be the last.
func (p *Proxy) copy(to io.Writer, from io.Reader, client bool) {
	in := bufio.NewReader(from)
	// The first message of a client has no kind.
	for begins := client; ; begins = false {
		var head [5]byte
		length := head[1:]
		part := head[:]
		if begins {
			part = length
		}
		if _, err := io.ReadFull(in, part); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(length)-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		last := p.note(head[0], body, client)
		if _, err := to.Write(append(part, body...)); err != nil || last {
			return
		}
	}
}

func (p *Proxy) note(kind byte, body []byte, client bool) (last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case client && kind == 'E':
		p.counts.Statements++
	case !client && kind == 'D':
		p.counts.Rows++
	}
	return client && p.cut != nil && p.cut(kind, body)
}
