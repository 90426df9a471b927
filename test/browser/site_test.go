package browser_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/test/process"
)

// exchange is a request of the browser that reached a listener, and its answer.
type exchange struct {
	Method, Origin, Agent string
	Status                int
}

// The names of the doors.
const theAPI, adminAPI = "API", "admin API"

// door is a listener of the program as the browser reaches it: through a proxy that notes
// what passes. Paths of the site are answered by the site, as those of a name are before
// it is bound to another address.
type door struct {
	name string
	*httptest.Server
	mu    sync.Mutex
	noted map[string][]exchange
	// next is closed, and made anew, with each exchange.
	next chan struct{}
}

// account finds the account of a request, by which the page that sent it is known.
var account = regexp.MustCompile(`\b7\d{11}\b`)

// open is a door to a listener. An unguarded one takes away what the rules of the
// listener read, so that the request is that of another client.
func open(t *testing.T, name, listener string, unguarded bool, site http.Handler) *door {
	d := &door{name: name, noted: map[string][]exchange{}, next: make(chan struct{})}
	to, err := url.Parse(listener)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		if !unguarded {
			r.Out.Host = r.In.Host
			return
		}
		for _, mark := range []string{"Origin", "User-Agent", "Sec-Fetch-Site", "Sec-Fetch-Mode"} {
			r.Out.Header.Del(mark)
		}
		switch r.In.Header.Get("Content-Type") {
		case "application/json", "application/x-amz-json-1.1":
		default:
			r.Out.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, pagesOf) {
			site.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		e := exchange{Method: r.Method, Origin: r.Header.Get("Origin"), Agent: r.UserAgent()}
		answer := &noted{ResponseWriter: w}
		proxy.ServeHTTP(answer, r)
		e.Status = answer.status
		sender := account.FindString(r.URL.String() + " " + r.Header.Get("Authorization") + " " + string(body))
		d.mu.Lock()
		defer d.mu.Unlock()
		d.noted[sender] = append(d.noted[sender], e)
		close(d.next)
		d.next = make(chan struct{})
	}))
	t.Cleanup(d.Close)
	return d
}

// noted is an answer whose status is kept.
type noted struct {
	http.ResponseWriter
	status int
}

func (n *noted) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// passed waits for a request of an account and returns all that there were.
func (d *door) passed(account string) []exchange {
	for end := time.After(patience / 6); ; {
		d.mu.Lock()
		e, next := slices.Clone(d.noted[account]), d.next
		d.mu.Unlock()
		if len(e) > 0 {
			return e
		}
		select {
		case <-next:
		case <-end:
			return nil
		}
	}
}

// at is the address of a listener of this machine by another name.
func at(host, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return "http://" + host + ":" + u.Port()
}

const pagesOf = "/site/"

// visited is what came of a page.
type visited struct {
	attack
	door string
	// passed are the requests that reached the listener, failure is the error of the
	// script, and report its result.
	passed          []exchange
	failure, report string
	changed         bool
}

// site is the server of the attacker, with a page for each attack on each door.
type site struct {
	*httptest.Server
	t       *testing.T
	program *process.Server
	pages   []visited
	doors   []*door
	// before is the state of the program when the page was asked for.
	before string
	// done is closed when the browser has visited all pages.
	done chan struct{}
}

