package server

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
)

// clientErrors is the log of net/http. Strangers can cause some of its lines at will, as by
// a handshake that fails: the first one of each minute has level WARN, the others DEBUG.
type clientErrors struct {
	log *slog.Logger
	now func() time.Time
	// next is when a line may be shown again, in nanoseconds of the Unix epoch.
	next atomic.Int64
}

// shownEvery is how often a line that a client has caused is shown.
const shownEvery = time.Minute

// causedByClients are how such lines begin.
var causedByClients = [][]byte{
	[]byte("http: TLS handshake error"),
	[]byte("http2: server connection error"),
	[]byte("http2: server closing client connection"),
	[]byte("timeout waiting for SETTINGS"),
}

// Write writes one line.
func (c *clientErrors) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if slices.ContainsFunc(causedByClients, func(begin []byte) bool { return bytes.HasPrefix(line, begin) }) && !c.shows() {
		level = slog.LevelDebug
	}
	c.log.Log(context.Background(), level, string(bytes.TrimSpace(line)))
	return len(line), nil
}

// shows reports whether the last line that was shown is long ago.
func (c *clientErrors) shows() bool {
	now, next := c.now(), c.next.Load()
	return now.UnixNano() >= next && c.next.CompareAndSwap(next, now.Add(shownEvery).UnixNano())
}
