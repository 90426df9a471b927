package admin

import (
	"net/http"
	"strings"

	"accord/internal/health"
)

// live says that the process answers. It depends on nothing else: a restart would not
// cure a store that cannot serve.
func (s *Server) live(http.ResponseWriter, *http.Request) (any, error) {
	return map[string]string{"status": "ok", "version": s.Version}, nil
}

// readiness is the answer of GET /readyz.
type readiness struct {
	// Status is "ok" or "not ready".
	Status  string `json:"status"`
	Version string `json:"version"`
	// Error is what is wrong, in one line; empty if the server is ready.
	Error  string               `json:"error,omitempty"`
	Checks []health.NamedResult `json:"checks"`
}

// ready says whether the server can serve: 503 if it cannot, with the checks that failed.
func (s *Server) ready(_ http.ResponseWriter, r *http.Request) (any, error) {
	report := s.Ready(r.Context())
	answer := readiness{Status: "ok", Version: s.Version, Checks: report.Checks}
	if report.Ready {
		return answer, nil
	}
	var failed []string
	for _, check := range report.Checks {
		if check.Status == health.Failed {
			failed = append(failed, check.Name+": "+check.Message)
		}
	}
	answer.Status, answer.Error = "not ready", "not ready: "+strings.Join(failed, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		_ = writeJSON(w, http.StatusServiceUnavailable, answer) // Texts have a form.
	}), nil
}

func (s *Server) metrics(http.ResponseWriter, *http.Request) (any, error) { return s.Metrics, nil }
