package admin

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"accord/internal/strictjson"
)

// invalidURLText reports whether a URL contains NUL or bytes that are not UTF-8,
// which no ID contains and not every store accepts.
func invalidURLText(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err != nil || strings.Contains(u.Path+query, "\x00") || !utf8.ValidString(u.Path) || !utf8.ValidString(query)
}

// The bounds of a body: all clients together have to fit the memory of a small server, and
// a value takes some seventy times the byte that it is.
const (
	maxBodyBytes = 64 << 10
	maxTokens    = 4096
)

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
func readBody(r *http.Request, into any) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyError(err)
	}
	return decodeJSON(text, into)
}

// readOptionalBody is readBody for a request that may have none.
func readOptionalBody(r *http.Request, into any) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyError(err)
	}
	if len(text) == 0 {
		return nil
	}
	return decodeJSON(text, into)
}

func decodeJSON(text []byte, into any) error {
	if err := strictjson.Decode(text, into); err != nil {
		return badRequest("the body cannot be read: %s", err)
	}
	return nil
}

// bodyError says why a body did not arrive.
func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return badRequest("the body ended early")
}
