package admin

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"accord/internal/seed"
	"accord/internal/seed/compare"
	"accord/internal/snapshot"
)

// The sides of a difference besides names of snapshots.
const (
	// sideNow is the state of the server, sideFile the body.
	sideNow, sideFile = "now", "file"
	// sideSnapshot begins the name of a snapshot, for those that have the name of another side.
	sideSnapshot = "snapshot:"
)

// difference is the answer to a comparison.
type difference struct {
	A string `json:"a"`
	B string `json:"b"`
	*compare.Report
	// More is how many changes were left out.
	More int `json:"more"`
}

// difference says what differs between two states, ?a= and ?b=: "now", or the name of a
// snapshot. For a POST one of them is "file", the seed or the snapshot in the body. It changes
// nothing. One request at a time is answered.
func (s *Server) difference(w http.ResponseWriter, r *http.Request) (any, error) {
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	end, err := s.ask(r.Context())
	if err != nil {
		return nil, err
	}
	defer end()
	q := r.URL.Query()
	d := difference{A: q.Get("a"), B: q.Get("b")}
	if d.A == sideFile && d.B == sideFile {
		return nil, badRequest("one of a and b can be the file of the body, and not both")
	}
	var sides [2]*seed.Document
	for i, side := range []string{d.A, d.B} {
		if sides[i], err = s.side(r, [2]string{"a", "b"}[i], side); err != nil {
			return nil, err
		}
	}
	defer longAnswer(w)()
	d.Report = compare.Documents(sides[0], sides[1])
	d.More = cutReport(d.Report, limit)
	return d, nil
}

// cutReport leaves so many changes in a report, and returns how many there are besides.
func cutReport(r *compare.Report, limit int) (more int) {
	if more = max(len(r.Changes)-limit, 0); more > 0 {
		r.Changes = r.Changes[:limit]
	}
	if len(r.NotCompared) > limit {
		r.NotCompared = append(slices.Clone(r.NotCompared[:limit]), "and more")
	}
	return more
}

// side reads one side of a difference.
func (s *Server) side(r *http.Request, parameter, side string) (*seed.Document, error) {
	switch {
	case side == sideNow:
		return s.Analyzer.State(r.Context(), "")
	case side == sideFile && r.Method == http.MethodPost:
		return readDocument(r.Context(), r.Body)
	case side == sideFile:
		return nil, badRequest("%s: a file is compared with POST, whose body it is", parameter)
	case side == "":
		return nil, badRequest("%s is missing: now, file, or the name of a snapshot", parameter)
	}
	return s.Snapshots.Document(r.Context(), strings.TrimPrefix(side, sideSnapshot))
}

// longestMark is how much of a file says whether it is a snapshot.
const longestMark = 64

// readDocument reads a seed or a snapshot.
func readDocument(ctx context.Context, body io.Reader) (*seed.Document, error) {
	content := bufio.NewReader(body)
	first, err := content.Peek(longestMark)
	if snapshot.IsFile(first) {
		d, err := snapshot.Document(ctx, content)
		return d, err
	}
	if err != nil && err != io.EOF { //nolint:errorlint // A reader returns it as it is.
		return nil, bodyError(err)
	}
	text, err := io.ReadAll(io.LimitReader(content, seed.MaxSize+1))
	if err != nil {
		return nil, bodyError(err)
	}
	f, err := seed.Parse(text, seed.Options{Name: "the file"})
	if err != nil {
		return nil, badRequest("%s", err)
	}
	return &f.Document, nil
}
