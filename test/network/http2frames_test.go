package network_test

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// Further types of frames. [RFC 9113, section 6]
const (
	dataFrame, priorityFrame, pushFrame, goAwayFrame, windowFrame, continuationFrame = 0, 2, 5, 7, 8, 9
	endStream                                                                        = 1
)

// literal is a field that a table of fields keeps. [RFC 7541, section 6.2.1]
func literal(name, value string) string {
	long := func(s string) string {
		if len(s) < 127 {
			return string(rune(len(s))) + s
		}
		b := []byte{127}
		n := len(s) - 127
		for ; n >= 128; n /= 128 {
			b = append(b, byte(n%128+128))
		}
		return string(append(b, byte(n))) + s
	}
	return "\x40" + long(name) + long(value)
}

// floods are what a client of HTTP/2 sends again and again, each round on a stream of its own.
var floods = map[string]func(stream uint32) []byte{
	"continuations without an end": func(stream uint32) []byte {
		kind, text := byte(continuationFrame), literal("x-a", strings.Repeat("a", 1000))
		if stream == 1 {
			return frame(headersFrame, 0, 1, []byte(block))
		}
		return frame(kind, 0, 1, []byte(text))
	},
	"pings":         func(uint32) []byte { return frame(pingFrame, 0, 0, make([]byte, 8)) },
	"settings":      func(uint32) []byte { return frame(settingsFrame, 0, 0, nil) },
	"table of 4 GB": func(uint32) []byte { return frame(settingsFrame, 0, 0, []byte{0, 1, 255, 255, 255, 255}) },
	"empty data": func(stream uint32) []byte {
		if stream == 1 {
			return frame(headersFrame, endHeaders, 1, []byte(block))
		}
		return frame(dataFrame, 0, 1, nil)
	},
	"priorities": func(stream uint32) []byte { return frame(priorityFrame, 0, stream, []byte{0, 0, 0, 0, 1}) },
	"windows of nothing, on streams": func(stream uint32) []byte {
		return append(frame(headersFrame, endHeaders, stream, []byte(block)), frame(windowFrame, 0, stream, make([]byte, 4))...)
	},
	"windows that overflow, on streams": func(stream uint32) []byte {
		return append(frame(headersFrame, endHeaders, stream, []byte(block)), frame(windowFrame, 0, stream, binary.BigEndian.AppendUint32(nil, 1<<31-1))...)
	},
	"data after the end of streams": func(stream uint32) []byte {
		return append(frame(headersFrame, endHeaders|endStream, stream, []byte(block)), frame(dataFrame, 0, stream, []byte("more"))...)
	},
	"fields that refer to one": func(stream uint32) []byte {
		head := block
		if stream == 1 {
			head += literal("x-a", strings.Repeat("a", 3000))
		} else {
			head += strings.Repeat("\xbe", 8000) // The newest field of the table.
		}
		return frame(headersFrame, endHeaders|endStream, stream, []byte(head))
	},
	"pushes": func(stream uint32) []byte {
		return frame(pushFrame, endHeaders, stream, append(make([]byte, 4), block...))
	},
	"ends":           func(uint32) []byte { return frame(goAwayFrame, 0, 0, make([]byte, 8)) },
	"unknown frames": func(stream uint32) []byte { return frame(0xee, 0xff, stream, make([]byte, 16_000)) },
}

// forbidden are frames with which a server ends a connection. [RFC 9113, section 8.4]
const forbidden = "pushes"

// TestFloodsOfFramesAreBounded: what they make the server hold, and honest clients meanwhile. The
// controls: it answers before each, and it ends the one with frames that are forbidden.
// [CVE-2019-9511 to 9518, CVE-2024-27316, CVE-2025-8671]
func TestFloodsOfFramesAreBounded(t *testing.T) {
	require.Full(t)
	s := process.Start(t, append([]string{"--tls", "self-signed", "--tls-ca", t.TempDir() + "/ca.pem"}, bounded...)...)
	before := peak(t, s)
	honest := &http.Client{Timeout: hang, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // it looks at the answer alone
	ended, taken := false, 0
	for name, flood := range floods {
		c, err := tls.Dial("tcp", hostOf(t, s.URL), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}) //nolint:gosec // the attacker does not care
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+string(frame(settingsFrame, 0, 0, nil))+string(frame(pingFrame, 0, 0, make([]byte, 8))))
		if err != nil {
			t.Fatal(err)
		}
		// It reads nothing after the first bytes: answers to the flood have to wait somewhere.
		if _, err := io.ReadFull(c, make([]byte, 9)); err != nil {
			t.Errorf("%s: the control: no answer before the flood: %v", name, err)
		}
		_ = c.SetWriteDeadline(time.Now().Add(time.Duration(require.Amount(0, 200, 500)) * time.Millisecond))
		for stream := uint32(1); err == nil; stream += 2 {
			_, err = c.Write(flood(stream))
			taken++
		}
		if name == forbidden {
			// What came before is read now; then the connection ends.
			_ = c.SetReadDeadline(time.Now().Add(hang))
			_, err = io.Copy(io.Discard, c)
			ended = err == nil || !errors.Is(err, os.ErrDeadlineExceeded)
		}
		answer, err := honest.Get(s.URL)
		if err != nil {
			t.Errorf("%s: an honest client: %v", name, err)
		} else {
			_ = answer.Body.Close()
		}
		_ = c.Close()
	}
	if got := peak(t, s); got > before+80 {
		t.Errorf("%d MB resident, %d before", got, before)
	}
	if !ended {
		t.Errorf("the control: a connection with %s was not ended", forbidden)
	}
	t.Logf("evidence: %d floods of %d frames in all, of which nothing is read: at most %d MB resident (%d before), honest clients answered beside each; control: the one with %s was ended",
		len(floods), taken, peak(t, s), before, forbidden)
}
