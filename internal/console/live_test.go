package console_test

import (
	"bufio"
	"context"
	"net/http"
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
// after which browsers ask no more, and both listeners answer as before.
func TestAHundredOpenPagesChangeNothingForClients(t *testing.T) {
	c := apptest.Config(t, "clock", "virtual")
	a := apptest.Open(t, c, app.Options{Start: start})
	apptest.Listen(t, a)
	defer apptest.Close(t, a)
	b := browser{t: t, App: a}
	begun, refused := 0, 0
	for range 100 {
		switch status := stream(t, b).status; status {
		case http.StatusOK:
			begun++
		case http.StatusNoContent:
			refused++
		default:
			t.Errorf("a stream is answered with %d", status)
		}
	}
	if begun == 0 || begun > 32 || begun+refused != 100 {
		t.Errorf("%d streams begun, %d refused", begun, refused)
	}
	var clients sync.WaitGroup
	for n := range 8 {
		clients.Go(func() {
			account := string(rune('1'+n)) + "00000000000"
			for range 5 {
				b.must(account, "ListHandshakesForAccount", `{}`)
			}
		})
	}
	clients.Wait()
	if answer, err := http.Get(a.AdminURL() + "/livez"); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the admin API: %v", err)
	} else {
		_ = answer.Body.Close()
	}
	t.Logf("evidence: of 100 open pages %d are live, %d are not; calls and the admin API are answered", begun, refused)
}
