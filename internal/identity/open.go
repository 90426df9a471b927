package identity

import (
	"context"

	"accord/internal/api"
	"accord/internal/ident"
)

// DefaultAccount is the account of callers whose key names none.
const DefaultAccount ident.AccountID = "000000000000"

// Open authenticates in the open sandbox: an access key id of twelve digits is
// the root user of that account, every other key the root user of the default
// account, and signatures are not verified, because the keys have no secret.
type Open struct {
	fallback ident.AccountID
}

var _ Authenticator = (*Open)(nil)

// NewOpen returns the authenticator of the open sandbox. The fallback is the
// account of all keys that are not twelve digits; empty means DefaultAccount.
func NewOpen(fallback ident.AccountID) *Open {
	if fallback == "" {
		fallback = DefaultAccount
	}
	return &Open{fallback: fallback}
}

// Authenticate returns the root user of the account that the key names.
func (o *Open) Authenticate(_ context.Context, r Request) (api.Caller, error) {
	account := o.AccountOf(r.Signature.AccessKeyID)
	return api.Caller{
		Account:     string(account),
		Principal:   ident.RootUserARN(account),
		UserID:      string(account),
		AccessKeyID: r.Signature.AccessKeyID,
	}, nil
}

// AccountOf returns the account for which a key signs.
func (o *Open) AccountOf(accessKeyID string) ident.AccountID {
	if account := ident.AccountID(accessKeyID); account.Valid() {
		return account
	}
	return o.fallback
}
