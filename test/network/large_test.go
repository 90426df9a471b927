package network_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// names are n names of three characters.
func names(n int) []string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz"
	all := make([]string, n)
	for i := range all {
		all[i] = string([]byte{alphabet[i%26], alphabet[i/26%26], alphabet[i/676%26]})
	}
	return all
}

// fields are n small fields of a header block, which cost a server twenty times their
// size. [RFC 7541, section 6.2.2]
func fields(n int) []byte {
	var b bytes.Buffer
	for _, name := range names(n) {
		b.WriteString("\x00\x03" + name + "\x00")
	}
	return b.Bytes()
}

// headOfFields is a head without its end. A field of five bytes costs a server a hundred.
func headOfFields(n int) string {
	return "POST / HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 10\n" + strings.Join(names(n), ":\n") + ":\n"
}

// preface begins a connection of HTTP/2 whose answers get no window.
var preface = append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(settingsFrame, 0, 0, []byte("\x00\x04\x00\x00\x00\x00"))...)

// streams opens more streams than are allowed, each with what comes after its headers.
func streams(fieldsOfEach int, after func(id uint32) []byte) []byte {
	sent := bytes.Clone(preface)
	for id := uint32(1); id < 80; id += 2 {
		sent = append(sent, frame(headersFrame, endHeaders, id, append([]byte(block), fields(fieldsOfEach)...))...)
		sent = append(sent, after(id)...)
	}
	return sent
}

// largeKinds are what costs a server much for each connection. A frame of HTTP/2 has at
// most 16 KiB.
var largeKinds = []struct {
	name  string
	http2 bool
	sent  []byte
}{
	{"HTTP/2, heads full of fields, no bodies", true, streams(400, func(uint32) []byte { return nil })},
	{"HTTP/2, heads that are too large, no window", true, streams(1500, func(uint32) []byte { return nil })},
	{"HTTP/2, half a head", true, append(bytes.Clone(preface), frame(headersFrame, 0, 1, append([]byte(block), fields(2500)...))...)},
	{"HTTP/2, half-sent bodies", true, streams(1, func(id uint32) []byte { return frame(0, 0, id, make([]byte, 14<<10)) })},
	{"HTTP/2, frames of 16 MiB announced", true, append(bytes.Clone(preface), frame(0, 0, 1, make([]byte, 1<<24-1))[:1<<20]...)},
	{"HTTP/2, pings whose answers are not read", true, append(bytes.Clone(preface), bytes.Repeat(frame(pingFrame, 0, 0, make([]byte, 8)), 100_000)...)},
	{"HTTP/1.1, half a head full of fields", false, []byte(headOfFields(3000))},
	{"HTTP/1.1, a head full of fields, no body", false, []byte(headOfFields(3000) + "\n")},
	{"TLS, half a handshake", false, append([]byte("\x16\x03\x01\x40\x00\x01\x00\xff\x00\x03\x03"), make([]byte, 15<<10)...)},
}

// openLarge opens n connections of a kind and keeps them.
func openLarge(t *testing.T, s *process.Server, http2 bool, sent []byte, n int) (closeAll func()) {
	t.Helper()
	var mu sync.Mutex
	var conns []net.Conn
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range n / 8 {
				c, err := net.DialTimeout("tcp", hostOf(t, s.URL), hang)
				if err != nil {
					continue
				}
				mu.Lock()
				conns = append(conns, c)
				mu.Unlock()
				_ = c.SetWriteDeadline(time.Now().Add(time.Second))
				if http2 {
					secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}) //nolint:gosec // the attacker does not care
					_, _ = secure.Write(sent)
					continue
				}
				_, _ = c.Write(sent)
			}
		})
	}
	all.Wait()
	closeAll = func() {
		for _, c := range conns {
			_ = c.Close()
		}
		conns = nil
	}
	t.Cleanup(closeAll)
	return closeAll
}

// secured are the settings of a server with TLS.
func secured(t *testing.T, settings []string) []string {
	return append([]string{"--tls", "self-signed", "--tls-ca", t.TempDir() + "/ca.pem"}, settings...)
}

// TestLargeConnectionsHoldBoundedMemory: 600 connections, each with as much as a stranger
// can make the server hold for it.
func TestLargeConnectionsHoldBoundedMemory(t *testing.T) {
	require.Long(t)
	const most, n = 450, 600
	for _, kind := range largeKinds {
		settings := bounded
		if kind.http2 || strings.HasPrefix(kind.name, "TLS") {
			settings = secured(t, bounded)
		}
		s := process.Start(t, settings...)
		closeAll := openLarge(t, s, kind.http2, kind.sent, n)
		answered := healthy(s, 10)
		if got := peak(t, s); got > most || answered != 10 {
			t.Errorf("%s: %d MB, %d of 10 health checks answered", kind.name, got, answered)
		}
		t.Logf("evidence: %d connections, %s: at most %d MB resident, %d of 10 health checks of the admin API answered", n, kind.name, peak(t, s), answered)
		closeAll()
		s.Kill()
	}
	s := process.Start(t, secured(t, unbounded)...)
	openLarge(t, s, true, largeKinds[0].sent, n/2)
	healthy(s, 1)
	if got := awaitPeak(t, s.PID(), most); got <= most {
		t.Errorf("the check finds no more than %d MB without the bound", got)
	}
	t.Logf("evidence: control, %d connections without a bound: %d MB", n/2, peak(t, s))
}

// healthy asks the admin API n times, and returns how often the server was well.
func healthy(s *process.Server, n int) (answered int) {
	client := &http.Client{Timeout: hang, Transport: &http.Transport{DisableKeepAlives: true}}
	for range n {
		w, err := client.Get(s.AdminURL + "/healthz")
		if err != nil {
			fmt.Println(err)
			continue
		}
		_, _ = io.Copy(io.Discard, w.Body)
		_ = w.Body.Close()
		if w.StatusCode == http.StatusOK {
			answered++
		}
	}
	return answered
}
