package server

import (
	"cmp"
	"context"

	"accord/internal/identity"
)

// route finds the service and the operation of a request.
func (p *pipeline) route(ctx context.Context, c *Call, next handler) error {
	c.Signature, c.signatureError = identity.ReadSignature(c.Message.Request)
	c.Service = p.serviceOf(c)
	op, err := c.Service.Protocol.Operation(c.Message, c.Service.Operations)
	if err != nil {
		return err
	}
	c.Operation = op
	return next(ctx, c)
}

// serviceOf finds the service by the X-Amz-Target or the Action of a request, and by
// the credential scope if several services match, or none. A request that is signed
// for another service fails later, with an error in its own protocol.
func (p *pipeline) serviceOf(c *Call) *Service {
	var named, signed *Service
	for i := range p.config.Services {
		service := &p.config.Services[i]
		match := service.Protocol.Match(c.Message)
		if service.Name == c.Signature.Service {
			if match {
				return service
			}
			signed = service
		} else if match && named == nil {
			named = service
		}
	}
	return cmp.Or(named, signed, &p.config.Services[0])
}
