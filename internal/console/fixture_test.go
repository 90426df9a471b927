package console_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/telemetry"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

const (
	alice = "111111111111"
	bob   = "222222222222"
	carol = "333333333333"
)

// host is the name by which the tests call the listener.
const host = "127.0.0.1:8017"

// browser is a person with a browser, who follows redirects by hand.
type browser struct {
	t *testing.T
	*app.App
	jar http.CookieJar
}

// open opens a server with a virtual clock, changed by settings given as name, value.
func open(t *testing.T, o app.Options, named ...string) browser {
	t.Helper()
	c := apptest.Config(t, append([]string{"clock", "virtual"}, named...)...)
	o.Start, o.Version = start, "v0.0.0-test"
	log := &bytes.Buffer{}
	lines := telemetry.NewBuffer(log)
	o.Log = telemetry.NewLog(lines, telemetry.Options{Level: slog.LevelError})
	a := apptest.Open(t, c, o)
	t.Cleanup(func() {
		apptest.Close(t, a)
		if _ = lines.Flush(); log.Len() > 0 {
			t.Errorf("the server logged errors:\n%s", log)
		}
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, a, jar}
}

// answer is what a browser gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request as a browser does that shows a page of the console.
func (b browser) send(r *http.Request) answer {
	b.t.Helper()
	at := &url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path}
	for _, c := range b.jar.Cookies(at) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.Admin().ServeHTTP(w, r)
	b.jar.SetCookies(at, w.Result().Cookies())
	return answer{w.Code, w.Header(), w.Body.String()}
}

// request is a request with the headers of a browser, and further ones, name after name.
func request(method, path, body string, headers ...string) *http.Request {
	path, _, _ = strings.Cut(path, "#") // Browsers keep it to themselves.
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = host
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0")
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if method == http.MethodPost {
		r.Header.Set("Origin", "http://"+host)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for n := 0; n < len(headers); n += 2 {
		if headers[n] == "Host" {
			r.Host = headers[n+1]
		} else {
			r.Header.Set(headers[n], headers[n+1])
		}
	}
	return r
}

// get opens a page.
func (b browser) get(path string) answer {
	b.t.Helper()
	return b.send(request(http.MethodGet, path, ""))
}

// page opens a page that has to be there, and returns its text.
func (b browser) page(path string) string {
	b.t.Helper()
	a := b.get(path)
	if a.status != http.StatusOK {
		b.t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return a.body
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// tokenOf is the token of the forms of a page.
func tokenOf(t *testing.T, page string) string {
	t.Helper()
	found := csrf.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no form: %s", page)
	}
	return found[1]
}

// submit sends the form of a page, whose fields are given as name, value.
func (b browser) submit(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"csrf": {tokenOf(b.t, b.page(path))}}
	for n := 0; n < len(fields); n += 2 {
		form.Set(fields[n], fields[n+1])
	}
	return b.send(request(http.MethodPost, path, form.Encode()))
}

// follow sends a form that has to succeed, and returns the address that the browser is sent to.
func (b browser) follow(path string, fields ...string) string {
	b.t.Helper()
	a := b.submit(path, fields...)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("the form of %s: %d %s", path, a.status, a.body)
	}
	return a.header.Get("Location")
}

// must calls an operation of Organizations as an account, and returns what it answers.
func (b browser) must(account, operation, body string) map[string]any {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	apptest.Sign(r, account, operation)
	w := httptest.NewRecorder()
	b.API().ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	var members map[string]any
	if err != nil || w.Code != http.StatusOK || json.Unmarshal(text, &members) != nil {
		b.t.Fatalf("%s: %d %s", operation, w.Code, text)
	}
	return members
}

// contains reports which of some texts a page does not have.
func contains(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}
