package console

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"accord/internal/console/pages"
	"accord/internal/console/visit"
	"accord/internal/ident"
)

// view is what a template gets.
type view struct {
	Title string
	// Page and Visit are nil on pages that show no data: errors and the sign-in.
	Page  *visit.Page
	Visit *visit.Visit
	// Session is nil for one who has not signed in.
	Session *session
	// Data is what the page shows.
	Data any
	// Error is why the form was refused; nil if it was not. Form has what was entered.
	Error *visit.Failure
	Form  url.Values
	CSRF  string
	// Console has the version and the time.
	Console *Console
}

// templates are all pages, each with the layout. They are read with the first page.
var templates = sync.OnceValues(func() (map[string]*template.Template, error) {
	layout, err := template.New("layout.html").Funcs(functions).ParseFS(web, "web/layout.html", "web/parts.html", "web/policies.html", "web/states.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(web, "web/pages/*.html")
	if err != nil {
		return nil, err
	}
	all := map[string]*template.Template{}
	for _, name := range names {
		own, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := own.ParseFS(web, name); err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(path.Base(name), ".html")] = own
	}
	return all, nil
})

// render writes a page, once it is whole.
func (s *Console) render(w http.ResponseWriter, r *http.Request, status int, name string, v *view) {
	v.Console = s
	whole := "layout.html"
	if v.Page != nil && v.Page.Part != "" {
		whole = v.Page.Part
	}
	text, err := executed(name, whole, v)
	if err != nil {
		s.Log.ErrorContext(r.Context(), "a page of the console cannot be written", "page", name, "error", err)
		http.Error(w, "Internal error; the log of the server says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
}

// executed is the text of a template of a page.
func executed(page, name string, data any) ([]byte, error) {
	all, err := templates()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = all[page].ExecuteTemplate(&text, name, data)
	return text.Bytes(), err
}

// Nav are the pages that every page links to.
func (v *view) Nav() []navigation {
	var listed []navigation
	if v.Visit == nil && (v.Console.Strict || v.Console.Token != nil) {
		return nil
	}
	for i := range pages.Table {
		p := &pages.Table[i]
		if p.Nav && (v.Visit == nil || v.Visit.Admits(p.Need)) {
			listed = append(listed, navigation{p.Title, strings.TrimSuffix(p.Path, "{$}")})
		}
	}
	return listed
}

// Now is the time of the service.
func (v *view) Now() time.Time { return v.Console.Now() }

// navigation is a link to a page.
type navigation struct{ Title, Path string }

// Current is the title of the page in the navigation that this page belongs to.
func (v *view) Current() string {
	current := ""
	for _, p := range pages.Table {
		if v.Page != nil && p.Nav && strings.HasPrefix(v.Page.Path, strings.TrimSuffix(p.Path, "{$}")) {
			current = p.Title
		}
	}
	return current
}

// Link is the address of a path of the console for the account that the person acts as.
func (v *view) Link(to string) string {
	if v.Visit == nil {
		return visit.Base + to
	}
	return v.Visit.Link(to)
}

// LinkAs is the address of a path for another account, of whichever type its ID is.
func (v *view) LinkAs(to string, as any) string {
	return v.Visit.LinkAs(to, ident.AccountID(fmt.Sprint(as)))
}

// Entered is what was entered in a field of the refused form.
func (v *view) Entered(field string) string { return v.Form.Get(field) }

// EnteredIn is what was entered in a field of one form of several, if that was refused.
func (v *view) EnteredIn(form, field string) string {
	if v.Form.Get("do") != form {
		return ""
	}
	return v.Entered(field)
}

// EnteredOr is what was entered in a field of one form, also nothing, and another text before
// anything was.
func (v *view) EnteredOr(form, field, otherwise string) string {
	if v.Form.Get("do") != form {
		return otherwise
	}
	return v.Entered(field)
}

// Refused reports whether the form with this name was refused.
func (v *view) Refused(form string) bool { return v.Error != nil && v.Form.Get("do") == form }

// At is the message about a field of the refused form.
func (v *view) At(form, field string) string {
	if v.Refused(form) && v.Error.Field == field {
		return v.Error.Message
	}
	return ""
}

// SignedIn says as whom; empty where nobody signs in.
func (v *view) SignedIn() string {
	if v.Session == nil {
		return ""
	}
	if arn := v.Session.ARN; arn != "" {
		return arn
	}
	return "token of the admin API"
}

// fail answers with the page of an error. One that is not expected goes to the log only.
func (s *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := visit.FailureOf(err)
	var known *visit.Failure
	if !errors.As(err, &known) {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "a page of the console failed",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	s.render(w, r, f.Status, "error", &view{Title: "That did not work", Error: f})
}
