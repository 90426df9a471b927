package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"accord/internal/jobs"
	"accord/internal/service/organizations"
	"accord/internal/store"
)

// handler answers with a value that is written as JSON, with an http.Handler that
// writes the answer itself, or refuses.
type handler func(w http.ResponseWriter, r *http.Request) (any, error)

// resource is what there is at one path: method to handler.
type resource map[string]handler

// serve answers the requests for a resource. Only GET shows; every other method
// changes the world and passes the same gate.
func (s *Server) serve(on resource) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		answer, ok := on[method]
		switch {
		case len(on) == 0:
			s.writeError(w, r, &httpError{http.StatusNotFound, "there is nothing at this path"})
			return
		case !ok:
			allowed := strings.Join(slices.Sorted(maps.Keys(on)), ", ")
			w.Header().Set("Allow", allowed)
			s.writeError(w, r, &httpError{http.StatusMethodNotAllowed, "allowed here: " + allowed})
			return
		case method != http.MethodGet && !s.Writes:
			s.writeError(w, r, &httpError{http.StatusForbidden, "this listener only shows; with --admin-writes on it changes the world too"})
			return
		}
		value, err := answer(w, r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		if page, is := value.(http.Handler); is {
			page.ServeHTTP(w, r)
			return
		}
		if method != http.MethodGet {
			s.Log.InfoContext(r.Context(), "changed on the second listener", "method", r.Method, "path", r.URL.Path)
		}
		writeJSON(w, http.StatusOK, value)
	})
}

// refusal is what is wrong with a request, for the person who sent it.
type httpError struct {
	status int
	text   string
}

func (r *httpError) Error() string { return r.text }

func badRequest(format string, args ...any) error {
	return &httpError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// statuses are those of the refusals that the installation gives.
var statusOf = map[error]int{
	organizations.ErrNoAccount:      http.StatusNotFound,
	organizations.ErrNoOrganization: http.StatusNotFound,
	organizations.ErrTaken:          http.StatusConflict,
	organizations.ErrNotNow:         http.StatusConflict,
	organizations.ErrMalformed:      http.StatusBadRequest,
}

// refuse answers with an error. What nobody foresaw is told to the log alone.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusInternalServerError, "this went wrong inside the server; its log says why"
	var own *httpError
	var large *http.MaxBytesError
	var undone *jobs.FailedError
	switch {
	case errors.As(err, &own):
		status, text = own.status, own.text
	case errors.As(err, &large):
		status, text = http.StatusRequestEntityTooLarge, fmt.Sprintf("the body exceeds %d bytes", large.Limit)
	case errors.As(err, &undone):
		text = "the clock was moved, but " + undone.Error()
	case errors.Is(err, store.ErrConflict):
		status, text = http.StatusServiceUnavailable, "too many changes at once; try again"
	}
	for known, its := range statusOf {
		if errors.Is(err, known) {
			status, text = its, err.Error()
		}
	}
	if status == http.StatusInternalServerError {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request on the second listener failed",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	writeJSON(w, status, map[string]string{"error": text})
}

// write sends a value as one line of JSON.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	// The connection may be gone; nobody is left to be told.
	_ = e.Encode(value)
}

// unspeakable reports whether an address has characters that no text of the
// installation has, and that not every store takes: NUL, and bytes that are none.
func invalidURLText(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err != nil || strings.Contains(u.Path+query, "\x00") || !utf8.ValidString(u.Path) || !utf8.ValidString(query)
}

// read reads the body: one JSON object whose members are all known.
func readBody(r *http.Request, into any) error { return decodeJSON(r.Body, into) }

func decodeJSON(text io.Reader, into any) error {
	d := json.NewDecoder(text)
	d.DisallowUnknownFields()
	d.UseNumber()
	err := d.Decode(into)
	if err == nil {
		if _, behind := d.Token(); !errors.Is(behind, io.EOF) {
			err = errors.New("something stands behind the object")
		}
	}
	return bodyError(err)
}

// unreadable says what is wrong with a body.
func bodyError(err error) error {
	var large *http.MaxBytesError
	var other *json.UnmarshalTypeError
	switch {
	case err == nil || errors.As(err, &large):
		return err
	case errors.Is(err, io.EOF):
		return badRequest("a JSON object is expected in the body")
	case errors.As(err, &other):
		return badRequest("%s: a JSON %s does not fit here", cmp.Or(other.Field, "the body"), other.Value)
	default:
		return badRequest("the body cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
}
