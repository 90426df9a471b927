package console

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"time"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// with makes a handler of a function that answers a visit, or returns why it does not.
func (s *Console) with(answer func(*visitor) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visitor{Visit: &visit.Visit{Request: r, Server: &s.Server}, w: w, session: s.seal.read(r, s.Clock.Now())}
		v.Powers = s.Token == nil || v.session != nil && v.session.Mark == s.Token.Mark()
		if v.session != nil {
			v.Key, v.Owner = v.session.Key, v.session.Account
		}
		v.As, v.By = ident.AccountID(r.URL.Query().Get("as")), r.URL.Query().Get("by")
		if s.Strict {
			v.As, v.By = v.Owner, ""
		}
		if err := answer(v); err != nil {
			s.fail(w, r, err)
		}
	})
}

// page answers requests for a page, and those of its forms.
func (s *Console) page(p *visit.Page, method string) http.Handler {
	return s.with(func(v *visitor) error {
		if !v.Admits(p.Need) {
			to := url.Values{"next": {v.URL.RequestURI()}}
			if method != http.MethodGet {
				to = url.Values{"next": {visit.Base + "/"}}
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
func (s *Console) act(p *visit.Page, v *visitor) error {
	if err := s.checkForm(v, p); err != nil {
		return err
	}
	// Work that becomes due may take longer than a page.
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{})
	to, err := p.Act(v.Visit)
	var f *visit.Failure
	switch {
	case errors.As(err, &f):
		return s.show(p, v, f)
	case err != nil:
		return err
	case to == "":
		return s.show(p, v, nil)
	}
	http.Redirect(v.w, v.Request, to, http.StatusSeeOther)
	return nil
}

// show shows a page; with why its form was refused, if that is not nil.
func (s *Console) show(p *visit.Page, v *visitor, refused *visit.Failure) error {
	if p.Need == visit.Principal {
		choice, err := v.Choose()
		if err != nil {
			return err
		}
		if choice != nil && p.Part != "" {
			return &visit.Failure{Status: http.StatusBadRequest, Message: "The address names no account that exists."}
		}
		if choice != nil {
			s.render(v.w, v.Request, http.StatusOK, "choose", &view{Title: p.Title, Page: p, Visit: v.Visit, Session: v.session, Data: choice, CSRF: s.seal.csrf(v.session)})
			return nil
		}
	}
	data, err := p.Show(v.Visit)
	var denied *visit.Failure
	if errors.As(err, &denied) && denied.Operation != "" && v.By != "" && p.Part == "" {
		// The person stays where another principal can be chosen.
		s.render(v.w, v.Request, denied.Status, "denied", &view{
			Title: p.Title, Page: p, Visit: v.Visit, Session: v.session, Data: v.URL.Path, Error: denied, CSRF: s.seal.csrf(v.session),
		})
		return nil
	}
	if err != nil {
		return err
	}
	if file, is := data.(visit.File); is {
		return sendFile(v, file)
	}
	status := http.StatusOK
	if refused != nil {
		status = refused.Status
	}
	title := p.Title
	if t, is := data.(interface{ PageTitle() string }); is {
		title = t.PageTitle()
	}
	s.render(v.w, v.Request, status, p.Template, &view{
		Title: title, Page: p, Visit: v.Visit, Session: v.session, Data: data, Error: refused, Form: v.PostForm, CSRF: s.seal.csrf(v.session),
	})
	return nil
}

// sendFile sends a file, which no browser shows: what is in it was made by others.
func sendFile(v *visitor, file visit.File) error {
	// What makes a file may take longer than a page.
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{})
	header := func(h http.Header) {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	}
	if file.Target != "" {
		return v.Download(file.Target, v.w, header)
	}
	header(v.w.Header())
	_, _ = v.w.Write(file.Content)
	return nil
}
