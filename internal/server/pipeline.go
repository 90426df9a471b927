package server

import "context"

// steps is the pipeline: the order of the checks [assumed, with the recorded answers
// that fit]. Route and decode check the form, authenticate checks the signature; an injected fault comes before the input is
// validated, so that it can stand for any answer. Everything that needs the state
// of an organization happens inside invoke, in one transaction.
func (s *Server) steps() []step {
	return []step{
		{"observe", s.observe},
		{"route", s.route},
		{"decode", s.decode},
		{"authenticate", s.authenticate},
		{"fault", s.fault},
		{"validate", s.validate},
		{"invoke", s.invoke},
	}
}

// Steps returns the names of the steps in their order.
func (s *Server) Steps() []string {
	var names []string
	for _, step := range s.steps() {
		names = append(names, step.name)
	}
	return names
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
