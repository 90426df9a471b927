package console

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
)

// Token is the token of the admin API.
type Token interface {
	// Admits reports whether a request has the token.
	Admits(r *http.Request) bool
	// Mark is another text for another token.
	Mark() string
}

// Config is what a Console is made of.
type Config struct {
	// API answers calls, as the listener of the API does.
	API http.Handler
	// Admin answers requests of the admin API whose sender has been let in.
	Admin http.Handler
	// Strict says that callers are known by access keys of this server; otherwise the ID of
	// an account is enough.
	Strict bool
	// Token is what the powers of the admin API need; nil if everyone has them who reaches
	// the listener.
	Token Token
	// Sign signs a call of an access key whose secret is given, or, without one, with the
	// secret that the server has. It is called in strict mode.
	Sign func(ctx context.Context, r *http.Request, body []byte, accessKeyID, secret string) error
	// Now is the time of the service. Clock is that of the machine, which ends sessions: the
	// time of the service may be moved.
	Now   func() time.Time
	Clock clock.Clock
	// Source makes the key of sessions.
	Source *ident.Source
	// Streams is how many pages can be live at once.
	Streams int
	// Version is that of the program.
	Version string
	Log     *slog.Logger
}

// Console answers the requests of browsers. Its methods may be called concurrently.
type Console struct {
	Config
	mux   *http.ServeMux
	pages []page
	seal  seal
	live  *hub
}

// visit is one request of a person, with what the person may do.
type visit struct {
	*http.Request
	w       http.ResponseWriter
	console *Console
	session *session
	// Powers says whether the person has those of the admin API.
	Powers bool
	// As is the account that the person acts as; empty until one is chosen. Account is what is
	// known of it, once the page has looked.
	As      ident.AccountID
	Account *account
}

// account is an account as the admin API shows it.
type account struct {
	ID           ident.AccountID      `json:"id"`
	Name         string               `json:"name"`
	Email        string               `json:"email"`
	State        string               `json:"state"`
	Organization ident.OrganizationID `json:"organization"`
	JoinedMethod string               `json:"joinedMethod"`
	Registered   time.Time            `json:"registered"`
}

// page is a page of the console.
type page struct {
	// path is the pattern of its address below the base.
	path string
	// title is its name, and nav says whether all pages link to it.
	title string
	nav   bool
	// template is the name of its file in web/pages.
	template string
	need     right
	// show gathers what the page shows.
	show func(v *visit) (any, error)
	// act does what a form of the page asks for, and returns the address of the page that
	// shows what came of it; nil for a page without forms. A failure shows the form again.
	act func(v *visit) (to string, err error)
}

// right is what a page needs.
type right int

// The rights.
const (
	// provider pages use the admin API.
	provider right = iota
	// principal pages act as an account.
	principal
)

// admits reports whether the person of a visit has shown what a page needs.
func (v *visit) admits(need right) bool {
	if need == provider || !v.console.Strict {
		return v.Powers
	}
	return v.session != nil && v.session.Key != ""
}

// link is the address of a path of the console for the account that the person acts as, which is
// part of every address.
func (v *visit) link(to string) string { return linkAs(to, v.As, v.console.Strict) }

func linkAs(to string, as ident.AccountID, strict bool) string {
	if strict || as == "" {
		return base + to
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return base + to + separator + "as=" + url.QueryEscape(string(as))
}
