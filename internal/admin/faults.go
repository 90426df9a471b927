package admin

import (
	"io"
	"net/http"

	"accord/internal/faults"
)

func (s *Server) faults(http.ResponseWriter, *http.Request) (any, error) {
	return map[string]any{"faults": s.Faults.Entries()}, nil
}

func (s *Server) addFault(_ http.ResponseWriter, r *http.Request) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	spec, err := faults.ParseSpec(text)
	if err != nil {
		return nil, badRequest("%s", err)
	}
	added, err := s.Faults.Add(spec)
	if err != nil {
		return nil, badRequest("%s", err)
	}
	return added, nil
}

func (s *Server) deleteFaults(http.ResponseWriter, *http.Request) (any, error) {
	s.Faults.Clear()
	return emptyObject, nil
}

func (s *Server) deleteFault(_ http.ResponseWriter, r *http.Request) (any, error) {
	if !s.Faults.Remove(r.PathValue("id")) {
		return nil, &httpError{http.StatusNotFound, "there is no such fault"}
	}
	return emptyObject, nil
}
