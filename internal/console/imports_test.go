package console_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/clone"
	"accord/internal/clone/sdk"
	"accord/internal/service/importing"
)

// openSource calls servers as the program does.
func openSource(ctx context.Context, s importing.Source) (clone.Source, error) {
	return sdk.Open(ctx, sdk.Options{Endpoint: s.Endpoint, Account: s.Account, Region: s.Region, AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: s.SessionToken})
}

// elsewhere is a server with an organization, and the URL at which it is called.
func elsewhere(t *testing.T) (furnished, string) {
	t.Helper()
	for name, value := range map[string]string{"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": ""} {
		t.Setenv(name, value)
	}
	f := furnish(t)
	s := httptest.NewServer(f.API())
	t.Cleanup(s.Close)
	return f, s.URL
}

const importPage = "/console/snapshots/import"

// ended waits for the end of an import, and returns the page.
func (b browser) ended() string {
	b.t.Helper()
	for range 100_000 {
		page := b.page(importPage)
		if !strings.Contains(page, `hx-trigger="every 1s"`) {
			return page
		}
	}
	b.t.Fatal("the import does not end")
	return ""
}

// TestAnOrganizationIsImportedAndCompared from another server, by forms alone.
func TestAnOrganizationIsImportedAndCompared(t *testing.T) {
	f, at := elsewhere(t)
	b := open(t, app.Options{OpenSource: openSource})
	if to := b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", at, "account", alice); to != importPage {
		t.Errorf("the form leads to %s", to)
	}
	page := b.ended()
	contains(t, page, "Import from "+at+" as "+alice, "2 accounts, 1 units, 3 policies", "made here", "Not read:", `value="`+at+`"`)
	contains(t, b.page("/console/organization?as="+alice), "Workloads")
	b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", at, "account", alice)
	contains(t, b.ended(), "already: replace it")

	f.must(alice, "UpdateOrganizationalUnit", `{"OrganizationalUnitId": "`+f.unit+`", "Name": "Renamed"}`)
	b.follow(importPage, "do", "drift", "from", "endpoint", "endpoint", at, "account", alice, "replace", "yes")
	contains(t, b.ended(), "What has changed at the source: 0 added, 0 removed, 1 changed, 0 moved", "Workloads", "Renamed")
	b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", at, "account", alice, "replace", "yes")
	b.ended()
	contains(t, b.page("/console/organization?as="+alice), "Renamed")
	if page := b.page(b.follow(importPage, "do", "cancel")); strings.Contains(page, "Import from") {
		t.Error("what was forgotten is still there")
	}
}

// TestWhatIsRefusedOfAnImportStandsAtItsField, and no secret is filled in again.
func TestWhatIsRefusedOfAnImportStandsAtItsField(t *testing.T) {
	b := open(t, app.Options{OpenSource: openSource})
	for field, fields := range map[string][]string{
		"endpoint": {"from", "endpoint", "endpoint", "ftp://x"}, "account": {"from", "endpoint", "endpoint", "http://127.0.0.1:1"},
		"region": {"from", "aws", "region", "a b"}, "access-key": {"from", "aws", "accessKeyId", "a b", "secretAccessKey", "never-shown", "sessionToken", "never-shown"},
		"mask-key": {"from", "aws", "mask", "yes", "maskKey", "never-shown"},
	} {
		a := b.submit(importPage, append(fields, "do", "import")...)
		if a.status != http.StatusBadRequest || strings.Contains(a.body, "never-shown") {
			t.Errorf("%s: %d %v", field, a.status, strings.Contains(a.body, "never-shown"))
		}
		contains(t, a.body, `id="`+field+`-help" class="problem"`)
	}
	for _, c := range []struct {
		o      app.Options
		named  []string
		status int
		text   string
	}{
		{app.Options{}, nil, http.StatusConflict, "this server calls no other ones"},
		{app.Options{OpenSource: openSource}, []string{"admin-writes", "off"}, http.StatusForbidden, "read-only"},
	} {
		other := open(t, c.o, c.named...)
		right := tokenOf(t, other.page("/console/snapshots/diff"))
		form := url.Values{"csrf": {right}, "do": {"import"}, "from": {"endpoint"}, "endpoint": {"http://127.0.0.1:1"}, "account": {alice}}
		if a := other.send(request(http.MethodPost, importPage, form.Encode())); a.status != c.status || !strings.Contains(a.body, c.text) {
			t.Errorf("%d, want %d %s", a.status, c.status, c.text)
		}
	}
}

