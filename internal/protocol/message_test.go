package protocol_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"accord/internal/api"
	"accord/internal/protocol"
)

// offered records the largest piece of memory that a body was read into.
type offered struct {
	io.Reader
	most int
}

func (o *offered) Read(p []byte) (int, error) {
	o.most = max(o.most, len(p))
	return o.Reader.Read(p)
}

func TestABodyThatIsOnlyAnnouncedGetsNoMemory(t *testing.T) {
	for _, test := range []struct{ announced, sent, most int }{{1 << 20, 0, 128 << 10}, {1 << 20, 100, 128 << 10}, {-1, 0, 128 << 10}, {1 << 20, 1 << 20, 4 << 20}} {
		// A buffer of up to 64 KiB may come from an earlier body.
		body := &offered{Reader: strings.NewReader(strings.Repeat("x", test.sent))}
		r := httptest.NewRequest("POST", "/", body)
		r.ContentLength = int64(test.announced)
		m := protocol.NewMessage(r, 2<<20, nil)
		if got, err := m.Bytes(); err != nil || len(got) != test.sent {
			t.Errorf("%d bytes of %d, %v", len(got), test.sent, err)
		}
		m.Release()
		if body.most > test.most {
			t.Errorf("%d bytes announced, %d sent: read into %d bytes at once", test.announced, test.sent, body.most)
		}
	}
	// The control is a reader that believes the length.
	body := &offered{Reader: strings.NewReader("")}
	var believing bytes.Buffer
	believing.Grow(1 << 20)
	if _, err := believing.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	if body.most < 1<<20 {
		t.Errorf("the check finds only %d bytes", body.most)
	}
	t.Logf("evidence: 1 MiB announced and nothing sent: read into at most 128 KiB; a reader that believes the length into %d KiB", body.most>>10)
}

func TestBodyIsBounded(t *testing.T) {
	const limit = 1000
	full := strings.Repeat("x", limit)
	tests := map[string]struct {
		body   io.Reader
		length int64 // as announced; -1: not at all
		kind   string
		status int
	}{
		"empty":                {strings.NewReader(""), 0, "", 0},
		"as large as allowed":  {strings.NewReader(full), limit, "", 0},
		"in chunks, allowed":   {iotest.OneByteReader(strings.NewReader(full)), -1, "", 0},
		"one byte more":        {strings.NewReader(full + "x"), limit + 1, "RequestEntityTooLargeException", 413},
		"in chunks, too large": {strings.NewReader(full + "x"), -1, "RequestEntityTooLargeException", 413},
		"announced, not sent":  {iotest.ErrReader(errors.New("must not be read")), 1 << 40, "RequestEntityTooLargeException", 413},
		"without end":          {endless{}, -1, "RequestEntityTooLargeException", 413},
		"too slow":             {iotest.ErrReader(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), -1, "RequestTimeoutException", 408},
		"cut short":            {iotest.ErrReader(io.ErrUnexpectedEOF), 10, "SerializationException", 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", test.body)
			r.ContentLength = test.length
			m := protocol.NewMessage(r, limit, nil)
			defer m.Release()
			body, err := m.Bytes()
			if test.kind == "" {
				if again, _ := m.Bytes(); err != nil || len(body) > limit || string(again) != string(body) {
					t.Fatalf("%d bytes, %v", len(body), err)
				}
				return
			}
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Type != test.kind || apiErr.Status != test.status {
				t.Fatalf("got %v, want %s with %d", err, test.kind, test.status)
			}
			if _, again := m.Bytes(); !errors.Is(again, err) {
				t.Errorf("the second answer is %v, the first was %v", again, err)
			}
		})
	}
}

func TestARefusedBodyIsDrainedWithinReason(t *testing.T) {
	const limit = 1000
	tests := map[string]struct {
		size   int
		expect string
		left   int
	}{
		"a little too large":  {2 * limit, "", 0},
		"far too large":       {10 * limit, "", 10 * limit},
		"waiting for the nod": {2 * limit, "100-continue", 2 * limit},
	}
	for name, test := range tests {
		body := strings.NewReader(strings.Repeat("x", test.size))
		r := httptest.NewRequest("POST", "/", body)
		r.Header.Set("Expect", test.expect)
		m := protocol.NewMessage(r, limit, nil)
		if _, err := m.Bytes(); err == nil {
			t.Errorf("%s: the body was read", name)
		}
		m.Discard()
		m.Release()
		if body.Len() != test.left {
			t.Errorf("%s: %d bytes are left, want %d", name, body.Len(), test.left)
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestReleasedBodyIsGone(t *testing.T) {
	m := protocol.NewMessage(httptest.NewRequest("POST", "/", strings.NewReader("x")), 10, nil)
	if _, err := m.Bytes(); err != nil {
		t.Fatal(err)
	}
	m.Release()
	m.Release()
	if body, err := m.Bytes(); err == nil {
		t.Errorf("read %q after its memory was given back", body)
	}
}
