package server

import "context"

// validate checks the constraints of the model. The first fault wins.
func (s *Server) validate(ctx context.Context, c *Call, next handler) error {
	if fault := c.Input.Validate(); fault != nil {
		return fault
	}
	return next(ctx, c)
}
