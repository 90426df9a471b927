package visit

import (
	"net/http"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
)

// Call calls an operation of Organizations as the principal of the visit, and reads the answer
// into out, unless that is nil.
func (v *Visit) Call(operation string, in, out any) error {
	return v.CallAs(v.As, operation, in, out)
}

// CallAs calls an operation as the root user of an account, or, if it is that of the visit, as its
// principal; in strict mode as the access key that was signed in with, which has to be of this
// account.
func (v *Visit) CallAs(account ident.AccountID, operation string, in, out any) error {
	if err := v.MayActAs(account); err != nil {
		return err
	}
	r, body, err := v.newCall(operation, in)
	if err != nil {
		return err
	}
	if err := v.sign(r, body, account); err != nil {
		return err
	}
	a, err := send(v.Server.API, r)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		refused := refusal(a, operation, account)
		if account == v.As && v.By != "" {
			refused.As += " " + v.By
			v.forget(refused)
		}
		return refused
	}
	return a.read(out)
}

// sign signs a call of Organizations: as the principal of the visit, or as the root user of
// another account.
func (v *Visit) sign(r *http.Request, body []byte, account ident.AccountID) error {
	if v.Server.Strict {
		return v.Server.Sign(v.Context(), r, body, v.Key, "")
	}
	if account == v.As {
		switch p, err := v.principal(); {
		case err != nil:
			return err
		case p != nil:
			return v.signAsPrincipal(r, body, p)
		}
	}
	v.signAsRoot(r, account, orgapi.ServiceName)
	return nil
}
