package console

import (
	"net/http"
	"strings"

	"accord/internal/console/visit"
)

// signInForm is what the page asks for.
type signInForm struct {
	Strict, Token bool
	Next          string
}

func (s *Console) showSignIn(v *visitor) error {
	if !s.Strict && s.Token == nil {
		// Nobody signs in here.
		http.Redirect(v.w, v.Request, visit.Base+"/", http.StatusSeeOther)
		return nil
	}
	return s.askToSignIn(v, http.StatusOK, nil)
}

// askToSignIn shows the form of the sign-in. A secret is never filled in again.
func (s *Console) askToSignIn(v *visitor, status int, err error) error {
	view := &view{Title: "Sign in", Data: signInForm{s.Strict, s.Token != nil, ownPath(v.FormValue("next"))}, Error: visit.FailureOf(err), Form: v.Form, CSRF: s.seal.csrf(v.session)}
	if view.Form != nil {
		view.Form.Del("secret")
		view.Form.Del("token")
	}
	s.render(v.w, v.Request, status, "sign-in", view)
	return nil
}

// signIn begins a session of one who shows an access key with its secret, or the token of the
// admin API, or both.
func (s *Console) signIn(v *visitor) error {
	if err := s.checkForm(v, nil); err != nil {
		return err
	}
	begun, err := s.identify(v)
	if err != nil {
		return s.askToSignIn(v, http.StatusUnauthorized, err)
	}
	http.SetCookie(v.w, s.seal.write(begun))
	http.Redirect(v.w, v.Request, ownPath(v.PostFormValue("next")), http.StatusSeeOther)
	return nil
}

// identify verifies what was shown.
func (s *Console) identify(v *visitor) (session, error) {
	begun := s.seal.begin(s.Clock.Now())
	if token := v.PostFormValue("token"); token != "" && s.Token != nil {
		shown := &http.Request{Header: http.Header{"Authorization": {"Bearer " + token}}}
		if !s.Token.Admits(shown) {
			return session{}, &visit.Failure{Status: http.StatusUnauthorized, Field: "token", Message: "This is not the token of the admin API."}
		}
		begun.Mark = s.Token.Mark()
	}
	key, secret := strings.TrimSpace(v.PostFormValue("key")), v.PostFormValue("secret")
	switch {
	case !s.Strict || key == "" && begun.Mark != "":
	case key == "" || secret == "":
		return session{}, &visit.Failure{Status: http.StatusUnauthorized, Field: "key", Message: "An access key has an ID and a secret."}
	default:
		account, arn, err := v.WhoIs(key, secret)
		if err != nil {
			return session{}, err
		}
		begun.Key, begun.Account, begun.ARN = key, account, arn
	}
	if begun.Mark == "" && begun.Key == "" {
		return session{}, &visit.Failure{Status: http.StatusUnauthorized, Field: "token", Message: "Nothing was entered that lets you in."}
	}
	return begun, nil
}

// signOut deletes the cookie of a session.
func (s *Console) signOut(v *visitor) error {
	if err := s.checkForm(v, nil); err != nil {
		return err
	}
	http.SetCookie(v.w, s.seal.made("", -1))
	http.Redirect(v.w, v.Request, signInPath, http.StatusSeeOther)
	return nil
}

// checkForm reads a form of a page and refuses one that no page of this session has sent.
func (s *Console) checkForm(v *visitor, p *visit.Page) error {
	if err := readForm(v, p); err != nil {
		return err
	}
	if !s.seal.isOfSession(v.session, v.PostFormValue("csrf")) {
		return &visit.Failure{Status: http.StatusForbidden, Message: "This form is not from a page of your session, or the server was started again since. Open the page again."}
	}
	return nil
}
