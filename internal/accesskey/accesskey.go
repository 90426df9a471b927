// Package accesskey has the long-lived access keys of a server: it makes them, finds the
// user of one, and encrypts their secrets again when the key changes that encrypts them.
package accesskey

import (
	"context"
	"errors"
	"fmt"

	"accord/internal/api"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/secret"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Keys are the access keys of a store.
type Keys struct {
	store  *store.Store
	ring   *secret.Ring
	issuer *identity.Issuer
	uses   uses
}

var _ identity.Keys = (*Keys)(nil)

// New returns the keys of a store, whose secrets the ring encrypts.
func New(s *store.Store, ring *secret.Ring, issuer *identity.Issuer) *Keys {
	return &Keys{store: s, ring: ring, issuer: issuer}
}

// New returns the ID and the secret of a new access key, and the secret as the store
// keeps it. The ID may be one that exists.
func (k *Keys) New(source *ident.Source, account ident.AccountID) (id, secret, sealed string, err error) {
	id, secret, err = k.issuer.New(source, account)
	if err == nil {
		sealed, err = k.ring.Seal(id, secret)
	}
	return id, secret, sealed, err
}

// Key returns the access key with an ID, or identity.ErrUnknownKey.
func (k *Keys) Key(ctx context.Context, accessKeyID string) (identity.Key, error) {
	var found identities.OwnedKey
	err := k.store.View(ctx, func(v *store.View) (err error) {
		found, err = identities.AccessKey(v, accessKeyID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return identity.Key{}, identity.ErrUnknownKey
	}
	if err != nil {
		return identity.Key{}, err
	}
	text, err := k.ring.Open(found.ID, found.Sealed)
	switch {
	case errors.Is(err, secret.ErrUnknownKey):
		// The log has said it at the start: the key is of no use until the secret key is there.
		return identity.Key{}, identity.ErrUnknownKey
	case err != nil:
		return identity.Key{}, fmt.Errorf("the secret of access key %s cannot be read: %w", found.ID, err)
	}
	key := identity.Key{
		Secret: text, Account: found.Account, Active: found.Status == iam.Active,
		Kind: api.RootUser, Principal: ident.AWS.RootUserARN(found.Account), UserID: string(found.Account),
	}
	if found.User != "" {
		key.Kind, key.UserID = api.IAMUser, found.User
		key.Principal = iam.ARN(ident.AWS, found.Account, iam.User, found.UserPath, found.UserName)
	}
	return key, nil
}

// maxRootKeys is how many access keys a root user can have. [AWS: IAM quotas]
const maxRootKeys = 2

// ErrTooMany: the root user has as many access keys as it can have.
var ErrTooMany = errors.New("the root user of the account has two access keys; delete one of them first")

// IssueToRoot makes an access key of the root user of an account, in a transaction, and
// returns its ID and its secret, which nothing shows again.
func (k *Keys) IssueToRoot(tx *store.Tx, source *ident.Source, account ident.AccountID) (id, secret string, err error) {
	held, err := identities.AccessKeys(&tx.View, account, "")
	if err != nil {
		return "", "", err
	}
	if len(held) >= maxRootKeys {
		return "", "", ErrTooMany
	}
	for {
		id, secret, sealed, err := k.New(source, account)
		if err != nil {
			return "", "", err
		}
		if _, err := identities.AccessKey(&tx.View, id); err == nil {
			continue
		} else if !errors.Is(err, store.ErrNotFound) {
			return "", "", err
		}
		return id, secret, InsertOfRoot(tx, id, sealed, account)
	}
}

// InsertOfRoot adds a key that New returned as one of the root user of the account.
func InsertOfRoot(tx *store.Tx, id, sealed string, account ident.AccountID) error {
	return identities.InsertAccessKey(tx, iam.AccessKey{
		ID: id, Account: account, Sealed: sealed, Status: iam.Active, Created: tx.Now(),
	})
}

// Readable reports whether the ring has the key of the secrets, as the first one shows.
func (k *Keys) Readable(ctx context.Context) (bool, error) {
	readable := true
	err := k.store.View(ctx, func(v *store.View) error {
		first, err := identities.AccessKeysAfter(v, "", 1)
		if err == nil && len(first) > 0 {
			_, opened := k.ring.Open(first[0].ID, first[0].Sealed)
			readable = opened == nil
		}
		return err
	})
	return readable, err
}

// batch is how many secrets one transaction encrypts again.
const batch = 100

// Reseal encrypts all secrets with the key that seals now, and returns how many had
// another one. It can be run again after an error.
func (k *Keys) Reseal(ctx context.Context) (int, error) {
	total, after := 0, ""
	for {
		resealed, last := 0, ""
		err := k.store.Update(ctx, func(tx *store.Tx) error {
			resealed, last = 0, ""
			keys, err := identities.AccessKeysAfter(&tx.View, after, batch)
			if err != nil {
				return err
			}
			for _, key := range keys {
				last = key.ID
				if k.ring.Current(key.Sealed) {
					continue
				}
				text, err := k.ring.Open(key.ID, key.Sealed)
				if err != nil {
					return fmt.Errorf("the secret of access key %s cannot be read: %w", key.ID, err)
				}
				sealed, err := k.ring.Seal(key.ID, text)
				if err != nil {
					return err
				}
				if err := identities.SetSealed(tx, key.ID, sealed); err != nil {
					return err
				}
				resealed++
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		total += resealed
		if last == "" {
			return total, nil
		}
		after = last
	}
}
