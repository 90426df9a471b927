package console_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
)

// patience bounds the wait for what takes a moment on an idle machine.
const patience = time.Minute

// opened is a stream of live events.
type opened struct {
	status int
	header http.Header
	lines  *bufio.Scanner
}

// stream opens the live events of a listening server, until the test ends.
func stream(t *testing.T, b browser) opened {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.AdminURL()+"/console/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	// A connection of its own, as each page has.
	client := &http.Client{Transport: &http.Transport{}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return opened{answer.StatusCode, answer.Header, bufio.NewScanner(answer.Body)}
}

// find reads lines until one holds a text, and reports whether there was one.
func find(lines *bufio.Scanner, text string) bool {
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return true
		}
	}
	return false
}

// TestLivePagesLearnWhatHappens, and their streams end when the server stops: Close returns
// although the pages stay open.
func TestLivePagesLearnWhatHappens(t *testing.T) {
	c := apptest.Config(t, "clock", "virtual")
	a := apptest.Open(t, c, app.Options{Start: start})
	apptest.Listen(t, a)
	b := browser{t: t, App: a}
	first := stream(t, b)
	lines := first.lines
	if first.header.Get("Content-Type") != "text/event-stream" || first.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", first.header)
	}
	if !find(lines, "retry:") {
		t.Fatal("the stream does not begin")
	}
	b.must(alice, "CreateOrganization", `{}`)
	for !find(lines, "Create organization") {
		t.Fatal("the page learns nothing")
	}
	second := stream(t, b).lines
	if !find(second, "retry:") {
		t.Fatal("the second stream does not begin")
	}
	apptest.Close(t, a)
	if find(lines, "never") || find(second, "never") {
		t.Error("a stream goes on")
	}
}

// TestAHundredOpenPagesChangeNothingForClients: further streams are refused with the status
// after which browsers ask no more, both listeners answer as before, and a client that writes
// meets no error. All live pages learn of each write, also those that do not read for a while,
// and at the end no stream is cut and no goroutine is left.
func TestAHundredOpenPagesChangeNothingForClients(t *testing.T) {
	const pages, writes = 100, 20
	c := apptest.Config(t, "clock", "virtual")
	a := apptest.Open(t, c, app.Options{Start: start})
	apptest.Listen(t, a)
	b := browser{t: t, App: a}
	b.must(alice, "CreateOrganization", `{}`)
	id, _ := b.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	var live []opened
	refused := 0
	for range pages {
		switch s := stream(t, b); s.status {
		case http.StatusOK:
			live = append(live, s)
		case http.StatusNoContent:
			refused++
		default:
			t.Errorf("a stream is answered with %d", s.status)
		}
	}
	if len(live) == 0 || len(live) > 32 || len(live)+refused != pages {
		t.Errorf("%d streams begun, %d refused", len(live), refused)
	}
	// Each stream has begun to look.
	for _, s := range live {
		if !find(s.lines, "retry:") {
			t.Fatal("a stream does not begin")
		}
	}
	var clients sync.WaitGroup
	for n := range 8 {
		clients.Go(func() {
			account := string(rune('1'+n)) + "00000000000"
			for range 5 {
				sent(t, a, account, "ListHandshakesForAccount", `{}`)
			}
		})
	}
	for n := range writes {
		sent(t, a, alice, "CreateOrganizationalUnit", fmt.Sprintf(`{"ParentId": %q, "Name": "Unit %d"}`, id, n))
	}
	clients.Wait()
	for i, s := range live {
		if !find(s.lines, "Create organizational unit") {
			t.Errorf("page %d learns nothing: %v", i, s.lines.Err())
		}
	}
	if answer, err := http.Get(a.AdminURL() + "/livez"); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the admin API: %v", err)
	} else {
		_ = answer.Body.Close()
	}
	if streaming(t) == 0 {
		t.Error("the control: no goroutine of a live page is found")
	}
	began := time.Now()
	apptest.Close(t, a)
	took := time.Since(began)
	for i, s := range live {
		// What is cut ends with an error.
		if find(s.lines, "never") || s.lines.Err() != nil {
			t.Errorf("page %d is not ended: %v", i, s.lines.Err())
		}
	}
	for left := streaming(t); left > 0; left = streaming(t) {
		if time.Since(began) > patience {
			t.Fatalf("%d goroutines are left", left)
		}
		runtime.Gosched()
	}
	t.Logf("evidence: of %d open pages %d are live, %d are not; %d writes beside them are answered, and the server stopped in %v", pages, len(live), refused, writes, took)
}

// sent sends a call over a connection, which has to succeed.
func sent(t *testing.T, a *app.App, account, operation, body string) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL(), strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	apptest.Sign(r, account, operation)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Errorf("%s: %v", operation, err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %d %s %v", operation, answer.StatusCode, text, err)
	}
}

// streaming counts the goroutines of live pages.
func streaming(t *testing.T) int {
	t.Helper()
	var all bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&all, 2); err != nil {
		t.Fatal(err)
	}
	return strings.Count(all.String(), "console.(*hub).run(") + strings.Count(all.String(), "console.(*Console).serveLive(")
}
