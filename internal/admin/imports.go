package admin

import (
	"errors"
	"net/http"

	"accord/internal/seed/compare"
	"accord/internal/service/importing"
)

// importStatus returns what is known of the last import; ?limit= bounds the changes of a drift.
func (s *Server) importStatus(_ http.ResponseWriter, r *http.Request) (any, error) {
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	status := s.Imports.Status()
	answer := importAnswer{Status: status}
	if status.Drift != nil {
		report := *status.Drift
		answer.More = cutReport(&report, limit)
		answer.Drift = &report
	}
	return answer, nil
}

// importAnswer is an import as it is shown.
type importAnswer struct {
	importing.Status
	Drift *compare.Report `json:"drift,omitempty"`
	// More is how many changes of the drift were left out.
	More int `json:"more,omitempty"`
}

// startImport begins to read an organization of another server, and makes it here.
func (s *Server) startImport(_ http.ResponseWriter, r *http.Request) (any, error) {
	return s.start(r, importing.Import)
}

// startDrift begins to read an organization of another server, and compares it with what is
// here.
func (s *Server) startDrift(_ http.ResponseWriter, r *http.Request) (any, error) {
	return s.start(r, importing.Compare)
}

func (s *Server) start(r *http.Request, kind importing.Kind) (any, error) {
	var in importing.Request
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	// What the import will change is a change of its own: it may be made long after.
	later := s.newChange(r, "ImportOrganization")
	later.Parameters = importParameters(in)
	status, err := s.Imports.Start(s.Changes.Begin(r.Context(), later), kind, in, func() error { return s.Changes.Record(r.Context()) })
	if err != nil {
		return nil, asImportError(err)
	}
	return status, nil
}

// cancelImport ends the import that runs, or forgets the last one.
func (s *Server) cancelImport(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := s.Imports.Cancel(func() error { return s.Changes.Record(r.Context()) }); err != nil {
		return nil, asImportError(err)
	}
	return emptyObject, nil
}

// importErrors have the statuses of the errors of Imports.
var importErrors = map[error]int{
	importing.ErrBusy: http.StatusConflict, importing.ErrNone: http.StatusNotFound,
	importing.ErrNoClient: http.StatusConflict,
}

func asImportError(err error) error {
	var wrong *importing.BadRequest
	if errors.As(err, &wrong) {
		return badRequest("%s", err)
	}
	for known, status := range importErrors {
		if errors.Is(err, known) {
			return &httpError{status, err.Error()}
		}
	}
	return err
}
