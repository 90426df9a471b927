package accordtest

import (
	"net/http"

	"accord/internal/app/apptest"
)

// keys are credentials that the server issued, whose signatures it verifies; none stands
// for the root user of an account.
type keys struct{ id, secret, token string }

// sign signs a request with the keys, if there are any.
func (k keys) sign(r *http.Request, body, service string) error {
	if k == (keys{}) {
		return nil
	}
	return apptest.SignKeys(r, body, Region, service, k.id, k.secret, k.token)
}
