package browser_test

import (
	"net/http"
	"regexp"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// origin is where a page is from.
type origin struct {
	host string
	// rebound is a page whose name is that of the listener after DNS rebinding.
	rebound bool
}

var (
	foreign  = origin{host: "evil.example"}
	neighbor = origin{host: "localhost"}
	rebound  = origin{host: "evil.example", rebound: true}
)

// attack is a page.
type attack struct {
	name string
	from origin
	// script has the functions of document, and t, its target.
	script string
	// harmless: it changes nothing without the protection either, because it only reads, or
	// because the browser asks before.
	harmless bool
	// otherBody: what it sends is not JSON, and so no change of the admin API without the
	// protection either.
	otherBody bool
	// only is the door that it attacks, if it is not both.
	only string
}

var attacks = []attack{
	{name: "fetch of text", from: foreign, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: t.Body})`},
	{name: "fetch of a form", from: foreign, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: t.Body, headers: {"Content-Type": "application/x-www-form-urlencoded"}})`},
	{name: "fetch that outlives its page", from: foreign, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: t.Body, keepalive: true})`},
	{name: "fetch without a referrer", from: foreign, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: t.Body, referrerPolicy: "no-referrer"})`},
	{name: "fetch without a type", from: foreign, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: new Blob([t.Body])})`},
	{name: "fetch that another server redirects", from: foreign, script: `await fetch(t.Neighbor + "redirect?to=" + encodeURIComponent(t.Post), {method: "POST", mode: "no-cors", body: t.Body})`},
	{name: "fetch with the headers of an SDK", from: foreign, script: `await fetch(t.Call.URL, {method: "POST", body: t.Call.Body, headers: t.Call.Headers})`, harmless: true},
	{name: "fetch of the page of another port", from: neighbor, script: `await fetch(t.Post, {method: "POST", mode: "no-cors", body: t.Body})`},
	{name: "fetch of a worker", from: foreign, script: `
		const code = "onmessage = e => fetch(e.data.Post, {method: 'POST', mode: 'no-cors', body: e.data.Body})";
		new Worker(URL.createObjectURL(new Blob([code]))).postMessage(t)`},
	{name: "fetch of a service worker", from: neighbor, script: `
		await navigator.serviceWorker.register("worker.js");
		(await navigator.serviceWorker.ready).active.postMessage(t)`},
	{name: "XMLHttpRequest", from: foreign, script: `
		await new Promise(end => { const x = new XMLHttpRequest(); x.onloadend = end; x.open("POST", t.Post); x.send(t.Body) })`},
	{name: "beacon", from: foreign, script: `navigator.sendBeacon(t.Post, t.Body)`},
	{name: "ping of a link", from: foreign, script: `add("a", {href: "#", ping: t.Form}).click()`, otherBody: true},
	{name: "report of a content security policy", from: foreign, script: `add("iframe", {src: "report?to=" + encodeURIComponent(t.Form)})`, only: adminAPI, otherBody: true},
	{name: "form", from: foreign, script: `submit(t.Form, "application/x-www-form-urlencoded")`},
	{name: "form with parts", from: foreign, script: `submit(t.Form, "multipart/form-data")`, otherBody: true},
	{name: "form of text", from: foreign, script: `submit(t.Post, "text/plain", ...t.Field[0] ? [field(...t.Field)] : [])`},
	{name: "form without a referrer", from: foreign, script: `
		document.head.append(Object.assign(document.createElement("meta"), {name: "referrer", content: "no-referrer"}));
		submit(t.Form, "application/x-www-form-urlencoded")`},
	{name: "sandboxed frame", from: foreign, script: `within("fetch(t.Post, {method: 'POST', mode: 'no-cors', body: t.Body})", {sandbox: "allow-scripts"})`},
	{name: "form of a sandboxed frame", from: foreign, script: `
		within("const f = document.createElement('form'); f.method = 'POST'; f.action = t.Form; document.body.append(f); f.submit()", {sandbox: "allow-scripts allow-forms"})`},
	{name: "page of a data URL", from: foreign, script: "add(\"iframe\", {src: `data:text/html,<form method=POST action=\"${encodeURIComponent(t.Form)}\"></form><script>document.forms[0].submit()<\\/script>`})"},
	{name: "image", from: foreign, script: `add("img", {src: t.Read})`, harmless: true},
	{name: "script", from: foreign, script: `add("script", {src: t.Read})`, harmless: true},
	{name: "frame", from: foreign, script: `add("iframe", {src: t.Read})`, harmless: true},
	{name: "stream of events", from: foreign, script: `new EventSource(t.Read)`, harmless: true},
	{name: "WebSocket", from: foreign, script: `new WebSocket(t.Read.replace("http", "ws"))`, harmless: true},

	{name: "rebinding: fetch with the headers of an SDK", from: rebound, script: `await fetch(t.Call.URL, {method: "POST", body: t.Call.Body, headers: t.Call.Headers})`},
	{name: "rebinding: fetch in the name of an SDK", from: rebound, script: `await fetch(t.Call.URL, {method: "POST", body: t.Call.Body, headers: {...t.Call.Headers, "User-Agent": "Boto3/1.40.0"}})`},
	{name: "rebinding: fetch without a referrer", from: rebound, script: `await fetch(t.Call.URL, {method: "POST", body: t.Call.Body, headers: t.Call.Headers, referrerPolicy: "no-referrer"})`},
	{name: "rebinding: beacon", from: rebound, script: `navigator.sendBeacon(t.Post, t.Body)`},
	{name: "rebinding: form", from: rebound, script: `submit(t.Form, "application/x-www-form-urlencoded")`},
	{name: "rebinding: form of text", from: rebound, script: `submit(t.Post, "text/plain", ...t.Field[0] ? [field(...t.Field)] : [])`},
	{name: "rebinding: ping of a link", from: rebound, script: `add("a", {href: "#", ping: t.Form}).click()`, otherBody: true},
	{name: "rebinding: report of a content security policy", from: rebound, script: `add("iframe", {src: "report?to=" + encodeURIComponent(t.Form)})`, only: adminAPI, otherBody: true},
	{name: "rebinding: sandboxed frame", from: rebound, script: `within("fetch(t.Post, {method: 'POST', mode: 'no-cors', body: t.Body})", {sandbox: "allow-scripts"})`},
	{name: "rebinding: read", from: rebound, script: `await fetch(t.Read)`, harmless: true},
	{name: "rebinding: read in the name of an SDK", from: rebound, script: `await fetch(t.Read, {headers: {"User-Agent": "Boto3/1.40.0"}})`, harmless: true},
}

