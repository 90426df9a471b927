package server

import (
	"cmp"
	"context"
	"net/http"

	"accord/internal/identity"
)

// route finds the service and the operation of a request.
func (p *pipeline) route(ctx context.Context, c *Call, next handler) error {
	c.Signature, c.signatureError = identity.ReadSignature(c.Message.Request)
	service := p.serviceOf(c)
	if service == nil {
		c.Service = foreignService(c)
		return p.notHere(c.Signature.Service, statusElsewhere)
	}
	c.Service = service
	if len(service.Operations) == 0 {
		return p.notHere(service.Name, http.StatusBadRequest)
	}
	op, err := c.Service.Protocol.Operation(c.Message, c.Service.Operations)
	if err != nil {
		return err
	}
	c.Operation = op
	return next(ctx, c)
}

// serviceOf finds the service by the X-Amz-Target or the Action of a request, and by
// the credential scope if several services match, or none. It returns nil for a request
// that matches none and is signed for a service that is not there. One that matches and
// is signed for another service fails later, with an error in its own protocol.
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
	if named == nil && signed == nil && c.signatureError == nil {
		return nil
	}
	return cmp.Or(named, signed, &p.config.Services[0])
}
