// Package telemetry makes the log and the metrics: one line and a few metrics for
// each call.
//
// Members of requests and answers, messages of errors, signatures and tokens do not
// come here, as any of them may hold a secret, apart from the masked bodies that level
// DEBUG shows.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Recorder records each call in the log and the metrics.
type Recorder struct {
	log     *Log
	metrics *Metrics
	// full is how many connections were open when the bound was reached; 0 after half of
	// them have gone.
	full atomic.Int64
	// refused counts the requests without memory for their bodies, until there is some.
	refused   atomic.Int64
	durations durations
}

// NewRecorder returns a recorder on the two.
func NewRecorder(log *Log, metrics *Metrics) *Recorder {
	return &Recorder{log: log, metrics: metrics}
}

// Begin records that a call has begun. One Call follows.
func (r *Recorder) Begin() { r.metrics.inFlight.Inc() }

// Connections records how many connections are open, how many were just closed for others,
// and whether a new one waits because all are busy. The first of these is logged; it is
// logged again after half of the connections have gone.
func (r *Recorder) Connections(open, closed int, waits bool) {
	r.metrics.connections.Set(float64(open))
	r.metrics.closed.Add(float64(closed))
	switch most := int(r.full.Load()); {
	case (closed > 0 || waits) && most == 0:
		r.full.Store(int64(open + closed))
		r.log.Warn("too many connections: those that wait longest for their clients are closed, and new ones wait while all are busy", "setting", "max-connections", "open", open+closed)
	case most > 0 && open < most/2:
		r.full.Store(0)
	}
}

// Refused counts a request for whose body there was no memory. The first one is logged,
// with the memory of all bodies in bytes.
func (r *Recorder) Refused(first bool, memory int64) {
	r.metrics.refused.Inc()
	r.refused.Add(1)
	if first {
		r.log.Warn("no memory for bodies: requests are answered with 503, and the slowest bodies are ended", "setting", "body-memory", "bytes", memory)
	}
}

// Relieved logs that bodies have memory again.
func (r *Recorder) Relieved() {
	r.log.Info("there is memory for bodies again", "refused", r.refused.Swap(0))
}

// Throttled counts a call that came too often for a scope: account or organization.
func (r *Recorder) Throttled(scope string) { r.metrics.throttled.WithLabelValues(scope).Inc() }

// Bodies reports whether the log shows the bodies of calls: at level DEBUG.
func (r *Recorder) Bodies() bool { return r.log.lines.level <= slog.LevelDebug }

// Call records a call that has ended. An internal error that was not injected has
// level ERROR, everything else INFO: errors of the API are part of the service, and that
// the store cannot serve has a line of its own.
func (r *Recorder) Call(c Call) {
	r.metrics.inFlight.Dec()
	r.metrics.call(&c)
	r.durations.add(c.RequestID, c.Duration)
	level := slog.LevelInfo
	if c.Status == http.StatusInternalServerError && c.Outcome != Gone && c.Fault == "" {
		level = slog.LevelError
	}
	if level < r.log.lines.level {
		return
	}
	r.log.lines.call(level, &c)
}

// Durations are how long the last calls took, from the first byte of the head to the last of the
// answer, by their request IDs.
func (r *Recorder) Durations() map[string]time.Duration { return r.durations.all() }

// Undeclared records an exception that the interface model does not allow the
// operation to return: clients do not expect it.
func (r *Recorder) Undeclared(ctx context.Context, requestID, operation, exception string) {
	r.metrics.undeclared.WithLabelValues(operation, exception).Inc()
	r.log.LogAttrs(ctx, slog.LevelError, "exception outside of the model",
		slog.String("operation", operation), slog.String("outcome", exception), slog.String("request", requestID))
}
