// Package identity says who signs a request: it turns the signature into an
// api.Caller.
//
// There is one way in so far, the open sandbox, where a key is an identity
// because it says so. Verifying signatures, keys that the server issued, users,
// roles and sessions take their place behind Authenticator; permission is not
// decided here.
package identity

import (
	"context"
	"net/http"

	"accord/internal/api"
	"accord/internal/ident"
)

// Request is what there is to tell who sent it.
type Request struct {
	*http.Request
	// Signature is the one of the request, as ReadSignature returned it.
	Signature Signature
	// Body is what the signature covers besides the head. It is not kept.
	Body []byte
}

// Authenticator tells who sent a request.
//
// A refusal is an *api.Error; any other error is ours.
type Authenticator interface {
	// Authenticate returns the account, principal, user id and access key of the
	// caller; the rest of Caller belongs to the connection.
	Authenticate(ctx context.Context, r Request) (api.Caller, error)
}

// Registry knows the accounts of the installation.
type Registry interface {
	// EnsureAccount registers the account if nobody knows it yet, in a transaction of
	// its own, and returns its state, e.g. "ACTIVE"; empty for an account that
	// is permanently closed. It is the one write that happens before a call is
	// accepted: also a refused first call registers.
	EnsureAccount(ctx context.Context, id ident.AccountID) (state string, err error)
}

// signing are the states in which the principals of an account can sign. An
// account in any other is closed to its owner. [AWS: account states; assumed for
// the two that are on their way]
var signing = map[string]bool{
	"ACTIVE":             true,
	"PENDING_CLOSURE":    true,
	"PENDING_ACTIVATION": true,
}
