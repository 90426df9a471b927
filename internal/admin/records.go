package admin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// recordJSON is an event record in a response. Its sequence is a text, so that no client
// rounds it.
type recordJSON struct {
	Sequence string          `json:"sequence"`
	Record   json.RawMessage `json:"record"`
}

// records lists the event records of changes that the store keeps, whether there is a journal
// or not: newest first, ?before= a sequence; or oldest first, ?after= a sequence.
func (s *Server) records(_ http.ResponseWriter, r *http.Request) (any, error) {
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	list, name := s.Records.Before, "before"
	if r.URL.Query().Has("after") {
		list, name = s.Records.After, "after"
	}
	var sequence int64
	if given := r.URL.Query().Get(name); given != "" {
		if sequence, err = strconv.ParseInt(given, 10, 64); err != nil || sequence < 0 {
			return nil, badRequest("%s: %.40q is not a sequence", name, given)
		}
	}
	found, err := list(r.Context(), sequence, n)
	if err != nil {
		return nil, err
	}
	records := []recordJSON{}
	for _, m := range found {
		records = append(records, recordJSON{strconv.FormatInt(m.Sequence, 10), json.RawMessage(m.Body)})
	}
	return map[string]any{"records": records}, nil
}

// durations are how long the last calls of this server took, by their request IDs.
func (s *Server) durations(http.ResponseWriter, *http.Request) (any, error) {
	all := map[string]string{}
	for request, took := range s.Durations() {
		all[request] = took.Round(time.Microsecond).String()
	}
	return map[string]any{"durations": all}, nil
}
