// Package console is the console: pages for people at the listener of the admin API, made of
// templates that are in the program.
//
// It holds no state and no rule of the service. What it shows and changes goes through the
// API, as a principal that the person chose, and through the admin API: in process, and
// otherwise like the calls of any client. A page is a row of the table in package pages, a
// function that gathers what it shows, and a template with its name.
package console

import (
	"cmp"
	"net/http"
	"strings"

	"accord/internal/console/pages"
	"accord/internal/console/visit"
)

// New returns a console.
func New(c Config) *Console {
	s := &Console{Config: c, mux: http.NewServeMux(), seal: newSeal(c.Source), bounds: map[string]int64{}}
	s.Assumed = &visit.Assumed{}
	s.live = newHub(c.Streams, s.readRecords)
	for i := range pages.Table {
		p := &pages.Table[i]
		s.mux.Handle("GET "+visit.Base+p.Path, s.page(p, http.MethodGet))
		if p.Act != nil {
			pattern := "POST " + visit.Base + p.Path
			s.mux.Handle(pattern, s.page(p, http.MethodPost))
			s.bounds[pattern] = fieldsOf(p) + p.Upload
		}
	}
	s.mux.HandleFunc("GET "+assetsPath, serveAsset)
	s.mux.Handle("GET "+livePath, s.with(s.serveLive))
	s.mux.Handle("POST "+checkPath, s.with(s.checkPolicy))
	s.mux.Handle("GET "+signInPath, s.with(s.showSignIn))
	s.mux.Handle("POST "+signInPath, s.with(s.signIn))
	s.mux.Handle("POST "+visit.Base+"/sign-out", s.with(s.signOut))
	s.mux.HandleFunc(visit.Base+"/", s.notFound)
	return s
}

// Stop ends the streams of live pages.
func (s *Console) Stop() { s.live.stop() }

// Changed says that there may be something to show. It never blocks, and costs nothing while
// no page is live.
func (s *Console) Changed() { s.live.notify() }

// Serves reports whether a request is one for the console: its paths, and the root for those
// who ask for a page.
func (s *Console) Serves(r *http.Request) bool {
	return r.URL.Path == visit.Base || strings.HasPrefix(r.URL.Path, visit.Base+"/") || isVisit(r)
}

// isVisit reports whether a person looks what is at the address.
func isVisit(r *http.Request) bool {
	return r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

// ServeHTTP answers one request.
func (s *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if isVisit(r) || r.URL.Path == visit.Base {
		http.Redirect(w, r, visit.Base+"/", http.StatusSeeOther)
		return
	}
	if isMalformed(r.URL) {
		s.fail(w, r, &visit.Failure{Status: http.StatusBadRequest, Message: "The address contains NUL or invalid UTF-8."})
		return
	}
	_, pattern := s.mux.Handler(r)
	r.Body = http.MaxBytesReader(w, r.Body, cmp.Or(s.bounds[pattern], maxFormBytes))
	s.mux.ServeHTTP(w, r)
}

// ServeLink asks a person who comes by a link of another site to open the page from here: a
// page that is opened by another site is sent no session, and shows nothing.
func (s *Console) ServeLink(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	to := visit.Base + "/"
	if !isMalformed(r.URL) {
		to = ownPath(r.URL.RequestURI())
	}
	s.render(w, r, http.StatusOK, "link", &view{Title: "You followed a link", Data: to})
}

func (s *Console) notFound(w http.ResponseWriter, r *http.Request) {
	status, text := http.StatusNotFound, "There is no page at this address."
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		status, text = http.StatusMethodNotAllowed, "Nothing at this address takes what was sent."
	}
	s.fail(w, r, &visit.Failure{Status: status, Message: text})
}
