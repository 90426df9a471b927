// Package telemetry is what an operator sees: one line and a few numbers for each
// call. It holds the logger, the names of the metrics and the form of the line.
//
// Members of requests and answers, texts of errors, signatures and tokens never
// come here: any of them may hold a secret.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Outcomes of calls that end without an exception.
const (
	// Success is a call that was answered with its result.
	Success = "Success"
	// Cut is a call whose connection a fault rule cut.
	Cut = "Cut"
	// Gone is a call whose client did not wait for the answer.
	Gone = "Gone"
)

// Call is one call, as it ended.
type Call struct {
	RequestID string
	// Service is the one that answered.
	Service string
	// Operation is empty when the request named none that exists.
	Operation string
	// Account is the caller's; empty when nobody was authenticated.
	Account string
	// Outcome is Success, Cut, Gone or the name of the exception.
	Outcome string
	// Reason is that of the exception; empty when it has none.
	Reason string
	// Status is that of the HTTP answer; 0 when none was sent.
	Status int
	// Ended is when it had been answered, by the clock of the machine.
	Ended time.Time
	// Duration is from the first byte of the head to the last of the answer.
	Duration time.Duration
	// Setting names the quota or rule that raises the limit which was met.
	Setting string
	// Fault is the id of the fault rule that acted on the call.
	Fault string
	// Cause is why the server failed; nil when it did not.
	Cause error
	// Stack is where it panicked; empty when it did not.
	Stack string
}

// Recorder writes a line and counts, for each call.
type Recorder struct {
	log     *slog.Logger
	metrics *Metrics
}

// NewRecorder returns an observer on the two.
func NewRecorder(log *slog.Logger, metrics *Metrics) *Recorder {
	return &Recorder{log: log, metrics: metrics}
}

// Begin observes a call that has begun. One Call follows.
func (o *Recorder) Begin() { o.metrics.inFlight.Inc() }

// Unrecorded observes a failed call or a read that the journal could not take.
func (o *Recorder) Unrecorded() { o.metrics.unrecorded.Inc() }

// Call observes a call that has ended. A failure that nobody asked for is an
// error in the log, everything else is information: refusing is what the service
// is for.
func (o *Recorder) Call(ctx context.Context, c Call) {
	o.metrics.inFlight.Dec()
	o.metrics.call(&c)
	level := slog.LevelInfo
	if c.Status >= http.StatusInternalServerError && c.Status != http.StatusNotImplemented && c.Outcome != Gone && c.Fault == "" {
		level = slog.LevelError
	}
	if !o.log.Enabled(ctx, level) {
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
	// Not by the logger, which would look up the line of code that called it.
	line := slog.NewRecord(c.Ended.Local(), level, "call", 0)
	line.AddAttrs(attributes...)
	_ = o.log.Handler().Handle(ctx, line)
}

// Undeclared observes an exception that the interface model does not allow the
// operation to return: a mistake of ours that clients do not expect.
func (o *Recorder) Undeclared(ctx context.Context, requestID, operation, exception string) {
	o.metrics.undeclared.WithLabelValues(operation, exception).Inc()
	o.log.LogAttrs(ctx, slog.LevelError, "exception outside of the model",
		slog.String("request", requestID), slog.String("operation", operation), slog.String("exception", exception))
}
