package console_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/console/pages"
)

const token = "0123456789abcdef0123456789abcdef"

// guarded opens a server whose admin API needs a token.
func guarded(t *testing.T, o app.Options, named ...string) browser {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, o, append([]string{"admin-token-file", path}, named...)...)
}

// signIn signs in with what is given as name, value, and returns what the browser gets.
func (b browser) signIn(fields ...string) answer {
	b.t.Helper()
	return b.submit("/console/sign-in", fields...)
}

// markup is what an attacker sends wherever a text can be sent.
const markup = `"><img src=x onerror=alert(1)>'><script>alert(2)</script><!--`

// TestAttackStoredMarkupIsText: markup in names, notes, addresses, user agents and all else
// that others can store. The control is that each text is on a page, escaped.
func TestAttackStoredMarkupIsText(t *testing.T) {
	b := open(t, app.Options{}, "behavior", "xss-check=off")
	b.follow("/console/", "do", "account", "account", alice, "email", "alice@example.com", "name", markup)
	b.must(alice, "CreateOrganization", `{}`)
	notes := strings.NewReplacer(`"`, `\"`).Replace(markup)
	sent := b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "EMAIL", "Id": "bob@example.com"}, "Notes": "`+notes+`"}`)
	id, _ := sent["Handshake"].(map[string]any)["Id"].(string)
	b.follow("/console/snapshots", "do", "save", "name", "base")
	seen := 0
	for _, p := range pages.Table {
		if p.Part != "" {
			continue
		}
		page := b.page(strings.Replace(address(p, id), "r-0000", alice, 1) + "?as=" + alice)
		if strings.Contains(page, "<img src=x") || strings.Contains(page, "<script>") {
			t.Errorf("%s has markup that was stored:\n%s", p.Path, page)
		}
		seen += strings.Count(page, "&lt;img src=x")
	}
	if seen < 4 {
		t.Errorf("the control: the text is on the pages %d times", seen)
	}
	t.Logf("evidence: stored markup is text in all %d places where pages show it", seen)
}

// TestAttackReflectedMarkupIsText: markup in addresses and in forms that come back.
func TestAttackReflectedMarkupIsText(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	escaped := url.QueryEscape(markup)
	paths := []string{
		"/console/" + url.PathEscape(markup), "/console/handshakes?as=" + escaped, "/console/handshakes?as=" + alice + "&show=" + escaped,
		"/console/handshakes/" + url.PathEscape(markup) + "?as=" + alice, "/console/inbox?to=" + escaped, "/console/inbox?before=" + escaped,
		"/console/time?since=" + escaped, "/console/sign-in?next=" + escaped, "/console/?as=" + escaped,
	}
	for _, path := range paths {
		if a := b.get(path); strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<script>") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	for form, fields := range map[string][]string{
		"/console/":                       {"do", "organization", "account", markup, "features", markup},
		"/console/handshakes?as=" + alice: {"do", "invite", "target", markup, "notes", markup},
		"/console/time":                   {"do", "advance", "advance", markup},
	} {
		a := b.submit(form, fields...)
		if strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<script>") {
			t.Errorf("the form of %s: %s", form, a.body)
		}
		contains(t, a.body, "&lt;img src=x")
	}
	t.Logf("evidence: reflected markup is text on %d addresses and in 3 forms", len(paths))
}

// TestAttackCSRF: a form of another origin, one without a token, one with the token of another
// session, one that is not a form. The control is the form of the page itself.
func TestAttackCSRF(t *testing.T) {
	b := open(t, app.Options{})
	right := tokenOf(t, b.page("/console/"))
	body := func(token string) string {
		return url.Values{"csrf": {token}, "do": {"account"}, "account": {bob}}.Encode()
	}
	other := tokenOf(t, open(t, app.Options{}, "random-seed", "2").page("/console/"))
	for name, r := range map[string]*http.Request{
		"another origin":          request("POST", "/console/", body(right), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"another port":            request("POST", "/console/", body(right), "Origin", "http://127.0.0.1:3000", "Sec-Fetch-Site", "same-site"),
		"the origin null":         request("POST", "/console/", body(right), "Origin", "null"),
		"another site, no Origin": request("POST", "/console/", body(right), "Origin", "", "Sec-Fetch-Site", "cross-site"),
		"no token":                request("POST", "/console/", body("")),
		"a token of another":      request("POST", "/console/", body(other)),
		"a token in the address":  request("POST", "/console/?csrf="+right, body("")),
		"JSON":                    request("POST", "/console/", `{"csrf": "`+right+`"}`, "Content-Type", "application/json"),
		"a form of text":          request("POST", "/console/", "csrf="+right, "Content-Type", "text/plain"),
		"a form with parts":       request("POST", "/console/", body(right), "Content-Type", "multipart/form-data; boundary=x"),
	} {
		if a := b.send(r); a.status < 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if strings.Contains(b.page("/console/"), bob) {
		t.Error("a forged form has registered an account")
	}
	if a := b.send(request("POST", "/console/", body(right))); a.status != http.StatusSeeOther {
		t.Errorf("the control: %d %s", a.status, a.body)
	}
	t.Log("evidence: 10 forged forms refused, the form of the page itself taken")
}

// TestAttackClickjackingAndForeignContent: no page can be framed, runs a script or loads
// anything of another origin; pages with data are not kept by caches, files are.
func TestAttackClickjackingAndForeignContent(t *testing.T) {
	b := open(t, app.Options{})
	for _, path := range []string{"/console/", "/console/handshakes", "/console/inbox", "/console/time", "/console/nowhere", "/console/sign-in"} {
		a := b.get(path)
		h := a.header
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), directive) {
				t.Errorf("%s: the policy lacks %s", path, directive)
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || strings.Contains(a.body, " style=") || strings.Contains(a.body, "<style") || strings.Contains(a.body, " onclick=") {
			t.Errorf("%s: the page has a script or a style in its text", path)
		}
		for _, part := range strings.Split(a.body, `"`) {
			if strings.HasPrefix(part, "/console/assets/") {
				if file := b.get(part); file.status != http.StatusOK || !strings.Contains(file.header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s: %d %v", part, file.status, file.header)
				}
			}
		}
	}
	t.Log("evidence: no page of 6 can be framed, cached, or run a script of its text; its files are kept by caches")
	if a := b.get("/console/assets/000000000000/console.css"); a.status != http.StatusNotFound {
		t.Errorf("a file by another hash: %d", a.status)
	}
}

