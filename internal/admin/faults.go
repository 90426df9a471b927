package admin

import (
	"io"
	"net/http"
	"slices"
	"time"

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
	if err := s.Changes.Record(r.Context()); err != nil {
		s.Faults.Remove(added.ID)
		return nil, err
	}
	s.Log.Info("fault added", append([]any{"fault", added.ID}, attributes(added.Spec)...)...)
	return added, nil
}

func (s *Server) deleteFaults(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := s.Changes.Record(r.Context()); err != nil {
		return nil, err
	}
	removed := len(s.Faults.Entries())
	s.Faults.Clear()
	s.Log.Info("all faults removed", "faults", removed)
	return emptyObject, nil
}

func (s *Server) deleteFault(_ http.ResponseWriter, r *http.Request) (any, error) {
	id := r.PathValue("id")
	if !slices.ContainsFunc(s.Faults.Entries(), func(f faults.Entry) bool { return f.ID == id }) {
		return nil, &httpError{http.StatusNotFound, "there is no such fault"}
	}
	if err := s.Changes.Record(r.Context()); err != nil {
		return nil, err
	}
	s.Faults.Remove(id)
	s.Log.Info("fault removed", "fault", id)
	return emptyObject, nil
}

// attributes are the members of a fault that are set, apart from its message, as
// attributes of the log.
func attributes(f faults.Spec) []any {
	var set []any
	add := func(name string, value any, given bool) {
		if given {
			set = append(set, name, value)
		}
	}
	add("service", f.Service, f.Service != "")
	add("operation", f.Operation, f.Operation != "")
	add("account", f.Account, f.Account != "")
	add("next", f.Next, f.Next != 0)
	add("every", f.Every, f.Every != 0)
	add("probability", f.Probability, f.Probability != 0)
	add("seed", f.Seed, f.Seed != 0)
	add("delay", time.Duration(f.Delay), f.Delay != 0)
	add("exception", f.Exception, f.Exception != "")
	add("reason", f.Reason, f.Reason != "")
	add("cut", f.Cut, f.Cut != "")
	add("failure_reason", f.FailureReason, f.FailureReason != "")
	return set
}
