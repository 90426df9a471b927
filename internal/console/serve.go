package console

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"accord/internal/ident"
)

// with makes a handler of a function that answers a visit, or returns why it does not.
func (s *Console) with(answer func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Request: r, w: w, console: s, session: s.seal.read(r, s.Clock.Now())}
		v.Powers = s.Token == nil || v.session != nil && v.session.Mark == s.Token.Mark()
		v.As = ident.AccountID(r.URL.Query().Get("as"))
		if s.Strict {
			v.As = ""
			if v.session != nil {
				v.As = v.session.Account
			}
		}
		if err := answer(v); err != nil {
			s.fail(w, r, err)
		}
	})
}

// page answers requests for a page, and those of its forms.
func (s *Console) page(p *page, method string) http.Handler {
	return s.with(func(v *visit) error {
		if !v.admits(p.need) {
			to := url.Values{"next": {v.URL.RequestURI()}}
			if method != http.MethodGet {
				to = url.Values{"next": {base + "/"}}
			}
			http.Redirect(v.w, v.Request, signInPath+"?"+to.Encode(), http.StatusSeeOther)
			return nil
		}
		if method == http.MethodPost {
			return s.act(p, v)
		}
		return s.show(p, v, nil)
	})
}

// act does what a form asks for. Then the browser gets the page that shows what came of it, or
// the same form again, filled in, with the error.
func (s *Console) act(p *page, v *visit) error {
	if err := s.checkForm(v); err != nil {
		return err
	}
	// Work that becomes due may take longer than a page.
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{})
	to, err := p.act(v)
	var f *failure
	switch {
	case errors.As(err, &f):
		return s.show(p, v, f)
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.Request, to, http.StatusSeeOther)
	return nil
}

// show shows a page; with why its form was refused, if that is not nil.
func (s *Console) show(p *page, v *visit, refused *failure) error {
	if p.need == principal {
		choice, err := v.choose()
		if err != nil {
			return err
		}
		if choice != nil {
			s.render(v.w, v.Request, http.StatusOK, "choose", &view{Title: p.title, Page: p, Visit: v, Data: choice, CSRF: s.seal.csrf(v.session)})
			return nil
		}
	}
	data, err := p.show(v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if refused != nil {
		status = refused.Status
	}
	title := p.title
	if t, is := data.(interface{ PageTitle() string }); is {
		title = t.PageTitle()
	}
	s.render(v.w, v.Request, status, p.template, &view{
		Title: title, Page: p, Visit: v, Data: data, Error: refused, Form: v.PostForm, CSRF: s.seal.csrf(v.session),
	})
	return nil
}
