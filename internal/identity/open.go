package identity

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
)

// DefaultAccount is the account of callers whose key names none.
const DefaultAccount ident.AccountID = "000000000000"

// Open authenticates in the open sandbox: an access key ID of twelve digits is the
// root user of that account, a temporary access key the session that the server
// issued it for, and every other key the root user of the default account. Signatures
// are not verified, because most keys have no secret.
type Open struct {
	fallback  ident.AccountID
	partition ident.Partition
	sessions  *Sessions
	clock     clock.Clock
	log       *slog.Logger

	mu sync.Mutex
	// seen are the keys that were logged.
	seen map[string]bool
}

var _ Authenticator = (*Open)(nil)

// NewOpen returns the authenticator of the open sandbox. The fallback is the account
// of all keys that name none; empty means DefaultAccount. The partition is that of all
// callers; empty means that of the Region in the credential scope. The clock ends
// sessions, and the log receives each key that names no account, once.
func NewOpen(fallback ident.AccountID, partition ident.Partition, sessions *Sessions, c clock.Clock, log *slog.Logger) *Open {
	if fallback == "" {
		fallback = DefaultAccount
	}
	return &Open{fallback: fallback, partition: partition, sessions: sessions, clock: c, log: log, seen: map[string]bool{}}
}

// Authenticate returns the root user of the account that the key names, or the
// session of a temporary key. Digits of another number are a mistyped account ID.
func (o *Open) Authenticate(ctx context.Context, r Request) (api.Caller, error) {
	key := r.Signature.AccessKeyID
	partition := o.partition
	if partition == "" {
		partition = ident.PartitionOf(r.Signature.Region)
	}
	switch {
	case isTemporary(key):
		return o.session(key, r.Signature.Token, partition)
	case isNumber(key) && len(key) != accountDigits:
		return api.Caller{}, unknownKey(fmt.Sprintf("the access key has %d digits, and the ID of an account has %d", len(key), accountDigits))
	case !isNumber(key):
		o.logOnce(ctx, key)
	}
	account := o.AccountOf(key)
	return api.Caller{
		Account:     string(account),
		Principal:   partition.RootUserARN(account),
		UserID:      string(account),
		Partition:   string(partition),
		AccessKeyID: key,
	}, nil
}

func (o *Open) session(key, token string, partition ident.Partition) (api.Caller, error) {
	session, err := o.sessions.Open(key, token, o.clock.Now())
	if err != nil {
		return api.Caller{}, err
	}
	return api.Caller{
		Account:        string(session.Account),
		Principal:      partition.In(session.Principal),
		UserID:         session.UserID,
		Partition:      string(partition),
		AccessKeyID:    key,
		RoleARN:        partition.In(session.RoleARN),
		SourceIdentity: session.SourceIdentity,
		SessionCreated: session.Issued,
		Registration:   session.Registration,
	}, nil
}

// AccountOf returns the account for which a key signs.
func (o *Open) AccountOf(accessKeyID string) ident.AccountID {
	if account := ident.AccountID(accessKeyID); account.Valid() {
		return account
	}
	if account, ok := temporaryAccount(accessKeyID); ok {
		return account
	}
	return o.fallback
}

// accountDigits is the length of an account ID.
const accountDigits = 12

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// maxSeen bounds the keys that are remembered; further ones are not logged.
const maxSeen = 1000

// logOnce logs a key that names no account when it is first used.
func (o *Open) logOnce(ctx context.Context, key string) {
	o.mu.Lock()
	logged := o.seen[key] || len(o.seen) == maxSeen
	if !logged {
		o.seen[key] = true
	}
	o.mu.Unlock()
	if !logged {
		o.log.InfoContext(ctx, fmt.Sprintf("access key %q is not an account ID, taken as account %s", shown(key), o.fallback))
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
