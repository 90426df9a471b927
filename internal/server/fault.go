package server

import (
	"context"

	"accord/internal/faults"
)

// fault does to the call what a fault rule asks for.
func (s *Server) fault(ctx context.Context, c *Call, next handler) error {
	if s.config.Faults.HasEntries() {
		// No fault acts on an account that may not sign, nor is it counted.
		if err := s.config.RequireAccount(ctx); err != nil {
			return err
		}
	}
	struck, ok := s.config.Faults.Match(c.Service.Name, c.Operation, c.Caller.Account)
	if !ok {
		return next(ctx, c)
	}
	c.Fault = struck.ID
	if struck.Delay > 0 {
		reached, cancel := s.config.WallClock.Wake(s.config.WallClock.Now().Add(struck.Delay))
		select {
		case <-reached:
		case <-ctx.Done():
			cancel()
			return ctx.Err()
		}
	}
	switch {
	case struck.Error != nil:
		return struck.Error
	case struck.Cut == faults.Before:
		return errCut
	}
	err := next(ctx, c)
	if struck.Cut == faults.After {
		return errCut
	}
	return err
}
