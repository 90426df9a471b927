package server

import "context"

// recall ends a call whose answer the service has kept. The same bytes of the same caller
// were decoded and validated before, so that these steps would find nothing; throttling
// counts the call. While there are faults nothing is recalled: a fault may wait, or change
// the answer.
func (p *pipeline) recall(ctx context.Context, c *Call, next handler) error {
	encoder, body := c.keeps()
	if encoder == nil || c.Service.Kept == nil || p.config.Faults.HasEntries() {
		return next(ctx, c)
	}
	if p.identify(ctx, c) != nil {
		// decode may find something before authenticate returns the error.
		return next(ctx, c)
	}
	if c.exchange.Answer = c.Service.Kept(c.Operation, &c.signer, body); c.exchange.Answer == nil {
		return next(ctx, c)
	}
	c.recalled = true
	c.Caller, c.called = c.signer, ctx
	return p.throttle(ctx, c, answered)
}

// answered is the rest of the pipeline for a call that has its answer.
func answered(context.Context, *Call) error { return nil }
