// Package telemetry makes the log and the metrics: one line and a few metrics for
// each call.
//
// Members of requests and answers, messages of errors, signatures and tokens never
// come here: any of them may hold a secret.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
)

// Outcomes of calls that end without an exception.
const (
	// Success is a call that was answered with its result.
	Success = "Success"
	// Cut is a call whose connection an injected fault cut.
	Cut = "Cut"
	// Gone is a call whose client closed the connection before the answer.
	Gone = "Gone"
)

// Recorder records each call in the log and the metrics.
type Recorder struct {
	log     *Log
	metrics *Metrics
}

// NewRecorder returns a recorder on the two.
func NewRecorder(log *Log, metrics *Metrics) *Recorder {
	return &Recorder{log: log, metrics: metrics}
}

// Begin records that a call has begun. One Call follows.
func (r *Recorder) Begin() { r.metrics.inFlight.Inc() }

// Unrecorded counts a failed call or a read that the journal could not take.
func (r *Recorder) Unrecorded() { r.metrics.unrecorded.Inc() }

// Call records a call that has ended. An internal error that was not injected has
// level ERROR, everything else INFO: errors of the API are part of the service.
func (r *Recorder) Call(c Call) {
	r.metrics.inFlight.Dec()
	r.metrics.call(&c)
	level := slog.LevelInfo
	if c.Status >= http.StatusInternalServerError && c.Status != http.StatusNotImplemented && c.Outcome != Gone && c.Fault == "" {
		level = slog.LevelError
	}
	if level < r.log.lines.level {
		return
	}
	cause := ""
	if c.Cause != nil {
		cause = c.Cause.Error()
	}
	_ = r.log.lines.write(c.Ended, level, "call", func(l *line) {
		l.text("service", c.Service)
		l.text("operation", c.Operation)
		l.text("account", c.Account)
		l.text("outcome", c.Outcome)
		l.text("reason", c.Reason)
		l.number("status", c.Status)
		l.duration("duration", c.Duration)
		l.text("raised_by", c.Setting)
		l.text("fault", c.Fault)
		l.text("request", c.RequestID)
		l.text("cause", cause)
		l.text("stack", c.Stack)
	})
}

// Undeclared records an exception that the interface model does not allow the
// operation to return: clients do not expect it.
func (r *Recorder) Undeclared(ctx context.Context, requestID, operation, exception string) {
	r.metrics.undeclared.WithLabelValues(operation, exception).Inc()
	r.log.LogAttrs(ctx, slog.LevelError, "exception outside of the model",
		slog.String("operation", operation), slog.String("exception", exception), slog.String("request", requestID))
}
