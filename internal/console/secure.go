package console

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"accord/internal/console/visit"
)

// policy lets a page use what this server has, and nothing else: no script or style of its
// own text, no other origin, no frame around it. [W3C: CSP level 3]
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers of every answer.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	// With none, browsers would send the Origin null with forms.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
}

// isMalformed reports whether an address has NUL or bytes that are not UTF-8.
func isMalformed(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err != nil || strings.Contains(u.Path+query, "\x00") || !utf8.ValidString(u.Path) || !utf8.ValidString(query)
}

// isOwnPath reports whether an address is one of the console, and no other server's: browsers
// take //host and /\host for addresses of a host.
func isOwnPath(to string) bool {
	u, err := url.Parse(to)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && u.Opaque == "" &&
		!strings.Contains(u.Path, "..") && (u.Path == visit.Base || strings.HasPrefix(to, visit.Base+"/")) && !strings.ContainsAny(to, "\\\r\n\t") && !strings.HasPrefix(to, "//")
}

// ownPath is an address if it is one of the console, and otherwise its first page.
func ownPath(to string) string {
	if !isOwnPath(to) {
		return visit.Base + "/"
	}
	return to
}
