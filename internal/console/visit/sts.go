package visit

import (
	"net/http"
	"net/url"

	"accord/internal/api/stsapi"
	"accord/internal/ident"
)

// WhoIs asks STS whose access key it is, by a call that the key with this secret signs.
func (v *Visit) WhoIs(key, secret string) (account ident.AccountID, arn string, err error) {
	text, refused, err := v.callSTS("GetCallerIdentity", url.Values{}, func(r *http.Request, body []byte) error {
		return v.Server.Sign(v.Context(), r, body, key, secret)
	})
	switch {
	case err != nil:
		return "", "", err
	case refused != nil:
		refused.Status, refused.Field = http.StatusUnauthorized, "key"
		return "", "", refused
	}
	return ident.AccountID(element(text, "Account")), element(text, "Arn"), nil
}

// callSTS calls an operation of STS, signed by a function, and returns the text of its answer, or
// its refusal.
func (v *Visit) callSTS(operation string, in url.Values, sign func(r *http.Request, body []byte) error) (text string, refused *Failure, err error) {
	in.Set("Action", operation)
	in.Set("Version", stsapi.APIVersion)
	body := []byte(in.Encode())
	r, err := v.newRequest(http.MethodPost, "/", body)
	if err != nil {
		return "", nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if err := sign(r, body); err != nil {
		return "", nil, err
	}
	a, err := send(v.Server.API, r)
	if err != nil {
		return "", nil, err
	}
	if text = a.body.String(); a.status != http.StatusOK {
		refused = &Failure{Status: a.status, Operation: operation, Type: element(text, "Code"), Message: element(text, "Message")}
	}
	return text, refused, nil
}
