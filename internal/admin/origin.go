package admin

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// rejectCrossOrigin rejects requests that a browser sends for a page of another
// site. The Host must be one of ours, because a page can let its own name resolve
// to this address (DNS rebinding).
func (s *Server) rejectCrossOrigin(r *http.Request) error {
	if !s.isOwnHost(r.Host) {
		return &httpError{http.StatusForbidden, "the Host of the request is not allowed: use an IP address, localhost, the host of --admin-listen or one of --admin-hosts"}
	}
	switch origin := r.Header.Get("Origin"); origin {
	case "", "http://" + r.Host, "https://" + r.Host:
	default:
		return &httpError{http.StatusForbidden, "requests from another origin are not allowed"}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	}
	return &httpError{http.StatusForbidden, "requests from another site are not allowed"}
}

// isOwnHost reports whether the host of a request is an IP address, which DNS
// cannot redirect, localhost, the host of Address, or one of Hosts. The port is not
// compared: a proxy may use another one.
func (s *Server) isOwnHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return strings.EqualFold(name, "localhost") || s.host != "" && strings.EqualFold(name, s.host) ||
		slices.ContainsFunc(s.Hosts, func(host string) bool { return strings.EqualFold(name, host) })
}
