package api

import "context"

// Exchange is a call in its encoded form. A service that has kept the encoded answer to
// the same request sends it again.
type Exchange struct {
	// Operation is the called operation.
	Operation *Operation
	// Request is the body of the request. It is not kept.
	Request []byte
	// Encoder encodes the output of the operation.
	Encoder Encoder
	// Answer is the encoded answer, which must not be changed. The service sets it; nil
	// if the output of the operation is to be encoded.
	Answer []byte
}

// Encoder is a protocol whose answers depend on nothing but the output of the operation.
type Encoder interface {
	// Encode returns the body of an answer.
	Encode(out any) ([]byte, error)
}

// callContext is a context with a caller and, if answers can be kept, an exchange.
type callContext struct {
	context.Context
	caller   Caller
	exchange *Exchange
	// own is the caller in the partition of its organization, once a service has read it.
	own   Caller
	noted bool
}

type callKey struct{}

// Value returns the context itself for the key of this package.
func (c *callContext) Value(key any) any {
	if _, is := key.(callKey); is {
		return c
	}
	return c.Context.Value(key)
}

// WithCall returns a context that carries the caller and the encoded form of a call.
func WithCall(ctx context.Context, c Caller, x *Exchange) context.Context {
	return &callContext{Context: ctx, caller: c, exchange: x}
}

// WithCaller returns a context that carries the caller.
func WithCaller(ctx context.Context, c Caller) context.Context { return WithCall(ctx, c, nil) }

// CallerOf returns the caller of the request; the zero Caller outside of one.
func CallerOf(ctx context.Context) Caller {
	if c, is := ctx.Value(callKey{}).(*callContext); is {
		return c.caller
	}
	return Caller{}
}

// ExchangeOf returns the encoded form of the call; nil if there is none.
func ExchangeOf(ctx context.Context) *Exchange {
	if c, is := ctx.Value(callKey{}).(*callContext); is {
		return c.exchange
	}
	return nil
}

// NoteCaller notes the caller in the partition of its organization, as a service has read
// it. It is called by the goroutine of the call.
func NoteCaller(ctx context.Context, own Caller) {
	if c, is := ctx.Value(callKey{}).(*callContext); is {
		c.own, c.noted = own, true
	}
}

// NotedCaller returns what NoteCaller noted, and whether the call got so far.
func NotedCaller(ctx context.Context) (own Caller, noted bool) {
	if c, is := ctx.Value(callKey{}).(*callContext); is {
		return c.own, c.noted
	}
	return Caller{}, false
}