// newSite begins to serve; run knows the pages.
func newSite(t *testing.T) *site {
	s := &site{t: t, done: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// run has a browser visit the page of each attack on each door of a program.
func (s *site) run(program *process.Server, unguarded bool, attacks []attack) []visited {
	s.program = program
	s.doors = []*door{
		open(s.t, theAPI, program.URL, unguarded, s),
		open(s.t, adminAPI, program.AdminURL, unguarded, s),
	}
	for _, a := range attacks {
		for _, d := range s.doors {
			if a.only == "" || a.only == d.name {
				s.pages = append(s.pages, visited{attack: a, door: d.name})
			}
		}
	}
	visit(s.t, s.page(0), s.done)
	return s.pages
}

func (s *site) door(n int) *door {
	return s.doors[slices.IndexFunc(s.doors, func(d *door) bool { return d.name == s.pages[n].door })]
}

func (s *site) page(n int) string {
	if n == len(s.pages) {
		return s.URL + pagesOf + "end"
	}
	host, server := s.pages[n].from.host, s.URL
	if s.pages[n].from.rebound {
		server = s.door(n).URL
	}
	return fmt.Sprintf("%s%spage?n=%d", at(host, server), pagesOf, n)
}

// target is what a page attacks, as its script knows it.
type target struct {
	// Read is a GET, Post a change that Body makes, Form one that needs no body.
	Read, Post, Body, Form string
	// Field is an input of a form whose text is Body, but for a character.
	Field [2]string
	// Call is a change as a client sends it.
	Call struct {
		URL, Body string
		Headers   map[string]string
	}
	// Neighbor is the site by another name.
	Neighbor string
}

func (s *site) target(n int) target {
	d := s.door(n)
	base := d.URL
	if s.pages[n].from.rebound {
		base = at(s.pages[n].from.host, d.URL)
	}
	id := idOf(n)
	t := target{Neighbor: at("localhost", s.URL) + pagesOf}
	if d.name == theAPI {
		t.Read = base + "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + id +
			"%2F20261102%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=unsigned"
		t.Post, t.Form = t.Read, t.Read
		t.Call.URL, t.Call.Body = base+"/?"+id, "{}"
		t.Call.Headers = map[string]string{
			"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSOrganizationsV20161128.CreateOrganization",
			"X-Amz-Date": "20261102T000000Z", "X-Amz-User-Agent": "aws-sdk-js/3.0.0", "Amz-Sdk-Request": "attempt=1; max=3",
			"Authorization": "AWS4-HMAC-SHA256 Credential=" + id + "/20261102/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=unsigned",
		}
		return t
	}
	t.Read, t.Post, t.Form = base+"/accounts/"+id, base+"/accounts", base+"/reset?by="+id
	t.Body = `{"id": "` + id + `", "email": "` + id + `@example.com", "name": "="}`
	t.Field[0], t.Field[1], _ = strings.Cut(t.Body, "=")
	t.Call.URL, t.Call.Body, t.Call.Headers = t.Post+"?"+id, t.Body, map[string]string{"Content-Type": "application/json", "Accept": "application/json"}
	return t
}

func idOf(n int) string { return fmt.Sprint(700000000000 + n) }

// document is the page of an attack: it attacks, reports, and goes to the next page.
var document = template.Must(template.New("").Parse(`<!doctype html><meta charset="utf-8"><title>{{.Name}}</title><body><script>
const t = {{.Target}};
const field = (name, value) => Object.assign(document.createElement("input"), {name, value});
const add = (kind, attributes) => document.body.appendChild(Object.assign(document.createElement(kind), attributes));
const submit = (action, enctype, ...fields) => {
	add("iframe", {name: "answer"});
	const form = add("form", {method: "POST", target: "answer", action, enctype});
	form.append(...fields);
	form.submit();
};
const within = (script, attributes) => add("iframe", {...attributes, srcdoc: "<body><script>const t = " + JSON.stringify(t) + ";" + script + "<\/script>"});
(async () => {
	let failure = "", report = "";
	try { report = await (async () => { {{.Script}} })() || "" } catch (e) { failure = String(e) }
	const about = new URLSearchParams({n: {{.N}}, failure, report});
	await fetch({{.Done}} + "?" + about, {mode: "no-cors"});
	location = {{.Next}};
})();
</script>`))

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, to := 0, r.FormValue("to")
	_, _ = fmt.Sscan(r.FormValue("n"), &n)
	switch strings.TrimPrefix(r.URL.Path, pagesOf) {
	case "page":

		// A reset is seen by the loss of this account.
		answer, err := http.Post(s.program.AdminURL+"/accounts", "application/json", strings.NewReader(`{"id": "111111111111"}`))
		if err != nil {
			s.t.Error(err)
			return
		}
		_ = answer.Body.Close()
		s.before = s.state()
		w.Header().Set("Content-Type", "text/html")
		err = document.Execute(w, map[string]any{
			"Name": s.pages[n].name, "Target": s.target(n), "Script": template.JS(s.pages[n].script),
			"N": n, "Done": s.URL + pagesOf + "done", "Next": s.page(n + 1),
		})
		if err != nil {
			s.t.Error(err)
		}
	case "done":
		p := &s.pages[n]
		p.failure, p.report = r.FormValue("failure"), r.FormValue("report")
		p.passed = s.door(n).passed(idOf(n))
		p.changed = s.state() != s.before
	case "end":
		close(s.done)
	case "redirect":
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	case "report":
		w.Header().Set("Content-Security-Policy", "img-src 'none'; report-uri "+to)
		_, _ = io.WriteString(w, `<!doctype html><img src="/absent">`)
	case "worker.js":
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, `onmessage = e => e.waitUntil(fetch(e.data.Post, {method: "POST", mode: "no-cors", body: e.data.Body}))`)
	default:
		http.NotFound(w, r)
	}
}

// state are the accounts of the program.
func (s *site) state() string {
	answer, err := http.Get(s.program.AdminURL + "/accounts")
	if err != nil {
		s.t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || !json.Valid(text) {
		s.t.Errorf("%s %v", text, err)
	}
	return string(text)
}
