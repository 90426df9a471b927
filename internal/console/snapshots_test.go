package console_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"accord/internal/app"
)

// upload sends the form of a page with a file, whose fields are given as name, value. The field
// of the file comes last.
func (b browser) upload(path, name string, file []byte, fields ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for n, all := 0, append([]string{"csrf", tokenOf(b.t, b.page(path))}, fields...); n < len(all); n += 2 {
		if err := form.WriteField(all[n], all[n+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err = firstOf(err, form.Close()); err != nil {
		b.t.Fatal(err)
	}
	return b.send(request(http.MethodPost, path, body.String(), "Content-Type", form.FormDataContentType()))
}

func firstOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestTheStateIsSavedAndLoaded by forms alone: what was changed since is named before it is
// lost.
func TestTheStateIsSavedAndLoaded(t *testing.T) {
	f := furnish(t)
	contains(t, f.page("/console/snapshots"), "Nothing is saved yet")
	list := f.follow("/console/snapshots", "do", "save", "name", "base")
	contains(t, f.page(list), "The present state is saved as base", "1 organization, 2 accounts", "from this server")

	f.must(alice, "CreateOrganizationalUnit", `{"ParentId": "`+f.root+`", "Name": "Made since"}`)
	f.must(alice, "MoveAccount", `{"AccountId": "`+f.account+`", "SourceParentId": "`+f.unit+`", "DestinationParentId": "`+f.root+`"}`)
	diff := "/console/snapshots/diff?a=base&b=now"
	contains(t, f.page(diff), "From base to the server now: 1 added, 0 removed, 0 changed, 1 moved", "Made since", "Payments", "Workloads", `class="badge moved"`)
	one := "/console/snapshots/saved/base"
	contains(t, f.page(one), "is lost", "0 added, 1 removed, 0 changed, 1 moved", "Made since", "The clock goes to")

	loaded := f.follow(one, "do", "load")
	contains(t, f.page(loaded), "Loaded: the server has the state of")
	contains(t, f.page(diff), "No differences.")
	if file := f.get(one + "/file"); file.status != http.StatusOK || !strings.HasPrefix(file.body, "accord snapshot 1\n") || file.header.Get("Content-Disposition") != "attachment; filename=base.snapshot" {
		t.Errorf("the file: %d %v", file.status, file.header)
	}
	contains(t, f.page(f.follow(one, "do", "delete")), "Deleted: base", "Nothing is saved yet")
	if a := f.get(one); a.status != http.StatusNotFound {
		t.Errorf("a snapshot that was deleted: %d", a.status)
	}
}

// TestWhatIsRefusedOfASnapshotStandsAtItsField: names, a name that is taken, and files that are
// damaged, newer or none.
func TestWhatIsRefusedOfASnapshotStandsAtItsField(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	b.follow("/console/snapshots", "do", "save", "name", "base")
	for _, c := range []struct {
		status int
		name   string
		text   string
	}{
		{http.StatusBadRequest, "no name", "a name of a snapshot has up to 64 characters"}, {http.StatusBadRequest, "", "a name of a snapshot"},
		{http.StatusConflict, "base", "there is a snapshot of this name: base"},
	} {
		a := b.submit("/console/snapshots", "do", "save", "name", c.name)
		if a.status != c.status {
			t.Errorf("%q: %d", c.name, a.status)
		}
		contains(t, a.body, c.text, `id="save-name-help" class="problem"`, `value="`+c.name+`"`)
	}
	b.follow("/console/snapshots", "do", "save", "name", "base", "replace", "yes")

	whole := []byte(b.get("/console/snapshots/file").body)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	for name, c := range map[string]struct {
		file []byte
		text string
	}{
		"damaged": {damaged, "does not match the checksum at byte"}, "cut": {whole[:40], "nothing was changed"},
		"newer": {bytes.Replace(whole, []byte("accord snapshot 1\n"), []byte("accord snapshot 9\n"), 1), "use a newer program"},
		"none":  {[]byte("version: 1\n"), "byte 1 of the file: it is not a snapshot of Accord"},
	} {
		a := b.upload("/console/snapshots", name, c.file, "do", "upload", "name", name)
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, a.status)
		}
		contains(t, a.body, c.text, `id="upload-file-help" class="problem"`, `value="`+name+`"`)
	}
	if a := b.submit("/console/snapshots", "do", "upload", "name", "x"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "No file was chosen.") {
		t.Errorf("no file: %d", a.status)
	}
	if a := b.upload("/console/snapshots", "f", whole, "do", "upload", "name", "../x"); a.status != http.StatusBadRequest || !strings.Contains(a.body, `id="upload-name-help" class="problem"`) {
		t.Errorf("a name that is none: %d", a.status)
	}
	if a := b.upload("/console/snapshots", "f", whole, "do", "upload", "name", "copy"); a.status != http.StatusSeeOther {
		t.Fatalf("the control: %d %s", a.status, a.body)
	}
	contains(t, b.page("/console/snapshots"), "copy", "from a file")
	if a := b.upload("/console/snapshots", "f", whole, "do", "upload", "name", "copy"); a.status != http.StatusConflict || !strings.Contains(a.body, `id="upload-name-help" class="problem"`) {
		t.Errorf("a name that is taken: %d", a.status)
	}
}

// TestAnyTwoStatesAreCompared: snapshots, the server now and a file, also under the name of
// another side. What is no state stands on the page.
func TestAnyTwoStatesAreCompared(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	for _, name := range []string{"now", "file"} {
		b.follow("/console/snapshots", "do", "save", "name", name)
	}
	before := []byte(b.get("/console/snapshots/file").body)
	b.must(bob, "CreateOrganization", `{}`)
	contains(t, b.page("/console/snapshots/diff?a=snapshot:now&b=now"), "From now to the server now: 3 added", "organization")
	contains(t, b.page("/console/snapshots/diff?a=snapshot:file&b=snapshot:now"), "From file to now: 0 added", "No differences.")
	refused := b.page("/console/snapshots/diff?a=base&b=now")
	contains(t, refused, "there is no such snapshot")
	if strings.Contains(refused, "No differences.") {
		t.Error("what was not compared does not differ")
	}
	contains(t, b.page("/console/snapshots/saved/now"), "0 added, 2 removed")
	if to := b.follow("/console/snapshots/diff", "do", "compare", "a", "snapshot:now", "b", "now"); to != "/console/snapshots/diff?a=snapshot%3Anow&b=now" {
		t.Errorf("the form leads to %s", to)
	}
	a := b.upload("/console/snapshots/diff", "before.snapshot", before, "do", "compare", "a", "file", "b", "now")
	if a.status != http.StatusOK {
		t.Errorf("a file: %d", a.status)
	}
	contains(t, a.body, "From before.snapshot to the server now: 3 added")
	a = b.upload("/console/snapshots/diff", "org.yaml", []byte("version: 1\naccounts:\n- {id: 555555555555, name: Erin}\n"), "do", "compare", "a", "now", "b", "file")
	contains(t, a.body, "From the server now to org.yaml: 1 added", "Erin")
	for name, c := range map[string]struct{ file, a, b, text string }{
		"no seed":   {"version: 1\naccounts:\n- {id: 5}\n", "now", "file", "the file:3:"},
		"two files": {"version: 1\n", "file", "file", "and not both"}, "no side": {"version: 1\n", "", "file", "a is missing"},
		"no snapshot": {"accord snapshot 1\n", "file", "now", "ends early"}, "unknown": {"version: 1\n", "file", "x", "no such snapshot"},
	} {
		got := b.upload("/console/snapshots/diff", "f", []byte(c.file), "do", "compare", "a", c.a, "b", c.b)
		if got.status < 400 || got.status >= 500 {
			t.Errorf("%s: %d", name, got.status)
		}
		contains(t, got.body, c.text, `id="file-help" class="problem"`)
	}
}

// TestALongDifferenceIsCut, and says by how much.
func TestALongDifferenceIsCut(t *testing.T) {
	b := open(t, app.Options{})
	var file strings.Builder
	file.WriteString("version: 1\naccounts:\n")
	for i := range 420 {
		fmt.Fprintf(&file, "- {id: %d, name: account %d}\n", 500000000000+i, i)
	}
	a := b.upload("/console/snapshots/diff", "many.yaml", []byte(file.String()), "do", "compare", "a", "now", "b", "file")
	contains(t, a.body, "420 added", "and 120 more")
	if n := strings.Count(a.body, `class="badge added"`); n != 300 {
		t.Errorf("%d rows", n)
	}
}

// TestAReset empties the server, or goes back to a snapshot; the page says what is lost.
func TestAReset(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	b.follow("/console/snapshots", "do", "save", "name", "base")
	b.must(bob, "CreateOrganization", `{}`)
	page := b.page("/console/snapshots/reset")
	contains(t, page, "The server has 2 accounts and 2 organizations", "Delete everything")
	contains(t, b.page("/console/snapshots/reset?to=base"), "0 added, 2 removed", "Reset to base")
	contains(t, b.page(b.follow("/console/snapshots/reset?to=base", "do", "reset", "to", "base")), "Done. The server has 1 account and 1 organization now")
	contains(t, b.page(b.follow("/console/snapshots/reset", "do", "reset")), "Done. The server has 0 accounts and 0 organizations now")
	contains(t, b.page("/console/snapshots"), "base")
	if a := b.submit("/console/snapshots/reset", "do", "reset", "to", "nonsense"); a.status != http.StatusNotFound || !strings.Contains(a.body, `class="problem"`) {
		t.Errorf("a snapshot that there is not: %d", a.status)
	}
	contains(t, b.page("/console/snapshots/reset?to=nonsense"), "there is no such snapshot")
}

// TestSnapshotsOfAServerThatIsReadOnly are shown and not changed.
func TestSnapshotsOfAServerThatIsReadOnly(t *testing.T) {
	b := open(t, app.Options{}, "admin-writes", "off")
	for _, path := range []string{"/console/snapshots", "/console/snapshots/reset"} {
		page := b.page(path)
		contains(t, page, "read-only")
		if strings.Contains(page, `value="save"`) || strings.Contains(page, "Delete everything") {
			t.Errorf("%s has a form", path)
		}
	}
	right := tokenOf(t, b.page("/console/snapshots/diff"))
	for path, body := range map[string]string{"/console/snapshots": "do=save&name=x", "/console/snapshots/reset": "do=reset"} {
		if a := b.send(request(http.MethodPost, path, "csrf="+right+"&"+body)); a.status != http.StatusForbidden || !strings.Contains(a.body, "read-only") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestAttackAnUploadOfAStrangerIsNotRead: without the token of a form nothing of the file is
// read, nor of one that is announced with 10 GB. The control reads a file.
func TestAttackAnUploadOfAStrangerIsNotRead(t *testing.T) {
	b := open(t, app.Options{})
	right := tokenOf(t, b.page("/console/snapshots"))
	send := func(token string, announced int64) (status, read int) {
		t.Helper()
		const boundary = "xxx"
		field := func(name, value string) string {
			return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
		}
		head := field("csrf", token) + field("do", "upload") + field("name", "x") +
			"--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
		body := &counted{r: io.MultiReader(strings.NewReader(head), strings.NewReader(strings.Repeat("x", 1<<20)), strings.NewReader("\r\n--"+boundary+"--\r\n"))}
		r := request(http.MethodPost, "/console/snapshots", "", "Content-Type", "multipart/form-data; boundary="+boundary)
		r.Body, r.ContentLength = io.NopCloser(body), announced
		return b.send(r).status, body.n
	}
	for name, c := range map[string]struct {
		token     string
		announced int64
		status    int
		most      int
	}{
		"no token": {"", -1, http.StatusForbidden, 8 << 10}, "10 GB": {right, 10 << 30, http.StatusRequestEntityTooLarge, 0},
		"the control": {right, -1, http.StatusBadRequest, 2 << 20},
	} {
		status, read := send(c.token, c.announced)
		if status != c.status || read > c.most || name == "the control" && read < 1<<20 {
			t.Errorf("%s: %d, %d bytes read", name, status, read)
		}
	}
	t.Log("evidence: of the file of a stranger at most 8 KiB are read, of one with 10 GB nothing")
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(into []byte) (int, error) {
	n, err := c.r.Read(into)
	c.n += n
	return n, err
}

// TestAttackAFormWithAFileHasBounds: its fields together, and their number.
func TestAttackAFormWithAFileHasBounds(t *testing.T) {
	b := open(t, app.Options{})
	many := []string{}
	for range 200 {
		many = append(many, "x", "y")
	}
	for name, c := range map[string]struct {
		fields []string
		status int
	}{
		"large": {[]string{"do", "upload", "name", strings.Repeat("n", 300<<10)}, http.StatusRequestEntityTooLarge}, "many": {many, http.StatusBadRequest},
		"NUL": {[]string{"do", "upload", "name", "a\x00"}, http.StatusBadRequest}, "no form": {[]string{"do", "nothing"}, http.StatusBadRequest},
	} {
		if a := b.upload("/console/snapshots", "f", nil, c.fields...); a.status != c.status {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	// A page whose forms have no file takes none.
	if a := b.upload("/console/snapshots/reset", "f", nil, "do", "reset"); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("a file for a form without one: %d", a.status)
	}
	for _, kind := range []string{"multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", ";", "text/plain"} {
		if a := b.send(request(http.MethodPost, "/console/snapshots", "x", "Content-Type", kind)); a.status < 400 || a.status >= 500 {
			t.Errorf("%q: %d", kind, a.status)
		}
	}
}

// TestAttackMarkupInStatesIsText: in what is compared, and in what addresses and forms say.
func TestAttackMarkupInStatesIsText(t *testing.T) {
	b := open(t, app.Options{}, "behavior", "xss-check=off")
	b.must(alice, "CreateOrganization", `{}`)
	b.follow("/console/snapshots", "do", "save", "name", "base")
	root := b.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	b.must(alice, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "`+strings.ReplaceAll(markup, `"`, `\"`)+`"}`)
	file := []byte("version: 1\naccounts:\n- {id: 555555555555, name: '" + strings.ReplaceAll(markup, "'", "''")[:40] + "'}\n")
	escaped := url.QueryEscape(markup)
	texts := map[string]string{
		"changes": b.page("/console/snapshots/diff?a=base&b=now"), "loading": b.page("/console/snapshots/saved/base"), "resetting": b.page("/console/snapshots/reset?to=base"),
		"sides": b.page("/console/snapshots/diff?a=" + escaped + "&b=" + escaped), "reset to": b.page("/console/snapshots/reset?to=" + escaped),
		"saved": b.page("/console/snapshots?saved=" + escaped), "name": b.submit("/console/snapshots", "do", "save", "name", markup).body,
		"file":       b.upload("/console/snapshots/diff", markup, file, "do", "compare", "a", "now", "b", "file").body,
		"not a seed": b.upload("/console/snapshots/diff", markup, []byte(markup), "do", "compare", "a", "now", "b", "file").body,
		"no such":    b.get("/console/snapshots/saved/" + url.QueryEscape(markup)).body,
	}
	for name, text := range texts {
		if strings.Contains(text, "<img src=x") || strings.Contains(text, "<script>") {
			t.Errorf("%s: %s", name, text)
		}
	}
	for _, name := range []string{"changes", "loading", "resetting", "sides", "name", "file"} {
		if !strings.Contains(texts[name], "&lt;img src=x") {
			t.Errorf("the control: the text is not on %s:\n%s", name, texts[name])
		}
	}
}
