package network_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// frame is one of HTTP/2. [RFC 9113, section 4.1]
func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	b = append(b, flags)
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// The types of frames, and a header block of static entries: POST https / x.
const (
	headersFrame, resetFrame, settingsFrame, pingFrame = 1, 3, 4, 6
	endHeaders                                         = 4
	block                                              = "\x83\x87\x84\x41\x01x"
)

// [CVE-2023-44487]
func TestResetStreamsAreBounded(t *testing.T) {
	require.Full(t)
	s := process.Start(t, append([]string{"--tls", "self-signed", "--tls-ca", t.TempDir() + "/ca.pem"}, bounded...)...)
	c, err := tls.Dial("tcp", hostOf(t, s.URL), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}) //nolint:gosec // the attacker does not care
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + string(frame(settingsFrame, 0, 0, nil))
	_, err = io.WriteString(c, sent)
	go func() { _, _ = io.Copy(io.Discard, c) }()
	streams := 0
	for id := uint32(1); err == nil && streams < 20_000; id += 2 {
		_, err = c.Write(append(frame(headersFrame, endHeaders, id, []byte(block)), frame(resetFrame, 0, id, []byte{0, 0, 0, 8})...))
		streams++
	}
	if got := peak(t, s); got > 100 {
		t.Errorf("%d MB", got)
	}
	client := &http.Client{Timeout: hang, Transport: &http.Transport{DisableKeepAlives: true}}
	w, err := client.Get(s.AdminURL + "/healthz")
	if err != nil || w.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", w, err)
	}
	_ = w.Body.Close()
	t.Logf("evidence: %d streams opened and reset on one connection, at most %d MB resident, healthy", streams, peak(t, s))
}
