package server

import "context"

// validate checks the constraints of the model and returns the first violation. An
// account that may not sign does not learn it.
func (p *pipeline) validate(ctx context.Context, c *Call, next handler) error {
	if violation := c.Input.Validate(); violation != nil {
		if err := p.config.RequireAccount(ctx); err != nil {
			return err
		}
		return violation
	}
	return next(ctx, c)
}
