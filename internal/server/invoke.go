package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"accord/internal/api"
)

// invoke calls the operation. It is the last step.
func (p *pipeline) invoke(ctx context.Context, c *Call, _ handler) error {
	out, err := c.Operation.Invoke(ctx, c.Service.Implementation, c.Input)
	if isNotImplemented(err) {
		// No transaction has looked at the account.
		err = cmp.Or(p.config.RequireAccount(ctx), err)
	}
	if err != nil {
		p.checkDeclared(ctx, c, err)
		return err
	}
	c.Output = out
	return nil
}

// isNotImplemented reports whether an operation is not part of this version.
func isNotImplemented(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == http.StatusNotImplemented
}

// checkDeclared reports an exception that the model does not allow the operation to
// return. The caller gets it all the same: it says more than an internal error.
// UnrecognizedClientException is declared by no operation and returned by every
// one, for a caller whose account may not sign; a refusal with 503 is one of the common errors.
func (p *pipeline) checkDeclared(ctx context.Context, c *Call, err error) {
	var e *api.Error
	if !errors.As(err, &e) || isNotImplemented(err) || e.Type == api.UnrecognizedClient().Type || e.Status == http.StatusServiceUnavailable {
		return
	}
	if sent := e.In(p.config.Style); !c.Operation.MayReturn(sent.Type) && !slices.Contains(c.Service.CommonErrors, sent.Type) {
		p.config.Telemetry.Undeclared(ctx, c.RequestID, c.Operation.Name, sent.Type)
		if p.config.Undeclared != nil {
			p.config.Undeclared(c.Operation.Name, sent)
		}
	}
}
