package admin

import "net/http"

// reset deletes all data created by users, or goes back to a snapshot: {"snapshot": "base"}.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) (any, error) {
	var to struct {
		Snapshot *string `json:"snapshot"`
	}
	if err := readOptionalBody(r, &to); err != nil {
		return nil, err
	}
	if to.Snapshot != nil {
		defer longAnswer(w)()
		return s.ResetTo(r.Context(), *to.Snapshot)
	}
	if err := s.Reset(r.Context()); err != nil {
		return nil, err
	}
	s.Log.Info("all data deleted, and all faults")
	return emptyObject, nil
}
