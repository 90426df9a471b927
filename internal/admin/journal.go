package admin

import (
	"encoding/json"
	"net/http"
	"strconv"

	"accord/internal/store"
)

// JournalState is the response to GET /journal/state.
type JournalState struct {
	// File is the absolute name of the file that is written.
	File string `json:"file"`
	// Chain is the one that the server writes.
	Chain string `json:"chain"`
	store.DeliveryState
}

var errNoJournal = &httpError{http.StatusConflict, "this server writes no journal; start it with --journal FILE"}

// journal lists event records in the order of the journal: ?limit= of them from
// ?after= on, which takes "next" of the page before; without it the last ones.
func (s *Server) journal(_ http.ResponseWriter, r *http.Request) (any, error) {
	if s.Journal == nil {
		return nil, errNoJournal
	}
	n, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	list := struct {
		Records []json.RawMessage `json:"records"`
		// Next is a text, so that no client rounds it.
		Next string `json:"next"`
	}{Records: []json.RawMessage{}}
	var lines []string
	var next int64
	if after := r.URL.Query().Get("after"); after == "" {
		lines, next, err = s.Journal.Last(n)
	} else {
		from, invalid := strconv.ParseInt(after, 10, 64)
		if invalid != nil || from < 0 {
			return nil, badRequest("after: %.40q is not the next of a page", after)
		}
		lines, next, err = s.Journal.Read(from, n)
	}
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		list.Records = append(list.Records, json.RawMessage(line))
	}
	list.Next = strconv.FormatInt(next, 10)
	return list, nil
}

// journalState says which file is written, and what the store knows of the delivery of
// records.
func (s *Server) journalState(_ http.ResponseWriter, r *http.Request) (any, error) {
	if s.Journal == nil {
		return nil, errNoJournal
	}
	state, err := s.Journal.State(r.Context())
	return JournalState{s.Journal.Path(), s.Journal.Position().ID, state}, err
}
