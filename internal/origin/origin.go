// Package origin keeps web pages from using a listener: it tells the requests that a
// browser sends for a page from those of other clients, and lets the pages that a
// setting names in.
//
// Browsers send Origin with every request that can change something, and
// Sec-Fetch-Site to addresses of this machine. [Fetch: Origin header; W3C: Fetch
// Metadata] After DNS rebinding a page has the origin of its own name, which is then the
// Host too: only the name tells that it is no page of this server.
package origin

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Policy says which requests of browsers a listener takes.
type Policy struct {
	// Hosts are the names of the listener, besides IP addresses, which DNS cannot
	// redirect, and localhost.
	Hosts []string
	// Origins are those of the pages that may use the listener, each as Parse returns it.
	Origins []string
	// EveryHost requires a name of the listener of all clients; otherwise only browsers
	// have to use one.
	EveryHost bool
}

// Parse returns an origin as browsers write it, and whether the text is one, such as
// https://console.example.com:8443.
func Parse(text string) (string, bool) {
	u, err := url.Parse(strings.ToLower(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Scheme+"://"+u.Host != strings.ToLower(text) {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// sender is what a request says of its sender, read once.
type sender struct {
	*http.Request
	origin  []string
	site    string
	agent   string
	browser bool
}

func senderOf(r *http.Request) sender {
	s := sender{Request: r, origin: r.Header["Origin"], site: first(r, "Sec-Fetch-Site"), agent: first(r, "User-Agent")}
	// No page can remove the first two marks of browsers. PowerShell names itself like one,
	// and fetch of Node.js sends Sec-Fetch-Mode, but without the site, which browsers send
	// beside it.
	s.browser = len(s.origin) > 0 || len(r.Header["Sec-Fetch-Site"]) > 0 ||
		strings.HasPrefix(s.agent, "Mozilla/") && !strings.Contains(s.agent, "PowerShell/")
	return s
}

// first returns the first value of a header, whose name is in canonical form.
func first(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// rules is THE table: when a request is refused, and what its sender is told.
var rules = [...]struct {
	broken func(p *Policy, s sender) bool
	text   string
}{
	{
		func(p *Policy, s sender) bool { return (p.EveryHost || s.browser) && !p.isOwnHost(s.Host) },
		"the Host of the request is not allowed",
	},
	{
		func(_ *Policy, s sender) bool { return len(s.origin) > 0 && !s.isOwnOrigin() },
		"requests from another origin are not allowed",
	},
	{
		func(_ *Policy, s sender) bool { return s.site != "" && s.site != "same-origin" && s.site != "none" },
		"requests from another site are not allowed",
	},
	{
		// All present browsers send Origin here. The bodies of these types are the only
		// ones in which a form sends text as it is; fetch of Node.js, Deno and Bun, which name
		// themselves, sends JSON with such a type too.
		func(_ *Policy, s sender) bool {
			return len(s.origin) == 0 && (s.browser || s.agent == "" && s.isForm()) && !isSafe(s.Method)
		},
		"requests of forms, and of browsers without an Origin, are not allowed",
	},
}

// Refusal returns why a request is refused; empty if it is not.
func (p *Policy) Refusal(r *http.Request) string {
	s := senderOf(r)
	if p.isInvited(s.origin) {
		return ""
	}
	for i := range rules {
		if rules[i].broken(p, s) {
			return rules[i].text
		}
	}
	return ""
}

// Followed reports whether a request is a person's, who follows a link of another site to
// this server by a name that it has: the browser opens the address in place of that site, and
// no page can read the answer. [W3C: Fetch Metadata]
func (p *Policy) Followed(r *http.Request) bool {
	s := senderOf(r)
	return s.Method == http.MethodGet && p.isOwnHost(s.Host) && len(s.origin) == 0 &&
		first(r, "Sec-Fetch-Mode") == "navigate" && first(r, "Sec-Fetch-Dest") == "document"
}

// isInvited reports whether a page of Origins sent a request with these headers Origin.
func (p *Policy) isInvited(sent []string) bool {
	return len(sent) == 1 && slices.Contains(p.Origins, strings.ToLower(sent[0]))
}

// isOwnOrigin reports whether the request came from a page of the host that it names.
func (s sender) isOwnOrigin() bool {
	return len(s.origin) == 1 && (strings.EqualFold(s.origin[0], "http://"+s.Host) || strings.EqualFold(s.origin[0], "https://"+s.Host))
}

// isOwnHost compares without the port: a proxy may use another one.
func (p *Policy) isOwnHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return strings.EqualFold(name, "localhost") ||
		name != "" && slices.ContainsFunc(p.Hosts, func(own string) bool { return strings.EqualFold(name, own) })
}

func (s sender) isForm() bool {
	media, _, _ := strings.Cut(first(s.Request, "Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "text/plain" || media == "multipart/form-data"
}

// isSafe reports whether a method changes nothing. [RFC 9110, 9.2.1]
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// exposed are the headers of answers that the SDK for JavaScript reads.
const exposed = "x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, Date"

// Share lets a page of Origins read the answer, and reports whether it has answered the
// request: browsers ask first. [Fetch: CORS protocol]
func (p *Policy) Share(w http.ResponseWriter, r *http.Request) bool {
	if len(p.Origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if !p.isInvited(r.Header["Origin"]) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", exposed)
		return false
	}
	h.Set("Access-Control-Allow-Methods", http.MethodPost)
	h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	if r.Header.Get("Access-Control-Request-Private-Network") != "" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