// TestAttackDNSRebinding: by a name that is not its own the console shows nothing, also not to
// one who follows a link.
func TestAttackDNSRebinding(t *testing.T) {
	b := open(t, app.Options{})
	for _, path := range []string{"/", "/console/", "/console/handshakes", "/console/live", "/console/sign-in"} {
		for _, site := range []string{"same-origin", "none", "cross-site"} {
			a := b.send(request("GET", path, "", "Host", "evil.example:8017", "Sec-Fetch-Site", site))
			if a.status != http.StatusForbidden || strings.Contains(a.body, "<html") {
				t.Errorf("%s from %s: %d %s", path, site, a.status, a.body)
			}
		}
	}
	if a := b.get("/console/"); a.status != http.StatusOK {
		t.Errorf("the control: %d", a.status)
	}
	t.Log("evidence: 15 requests by a foreign name refused, one by its own answered")
}

// TestAttackALinkShowsNothingOfTheServer: who follows a link of another site gets a page that
// asks, without data; a script, a frame or an image of the other site gets nothing.
func TestAttackALinkShowsNothingOfTheServer(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	a := b.send(request("GET", "/console/handshakes?as="+alice, "", "Sec-Fetch-Site", "cross-site"))
	if a.status != http.StatusOK || strings.Contains(a.body, "Management account") {
		t.Errorf("%d %s", a.status, a.body)
	}
	contains(t, a.body, "You followed a link", `href="/console/handshakes?as=`+alice+`"`)
	for name, headers := range map[string][]string{
		"fetch": {"Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"},
		"image": {"Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"},
		"frame": {"Sec-Fetch-Dest", "iframe"},
	} {
		a := b.send(request("GET", "/console/", "", append(headers, "Sec-Fetch-Site", "cross-site")...))
		if a.status != http.StatusForbidden || strings.Contains(a.body, "<html") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestAttackNobodyIsLetInWithoutSigningIn, with a token or in strict mode. The control is the
// open sandbox, where nobody signs in.
func TestAttackNobodyIsLetInWithoutSigningIn(t *testing.T) {
	closed := guarded(t, app.Options{})
	for _, p := range pages.Table {
		path := address(p, unknown)
		a := closed.get(path)
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/console/sign-in?next=") {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
		if a := closed.send(request("POST", path, "do=account")); a.status < 300 || a.status == http.StatusOK {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	if a := closed.get("/console/live"); a.status != http.StatusForbidden {
		t.Errorf("live: %d", a.status)
	}
	for _, wrong := range [][]string{{"token", token[1:]}, {"token", ""}, {"key", alice, "secret", "anything"}, {}} {
		if a := closed.signIn(wrong...); a.status != http.StatusUnauthorized {
			t.Errorf("%v: %d", wrong, a.status)
		}
	}
	if a := closed.signIn("token", token); a.status != http.StatusSeeOther {
		t.Fatalf("the token: %d %s", a.status, a.body)
	}
	closed.page("/console/")
	open(t, app.Options{}).page("/console/")
	t.Logf("evidence: %d pages and their forms refused, 4 wrong sign-ins refused, the token lets in", len(pages.Table))
}

// TestAttackSessions: a cookie that was not issued, one that was changed, one of another
// server and one that is old let nobody in; a sign-in makes a new one, whatever the browser
// had before.
func TestAttackSessions(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	b := guarded(t, app.Options{MachineTime: func() time.Time { return now }})
	planted := &http.Cookie{Name: "accord-console-00000000", Value: "planted"}
	signIn := func(name string, cookies ...*http.Cookie) *http.Cookie {
		t.Helper()
		page := b.page("/console/sign-in")
		r := request("POST", "/console/sign-in", url.Values{"csrf": {tokenOf(t, page)}, "token": {token}}.Encode())
		for _, c := range cookies {
			r.AddCookie(c)
		}
		a := b.send(r)
		set, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
		if err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %v", name, a.status, err)
		}
		b.send(request("POST", "/console/sign-out", url.Values{"csrf": {tokenOf(t, b.page("/console/"))}}.Encode()))
		return set
	}
	first := signIn("first", planted)
	second := signIn("second", planted)
	if first.Value == second.Value || first.Value == planted.Value {
		t.Error("a sign-in does not begin a session of its own")
	}
	if !first.HttpOnly || first.SameSite != http.SameSiteStrictMode || first.Path != "/console" || first.MaxAge != 8*3600 {
		t.Errorf("the cookie is %+v", first)
	}
	other, _ := http.ParseSetCookie(guarded(t, app.Options{}, "random-seed", "7").signIn("token", token).header.Get("Set-Cookie"))
	with := func(value string) int {
		r := request("GET", "/console/", "")
		r.AddCookie(&http.Cookie{Name: first.Name, Value: value})
		return b.send(r).status
	}
	if with(first.Value) != http.StatusOK {
		t.Error("the control: the cookie lets nobody in")
	}
	body, sum, _ := strings.Cut(first.Value, ".")
	for name, value := range map[string]string{
		"nothing": "", "planted": "planted", "without its sum": body, "with an empty sum": body + ".", "of another session": body + "." + strings.Split(second.Value, ".")[1],
		"changed": body[:len(body)-2] + "AA." + sum, "of another server": other.Value, "twice": first.Value + first.Value,
	} {
		if with(value) != http.StatusSeeOther {
			t.Errorf("a cookie %s lets in", name)
		}
	}
	now = now.Add(8*time.Hour - time.Second)
	if with(first.Value) != http.StatusOK {
		t.Error("the session ends early")
	}
	now = now.Add(time.Second)
	if with(first.Value) != http.StatusSeeOther {
		t.Error("the session does not end")
	}
	t.Log("evidence: 8 cookies refused, the one that was issued taken until its end, and not after")
}

// TestAttackOpenRedirect: after the sign-in a browser stays at this server.
func TestAttackOpenRedirect(t *testing.T) {
	b := guarded(t, app.Options{})
	for next, want := range map[string]string{
		"/console/time": "/console/time", "/console/handshakes?as=111111111111": "/console/handshakes?as=111111111111",
		"": "/console/", "https://evil.example": "/console/", "//evil.example": "/console/", `/\evil.example`: "/console/", "/console": "/console",
		`/console/\evil`: "/console/", "javascript:alert(1)": "/console/", "/console@evil.example": "/console/", "/consolex": "/console/",
		"/console/\r\nSet-Cookie: a=b": "/console/", " //evil.example": "/console/", "/reset": "/console/", "/console/../reset": "/console/", "/console/%2e%2e/reset": "/console/", "http:/console/": "/console/", "/console//evil.example": "/console/evil.example",
	} {
		a := b.signIn("token", token, "next", next)
		if got := a.header.Get("Location"); a.status != http.StatusSeeOther || got != want {
			t.Errorf("next %q leads to %q (%d), want %q", next, got, a.status, want)
		}
	}
	t.Log("evidence: 12 addresses of others lead home, those of the console are kept")
	if a := b.get("/console/handshakes/x?as=//evil.example"); strings.Contains(a.header.Get("Location"), "evil") {
		t.Errorf("%v", a.header)
	}
}

// TestAttackALargeForm: 10 MB are refused, and what a form may have is taken.
func TestAttackALargeForm(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	path := "/console/handshakes?as=" + alice
	right := tokenOf(t, b.page(path))
	large := func(n int) answer {
		return b.send(request("POST", path, url.Values{"csrf": {right}, "do": {"invite"}, "target": {"x"}, "notes": {strings.Repeat("n", n)}}.Encode()))
	}
	if a := large(10 << 20); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MB: %d", a.status)
	}
	if a := large(60 << 10); a.status != http.StatusBadRequest || !strings.Contains(a.body, "MAX_LENGTH_EXCEEDED") && !strings.Contains(a.body, "InvalidInputException") {
		t.Errorf("60 KB: %d %.300s", a.status, a.body)
	}
	t.Log("evidence: a form of 10 MB is refused, one of 60 KB is read")
	if a := b.send(request("POST", path, "csrf="+right+"&do=%ff")); a.status != http.StatusBadRequest {
		t.Errorf("bytes that are not UTF-8: %d", a.status)
	}
	if a := b.get("/console/inbox?to=%00"); a.status != http.StatusBadRequest {
		t.Errorf("NUL: %d", a.status)
	}
}

// TestAttackMethods: only GET and POST are answered, and POST only where there is a form.
func TestAttackMethods(t *testing.T) {
	b := open(t, app.Options{})
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		if a := b.send(request(method, "/console/", "", "Origin", "http://"+host)); a.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, a.status)
		}
	}
	if a := b.send(request("POST", "/console/inbox", "do=x")); a.status != http.StatusMethodNotAllowed {
		t.Errorf("POST to a page without a form: %d", a.status)
	}
	r := request("HEAD", "/console/", "")
	if a := b.send(r); a.status != http.StatusOK || a.body != "" {
		t.Errorf("HEAD: %d, %d bytes", a.status, len(a.body))
	}
}

// TestAttackTheTokenThatWasReplacedEndsItsSessions.
func TestAttackTheTokenThatWasReplacedEndsItsSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(token)
	b := open(t, app.Options{}, "admin-token-file", path)
	b.signIn("token", token)
	b.page("/console/")
	write(strings.Repeat("n", 32))
	b.Reload()
	if a := b.get("/console/"); a.status != http.StatusSeeOther {
		t.Errorf("the session of the old token: %d", a.status)
	}
}
