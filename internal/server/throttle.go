package server

import "context"

// throttle takes a token from the buckets of the caller's account and of its
// organization. There are no buckets yet, and the rule that would switch them on
// is refused at the start, so every call passes. The step stands here because
// its place in the order is part of the contract.
func (s *Server) throttle(ctx context.Context, c *Call, next handler) error {
	return next(ctx, c)
}
