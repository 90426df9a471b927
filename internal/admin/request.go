package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// invalidURLText reports whether a URL contains NUL or bytes that are not UTF-8,
// which no ID contains and not every store accepts.
func invalidURLText(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err != nil || strings.Contains(u.Path+query, "\x00") || !utf8.ValidString(u.Path) || !utf8.ValidString(query)
}

// maxPageSize bounds a page of a list.
const maxPageSize = 1000

// pageSize reads the parameter limit.
func pageSize(r *http.Request) (int, error) {
	given := r.URL.Query().Get("limit")
	if given == "" {
		return 100, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > maxPageSize {
		return 0, badRequest("limit: %.20q is not a number from 1 to %d", given, maxPageSize)
	}
	return n, nil
}

// readBody reads the body: one JSON object whose members are all known.
func readBody(r *http.Request, into any) error { return decodeJSON(r.Body, into) }

func decodeJSON(text io.Reader, into any) error {
	d := json.NewDecoder(text)
	d.DisallowUnknownFields()
	d.UseNumber()
	err := d.Decode(into)
	if err == nil {
		if _, after := d.Token(); !errors.Is(after, io.EOF) {
			err = errors.New("unexpected data after the object")
		}
	}
	return bodyError(err)
}

// bodyError says what is wrong with a body.
func bodyError(err error) error {
	var large *http.MaxBytesError
	var other *json.UnmarshalTypeError
	switch {
	case err == nil || errors.As(err, &large):
		return err
	case errors.Is(err, io.EOF):
		return badRequest("a JSON object is expected in the body")
	case errors.As(err, &other):
		return badRequest("%s: a JSON %s is not allowed here", cmp.Or(other.Field, "the body"), other.Value)
	default:
		return badRequest("the body cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
}
