package server

import "context"

// decode reads the members of the request.
func (p *pipeline) decode(ctx context.Context, c *Call, next handler) error {
	c.Input = c.Operation.NewRequest()
	if err := c.Service.Protocol.Decode(c.Message, c.Input); err != nil {
		return err
	}
	c.decoded = true
	return next(ctx, c)
}
