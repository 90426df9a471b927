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
	log     *slog.Logger
	metrics *Metrics
}

// NewRecorder returns a recorder on the two.
func NewRecorder(log *slog.Logger, metrics *Metrics) *Recorder {
	return &Recorder{log: log, metrics: metrics}
}

// Begin records that a call has begun. One Call follows.
func (r *Recorder) Begin() { r.metrics.inFlight.Inc() }

// Unrecorded counts a failed call or a read that the journal could not take.
func (r *Recorder) Unrecorded() { r.metrics.unrecorded.Inc() }

// Call records a call that has ended. An internal error that was not injected has
// level ERROR, everything else INFO: errors of the API are part of the service.
func (r *Recorder) Call(ctx context.Context, c Call) {
	r.metrics.inFlight.Dec()
	r.metrics.call(&c)
	level := slog.LevelInfo
	if c.Status >= http.StatusInternalServerError && c.Status != http.StatusNotImplemented && c.Outcome != Gone && c.Fault == "" {
		level = slog.LevelError
	}
	if !r.log.Enabled(ctx, level) {
		return
	}
	attributes := make([]slog.Attr, 0, 12)
	text := func(name, value string) {
		if value != "" {
			attributes = append(attributes, slog.String(name, value))
		}
	}
	text("request", c.RequestID)
	text("service", c.Service)
	text("operation", c.Operation)
	text("account", c.Account)
	text("outcome", c.Outcome)
	text("reason", c.Reason)
	attributes = append(attributes, slog.Int("status", c.Status), slog.Duration("duration", c.Duration))
	text("raised_by", c.Setting)
	text("fault", c.Fault)
	if c.Cause != nil {
		text("cause", c.Cause.Error())
	}
	text("stack", c.Stack)
	// The logger would also look up the line of its caller.
	line := slog.NewRecord(c.Ended.Local(), level, "call", 0)
	line.AddAttrs(attributes...)
	_ = r.log.Handler().Handle(ctx, line)
}

// Undeclared records an exception that the interface model does not allow the
// operation to return: clients do not expect it.
func (r *Recorder) Undeclared(ctx context.Context, requestID, operation, exception string) {
	r.metrics.undeclared.WithLabelValues(operation, exception).Inc()
	r.log.LogAttrs(ctx, slog.LevelError, "exception outside of the model",
		slog.String("request", requestID), slog.String("operation", operation), slog.String("exception", exception))
}
