package store

import (
	"slices"
	"strings"

	"accord/internal/store/engine"
	"accord/internal/store/postgres"
	"accord/internal/store/sqlite"
)

// engines is the table of the engines that a store runs on. Nothing else in the
// program knows one of them.
var engines = []engine.Driver{sqlite.Memory, sqlite.File, postgres.Driver}

// EngineOptions are what an engine is opened with besides its URL.
type EngineOptions = engine.Options

// URLError says that a store URL names no engine, or cannot be read.
type URLError = engine.URLError

// DriverOf returns the engine of a store URL, or a *URLError.
func DriverOf(url string) (engine.Driver, error) {
	i := slices.IndexFunc(engines, func(d engine.Driver) bool { return d.Accepts(url) })
	if i < 0 {
		return engine.Driver{}, &URLError{URL: url, Message: "is not one of " + strings.Join(URLForms(), ", ")}
	}
	return engines[i], nil
}

// IsURL reports whether a store URL names an engine.
func IsURL(url string) bool {
	_, err := DriverOf(url)
	return err == nil
}

// URLForms returns how store URLs are written, one form for each engine.
func URLForms() []string {
	forms := make([]string, len(engines))
	for i, d := range engines {
		forms[i] = d.Form
	}
	return forms
}

// Name describes the store of a URL to people. It does not show passwords.
func Name(url string) string {
	d, err := DriverOf(url)
	if err != nil {
		return engine.Redact(url)
	}
	return d.Name(url)
}

// HasPassword reports whether a store URL contains a password.
func HasPassword(url string) bool { return engine.HasPassword(url) }
