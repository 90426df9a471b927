package server

import (
	"context"
	"net/http"

	"accord/internal/api"
	"accord/internal/protocol"
)

// origin refuses requests that a browser sends for a web page, and changes by other
// methods than POST, which a page can send without a script.
func (p *pipeline) origin(ctx context.Context, c *Call, next handler) error {
	if why := p.config.Pages.Refusal(c.Message.Request); why != "" {
		return &api.Error{
			Type:    "AccessDeniedException",
			Status:  http.StatusForbidden,
			Message: "Web pages may not use this server: " + why + ".",
			Setting: "--allow-origins",
		}
	}
	if c.Message.Method != http.MethodPost && !c.Operation.Access.ReadOnly() {
		return protocol.WrongMethod(http.MethodPost)
	}
	return next(ctx, c)
}
