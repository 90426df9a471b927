package admin

import "net/http"

// reset deletes all data created by users. It takes no body.
func (s *Server) reset(_ http.ResponseWriter, r *http.Request) (any, error) {
	return emptyObject, s.Reset(r.Context())
}
