package profile

import (
	"net/http"

	"accord/internal/console/visit"
)

// errUnknown says that there is no such account.
var errUnknown = &visit.Failure{Status: http.StatusNotFound, Message: "There is no account with this ID, or the account that you act as may not see it."}

// hidden reports whether an error only says that the person may not see something.
func hidden(err error) bool {
	return visit.Is(err, "AccessDeniedException", "TooManyRequestsException", "ConstraintViolationException")
}

// unlessHidden is an error apart from those that hide something.
func unlessHidden(err error) error {
	if hidden(err) {
		return nil
	}
	return err
}
