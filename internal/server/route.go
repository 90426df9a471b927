package server

import (
	"cmp"
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

// serviceOf goes by the target or the Action that a request carries, and by the
// service of its credential scope where several read that, or none does. One that
// is signed for another service than it asks will be refused, in words that its
// sender can read.
func (s *Server) serviceOf(c *Call) *Service {
	var reads, signed *Service
	for i := range s.config.Services {
		service := &s.config.Services[i]
		match := service.Protocol.Match(c.Message)
		if service.Name == c.Signature.Service {
			if match {
				return service
			}
			signed = service
		} else if match && reads == nil {
			reads = service
		}
	}
	return cmp.Or(reads, signed, &s.config.Services[0])
}
