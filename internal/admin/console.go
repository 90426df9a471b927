package admin

import "net/http"

// Console is the console: pages for people at the listener of the admin API. It lets its
// callers in itself.
type Console interface {
	http.Handler
	// Serves reports whether a request is one for the console.
	Serves(r *http.Request) bool
	// ServeLink answers a person who comes by a link of another site, before anything of the
	// server is shown.
	ServeLink(w http.ResponseWriter, r *http.Request)
	// Stop ends what the console still sends. It does not wait.
	Stop()
}
