// Package identity names the caller of a request: it turns the signature into an
// api.Caller.
//
// Keys that this server issued are verified. In the open sandbox every other key is an
// identity because it says so; in strict mode there is no other. The package keeps no
// state: whether the account exists and may sign is decided in the transaction of the call.
package identity

import (
	"context"
	"net/http"

	"accord/internal/api"
	"accord/internal/sigv4"
)

// Request is what identifies the sender of a request.
type Request struct {
	*http.Request
	// Signature is the one of the request, as ReadSignature returned it.
	Signature sigv4.Signature
	// Body is what the signature covers besides the head. It is not kept.
	Body []byte
}

// Authenticator names the sender of a request.
//
// A rejection is an *api.Error; any other error is an internal one.
type Authenticator interface {
	// Authenticate returns the account, principal, user id and access key of the
	// caller; the rest of Caller belongs to the connection.
	Authenticate(ctx context.Context, r Request) (api.Caller, error)
}
