// Package pages reads the code blocks of README.md and docs/*.md, so that tests can
// run them as they stand.
package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Block is one fenced block of a page.
type Block struct {
	// Page is the path of the page from the root of the module, Line the number of
	// the block's first line.
	Page string
	Line int
	// Language is the word after the opening fence; empty if there is none.
	Language string
	Text     string
}

func (b Block) String() string { return fmt.Sprintf("%s:%d", b.Page, b.Line) }

// Root is the folder of the module.
func Root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "../..")
}

// Names are the pages: README.md and docs/*.md.
func Names() ([]string, error) {
	names := []string{"README.md"}
	found, err := filepath.Glob(filepath.Join(Root(), "docs/*.md"))
	for _, path := range found {
		names = append(names, "docs/"+filepath.Base(path))
	}
	return names, err
}

// Blocks returns the blocks of a page in their order.
func Blocks(page string) ([]Block, error) {
	text, err := os.ReadFile(filepath.Join(Root(), page))
	if err != nil {
		return nil, err
	}
	return parse(page, string(text))
}

const fence = "```"

// parse finds the blocks of a text. A fence may be indented; its block is, too, and
// loses that indentation.
func parse(page, text string) ([]Block, error) {
	var all []Block
	var open *Block
	indent := ""
	for n, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case open == nil && strings.HasPrefix(trimmed, fence):
			indent = line[:len(line)-len(trimmed)]
			open = &Block{Page: page, Line: n + 2, Language: strings.TrimSpace(trimmed[len(fence):])}
		case open != nil && strings.TrimSpace(trimmed) == fence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.Text += strings.TrimPrefix(line, indent) + "\n"
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s: the block has no end", *open)
	}
	return all, nil
}

// The addresses where pages expect the API and the admin API.
const (
	API   = "127.0.0.1:8016"
	Admin = "127.0.0.1:8017"
)

// The returns the one block of a page in a language, with the API at another URL.
func The(page, language, url string) (string, error) {
	blocks, err := Blocks(page)
	if err != nil {
		return "", err
	}
	var found []string
	for _, b := range blocks {
		if b.Language == language {
			found = append(found, b.Text)
		}
	}
	if len(found) != 1 || !strings.Contains(found[0], "http://"+API) {
		return "", fmt.Errorf("%s has %d blocks in %s, of which one is expected, with the address %s", page, len(found), language, API)
	}
	return strings.ReplaceAll(found[0], "http://"+API, url), nil
}
