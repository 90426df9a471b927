package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"accord/internal/clock"
	"accord/internal/health"
	"accord/internal/jobs"
	"accord/internal/service/provider"
	"accord/internal/service/snapshots"
	"accord/internal/snapshot"
	"accord/internal/store"
)

// emptyObject is the response to a change that has nothing to show.
var emptyObject = struct{}{}

// httpError is an error with its status, in words for the client.
type httpError struct {
	status int
	text   string
}

func (e *httpError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return &httpError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// statusOf has the statuses of the errors of Provider and Clock.
var statusOf = map[error]int{
	provider.ErrNoAccount:      http.StatusNotFound,
	provider.ErrNoOrganization: http.StatusNotFound,
	provider.ErrTaken:          http.StatusConflict,
	provider.ErrNotNow:         http.StatusConflict,
	provider.ErrMalformed:      http.StatusBadRequest,
	snapshots.ErrNone:          http.StatusNotFound,
	snapshots.ErrTaken:         http.StatusConflict,
	snapshots.ErrFull:          http.StatusConflict,
	snapshots.ErrNotHere:       http.StatusConflict,
	snapshots.ErrName:          http.StatusBadRequest,
	clock.ErrNotNow:            http.StatusConflict,
	clock.ErrOutOfRange:        http.StatusBadRequest,
}

// writeError answers with an error. An unexpected one goes to the log only.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusInternalServerError, "internal error; the log of the server says why"
	var own *httpError
	var large *http.MaxBytesError
	var failed *jobs.FailedError
	var unreadable *snapshot.Error
	switch {
	case errors.As(err, &own):
		status, text = own.status, own.text
	case errors.As(err, &large):
		status, text = http.StatusRequestEntityTooLarge, fmt.Sprintf("the body exceeds %d bytes", large.Limit)
	case errors.As(err, &failed):
		text = "the clock was moved, but " + failed.Error()
	case health.NotReadyIn(err) != nil:
		status, text = http.StatusServiceUnavailable, "nothing was changed: "+health.NotReadyIn(err).Reason.Text()
	case errors.As(err, &unreadable):
		status, text = http.StatusBadRequest, "nothing was changed: "+err.Error()
	case errors.Is(err, store.ErrConflict):
		status, text = http.StatusServiceUnavailable, "too many changes at once; try again"
	}
	for known, its := range statusOf {
		if errors.Is(err, known) {
			status, text = its, err.Error()
		}
	}
	if status == http.StatusInternalServerError {
		s.Log.LogAttrs(r.Context(), slog.LevelError, "request of the admin API failed",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	_ = writeJSON(w, status, map[string]string{"error": cut(text)}) // Texts have a form.
}

// longestText bounds the text of an error, in bytes: it can quote what was sent.
const longestText = 2 << 10

func cut(text string) string {
	if len(text) <= longestText {
		return text
	}
	return strings.ToValidUTF8(text[:longestText], "") + "…"
}

// retryAfter is in how many seconds a client may try again what was refused.
const retryAfter = "5"

// writeJSON sends a value as one line of JSON. The error is one of a value that has no form in
// JSON, of which nothing was sent.
func writeJSON(w http.ResponseWriter, status int, value any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// An error means that the client has gone.
	_, _ = text.WriteTo(w)
	return nil
}

// longAnswer is for what can take longer than the write timeout, such as the jobs that become
// due. The function that it returns is called once it is done: the client that does not read
// the answer gets no more time than others.
func longAnswer(w http.ResponseWriter) (done func()) {
	answer := http.NewResponseController(w)
	_ = answer.SetWriteDeadline(time.Time{})
	return func() { _ = answer.SetWriteDeadline((&clock.System{}).Now().Add(writeTimeout)) }
}
