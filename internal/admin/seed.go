package admin

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"accord/internal/seed"
	"accord/internal/service/seeding"
)

// seed makes what the document in the body describes, or with ?dry-run=true says what it
// would make; ?prune=true takes away what it has not, and
// ?replace=true deletes its organizations first. One request at a time is answered.
func (s *Server) seed(w http.ResponseWriter, r *http.Request) (any, error) {
	end, err := s.ask(r.Context())
	if err != nil {
		return nil, err
	}
	defer end()
	// In PostgreSQL, 10,000 accounts take a minute.
	defer longAnswer(w)()
	var o seeding.Options
	known := map[string]*bool{"dry-run": &o.DryRun, "prune": &o.Prune, "replace": &o.Replace}
	for name := range r.URL.Query() {
		// With a dry run that is misspelled everything would be changed.
		if known[name] == nil {
			return nil, badRequest("there is no parameter %.40q; there are dry-run, prune and replace", name)
		}
	}
	for name, into := range known {
		given := r.URL.Query().Get(name)
		if given == "" {
			continue
		}
		if *into, err = strconv.ParseBool(given); err != nil {
			return nil, badRequest("%s: %.20q is neither true nor false", name, given)
		}
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	f, err := seed.Parse(text, seed.Options{Name: "the body"})
	if err != nil {
		return nil, badRequest("%s", err)
	}
	report, err := s.Seeder.Apply(r.Context(), f, o)
	var failure *seeding.Failure
	if errors.As(err, &failure) {
		return nil, badRequest("%s", failure)
	}
	return report, err
}

// initScripts returns what became of the init scripts.
func (s *Server) initScripts(http.ResponseWriter, *http.Request) (any, error) { return s.Init(), nil }
