package server

import (
	"context"
	"errors"
	"net/http"

	"accord/internal/api"
)

// invoke calls the operation. It is the last step.
func (s *Server) invoke(ctx context.Context, c *Call, _ handler) error {
	out, err := c.Operation.Invoke(ctx, c.Service.Implementation, c.Input)
	if err != nil {
		s.checkDeclared(ctx, c, err)
		return err
	}
	c.Output = out
	return nil
}

// checkDeclared reports an exception that the model does not allow the operation
// to return. The caller gets it nevertheless: it says more than a failure would.
// That of credentials which are good no more belongs to every operation, and the
// way in may leave it to the operation, because it remembers.
func (s *Server) checkDeclared(ctx context.Context, c *Call, err error) {
	var fault *api.Error
	if !errors.As(err, &fault) || fault.Status == http.StatusNotImplemented || fault.Type == api.UnrecognizedClient().Type {
		return
	}
	if sent := fault.In(s.config.Style); !c.Operation.MayReturn(sent.Type) {
		s.config.Telemetry.Undeclared(ctx, c.RequestID, c.Operation.Name, sent.Type)
		if s.config.Undeclared != nil {
			s.config.Undeclared(c.Operation.Name, sent)
		}
	}
}
