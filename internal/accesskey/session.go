package accesskey

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// userSession is how long a session lasts that SessionOf makes.
const userSession = 15 * time.Minute

// SessionOf makes temporary credentials of a user as GetSessionToken does, without a key of the
// user: who may do everything may also act as its users. ErrNoUser: there is none of this name.
func (k *Keys) SessionOf(ctx context.Context, sessions *identity.Sessions, account ident.AccountID, user string, now time.Time) (identity.Credentials, error) {
	session := identity.Session{Account: account, Issued: now.UTC().Truncate(time.Second), Session: api.Session{Kind: api.UserSession}}
	session.Expires = session.Issued.Add(userSession)
	err := k.store.View(ctx, func(v *store.View) error {
		owner, err := v.Account(account)
		if err != nil {
			return err
		}
		found, err := identities.Get(v, account, iam.User, user)
		session.Registration, session.UserID, session.Session.IssuerID = owner.Sequence, found.ID, found.ID
		session.Principal = found.ARN(ident.AWS)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return identity.Credentials{}, ErrNoUser
	}
	if err != nil {
		return identity.Credentials{}, err
	}
	return sessions.Issue(k.store.Source(), session)
}

// ErrNoUser: there is no user of this name.
var ErrNoUser = errors.New("there is no such user")
