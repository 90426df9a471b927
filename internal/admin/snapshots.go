package admin

import (
	"io"
	"net/http"
	"strconv"
)

// snapshots lists the named snapshots.
func (s *Server) snapshots(_ http.ResponseWriter, r *http.Request) (any, error) {
	entries, err := s.Snapshots.List(r.Context())
	return map[string]any{"snapshots": entries}, err
}

func (s *Server) snapshot(_ http.ResponseWriter, r *http.Request) (any, error) {
	return s.Snapshots.Get(r.Context(), r.PathValue("name"))
}

// saveSnapshot takes {"name": "base"}, and "secrets": false, "replace": true.
func (s *Server) saveSnapshot(w http.ResponseWriter, r *http.Request) (any, error) {
	in := struct {
		Name    string `json:"name"`
		Secrets bool   `json:"secrets"`
		Replace bool   `json:"replace"`
	}{Secrets: true}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	defer longAnswer(w)()
	return s.Snapshots.Save(r.Context(), in.Name, in.Secrets, in.Replace)
}

// flag reads a parameter that is true or false.
func flag(r *http.Request, name string, without bool) (bool, error) {
	given := r.URL.Query().Get(name)
	if given == "" {
		return without, nil
	}
	value, err := strconv.ParseBool(given)
	if err != nil {
		return false, badRequest("%s: %.20q is not true or false", name, given)
	}
	return value, nil
}

// withFile reads the file in the body of a request, one at a time, and passes it on with the
// value of a parameter.
func (s *Server) withFile(w http.ResponseWriter, r *http.Request, parameter string, without bool, use func(file []byte, value bool) (any, error)) (any, error) {
	value, err := flag(r, parameter, without)
	if err != nil {
		return nil, err
	}
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	file, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	defer longAnswer(w)()
	return use(file, value)
}

// addSnapshot adds the file in the body under a name; with ?replace=true in the place of
// another one.
func (s *Server) addSnapshot(w http.ResponseWriter, r *http.Request) (any, error) {
	return s.withFile(w, r, "replace", false, func(file []byte, replace bool) (any, error) {
		return s.Snapshots.Put(r.Context(), r.PathValue("name"), file, replace)
	})
}

// loadSnapshotFile makes the state that of the file in the body; with ?secrets=false without
// its access keys.
func (s *Server) loadSnapshotFile(w http.ResponseWriter, r *http.Request) (any, error) {
	return s.withFile(w, r, "secrets", true, func(file []byte, secrets bool) (any, error) {
		return s.Snapshots.LoadFile(r.Context(), file, secrets)
	})
}

// loadSnapshot makes the state that of a named snapshot. It takes {"secrets": false}, or no
// body.
func (s *Server) loadSnapshot(w http.ResponseWriter, r *http.Request) (any, error) {
	in := struct {
		Secrets bool `json:"secrets"`
	}{true}
	if err := readOptionalBody(r, &in); err != nil {
		return nil, err
	}
	defer longAnswer(w)()
	return s.Snapshots.Load(r.Context(), r.PathValue("name"), in.Secrets)
}

func (s *Server) deleteSnapshot(_ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	err := s.Snapshots.Delete(r.Context(), name)
	if err == nil {
		s.Log.Info("snapshot deleted", "name", name)
	}
	return emptyObject, err
}

func (s *Server) snapshotFile(_ http.ResponseWriter, r *http.Request) (any, error) {
	file, err := s.Snapshots.File(r.Context(), r.PathValue("name"))
	return asFile(file), err
}

// currentSnapshot is the file of the present state; with ?secrets=false without access keys.
func (s *Server) currentSnapshot(_ http.ResponseWriter, r *http.Request) (any, error) {
	secrets, err := flag(r, "secrets", true)
	if err != nil {
		return nil, err
	}
	file, err := s.Snapshots.Current(r.Context(), secrets)
	return asFile(file), err
}

// asFile answers with a file.
func asFile(file []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		_, _ = w.Write(file)
	})
}
