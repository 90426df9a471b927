package accesskey

import (
	"sync"

	"accord/internal/iam"
)

// maxUses bounds the keys whose last use waits to be written; uses of further ones are
// not noted.
const maxUses = 4096

// uses are the last uses that wait to be written: a call writes nothing.
type uses struct {
	mu   sync.Mutex
	last map[string]iam.LastUse
}

// note notes the last use of a key.
func (u *uses) note(accessKeyID string, use iam.LastUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		u.last = map[string]iam.LastUse{}
	}
	if _, noted := u.last[accessKeyID]; noted || len(u.last) < maxUses {
		u.last[accessKeyID] = use
	}
}

// take returns what waits, which then waits no longer.
func (u *uses) take() map[string]iam.LastUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	last := u.last
	u.last = nil
	return last
}
