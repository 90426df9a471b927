package identity_test

import (
	"io"
	"testing"
	"time"

	"accord/internal/identity"
)

// TestAKeptSessionIsAskedEachTime: whether it is over, whether its key still signs, and
// whether the token is that of the access key. The control of each is the call before,
// after which the session is kept.
func TestAKeptSessionIsAskedEachTime(t *testing.T) {
	held := [][]byte{[]byte("one")}
	sessions := identity.NewSessions([]byte("secret")).Under(func() [][]byte { return held })
	o, _, now := openSandbox("", io.Discard)
	o.Sessions = sessions
	c, other := issue(t, sessions, session), issue(t, sessions, session)
	check := func(when string, c identity.Credentials, want bool) {
		t.Helper()
		if _, err := o.Authenticate(t.Context(), sign(t, c, "us-east-1", epoch)); (err == nil) != want {
			t.Errorf("%s: %v", when, err)
		}
	}
	check("a session", c, true)
	check("again", c, true)
	mixed := c
	mixed.AccessKeyID, mixed.SecretAccessKey = other.AccessKeyID, other.SecretAccessKey
	check("the token with the key of another session", mixed, false)
	wrong := c
	wrong.SecretAccessKey = other.SecretAccessKey
	check("the secret of another session", wrong, false)
	held = [][]byte{[]byte("two")}
	check("another key signs", c, false)
	held = [][]byte{[]byte("two"), []byte("one")}
	check("both do", c, true)
	now.Set(session.Expires.Add(-time.Second))
	check("the last second", c, true)
	now.Set(session.Expires)
	check("the end", c, false)
}
