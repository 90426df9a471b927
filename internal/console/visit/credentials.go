package visit

import (
	"sync"
	"time"
)

// Credentials are temporary credentials.
type Credentials struct{ AccessKeyID, SecretAccessKey, Token string }

// Identity is a user or a role of an account, as the admin API shows it.
type Identity struct {
	// Name begins with the kind, and has the path: "user/ada", "role/team/Admin".
	Name string `json:"name"`
	ARN  string `json:"arn"`
}

// Assumed keeps the credentials of roles while they last, as any client does: otherwise each page
// would assume its role again, which is recorded. The zero value has none.
type Assumed struct {
	mu  sync.Mutex
	all map[string]assumed
}

type assumed struct {
	Credentials
	until time.Time
}

// mostAssumed bounds the credentials that are kept.
const mostAssumed = 1000

func (a *Assumed) get(arn string, now time.Time) (Credentials, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, is := a.all[arn]
	return found.Credentials, is && now.Before(found.until)
}

func (a *Assumed) put(arn string, c Credentials, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil || len(a.all) >= mostAssumed {
		a.all = map[string]assumed{}
	}
	a.all[arn] = assumed{c, until}
}

func (a *Assumed) forget(arn string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, arn)
}
