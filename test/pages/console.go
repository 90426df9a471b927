package pages

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
)

var (
	snippet = regexp.MustCompile(`<details[^>]*><summary>([^<]*)</summary>\s*<div class="code">(?s:.*?)<pre[^>]*>((?s:.*?))</pre>`)
	clients = regexp.MustCompile(`(?s)aria-labelledby="clients".*?</section>`)
)

// Clients are the programs that the first page of the console of a server has for clients, by
// their names.
func Clients(ctx context.Context, adminURL string) (map[string]string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, adminURL+"/console/", nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, m := range snippet.FindAllStringSubmatch(clients.FindString(string(text)), -1) {
		found[m[1]] = html.UnescapeString(m[2])
	}
	if len(found) != 5 {
		return nil, fmt.Errorf("the page has the clients %v", found)
	}
	return found, nil
}
