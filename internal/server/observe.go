package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"accord/internal/api"
	"accord/internal/telemetry"
)

// observe is the outermost step: it answers, and sees to it that each call ends
// in one line, one count and, where the journal wants it, one record. What went
// wrong inside it, a panic included, becomes an answer here.
func (s *Server) observe(ctx context.Context, c *Call, next handler) error {
	s.config.Telemetry.Begin()
	began := s.config.WallClock.Now()
	err := guard(ctx, c, func(ctx context.Context, c *Call) error {
		if err := next(ctx, c); err != nil {
			return err
		}
		return c.Service.Protocol.WriteResult(c.writer, c.RequestID, c.Operation, c.Output)
	})
	seen := telemetry.Call{
		RequestID: c.RequestID,
		Service:   c.Service.Name,
		Operation: c.Operation.Name,
		Account:   c.Caller.Account,
		Outcome:   telemetry.Success,
		Status:    http.StatusOK,
		Fault:     c.Fault,
	}
	var sent *api.Error
	switch {
	case err == nil:
	case errors.Is(err, errCut):
		seen.Outcome, seen.Status = telemetry.Cut, 0
	default:
		fault := s.explain(ctx, err, &seen)
		sent = fault.In(s.config.Style)
		seen.Status, seen.Reason, seen.Setting = sent.Status, sent.Reason, fault.Setting
		if seen.Outcome != telemetry.Gone {
			seen.Outcome = sent.Type
		}
		c.Service.Protocol.WriteError(c.writer, c.RequestID, c.Operation, sent)
	}
	seen.Ended = s.config.WallClock.Now()
	seen.Duration = seen.Ended.Sub(began)
	s.config.Telemetry.Call(ctx, seen)
	if !errors.Is(err, errCut) {
		s.record(ctx, c, sent)
	}
	return err
}

// explain returns the exception for an error. What is not one already is a
// failure of ours: the caller learns that it happened, the log why.
func (s *Server) explain(ctx context.Context, err error, seen *telemetry.Call) *api.Error {
	var fault *api.Error
	if errors.As(err, &fault) {
		if sent := fault.In(s.config.Style); sent.Status == 0 {
			seen.Cause = fmt.Errorf("exception without a status: %s", sent.Type)
			return serviceException()
		}
		if fault.Status == http.StatusInternalServerError {
			seen.Cause = errors.Unwrap(fault)
		}
		return fault
	}
	var p *panicked
	if errors.As(err, &p) {
		seen.Stack = p.stack
	}
	if errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled) {
		// The client did not wait; that is no failure of ours. It gets the answer
		// all the same, since it may only have closed its sending half.
		seen.Outcome = telemetry.Gone
	} else {
		seen.Cause = err
	}
	return serviceException()
}

func serviceException() *api.Error {
	return &api.Error{
		Type:    "ServiceException",
		Message: "The request could not be completed because of an internal error. Try again later.",
		Status:  http.StatusInternalServerError,
	}
}

// panicked is a panic on its way to the log.
type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guard runs the handler and returns its panic as an error.
func guard(ctx context.Context, c *Call, run handler) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{value: value, stack: string(debug.Stack())}
		}
	}()
	return run(ctx, c)
}
