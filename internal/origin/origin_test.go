package origin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"accord/internal/origin"
)

const (
	chrome     = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	powerShell = "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-US) PowerShell/7.5.3"
	botocore   = "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux"
)

// sent is a request with the Host and further headers, name after name.
func sent(method, host string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	r.Host = host
	r.Header.Del("User-Agent")
	for n := 0; n < len(headers); n += 2 {
		r.Header.Add(headers[n], headers[n+1])
	}
	return r
}

// Clients that are no browsers name the API as they like; a browser has to name an
// address that DNS cannot redirect, and a page of that address. [Fetch: Origin header;
// W3C: Fetch Metadata]
func TestOnlyRequestsOfOtherClientsAndOwnPagesAreTaken(t *testing.T) {
	api := origin.Policy{Hosts: []string{"accord.internal"}}
	for name, test := range map[string]struct {
		*http.Request
		taken bool
	}{
		"SDK":                          {sent("POST", "127.0.0.1:8016", "User-Agent", botocore), true},
		"SDK without an agent":         {sent("POST", "127.0.0.1:8016"), true},
		"SDK by the name of a service": {sent("POST", "accord:8016", "User-Agent", botocore), true},
		"SDK by a name in a cluster":   {sent("POST", "accord.tests.svc.cluster.local", "User-Agent", botocore), true},
		"SDK in a container":           {sent("POST", "host.docker.internal:8016", "User-Agent", botocore), true},
		"SDK through a proxy":          {sent("POST", "organizations.us-east-1.amazonaws.com", "User-Agent", botocore), true},
		"PowerShell":                   {sent("POST", "127.0.0.1:8016", "User-Agent", powerShell), true},
		"fetch of Node.js":             {sent("POST", "accord:8016", "User-Agent", "node", "Sec-Fetch-Mode", "cors", "Content-Type", "text/plain;charset=UTF-8"), true},
		"fetch of Deno":                {sent("POST", "accord:8016", "User-Agent", "Deno/2.5.6", "Content-Type", "text/plain;charset=UTF-8"), true},
		"own page":                     {sent("POST", "127.0.0.1:8016", "User-Agent", chrome, "Origin", "http://127.0.0.1:8016", "Sec-Fetch-Site", "same-origin"), true},
		"own page by name":             {sent("POST", "accord.internal", "User-Agent", chrome, "Origin", "https://Accord.internal"), true},
		"address line":                 {sent("GET", "localhost:8016", "User-Agent", chrome, "Sec-Fetch-Site", "none"), true},

		"rebinding":                 {sent("POST", "evil.example:8016", "User-Agent", chrome, "Origin", "http://evil.example:8016"), false},
		"rebinding, GET":            {sent("GET", "evil.example:8016", "User-Agent", chrome), false},
		"rebinding, other agent":    {sent("POST", "evil.example:8016", "User-Agent", botocore, "Origin", "http://evil.example:8016"), false},
		"cross-site script":         {sent("POST", "127.0.0.1:8016", "User-Agent", chrome, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), false},
		"page of another port":      {sent("POST", "127.0.0.1:8016", "User-Agent", chrome, "Origin", "http://127.0.0.1:3000", "Sec-Fetch-Site", "same-site"), false},
		"page of a file":            {sent("POST", "127.0.0.1:8016", "User-Agent", chrome, "Origin", "null", "Sec-Fetch-Site", "cross-site"), false},
		"image":                     {sent("GET", "127.0.0.1:8016", "User-Agent", chrome, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"), false},
		"link":                      {sent("GET", "127.0.0.1:8016", "User-Agent", chrome, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"), false},
		"form of an old browser":    {sent("POST", "127.0.0.1:8016", "User-Agent", chrome, "Content-Type", "application/x-www-form-urlencoded"), false},
		"form of text, whose agent": {sent("POST", "127.0.0.1:8016", "Content-Type", "text/plain; charset=utf-8"), false},
		"two origins":               {sent("POST", "127.0.0.1:8016", "Origin", "http://127.0.0.1:8016", "Origin", "http://evil.example"), false},
		"empty origin":              {sent("POST", "127.0.0.1:8016", "Origin", ""), false},
	} {
		if why := api.Refusal(test.Request); (why == "") != test.taken {
			t.Errorf("%s: %q", name, why)
		}
		// The control: a page that is let in is refused by no rule.
		if from := test.Header["Origin"]; len(from) == 1 && from[0] != "" && from[0] != "null" {
			open := origin.Policy{Origins: []string{from[0]}}
			if why := open.Refusal(test.Request); why != "" && from[0] != "https://Accord.internal" {
				t.Errorf("%s, let in: %q", name, why)
			}
		}
	}
}

// TestEveryHost: the admin API has a few names, for all clients.
func TestEveryHostIsCheckedWhereItIsKnown(t *testing.T) {
	admin := origin.Policy{Hosts: []string{"accord"}, EveryHost: true}
	for host, taken := range map[string]bool{"accord:8017": true, "ACCORD": true, "[::1]:8017": true, "192.0.2.1": true, "evil": false, "": false, "localhost.evil": false} {
		if why := admin.Refusal(sent("GET", host)); (why == "") != taken {
			t.Errorf("%q: %q", host, why)
		}
	}
}

func TestOriginsAreThoseOfBrowsers(t *testing.T) {
	for text, want := range map[string]string{
		"https://Console.example.com": "https://console.example.com", "http://localhost:5173": "http://localhost:5173", "http://[::1]:80": "http://[::1]:80",
		"*": "", "null": "", "": "", "console.example.com": "", "https://": "", "https://a/": "", "https://a?b": "", "https://u@a": "", "file:///a": "", "ftp://a": "",
	} {
		if got, ok := origin.Parse(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t", text, got, ok)
		}
	}
}

// A page that is let in asks first whether it may send the headers of a signed call, and
// then reads the answer. [Fetch: CORS protocol]
func TestOnlyPagesThatAreLetInReadAnswers(t *testing.T) {
	p := origin.Policy{Origins: []string{"https://console.example.com"}}
	for _, test := range []struct {
		method, from, asks string
		answered           bool
		shared             string
	}{
		{"OPTIONS", "https://console.example.com", "POST", true, "https://console.example.com"},
		{"OPTIONS", "https://console.example.com", "", false, "https://console.example.com"},
		{"POST", "https://console.example.com", "", false, "https://console.example.com"},
		{"OPTIONS", "https://evil.example", "POST", false, ""},
		{"POST", "https://evil.example", "", false, ""},
		{"POST", "null", "", false, ""},
	} {
		r, w := sent(test.method, "accord:8016", "Origin", test.from), httptest.NewRecorder()
		if test.asks != "" {
			r.Header.Set("Access-Control-Request-Method", test.asks)
			r.Header.Set("Access-Control-Request-Headers", "authorization,x-amz-target")
		}
		answered := p.Share(w, r)
		h := w.Result().Header
		if answered != test.answered || h.Get("Access-Control-Allow-Origin") != test.shared || h.Get("Vary") != "Origin" {
			t.Errorf("%+v: answered %t, %v", test, answered, h)
		}
		if answered && (h.Get("Access-Control-Allow-Headers") != "authorization,x-amz-target" || w.Code != 204) {
			t.Errorf("%+v: %d %v", test, w.Code, h)
		}
	}
}

// TestALinkOfAnotherSiteIsFollowed by a person, not by a page: the browser says so.
func TestALinkOfAnotherSiteIsFollowed(t *testing.T) {
	p := origin.Policy{EveryHost: true}
	for name, test := range map[string]struct {
		*http.Request
		followed bool
	}{
		"a link":           {sent("GET", "localhost:8017", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), true},
		"rebinding":        {sent("GET", "evil.example:8017", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), false},
		"a frame":          {sent("GET", "localhost:8017", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"), false},
		"a script":         {sent("GET", "localhost:8017", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"), false},
		"a form":           {sent("POST", "localhost:8017", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), false},
		"with an origin":   {sent("GET", "localhost:8017", "Origin", "https://evil.example", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), false},
		"another client":   {sent("GET", "localhost:8017"), false},
		"without its kind": {sent("GET", "localhost:8017", "Sec-Fetch-Mode", "navigate"), false},
	} {
		if got := p.Followed(test.Request); got != test.followed {
			t.Errorf("%s: %t", name, got)
		}
	}
}
