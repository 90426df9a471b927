package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/sigv4"
)

// DefaultAccount is the account of callers whose key names none.
const DefaultAccount ident.AccountID = "000000000000"

// Options are what Callers are made of.
type Options struct {
	// Strict accepts keys that this server issued, and no other.
	Strict bool
	// Fallback is the account of all keys that name none; empty means DefaultAccount.
	Fallback ident.AccountID
	// Partition is that of all callers; empty means that of the Region in the credential
	// scope.
	Partition ident.Partition
	// Sessions are the temporary credentials, Issuer knows the long-lived access keys, and
	// Keys has them.
	Sessions *Sessions
	Issuer   *Issuer
	Keys     Keys
	// Clock ends sessions, and WallClock dates signatures: that of the machine, because
	// clients sign by theirs.
	Clock, WallClock clock.Clock
	// Log receives each key that names no account, once.
	Log *slog.Logger
}

// Callers is the Authenticator. A key that this server issued is verified. In the open
// sandbox an access key ID of twelve digits is the root user of that account, and every
// other key the root user of the fallback; their signatures are not verified, because
// such keys have no secret.
type Callers struct {
	Options
	verifier *sigv4.Verifier

	mu sync.Mutex
	// seen are the keys that were logged.
	seen map[string]bool
}

var _ Authenticator = (*Callers)(nil)

// New returns the authenticator.
func New(o Options) *Callers {
	if o.Fallback == "" {
		o.Fallback = DefaultAccount
	}
	return &Callers{Options: o, verifier: sigv4.NewVerifier(), seen: map[string]bool{}}
}

// Authenticate returns the principal of the key. Digits of another number than twelve are
// a mistyped account ID.
func (c *Callers) Authenticate(ctx context.Context, r Request) (api.Caller, error) {
	key := r.Signature.AccessKeyID
	partition := c.Partition
	if partition == "" {
		partition = ident.PartitionOf(r.Signature.Region)
	}
	switch {
	case isTemporary(key):
		return c.session(r, partition)
	case c.Issuer.Issued(key):
		return c.user(ctx, r, partition)
	case c.Strict:
		return api.Caller{}, api.UnrecognizedClient()
	case isNumber(key) && len(key) != accountDigits:
		return api.Caller{}, unknownKey(fmt.Sprintf("the access key has %d digits, and the ID of an account has %d", len(key), accountDigits))
	case !isNumber(key):
		c.logOnce(ctx, key)
	}
	account := c.AccountOf(key)
	return api.Caller{
		Account:     string(account),
		Kind:        api.RootUser,
		Principal:   partition.RootUserARN(account),
		UserID:      string(account),
		Partition:   string(partition),
		AccessKeyID: key,
	}, nil
}

// session returns the caller of temporary credentials.
func (c *Callers) session(r Request, partition ident.Partition) (api.Caller, error) {
	key := r.Signature.AccessKeyID
	opened, err := c.Sessions.open(key, r.Signature.Token, c.Clock.Now())
	if err != nil {
		return api.Caller{}, err
	}
	if err := c.verify(r, opened.secret); err != nil {
		return api.Caller{}, err
	}
	session := &opened.session
	return api.Caller{
		Account:        string(session.Account),
		Kind:           session.kind(),
		Principal:      partition.In(session.Principal),
		UserID:         session.UserID,
		Partition:      string(partition),
		AccessKeyID:    key,
		RoleARN:        partition.In(session.RoleARN),
		SourceIdentity: session.SourceIdentity,
		SessionCreated: session.Issued,
		Session:        &session.Session,
		Registration:   session.Registration,
	}, nil
}

// user returns the caller of a long-lived access key that this server issued.
func (c *Callers) user(ctx context.Context, r Request, partition ident.Partition) (api.Caller, error) {
	key, err := c.Keys.Key(ctx, r.Signature.AccessKeyID)
	switch {
	case errors.Is(err, ErrUnknownKey) || err == nil && !key.Active:
		return api.Caller{}, api.UnrecognizedClient()
	case err != nil:
		return api.Caller{}, fmt.Errorf("reading access key %s: %w", r.Signature.AccessKeyID, err)
	case r.Signature.Token != "":
		return api.Caller{}, unknownKey("a long-lived access key has no session token")
	}
	if err := c.verify(r, key.Secret); err != nil {
		return api.Caller{}, err
	}
	c.Keys.Used(r.Signature.AccessKeyID, c.Clock.Now(), r.Signature.Service, r.Signature.Region)
	return api.Caller{
		Account:     string(key.Account),
		Kind:        key.Kind,
		Principal:   partition.In(key.Principal),
		UserID:      key.UserID,
		Partition:   string(partition),
		AccessKeyID: r.Signature.AccessKeyID,
	}, nil
}

// verify verifies the signature of a request with the secret of its key.
func (c *Callers) verify(r Request, secret string) error {
	signed := head(r.Request)
	signed.Body = r.Body
	if err := c.verifier.Verify(signed, r.Signature, secret, c.WallClock.Now()); err != nil {
		return answer(err)
	}
	return nil
}

// AccountOf returns the account for which a key signs.
func (c *Callers) AccountOf(accessKeyID string) ident.AccountID {
	if account := ident.AccountID(accessKeyID); account.Valid() {
		return account
	}
	if account, ok := accountIn(temporary, accessKeyID); ok {
		return account
	}
	if account, ok := accountIn(longLived, accessKeyID); ok && c.Issuer.Issued(accessKeyID) {
		return account
	}
	return c.Fallback
}

// isTemporary reports whether a key has the form of a temporary access key.
func isTemporary(accessKeyID string) bool {
	_, ok := numberIn(temporary, accessKeyID)
	return ok
}

// accountDigits is the length of an account ID.
const accountDigits = 12

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// maxSeen bounds the keys that are remembered; further ones are not logged.
const maxSeen = 1000

// logOnce logs a key that names no account when it is first used.
func (c *Callers) logOnce(ctx context.Context, key string) {
	c.mu.Lock()
	logged := c.seen[key] || len(c.seen) == maxSeen
	if !logged {
		c.seen[key] = true
	}
	c.mu.Unlock()
	if !logged {
		c.Log.InfoContext(ctx, fmt.Sprintf("access key %q is not an account ID, taken as account %s", shown(key), c.Fallback))
	}
}

// maxShown is how many characters of a key are logged whole. A longer one may be a
// real key, or a secret in its place, of which the beginning is enough.
const maxShown = 15

func shown(key string) string {
	if len(key) <= maxShown {
		return key
	}
	return strings.ToValidUTF8(key[:4], "") + "…"
}
