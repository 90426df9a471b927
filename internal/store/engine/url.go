package engine

import (
	"net/url"
	"strings"
)

// URLError says that a store URL names no engine, or cannot be read. It does not
// show passwords.
type URLError struct {
	URL string
	// Message says what is wrong: "is not …".
	Message string
}

func (e *URLError) Error() string { return "store " + Redact(e.URL) + " " + e.Message }

// Redact returns the user, host and database of an address. A password can be in the
// parameters too, and in text that is not a URL.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || Misread(address) || u.Scheme == "" && strings.Contains(address, "=") {
		return "(unreadable)"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

// Misread reports whether an address has a user, but is parsed as one without: its
// password holds a character that ends the host's name, and a client would look up
// a part of the password as a host.
func Misread(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.User == nil && strings.Contains(address, "@")
}

// HasPassword reports whether an address has a password, in its user or its parameters. One
// that cannot be read is refused anyway.
func HasPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil || Misread(address) {
		return false
	}
	if u.User != nil {
		if password, _ := u.User.Password(); password != "" {
			return true
		}
	}
	return u.Query().Get("password") != ""
}
