package server

import "context"

// steps are the steps in the order of the checks. [assumed; the recorded answers fit]
// Recall ends calls whose answers are kept. Route and decode check the form, origin keeps web pages out, authenticate checks the
// signature. Limits of the rate and an injected fault come before the input is validated,
// so that a fault can stand for any answer.
// Everything that needs the state of an organization happens inside invoke, in one
// transaction.
func (p *pipeline) steps() []step {
	return []step{
		{"observe", p.observe},
		{"route", p.route},
		{"origin", p.origin},
		{"recall", p.recall},
		{"decode", p.decode},
		{"authenticate", p.authenticate},
		{"throttle", p.throttle},
		{"fault", p.fault},
		{"validate", p.validate},
		{"invoke", p.invoke},
	}
}

// compose makes one handler of the steps.
func compose(steps []step) handler {
	next := handler(func(context.Context, *Call) error { return nil })
	for i := len(steps) - 1; i >= 0; i-- {
		run, rest := steps[i].run, next
		next = func(ctx context.Context, c *Call) error { return run(ctx, c, rest) }
	}
	return next
}
