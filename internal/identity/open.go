package identity

import (
	"context"
	"sync"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/ident"
)

// DefaultAccount is the account of callers whose key names none.
const DefaultAccount ident.AccountID = "000000000000"

// known bounds the accounts that Open remembers: more than any test bench has,
// and no more than a few megabytes when somebody counts through all of them.
const known = 20_000

// trusted bounds how long an account is taken for one that may sign without a look
// at it: another server may have changed its state. Who needs to know at once looks
// at the account itself.
const trusted = time.Minute

// Open authenticates in the open sandbox: an access key id of twelve digits is
// the root user of that account, every other key the root user of the default
// account, and signatures are not looked at. It may be used by many goroutines.
type Open struct {
	registry Registry
	clock    clock.Clock
	fallback ident.AccountID

	mu sync.RWMutex
	// active holds accounts that were seen registered and able to sign, and since
	// when that is known.
	active map[ident.AccountID]time.Time
	// forgotten counts the calls that cleared something: an answer of the
	// registry that began before one of them is not remembered after it.
	forgotten uint64
}

var _ Authenticator = (*Open)(nil)

// NewOpen returns the authenticator of the open sandbox. The fallback is the
// account of all keys that are not twelve digits; empty means DefaultAccount.
func NewOpen(registry Registry, c clock.Clock, fallback ident.AccountID) *Open {
	if fallback == "" {
		fallback = DefaultAccount
	}
	return &Open{registry: registry, clock: c, fallback: fallback, active: map[ident.AccountID]time.Time{}}
}

// Authenticate returns the root user of the account that the key names. An
// account that may not sign gets UnrecognizedClientException.
func (o *Open) Authenticate(ctx context.Context, r Request) (api.Caller, error) {
	account := o.AccountOf(r.Signature.AccessKeyID)
	if err := o.verify(r); err != nil {
		return api.Caller{}, err
	}
	if err := o.admit(ctx, account); err != nil {
		return api.Caller{}, err
	}
	return api.Caller{
		Account:     string(account),
		Principal:   ident.RootUserARN(account),
		UserID:      string(account),
		AccessKeyID: r.Signature.AccessKeyID,
	}, nil
}

// AccountOf returns the account for which a key signs.
func (o *Open) AccountOf(accessKeyID string) ident.AccountID {
	if len(accessKeyID) == 12 && digitsOnly(accessKeyID) {
		return ident.AccountID(accessKeyID)
	}
	return o.fallback
}

// verify compares the signature with the one that the secret of the key gives.
// Keys of the open sandbox have no secret: whatever was signed is accepted.
func (o *Open) verify(Request) error { return nil }

// admit registers the account on its first call and refuses it when its state
// does not let it sign.
func (o *Open) admit(ctx context.Context, account ident.AccountID) error {
	now := o.clock.Now()
	o.mu.RLock()
	since, ok := o.active[account]
	before := o.forgotten
	o.mu.RUnlock()
	if ok && now.Sub(since) < trusted {
		return nil
	}
	state, err := o.registry.EnsureAccount(ctx, account)
	if err != nil {
		return err
	}
	if !signing[state] {
		return unrecognizedClient()
	}
	o.remember(account, now, before)
	return nil
}

func (o *Open) remember(account ident.AccountID, since time.Time, before uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.forgotten != before {
		return
	}
	if len(o.active) >= known {
		// Any account will do: the next call of it asks the registry again.
		for other := range o.active {
			delete(o.active, other)
			break
		}
	}
	o.active[account] = since
}

// Forget makes the next call of the account ask the registry. Who changes the
// state of an account calls it once the change is committed.
func (o *Open) Forget(account ident.AccountID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forgotten++
	delete(o.active, account)
}

// ForgetAll makes the next call of every account ask the registry.
func (o *Open) ForgetAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forgotten++
	clear(o.active)
}
