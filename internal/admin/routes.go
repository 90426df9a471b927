package admin

import (
	"net/http"
	"slices"
	"strings"
)

// New returns the server.
func New(c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux(), asking: make(chan struct{}, 1), reading: make(chan struct{}, 1)}
	methods := map[string][]string{}
	for pattern, handle := range map[string]handler{
		"GET /{$}":                      s.index,
		"GET /livez":                    s.live,
		"GET /readyz":                   s.ready,
		"GET /healthz":                  s.ready,
		"GET /metrics":                  s.metrics,
		"GET /clock":                    s.clock,
		"POST /clock":                   s.moveClock,
		"GET /accounts":                 s.accounts,
		"POST /accounts":                s.registerAccount,
		"POST /sweep":                   s.sweepAccounts,
		"GET /accounts/{id}":            s.account,
		"PATCH /accounts/{id}":          s.updateAccount,
		"GET /accounts/{id}/principals": s.principals,
		"DELETE /accounts/{id}/service-linked-role": s.deleteServiceLinkedRole,
		"POST /accounts/{id}/root-key":              s.createRootKey,
		"POST /secret-key/rotate":                   s.rotateKeys,
		"GET /info":                                 s.info,
		"GET /behaviors":                            s.behaviors,
		"GET /quotas":                               s.quotas,
		"GET /organizations/{id}/quotas":            s.organizationQuotas,
		"PUT /organizations/{id}/quotas":            s.setQuotas,
		"GET /journal":                              s.journal,
		"GET /journal/state":                        s.journalState,
		"GET /organizations":                        s.organizations,
		"GET /organizations/{id}/attachments":       s.attachments,
		"GET /records":                              s.records,
		"GET /jobs":                                 s.jobs,
		"GET /durations":                            s.durations,
		"GET /faults":                               s.faults,
		"POST /faults":                              s.addFault,
		"DELETE /faults":                            s.deleteFaults,
		"DELETE /faults/{id}":                       s.deleteFault,
		"GET /mails":                                s.mails,
		"POST /reset":                               s.reset,
		"GET /snapshot":                             s.currentSnapshot,
		"PUT /snapshot":                             s.loadSnapshotFile,
		"GET /snapshots":                            s.snapshots,
		"POST /snapshots":                           s.saveSnapshot,
		"GET /snapshots/{name}":                     s.snapshot,
		"PUT /snapshots/{name}":                     s.addSnapshot,
		"DELETE /snapshots/{name}":                  s.deleteSnapshot,
		"GET /snapshots/{name}/file":                s.snapshotFile,
		"POST /snapshots/{name}/load":               s.loadSnapshot,
		"GET /diff":                                 s.difference,
		"POST /diff":                                s.difference,
		seedPattern:                                 s.seed,
		"GET /imports":                              s.importStatus,
		"POST /imports":                             s.startImport,
		"DELETE /imports":                           s.cancelImport,
		"POST /drift":                               s.startDrift,
		"GET /init":                                 s.initScripts,
		"GET /model":                                s.model,
		"GET /state":                                s.state,
		"GET /explain":                              s.explain,
		"POST /whatif":                              s.whatIf,
		"POST /policies/check":                      s.checkPolicy,
	} {
		s.mux.Handle(pattern, s.serve(handle))
		method, path, _ := strings.Cut(pattern, " ")
		if method != http.MethodGet && changeNames[pattern] == "" && questions[pattern] == 0 {
			panic("admin: the change " + pattern + " has no name for its record")
		}
		methods[path] = append(methods[path], method)
		s.paths = append(s.paths, path+" "+method)
	}
	slices.Sort(s.paths)
	// Patterns without a method match what the others leave: errors are JSON too.
	for path, allowed := range methods {
		slices.Sort(allowed)
		s.mux.Handle(path, s.methodNotAllowed(strings.Join(allowed, ", ")))
	}
	s.mux.HandleFunc("/", s.notFound)
	return s
}

// pageHint says how a client has to name the server.
const pageHint = ": use an IP address, localhost, the host of --admin-listen or one of --admin-hosts"

// isOpen has the paths that need no token: what asks for health holds no secret.
var isOpen = map[string]bool{"/healthz": true, "/livez": true, "/readyz": true}

// isProbe reports whether a request asks for health as the check of a load balancer does:
// by HTTP/1.0, without a Host. Browsers send one. [HAProxy: option httpchk]
func isProbe(r *http.Request) bool {
	return r.Host == "" && isOpen[r.URL.Path] && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	pages := s.Pages
	if isProbe(r) {
		pages.EveryHost = false
	}
	why := pages.Refusal(r)
	if s.Console != nil && s.Console.Serves(r) && (why == "" || pages.Followed(r)) {
		if why != "" {
			s.Console.ServeLink(w, r)
			return
		}
		s.Console.ServeHTTP(w, r)
		return
	}
	if why != "" {
		s.refuse(r, "page")
		s.writeError(w, r, &httpError{http.StatusForbidden, why + pageHint})
		return
	}
	if s.Token != nil && !isOpen[r.URL.Path] && !s.Token.Admits(r) {
		s.refuse(r, "token")
		h.Set("WWW-Authenticate", "Bearer")
		s.writeError(w, r, &httpError{http.StatusUnauthorized, "the token of the admin API is missing or wrong: --admin-token-file FILE, or ACCORD_ADMIN_TOKEN_FILE"})
		return
	}
	s.answer(w, r)
}

// Admitted returns the handler of requests whose sender has been let in elsewhere: it asks
// for no token and no origin.
func (s *Server) Admitted() http.Handler { return http.HandlerFunc(s.answer) }

// answer answers a request of a sender that may ask.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if invalidURLText(r.URL) {
		s.writeError(w, r, badRequest("the path or the query contains NUL or invalid UTF-8"))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// handler returns a value that is written as JSON, an http.Handler that writes the
// response itself, or an error.
type handler func(w http.ResponseWriter, r *http.Request) (any, error)

// serve answers with what a handler returns. Every method but GET and HEAD makes a
// change and needs Writes, except for questions.
func (s *Server) serve(handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r.Pattern))
		change := r.Method != http.MethodGet && r.Method != http.MethodHead && questions[r.Pattern] == 0
		if change && !s.Writes {
			s.writeError(w, r, &httpError{http.StatusForbidden, "the admin API is read-only; --admin-writes on allows changes"})
			return
		}
		if change {
			recorded, err := s.begin(r)
			if err != nil {
				s.writeError(w, r, err)
				return
			}
			r = recorded
		}
		value, err := handle(w, r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		if own, ok := value.(http.Handler); ok {
			own.ServeHTTP(w, r)
			return
		}
		if err := writeJSON(w, http.StatusOK, value); err != nil {
			s.writeError(w, r, err)
		}
	})
}

// index lists the paths of the API.
func (s *Server) index(http.ResponseWriter, *http.Request) (any, error) {
	list := struct {
		About string   `json:"about"`
		Paths []string `json:"paths"`
	}{About: "the admin API of Accord; docs/operating.md describes it"}
	for _, entry := range s.paths {
		path, method, _ := strings.Cut(entry, " ")
		if path != "/{$}" {
			list.Paths = append(list.Paths, method+" "+path)
		}
	}
	return list, nil
}

func (s *Server) methodNotAllowed(allowed string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed)
		s.writeError(w, r, &httpError{http.StatusMethodNotAllowed, "allowed here: " + allowed})
	})
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.writeError(w, r, &httpError{http.StatusNotFound, "there is nothing at this path"})
}
