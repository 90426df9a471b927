package console_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/console/pages"
)

// verdict is what the check of a policy answers.
type verdict struct {
	Valid    bool
	Size     int
	Limit    int
	Error    string
	Problems []struct {
		Message      string
		Line, Column int
	}
}

// check asks about a policy as an editor does, with the token of a form.
func (b browser) check(path, token, kind, content string) (int, verdict) {
	b.t.Helper()
	form := url.Values{"csrf": {token}, "type": {kind}, "content": {content}}
	a := b.send(request(http.MethodPost, path, form.Encode(), "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"))
	var v verdict
	if err := json.Unmarshal([]byte(a.body), &v); err != nil || a.header.Get("Content-Type") != "application/json" {
		b.t.Fatalf("%s answers %d %s %.300s", path, a.status, a.header.Get("Content-Type"), a.body)
	}
	return a.status, v
}

const checkOf = "/console/policies/check?as="

func TestAnEditorAsksWhatTheServiceWouldSay(t *testing.T) {
	b := open(t, app.Options{})
	token := tokenOf(t, b.page("/console/"))
	if status, v := b.check(checkOf+alice, token, "TAG_POLICY", "{\"tags\":\r\n{}}"); status != http.StatusOK || !v.Valid || v.Size != 12 || v.Limit != 10000 {
		t.Errorf("a valid policy: %d %+v", status, v)
	}
	status, v := b.check(checkOf+alice, token, "TAG_POLICY", "{\"tags\":\r\n{},}")
	if status != http.StatusOK || v.Valid || len(v.Problems) != 1 || v.Problems[0].Line != 2 || v.Problems[0].Column != 3 {
		t.Errorf("a comma too much: %d %+v", status, v)
	}
}

// TestAttackAChecksFormIsOfThePage: no other page asks, and what is refused is refused as JSON.
func TestAttackAChecksFormIsOfThePage(t *testing.T) {
	b := open(t, app.Options{})
	token := tokenOf(t, b.page("/console/"))
	for name, c := range map[string]struct {
		path, token, kind, content string
		status                     int
	}{
		"without a token":       {checkOf + alice, "", "TAG_POLICY", "{}", http.StatusForbidden},
		"without an account":    {checkOf, token, "TAG_POLICY", "{}", http.StatusBadRequest},
		"with markup as a type": {checkOf + alice, token, markup, "{}", http.StatusBadRequest},
		"with NUL":              {checkOf + alice, token, "TAG_POLICY", "\x00", http.StatusBadRequest},
		"with 10 MB":            {checkOf + alice, token, "TAG_POLICY", strings.Repeat("a", 10<<20), http.StatusRequestEntityTooLarge},
	} {
		if status, v := b.check(c.path, c.token, c.kind, c.content); status != c.status || v.Error == "" {
			t.Errorf("%s: %d %+v", name, status, v)
		}
	}
}

// TestAttackWhoHasNotSignedInChecksNothing: a quota is of an organization.
func TestAttackWhoHasNotSignedInChecksNothing(t *testing.T) {
	b := guarded(t, app.Options{})
	token := tokenOf(t, b.get("/console/sign-in").body)
	if status, v := b.check(checkOf+alice, token, "TAG_POLICY", "{}"); status != http.StatusForbidden || v.Error == "" {
		t.Errorf("unsigned: %d %+v", status, v)
	}
}

// TestPagesWithoutAnEditorDoNotLoadIt, and those with one do.
func TestPagesWithoutAnEditorDoNotLoadIt(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	editors := 0
	for _, p := range pages.Table {
		page := b.get(address(p, unknown) + "?as=" + alice).body
		has := strings.Contains(page, "data-editor=")
		if has {
			editors++
		}
		if strings.Contains(page, "/editor.js") != has {
			t.Errorf("%s has an editor: %t", p.Path, has)
		}
	}
	if editors == 0 || editors == len(pages.Table) {
		t.Errorf("%d pages have an editor", editors)
	}
}

// TestTheEditorIsServedCompressed: to those who read it so, and as it is to others.
func TestTheEditorIsServedCompressed(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	path := regexp.MustCompile(`/console/assets/[0-9a-f]+/editor\.js`).FindString(b.page("/console/policies/new?as=" + alice))
	plain := b.get(path)
	if plain.status != http.StatusOK || plain.header.Get("Content-Encoding") != "" || !strings.Contains(plain.body, "data-editor-status") {
		t.Errorf("without a wish: %d %v", plain.status, plain.header)
	}
	for wish, compressed := range map[string]bool{"gzip, deflate, br": true, "br;q=1, GZIP; q=0.5": true, "br": false, "gzip;q=0": false, "gzip;q=0.0, *": false} {
		a := b.send(request(http.MethodGet, path, "", "Accept-Encoding", wish))
		text := []byte(a.body)
		if (a.header.Get("Content-Encoding") == "gzip") != compressed || a.header.Get("Vary") != "Accept-Encoding" || a.header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %v", wish, a.header)
		}
		if compressed {
			r, err := gzip.NewReader(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if text, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if string(text) != plain.body {
			t.Errorf("%s: another text", wish)
		}
	}
}
