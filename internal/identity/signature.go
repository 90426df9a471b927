package identity

import (
	"errors"
	"net/http"

	"accord/internal/api"
	"accord/internal/sigv4"
)

// ReadSignature reads the signature of a request, from its header or its query
// string. It returns MissingAuthenticationTokenException when there is none, and
// IncompleteSignatureException when a part is missing or malformed.
func ReadSignature(r *http.Request) (sigv4.Signature, error) {
	s, err := sigv4.Read(head(r))
	if err != nil {
		return sigv4.Signature{}, answer(err)
	}
	return s, nil
}

// head is a request without its body, as signatures see it.
func head(r *http.Request) sigv4.Request {
	return sigv4.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Host: r.Host, Header: r.Header}
}

// exceptions are the answers to signatures that are refused. [assumed: the status of
// those of JSON services]
var exceptions = map[sigv4.Reason]string{
	sigv4.Missing:    "MissingAuthenticationTokenException",
	sigv4.Incomplete: "IncompleteSignatureException",
	sigv4.Wrong:      "InvalidSignatureException",
	sigv4.Expired:    "RequestExpiredException",
}

// answer is the answer to a signature that is refused.
func answer(err error) error {
	var refused *sigv4.Error
	if !errors.As(err, &refused) {
		return err
	}
	return api.NewError(exceptions[refused.Reason], "", refused.Text)
}

// WrongSignature is the answer to a signature that is not the one of this
// request, for instance because its scope names another service.
func WrongSignature() *api.Error {
	return api.NewError(exceptions[sigv4.Wrong], "", sigv4.Mismatch)
}