// gate is a source that waits before a call until the import is canceled.
type gate struct {
	clone.Source
	reached chan struct{}
}

func (g gate) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	if operation == "ListTagsForResource" {
		select {
		case g.reached <- struct{}{}:
		default:
		}
		<-ctx.Done()
	}
	return g.Source.Call(ctx, operation, in)
}

// TestAnImportShowsItsProgressAndIsCanceled: the page asks again each second, with and without
// JavaScript; a second import is refused meanwhile. A server that stops ends it.
func TestAnImportShowsItsProgressAndIsCanceled(t *testing.T) {
	_, at := elsewhere(t)
	g := gate{reached: make(chan struct{}, 1)}
	b := open(t, app.Options{OpenSource: func(ctx context.Context, s importing.Source) (clone.Source, error) {
		source, err := openSource(ctx, s)
		return gate{source, g.reached}, err
	}})
	right := tokenOf(t, b.page(importPage))
	form := url.Values{"csrf": {right}, "do": {"import"}, "from": {"endpoint"}, "endpoint": {at}, "account": {alice}}
	start := func() answer { return b.send(request(http.MethodPost, importPage, form.Encode())) }
	start()
	<-g.reached
	contains(t, b.page(importPage), `hx-trigger="every 1s"`, `http-equiv="refresh"`, "<progress", "calls that are known by now", "Cancel")
	if a := start(); a.status != http.StatusConflict || !strings.Contains(a.body, "another import runs") {
		t.Errorf("a second one: %d", a.status)
	}
	b.follow(importPage, "do", "cancel")
	contains(t, b.ended(), "it was canceled", "nothing was changed")
	contains(t, b.page("/console/"), "No organization yet")
	start()
	<-g.reached
	// The server is closed at the end of the test, which waits for the import.
}

// TestAttackTheSecretsOfAnImportAreNowhere: not on a page, in a record, in the state or in the
// journal. The control is the source, which is recorded.
func TestAttackTheSecretsOfAnImportAreNowhere(t *testing.T) {
	_, at := elsewhere(t)
	b := open(t, app.Options{OpenSource: openSource})
	const secret, session = "wJalrXUtnFEMIK7MDENG", "FwoGZXIvYXdzEXAMPLE"
	b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", at, "accessKeyId", alice, "secretAccessKey", secret, "sessionToken", session, "mask", "yes", "maskKey", strings.Repeat("k", 64))
	page := b.ended()
	texts := map[string]string{"the page": page}
	for _, path := range []string{"/imports", "/records?limit=1000", "/state"} {
		w := httptest.NewRecorder()
		r := request(http.MethodGet, path, "", "User-Agent", "curl/8", "Accept", "*/*")
		b.Admin().ServeHTTP(w, r)
		texts[path] = w.Body.String()
	}
	for name, text := range texts {
		for _, hidden := range []string{secret, session, strings.Repeat("k", 64)} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s has a secret:\n%s", name, text)
			}
		}
	}
	for _, want := range []string{"StartImport", "ImportOrganization", at + " with an access key"} {
		if !strings.Contains(texts["/records?limit=1000"], want) {
			t.Errorf("the control: the records have no %s: %s", want, texts["/records?limit=1000"])
		}
	}
	t.Log("evidence: secrets of an import are on no page, in no record and not in the state")
}

