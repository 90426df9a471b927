package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"accord/internal/api"
	"accord/internal/health"
	"accord/internal/protocol"
	"accord/internal/telemetry"
)

// observe is the outermost step: it answers, and records each call in the log, the
// metrics and, for some, the journal. Errors and panics of the other steps become an
// answer here.
func (p *pipeline) observe(ctx context.Context, c *Call, next handler) error {
	p.config.Telemetry.Begin()
	var bodies *recording
	if p.config.Telemetry.Bodies() {
		bodies = &recording{ResponseWriter: c.writer}
		c.writer = bodies
	}
	err := recoverPanic(ctx, c, func(ctx context.Context, c *Call) error {
		if err := next(ctx, c); err != nil {
			return err
		}
		return c.writeResult()
	})
	observed := telemetry.Call{
		RequestID: c.RequestID,
		Service:   c.Service.Name,
		Operation: c.Operation.Name,
		Account:   c.Caller.Account,
		Outcome:   telemetry.Success,
		Status:    http.StatusOK,
		Fault:     c.Fault,
	}
	var sent *api.Error
	if c.Operation == &unnamed {
		observed.Asked = operationName.FindString(c.Service.Protocol.Asked(c.Message))
	}
	switch {
	case err == nil:
	case errors.Is(err, errCut):
		observed.Outcome, observed.Status = telemetry.Cut, 0
	default:
		failure := p.exceptionOf(ctx, err, &observed)
		sent = failure.In(p.config.Style)
		if len(sent.Message) > longestText {
			sent = sent.Saying(api.Cut(sent.Message, longestText))
		}
		observed.Reason = cmp.Or(observed.Reason, sent.Reason)
		observed.Setting, observed.Member, observed.Rule = failure.Setting, failure.Member, failure.Rule
		c.Message.Discard()
		if sent.Status == http.StatusServiceUnavailable {
			c.writer.Header().Set("Retry-After", retryAfter)
		}
		code, status := c.Service.Protocol.WriteError(c.writer, c.RequestID, c.Operation, sent)
		if observed.Status = status; observed.Outcome != telemetry.Gone {
			observed.Outcome = code
		}
	}
	if bodies != nil {
		bodies.logBodies(c, &observed)
	}
	observed.Ended = p.config.WallClock.Now()
	// The deadline has a reading of the monotonic clock.
	ends, _ := ctx.Deadline()
	observed.Duration = p.config.Limits.Request - time.Until(ends)
	p.config.Telemetry.Call(observed)
	if !errors.Is(err, errCut) {
		p.record(c, sent)
	}
	return err
}

// longestText bounds the text of an error, in bytes. Texts quote what was sent; none that
// helps is near the bound.
const longestText = 16 << 10

// retryAfter is in how many seconds a client is to try again when the store cannot serve.
const retryAfter = "5"

// operationName is the form of a name that can be logged although it is not known:
// anything else that a client sends in its place may be a secret.
var operationName = regexp.MustCompile(`^[A-Z][a-z][A-Za-z0-9]{1,62}$`)

// exceptionOf returns the exception for an error. Any other error is an internal
// error: the caller learns that it happened, the log has the cause.
func (p *pipeline) exceptionOf(ctx context.Context, err error, observed *telemetry.Call) *api.Error {
	if errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled) {
		// The client did not wait, which is not an internal error, whatever a service has
		// made of it. The answer is sent all the same: the client may have closed only its
		// sending half.
		observed.Outcome = telemetry.Gone
		return p.config.InternalError
	}
	if e := health.NotReadyIn(err); e != nil {
		// The monitor of the store logs it once, and counts it.
		observed.Reason = string(e.Reason)
		return protocol.Unavailable(e.Reason.Text())
	}
	var e *api.Error
	if errors.As(err, &e) {
		if sent := e.In(p.config.Style); sent.Status == 0 {
			observed.Cause = fmt.Errorf("exception without a status: %s", sent.Type)
			return p.config.InternalError
		}
		if e.Status == http.StatusInternalServerError {
			observed.Cause = errors.Unwrap(e)
		}
		return e
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		observed.Stack = panicked.stack
	}
	observed.Cause = err
	return p.config.InternalError
}

// panicError is a panic of a step.
type panicError struct {
	value any
	stack string
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// recoverPanic runs the handler and returns its panic as an error.
func recoverPanic(ctx context.Context, c *Call, run handler) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: string(debug.Stack())}
		}
	}()
	return run(ctx, c)
}
