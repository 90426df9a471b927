package graceful_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"accord/internal/graceful"
)

// endless is a connection whose client has sent n requests and reads all answers.
type endless struct {
	net.Conn
	request string
	at, n   int
	ended   chan struct{}
}

func (e *endless) Read(b []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	sent := copy(b, e.request[e.at:])
	if e.at += sent; e.at == len(e.request) {
		e.at, e.n = 0, e.n-1
	}
	return sent, nil
}

func (e *endless) Write(b []byte) (int, error)      { return len(b), nil }
func (e *endless) Close() error                     { close(e.ended); return nil }
func (e *endless) SetDeadline(time.Time) error      { return nil }
func (e *endless) SetReadDeadline(time.Time) error  { return nil }
func (e *endless) SetWriteDeadline(time.Time) error { return nil }
func (e *endless) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (e *endless) LocalAddr() net.Addr              { return &net.TCPAddr{} }

// once is a listener with one connection.
type once struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (o *once) Accept() (net.Conn, error) {
	select {
	case c := <-o.conns:
		return c, nil
	case <-o.closed:
		return nil, net.ErrClosed
	}
}
func (o *once) Close() error   { close(o.closed); return nil }
func (o *once) Addr() net.Addr { return &net.TCPAddr{} }

// BenchmarkCalls compares the calls of a connection in a pool with those of net/http alone.
func BenchmarkCalls(b *testing.B) {
	request := "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AWSOrganizationsV20161128.DescribeHandshake\r\nContent-Type: application/x-amz-json-1.1\r\n" +
		"Content-Length: 52\r\n\r\n" + `{"HandshakeId":"h-0123456789abcdef0123456789abcdef"}`
	for name, pooled := range map[string]bool{"net/http": false, "pool": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			server := &http.Server{ReadHeaderTimeout: hang, ReadTimeout: hang, WriteTimeout: hang, IdleTimeout: hang, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var body [128]byte
				for {
					if _, err := r.Body.Read(body[:]); err != nil {
						break
					}
				}
				_, _ = w.Write(body[:])
			})}
			l := &once{make(chan net.Conn, 1), make(chan struct{})}
			c := &endless{request: request, n: b.N, ended: make(chan struct{})}
			l.conns <- c
			ctx, stop := context.WithCancel(context.Background())
			served := make(chan struct{})
			go func() {
				defer close(served)
				if pooled {
					_ = graceful.New(graceful.Options{Connections: most, Grace: hang}).Serve(ctx, server, l)
					return
				}
				_ = server.Serve(l)
			}()
			<-c.ended
			stop()
			_ = server.Close()
			<-served
		})
	}
}
