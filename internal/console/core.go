package console

import (
	"log/slog"
	"net/http"

	"accord/internal/clock"
	"accord/internal/console/visit"
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
	// Server is what visits reach.
	visit.Server
	// Token is what the powers of the admin API need; nil if everyone has them who reaches
	// the listener.
	Token Token
	// Clock is that of the machine, which ends sessions: the time of the service may be moved.
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
	mux  *http.ServeMux
	seal seal
	live *hub
	// bounds are those of the bodies of requests, by the patterns of pages.
	bounds map[string]int64
}

// visitor is a visit whose answer goes to a browser.
type visitor struct {
	*visit.Visit
	w       http.ResponseWriter
	session *session
}

// The paths of the console besides its pages.
const (
	assetsPath = visit.Base + "/assets/"
	signInPath = visit.Base + "/sign-in"
	livePath   = visit.Base + "/live"
	checkPath  = visit.Base + "/policies/check"
)
