package admin

import (
	"io"
	"net/http"
)

// reset deletes all data created by users, or goes back to a snapshot: {"snapshot": "base"}.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) (any, error) {
	var to struct {
		Snapshot *string `json:"snapshot"`
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	if len(text) > 0 {
		if err := decodeJSON(text, &to); err != nil {
			return nil, err
		}
	}
	if to.Snapshot != nil {
		defer longAnswer(w)()
		loaded, err := s.ResetTo(r.Context(), *to.Snapshot)
		return loaded, err
	}
	if err := s.Reset(r.Context()); err != nil {
		return nil, err
	}
	s.Log.Info("all data deleted, and all faults")
	return emptyObject, nil
}
