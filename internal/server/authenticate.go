package server

import (
	"context"
	"net"
	"net/http"

	"accord/internal/api"
	"accord/internal/identity"
)

// authenticate identifies the caller, and adds it to the context.
func (p *pipeline) authenticate(ctx context.Context, c *Call, next handler) error {
	if err := p.identify(ctx, c); err != nil {
		return err
	}
	c.Caller = c.signer
	if encoder, body := c.keeps(); encoder != nil {
		c.exchange = api.Exchange{Operation: c.Operation, Request: body, Encoder: encoder}
		c.called = api.WithCall(ctx, c.Caller, &c.exchange)
	} else {
		c.called = api.WithCaller(ctx, c.Caller)
	}
	return next(c.called, c)
}

// identify finds out who signed the request, once.
func (p *pipeline) identify(ctx context.Context, c *Call) error {
	if c.identified {
		return nil
	}
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
	c.signer, err = p.config.Authenticator.Authenticate(ctx, identity.Request{
		Request: c.Message.Request, Signature: c.Signature, Body: body,
	})
	if err != nil {
		return err
	}
	c.identified = true
	c.signer.RequestID = c.RequestID
	c.signer.SourceIP = sourceIP(c.Message.RemoteAddr)
	c.signer.UserAgent, c.signer.Referer = c.Message.UserAgent(), c.Message.Referer()
	c.signer.Secure = c.Message.TLS != nil
	c.signer.Safe = c.Message.Method != http.MethodPost
	return nil
}

func sourceIP(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
