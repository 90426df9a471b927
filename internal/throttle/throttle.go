// Package throttle limits how often an account and an organization call each operation,
// with token buckets. It knows no requests and no clock: instants come in. What a caller
// may do at all is not decided here.
package throttle

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBuckets bounds the memory: about 20 MB. Beyond it full buckets are dropped, which
// changes nothing, and then any others.
const maxBuckets = 100_000

// key names a bucket: each operation has its own. [assumed]
type key struct {
	operation string
	scope     Scope
	id        string
}

// Limiter holds the buckets of one server. They start full, and refill with the instants
// that are passed in. A nil Limiter limits nothing.
type Limiter struct {
	factor float64
	most   int

	mu      sync.Mutex
	buckets map[key]*rate.Limiter
}

// New returns a limiter that multiplies the rates and sizes of the table by a factor
// greater than 0. A bucket lets one call through at least.
func New(factor float64) *Limiter {
	return &Limiter{factor: factor, most: maxBuckets, buckets: map[key]*rate.Limiter{}}
}

// Counts reports whether an operation has a bucket in a scope.
func (l *Limiter) Counts(operation string, scope Scope) bool {
	return l != nil && table[operation].in(scope).Size > 0
}

// Allow takes a token for a call of an operation from the bucket of the account and, if
// organization is not empty, from that of the organization. It returns the scope that has
// none left, and "" if the call may go on. A refused call takes no token. [assumed]
func (l *Limiter) Allow(now time.Time, operation, account, organization string) Scope {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []*rate.Limiter
	for _, k := range []key{{operation, Account, account}, {operation, Organization, organization}} {
		if k.id == "" || !l.Counts(operation, k.scope) {
			continue
		}
		b := l.bucket(now, k)
		if b.TokensAt(now) < 1 {
			return k.scope
		}
		taken = append(taken, b)
	}
	for _, b := range taken {
		b.AllowN(now, 1)
	}
	return ""
}

// Refill fills all buckets.
func (l *Limiter) Refill() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.buckets)
}

func (l *Limiter) bucket(now time.Time, k key) *rate.Limiter {
	if b := l.buckets[k]; b != nil {
		return b
	}
	if len(l.buckets) >= l.most {
		l.drop(now)
	}
	row := table[k.operation].in(k.scope)
	b := rate.NewLimiter(rate.Limit(row.Rate*l.factor), max(1, int(float64(row.Size)*l.factor)))
	l.buckets[k] = b
	return b
}

// drop empties half of the bound, so that it is seldom called.
func (l *Limiter) drop(now time.Time) {
	for k, b := range l.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(l.buckets, k)
		}
	}
	for k := range l.buckets {
		if len(l.buckets) <= l.most/2 {
			break
		}
		delete(l.buckets, k)
	}
}
