// Package example reads the examples of docs/clients.md, so that tests can run
// them as they stand.
package example

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// address is where the examples expect the server.
const address = "http://127.0.0.1:8016"

// In returns the one example in a language, pointed at a server.
func In(language, url string) (string, error) {
	_, here, _, _ := runtime.Caller(0)
	page, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../docs/clients.md"))
	if err != nil {
		return "", err
	}
	begin := "\n```" + language + "\n"
	if n := strings.Count(string(page), begin); n != 1 {
		return "", fmt.Errorf("docs/clients.md has %d examples in %s", n, language)
	}
	_, text, _ := strings.Cut(string(page), begin)
	text, _, closed := strings.Cut(text, "\n```\n")
	if !closed || !strings.Contains(text, address) {
		return "", fmt.Errorf("docs/clients.md: the example in %s has no end, or no address", language)
	}
	return strings.ReplaceAll(text, address, url) + "\n", nil
}
