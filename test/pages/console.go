package pages

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"testing"
)

var (
	snippet = regexp.MustCompile(`<details[^>]*><summary>([^<]*)</summary>\s*<div class="code">(?s:.*?)<pre[^>]*>((?s:.*?))</pre>`)
	clients = regexp.MustCompile(`(?s)aria-labelledby="clients".*?</section>`)
)

// Clients are the programs that the first page of the console of a server has for clients, by
// their names.
func Clients(t *testing.T, adminURL string) map[string]string {
	t.Helper()
	answer, err := http.Get(adminURL + "/console/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range snippet.FindAllStringSubmatch(clients.FindString(string(text)), -1) {
		found[m[1]] = html.UnescapeString(m[2])
	}
	if len(found) != 5 {
		t.Fatalf("the page has the clients %v", found)
	}
	return found
}
