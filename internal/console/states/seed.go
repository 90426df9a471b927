package states

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"accord/internal/console/visit"
	"accord/internal/service/seeding"
)

// MaxSeed is how many bytes a seed may have that is shown and applied from the page: browsers
// write a document with many lines to its text area and back.
const MaxSeed = 1 << 20

// seeds is what the page of seeds shows.
type seeds struct {
	Writes bool
	// Text is the seed of the form, and Name what its file was called.
	Text, Name string
	Prune      bool
	// Report is what would be done; nil if nothing was tried. Tried marks what was.
	Report *seeding.Report
	Tried  string
	// Changed says that the seed is another one than that which was tried.
	Changed bool
	// Done is how many changes were made just now; empty for none.
	Done string
}

// mostSeeded is how many changes the page names.
const mostSeeded = 200

// Shown are the changes that the page names.
func (s seeds) Shown() []seeding.Change {
	return s.Report.Changes[:min(len(s.Report.Changes), mostSeeded)]
}

// More is how many there are besides.
func (s seeds) More() int { return max(len(s.Report.Changes)-mostSeeded, 0) }

// ShowSeed shows the form, with what would be done if it was tried.
func ShowSeed(v *visit.Visit) (any, error) {
	s, tried := v.Result.(seeds)
	if !tried {
		s = seeds{Text: v.PostForm.Get("seed"), Prune: v.PostForm.Get("prune") == "yes"}
		if n := v.URL.Query().Get("done"); len(n) < 8 && strings.Trim(n, "0123456789") == "" {
			s.Done = n
		}
	}
	var err error
	s.Writes, err = v.Writes()
	return s, err
}

// ActOnSeed says what a seed would do, or applies the one that was tried.
func ActOnSeed(v *visit.Visit) (string, error) {
	s := seeds{Text: v.PostFormValue("seed"), Prune: v.PostFormValue("prune") == "yes"}
	if v.Upload != nil {
		var err error
		if s.Text, err = readSeed(v.Upload); err != nil {
			return "", err
		}
		s.Name = v.Upload.Name
		// The form shows what the file has.
		v.PostForm.Set("seed", s.Text)
	}
	if strings.TrimSpace(s.Text) == "" {
		return "", &visit.Failure{Status: http.StatusBadRequest, Field: "seed", Message: "Nothing was entered, and no file was chosen."}
	}
	query := url.Values{}
	if s.Prune {
		query.Set("prune", "true")
	}
	s.Tried = mark(s.Text, s.Prune)
	applies := v.PostFormValue("do") == "apply"
	if s.Changed = applies && v.PostFormValue("tried") != s.Tried; s.Changed || !applies {
		query.Set("dry-run", "true")
	}
	if err := v.Send(http.MethodPost, "/seed?"+query.Encode(), strings.NewReader(s.Text), &s.Report); err != nil {
		return "", visit.At("seed", err)
	}
	if query.Has("dry-run") {
		v.Result = s
		return "", nil
	}
	return v.Link("/snapshots/seed?done=" + strconv.Itoa(len(s.Report.Changes))), nil
}

// readSeed reads the file of a seed.
func readSeed(file io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(file, MaxSeed+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large) || len(text) > MaxSeed:
		return "", &visit.Failure{Status: http.StatusRequestEntityTooLarge, Field: "file", Message: "The file has more than 1 MiB: accord apply takes it."}
	case err != nil:
		return "", &visit.Failure{Status: http.StatusBadRequest, Field: "file", Message: "The file did not arrive as a whole."}
	case !utf8.Valid(text) || strings.Contains(string(text), "\x00"):
		return "", &visit.Failure{Status: http.StatusBadRequest, Field: "file", Message: "The file is not a text in UTF-8."}
	}
	return string(text), nil
}

// mark is another text for another seed, however a browser ends its lines.
func mark(text string, prune bool) string {
	if prune {
		text += "\x00"
	}
	sum := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}
