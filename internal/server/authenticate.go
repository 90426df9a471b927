package server

import (
	"context"
	"net"
	"net/http"

	"accord/internal/api"
	"accord/internal/identity"
	"accord/internal/protocol"
)

// authenticate identifies the caller, and adds it to the context.
func (p *pipeline) authenticate(ctx context.Context, c *Call, next handler) error {
	if c.signatureError != nil {
		return c.signatureError
	}
	// The region may be any, the service must match.
	if c.Signature.Service != c.Service.Name {
		return identity.WrongSignature()
	}
	body, err := c.Message.Bytes()
	if err != nil {
		return err
	}
	caller, err := p.config.Authenticator.Authenticate(ctx, identity.Request{
		Request: c.Message.Request, Signature: c.Signature, Body: body,
	})
	if err != nil {
		return err
	}
	caller.RequestID = c.RequestID
	caller.SourceIP = sourceIP(c.Message.RemoteAddr)
	caller.UserAgent, caller.Referer = c.Message.UserAgent(), c.Message.Referer()
	caller.Secure = c.Message.TLS != nil
	caller.Safe = c.Message.Method != http.MethodPost
	c.Caller = caller
	if encoder, is := c.Service.Protocol.(protocol.Encoder); is && c.Operation.Access.ReadOnly() {
		c.exchange = api.Exchange{Operation: c.Operation, Request: body, Encoder: encoder}
		c.called = api.WithCall(ctx, caller, &c.exchange)
	} else {
		c.called = api.WithCaller(ctx, caller)
	}
	return next(c.called, c)
}

func sourceIP(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