// TestPagesOfARealBrowserChangeNothing has Chromium visit pages that attack both listeners.
// The control takes the marks of browsers from the same requests, which then do their harm.
// Each fourth attack is made in every run but a short one, all are in a long one.
func TestPagesOfARealBrowserChangeNothing(t *testing.T) {
	require.Full(t)
	refused, changed := 0, 0
	var made []attack
	for n := 0; n < len(attacks); n += require.Amount(4, 4, 1) {
		made = append(made, attacks[n])
	}
	for _, p := range newSite(t).run(process.Start(t), false, made) {
		if len(p.passed) == 0 {
			t.Errorf("%s, %s: the browser sent nothing: %s", p.name, p.door, p.failure)
		}
		// The API does not know some of them as calls at all.
		for _, e := range p.passed {
			if e.Status < http.StatusBadRequest || p.door == adminAPI && e.Status != http.StatusForbidden {
				t.Errorf("%s, %s: %+v", p.name, p.door, e)
			}
			refused++
		}
		if p.changed {
			t.Errorf("%s, %s: it changed the store: %+v", p.name, p.door, p.passed)
		}
	}
	for _, p := range newSite(t).run(process.Start(t), true, made) {
		if p.changed == (p.harmless || p.otherBody && p.door == adminAPI) {
			t.Errorf("the control, %s, %s: changed is %t: %+v %s", p.name, p.door, p.changed, p.passed, p.failure)
		}
		if p.changed {
			changed++
		}
	}
	t.Logf("evidence: %d requests of pages of Chromium refused, nothing changed; without the marks of browsers %d changed the store", refused, changed)
}

// TestAnInvitedPageOfARealBrowserReadsAnswers: Chromium asks whether the page may send the
// headers of an SDK, then sends them, and the page reads the answer. The control is a page
// that is not invited; the admin API invites none.
func TestAnInvitedPageOfARealBrowserReadsAnswers(t *testing.T) {
	require.Full(t)
	const script = `
		const answer = await fetch(t.Call.URL, {method: "POST", body: t.Call.Body, headers: t.Call.Headers});
		return answer.status + " " + answer.headers.get("x-amzn-RequestId") + " " + await answer.text()`
	s := newSite(t)
	program := process.Start(t, "--allow-origins", at("console.example", s.URL))
	pages := s.run(program, false, []attack{
		{name: "invited", from: origin{host: "console.example"}, script: script},
		{name: "not invited", from: foreign, script: script},
	})
	for _, p := range pages {
		invited := p.name == "invited" && p.door == theAPI
		if p.changed != invited || invited != regexp.MustCompile(`^200 [0-9a-f-]{36} \{"Organization":`).MatchString(p.report) || invited != (p.failure == "") {
			t.Errorf("%s, %s: changed is %t, the page read %q %s: %+v", p.name, p.door, p.changed, p.report, p.failure, p.passed)
		}
		var asked bool
		for _, e := range p.passed {
			asked = asked || e.Method == http.MethodOptions
			if e.Method == http.MethodPost != invited && e.Method != http.MethodOptions {
				t.Errorf("%s, %s: %+v", p.name, p.door, e)
			}
		}
		if !asked {
			t.Errorf("%s, %s: the browser did not ask: %+v", p.name, p.door, p.passed)
		}
	}
}
