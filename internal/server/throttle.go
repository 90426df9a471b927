package server

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/throttle"
)

// throttle refuses a call when its account or organization calls too often. The limits
// are published for AWS Organizations alone.
func (p *pipeline) throttle(ctx context.Context, c *Call, next handler) error {
	if p.config.Throttle == nil || c.Service.Name != orgapi.ServiceName {
		return next(ctx, c)
	}
	organization := ""
	if p.config.Throttle.Counts(c.Operation.Name, throttle.Organization) {
		var err error
		if organization, err = p.config.OrganizationOf(ctx, c.Caller.Account); err != nil {
			return err
		}
	}
	if scope := p.config.Throttle.Allow(p.config.Clock.Now(), c.Operation.Name, c.Caller.Account, organization); scope != "" {
		p.config.Telemetry.Throttled(string(scope))
		return orgapi.ErrTooManyRequests()
	}
	return next(ctx, c)
}
