package admin

import "net/http"

// info describes the server, so that a client of the admin API finds the API.
func (s *Server) info(http.ResponseWriter, *http.Request) (any, error) { return s.Info(), nil }

func (s *Server) behaviors(http.ResponseWriter, *http.Request) (any, error) {
	return map[string]any{"behaviors": s.Behaviors}, nil
}
