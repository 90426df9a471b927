package server

import "context"

// validate checks the constraints of the model and returns the first violation. Whoever
// may not call the operation does not learn it: permission comes first. A call without
// violations is authorized by its operation, in the same transaction.
func (p *pipeline) validate(ctx context.Context, c *Call, next handler) error {
	if violation := c.Input.Validate(); violation != nil {
		if err := c.Service.Authorize(ctx, c.Input); err != nil {
			return err
		}
		return violation
	}
	return next(ctx, c)
}
