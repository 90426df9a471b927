package admin

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// foreign refuses requests that a browser sends on behalf of somebody else's
// page: those whose Host is a name that is not ours, because a page can have its
// own name lead to this address, and those of another origin.
func (s *Server) rejectCrossOrigin(r *http.Request) error {
	if !s.isOwnHost(r.Host) {
		return &httpError{http.StatusForbidden, "the Host of the request is not one of this listener: use its IP address, localhost or the host of --admin-listen"}
	}
	switch origin := r.Header.Get("Origin"); origin {
	case "", "http://" + r.Host, "https://" + r.Host:
	default:
		return &httpError{http.StatusForbidden, "pages of another origin may not use this listener"}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	}
	return &httpError{http.StatusForbidden, "pages of another site may not use this listener"}
}

// own reports whether the host of a request is ours: an address, which no name
// server can lead elsewhere, localhost, or the host that the listener was given.
// The port is not compared: the listener may be reached through another one.
func (s *Server) isOwnHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return strings.EqualFold(name, "localhost") || s.host != "" && strings.EqualFold(name, s.host)
}
