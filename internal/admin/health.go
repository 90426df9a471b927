package admin

import (
	"context"
	"net/http"
	"time"
)

// healthTimeout bounds the health check.
const healthTimeout = 5 * time.Second

func (s *Server) health(_ http.ResponseWriter, r *http.Request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	if err := s.Health(ctx); err != nil {
		s.Log.ErrorContext(r.Context(), "not healthy", "error", err)
		return nil, &httpError{http.StatusServiceUnavailable, "the store does not answer; the log says why"}
	}
	return map[string]string{"status": "ok", "version": s.Version}, nil
}

func (s *Server) metrics(http.ResponseWriter, *http.Request) (any, error) { return s.Metrics, nil }
