package server

import (
	"context"
	"net"

	"accord/internal/api"
	"accord/internal/identity"
)

// authenticate finds out who calls. The caller travels on in the context.
func (s *Server) authenticate(ctx context.Context, c *Call, next handler) error {
	if c.signatureError != nil {
		return c.signatureError
	}
	// Any region will do, another service will not.
	if c.Signature.Service != c.Service.Name {
		return identity.WrongSignature()
	}
	body, err := c.Message.Bytes()
	if err != nil {
		return err
	}
	caller, err := s.config.Authenticator.Authenticate(ctx, identity.Request{
		Request: c.Message.Request, Signature: c.Signature, Body: body,
	})
	if err != nil {
		return err
	}
	caller.RequestID = c.RequestID
	caller.SourceIP = sourceIP(c.Message.RemoteAddr)
	caller.UserAgent = c.Message.UserAgent()
	c.Caller = caller
	return next(api.WithCaller(ctx, caller), c)
}

func sourceIP(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