// TestAttackMarkupOfASourceIsText: in errors that it answers, in names, and in what has changed.
func TestAttackMarkupOfASourceIsText(t *testing.T) {
	quoted, err := json.Marshal(markup)
	if err != nil {
		t.Fatal(err)
	}
	lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type": "AccessDeniedException", "Message": ` + string(quoted) + `}`))
	}))
	defer lying.Close()
	f, at := elsewhere(t)
	b := open(t, app.Options{OpenSource: openSource}, "behavior", "xss-check=off")
	b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", lying.URL, "account", alice)
	pages := map[string]string{"an error": b.ended()}
	b.follow(importPage, "do", "import", "from", "endpoint", "endpoint", at, "account", alice)
	b.ended()
	f.follow(f.address(""), "do", "describe", "name", markup[:50], "email", "payments@example.com")
	b.follow(importPage, "do", "drift", "from", "endpoint", "endpoint", at, "account", alice)
	pages["a drift"] = b.ended()
	for name, page := range pages {
		if strings.Contains(page, "<img src=x") || strings.Contains(page, "<script>") || !strings.Contains(page, "&lt;img src=x") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

// TestASeedIsTriedAndApplied: what is pasted or chosen is tried first, and only what was tried
// is applied.
func TestASeedIsTriedAndApplied(t *testing.T) {
	b := open(t, app.Options{})
	const page, seed = "/console/snapshots/seed", "version: 1\r\naccounts:\r\n- {id: 555555555555, name: Erin}\r\n"
	tried := func(text string) string {
		_, after, _ := strings.Cut(text, `name="tried" value="`)
		mark, _, _ := strings.Cut(after, `"`)
		return mark
	}
	first := b.submit(page, "do", "try", "seed", seed)
	if first.status != http.StatusOK {
		t.Fatalf("%d %s", first.status, first.body)
	}
	contains(t, first.body, "1 change would be made", "Erin", "555555555555", "Apply it")
	contains(t, b.page("/console/"), "None.")
	changed := b.submit(page, "do", "apply", "seed", strings.Replace(seed, "Erin", "Frank", 1), "tried", tried(first.body))
	contains(t, changed.body, "was changed since it was tried", "Frank")
	contains(t, b.page("/console/"), "None.")
	contains(t, b.page(b.follow(page, "do", "apply", "seed", seed, "tried", tried(first.body))), "Applied: 1 change.")
	contains(t, b.page("/console/"), "Erin")
	contains(t, b.submit(page, "do", "try", "seed", seed).body, "Nothing would change")
	contains(t, b.upload(page, "org.yaml", []byte(strings.Replace(seed, "555555555555", "666666666666", 1)), "do", "try").body, "of org.yaml", "1 change would be made", "666666666666")

	for name, c := range map[string]struct {
		fields []string
		status int
		text   string
	}{
		"nothing": {[]string{"seed", " "}, http.StatusBadRequest, "Nothing was entered"},
		"a line":  {[]string{"seed", "version: 1\naccounts:\n- {id: 5}\n"}, http.StatusBadRequest, "the body:3: accounts[0].id"},
		"refused": {[]string{"seed", "version: 1\naccounts:\n- {name: a, state: CLOSED}\n"}, http.StatusBadRequest, "accounts[0]"},
	} {
		a := b.submit(page, append(c.fields, "do", "try")...)
		if a.status != c.status {
			t.Errorf("%s: %d", name, a.status)
		}
		contains(t, a.body, `id="seed-help" class="problem`, c.text)
	}
	for name, c := range map[string]struct {
		file   string
		status int
		text   string
	}{
		"large": {strings.Repeat("x", 1<<20+1), http.StatusRequestEntityTooLarge, "more than 1 MiB"}, "no text": {"\xff\xfe", http.StatusBadRequest, "not a text in UTF-8"},
		"markup": {"version: 1\n" + markup, http.StatusBadRequest, "&lt;img src=x"},
	} {
		a := b.upload(page, "f", []byte(c.file), "do", "try")
		if a.status != c.status || strings.Contains(a.body, "<img src=x") {
			t.Errorf("%s: %d", name, a.status)
		}
		contains(t, a.body, c.text)
	}
}
