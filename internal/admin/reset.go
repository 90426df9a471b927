package admin

import "net/http"

// reset deletes all data created by users. It takes no body.
func (s *Server) reset(_ http.ResponseWriter, r *http.Request) (any, error) {
	err := s.Reset(r.Context())
	if err == nil {
		s.Log.Info("all data deleted, and all faults")
	}
	return emptyObject, err
}
