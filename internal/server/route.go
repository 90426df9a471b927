package server

import (
	"context"

	"accord/internal/identity"
)

// route finds the service and the operation that a request means, and refuses
// what means none.
func (s *Server) route(ctx context.Context, c *Call, next handler) error {
	c.Signature, c.signatureError = identity.ReadSignature(c.Message.Request)
	c.Service = s.serviceOf(c)
	op, err := c.Service.Protocol.Operation(c.Message, c.Service.Operations)
	if err != nil {
		return err
	}
	c.Operation = op
	return next(ctx, c)
}

// serviceOf goes by the service of the credential scope, because a signature for
// one service is worth nothing at another. A request that names none of ours
// there goes to the service whose target or Action it carries: it will be
// refused, but in words that its sender can read.
func (s *Server) serviceOf(c *Call) *Service {
	for i := range s.config.Services {
		if s.config.Services[i].Name == c.Signature.Service {
			return &s.config.Services[i]
		}
	}
	for i := range s.config.Services {
		if s.config.Services[i].Protocol.Match(c.Message) {
			return &s.config.Services[i]
		}
	}
	return &s.config.Services[0]
}
