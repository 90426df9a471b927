package server

import (
	"context"

	"accord/internal/faults"
)

// fault injects a fault into the call, if one matches.
func (p *pipeline) fault(ctx context.Context, c *Call, next handler) error {
	if p.config.Faults.HasEntries() {
		// No fault acts on an account that may not sign, nor is it counted.
		if err := p.config.RequireAccount(ctx); err != nil {
			return err
		}
	}
	injected, ok := p.config.Faults.Match(c.Service.Name, c.Operation, c.Caller.Account)
	if !ok {
		return next(ctx, c)
	}
	c.Fault = injected.ID
	if injected.Delay > 0 {
		reached, cancel := p.config.WallClock.Wake(p.config.WallClock.Now().Add(injected.Delay))
		select {
		case <-reached:
		case <-ctx.Done():
			cancel()
			return ctx.Err()
		}
	}
	switch {
	case injected.Error != nil:
		return injected.Error
	case injected.Cut == faults.Before:
		return errCut
	}
	err := next(ctx, c)
	if injected.Cut == faults.After {
		return errCut
	}
	return err
}
