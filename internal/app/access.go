package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"accord/internal/accesskey"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/org"
	"accord/internal/secret"
	"accord/internal/secretfile"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// access is what a server knows callers by.
type access struct {
	callers  *identity.Callers
	sessions *identity.Sessions
	keys     *accesskey.Keys
	// ring has the keys that encrypt secrets.
	ring *secret.Ring
	// store is that of the server.
	store *store.Store
	// reload reads the secret keys again; nil if they are in no file.
	reload func() error
}

// openAccess opens the keys of a server. now is the clock of the service, and machine the
// time of the operating system, by which clients sign; nil for the real one.
func openAccess(ctx context.Context, c config.Config, db *store.Store, now clock.Clock, machine func() time.Time, log *slog.Logger) (*access, error) {
	a := &access{store: db}
	ring, err := a.openRing(ctx, c, db, log)
	if err != nil {
		return nil, err
	}
	a.ring = ring
	token, err := db.Secret(ctx, store.TokenKey)
	if err != nil {
		return nil, err
	}
	issuer := identity.NewIssuer(token)
	a.keys = accesskey.New(db, ring, issuer)
	if a.reload != nil || len(c.SecretKeys) > 0 {
		moved, err := a.keys.MoveOutside(ctx)
		if err != nil {
			return nil, err
		}
		if moved > 0 {
			log.WarnContext(ctx, "the secret key was in the store until now: copies of the store that are older still have it, so replace the access keys that it had", "access keys", moved)
		}
	}
	readable, err := a.keys.Readable(ctx)
	if err != nil {
		return nil, err
	}
	if !readable {
		log.ErrorContext(ctx, "access keys of this store cannot be used: their secrets were encrypted with a secret key that this server does not have")
	}
	a.sessions = identity.NewSessions(token).Under(func() [][]byte { return ring.Derive("sessions") })
	a.callers = identity.New(identity.Options{
		Strict: c.Strict(), Fallback: c.DefaultAccount, Partition: c.Behavior.Partition,
		Sessions: a.sessions, Issuer: issuer, Keys: a.keys, Clock: now, WallClock: clock.NewSystem(machine), Log: log,
	})
	return a, nil
}

// openRing opens the keys that encrypt secrets.
func (a *access) openRing(ctx context.Context, c config.Config, db *store.Store, log *slog.Logger) (*secret.Ring, error) {
	switch {
	case c.SecretKeyFile != "":
		open := secret.OpenFile
		outside, err := accesskey.IsOutside(ctx, db)
		if err != nil {
			return nil, err
		}
		if outside {
			// A new key is none that this store needs.
			open = readSecretKeys
		}
		keys, made, err := open(c.SecretKeyFile)
		if err != nil {
			return nil, config.Use(err, "secret-key-file")
		}
		if made {
			log.InfoContext(ctx, "a secret key was made: without it no access key of this store can be used, so keep a copy of the file", "file", c.SecretKeyFile)
		}
		ring := secret.NewRing(keys)
		a.reload = func() error {
			keys, err := secret.ReadFile(c.SecretKeyFile)
			if err == nil {
				ring.Replace(keys)
			}
			return err
		}
		return ring, nil
	case len(c.SecretKeys) > 0:
		return secret.NewRing(c.SecretKeys), nil
	}
	return accesskey.RingInside(ctx, db)
}

// readSecretKeys reads a file of keys that is not made if it is missing.
func readSecretKeys(path string) ([]secret.Key, bool, error) {
	keys, err := secret.ReadFile(path)
	return keys, false, err
}

// rotate reads the secret keys again and encrypts all secrets with the first one. It
// returns how many had another one.
func (a *access) rotate(ctx context.Context, run change) (int, error) {
	if a.reload != nil {
		if err := a.reload(); err != nil {
			return 0, config.Use(err, "secret-key-file")
		}
	}
	n, err := a.keys.Reseal(ctx)
	if err == nil {
		// The record of the change.
		err = run(ctx, func(*store.Tx) error { return nil })
	}
	return n, err
}

// issueRootKey makes an access key of the root user of an account, and returns its ID and
// its secret.
func (a *access) issueRootKey(ctx context.Context, run change, account ident.AccountID) (id, secret string, err error) {
	err = run(ctx, func(tx *store.Tx) error {
		found, err := tx.Account(account)
		if errors.Is(err, store.ErrNotFound) || err == nil && found.State == org.Gone {
			return provider.ErrNoAccount
		}
		if err != nil {
			return err
		}
		id, secret, err = a.keys.IssueToRoot(tx, a.store.Source(), account)
		if errors.Is(err, accesskey.ErrTooMany) {
			err = fmt.Errorf("%w: %w", provider.ErrNotNow, err)
		}
		return err
	})
	return id, secret, err
}

// makeFirstAccount makes an account with an access key of its root user on a store without
// accounts, and writes the key to a file, which must not exist. On any other store, and
// without the name of a file, it does nothing.
func (a *access) makeFirstAccount(ctx context.Context, r *operation.Runner, path string, log *slog.Logger) error {
	if path == "" {
		return nil
	}
	empty := false
	isEmpty := func(v *store.View) (err error) {
		empty, err = v.Empty()
		return err
	}
	if err := a.store.View(ctx, isEmpty); err != nil || !empty {
		return err
	}
	source := a.store.Source()
	account := source.Account()
	id, secret, sealed, err := a.keys.New(source, account)
	if err != nil {
		return err
	}
	// Before the commit: an account whose key nobody has is of no use.
	if err := secretfile.Create(path, credentialsFile(id, secret)); err != nil {
		return config.Use(err, "root-key-file")
	}
	err = r.Change(ctx, func(u *operation.Unit) error {
		if err := isEmpty(&u.Tx.View); err != nil || !empty {
			return err
		}
		if _, err := u.RegisterAccount(account); err != nil {
			return err
		}
		return accesskey.InsertOfRoot(u.Tx, id, sealed, account)
	})
	if err != nil || !empty {
		return errors.Join(err, os.Remove(path))
	}
	log.InfoContext(ctx, "a first account was made, with an access key of its root user", "account", account, "access_key", id, "file", path)
	return nil
}

// credentialsFile is a file of credentials as AWS clients read it. [AWS: SDKs and Tools
// Reference Guide, shared config and credentials files]
func credentialsFile(id, secret string) string {
	return "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = " + secret + "\n"
}
