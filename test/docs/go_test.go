//go:build unix

package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

// imports are the packages that blocks use, by their names.
var imports = map[string]string{
	"accordtest":    "accord/accordtest",
	"aws":           "github.com/aws/aws-sdk-go-v2/aws",
	"context":       "context",
	"fmt":           "fmt",
	"organizations": "github.com/aws/aws-sdk-go-v2/service/organizations",
	"os":            "os",
	"testing":       "testing",
	"time":          "time",
}

// TestTheGoBlocksRun runs programs on a server of their own, and the others as tests in
// a module that uses accordtest by the commands of docs/testing-with-accord.md.
func TestTheGoBlocksRun(t *testing.T) {
	require.Full(t)
	folder := t.TempDir()
	for n, b := range blocks(t, "go") {
		if strings.HasPrefix(b.Text, "package main\n") {
			t.Run(b.String(), func(t *testing.T) { runProgram(t, b) })
			continue
		}
		file := filepath.Join(folder, fmt.Sprintf("block%d_test.go", n))
		if err := os.WriteFile(file, []byte(testFile(n, b)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("in another module", func(t *testing.T) {
		sums, err := os.ReadFile(filepath.Join(pages.Root(), "go.sum"))
		if err == nil {
			// Its sums are known, so that no server has to be asked for them.
			err = os.WriteFile(filepath.Join(folder, "go.sum"), sums, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		script := "go mod init example.com/blocks\n" + requireAccord(t) + "go vet ./...\ngo test ./...\n"
		c := exec.CommandContext(t.Context(), "sh", "-e")
		c.Dir, c.Stdin = folder, strings.NewReader(script)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

func runProgram(t *testing.T, b pages.Block) {
	s := process.Start(t)
	file := filepath.Join(t.TempDir(), "main.go")
	text := strings.ReplaceAll(b.Text, "http://"+pages.API, s.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "go", "run", file)
	c.Env = s.Environ("999999999999")
	if out, err := c.CombinedOutput(); err != nil || !vended.Match(out) {
		t.Errorf("%v\n%s", err, out)
	}
}

var (
	begun    = regexp.MustCompile(`(?m)^s := `)
	declared = regexp.MustCompile(`(?m)^(\w+)(?:, (\w+))* := `)
)

// testFile returns a block as a file of tests: statements become a test, with a server s
// if they do not start one.
func testFile(n int, b pages.Block) string {
	body := b.Text
	if !strings.HasPrefix(body, "func ") {
		if !begun.MatchString(body) {
			body = "s := accordtest.Start(t)\n" + body
		}
		for _, names := range declared.FindAllStringSubmatch(b.Text, -1) {
			body += "_ = " + names[1] + "\n"
		}
		body = fmt.Sprintf("func TestBlock%d(t *testing.T) {\n%s}\n", n, body)
	}
	file := "package blocks_test\n\n"
	for name, path := range imports {
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(body) {
			file += fmt.Sprintf("import %q\n", path)
		}
	}
	return file + "\n" + body
}

// requireAccord returns the commands by which another module uses this one.
func requireAccord(t *testing.T) string {
	t.Helper()
	for _, b := range blocks(t, "text") {
		if b.Page == "docs/testing-with-accord.md" && strings.HasPrefix(b.Text, "go mod edit ") {
			return strings.ReplaceAll(b.Text, "/path/to/accord", pages.Root())
		}
	}
	t.Fatal("docs/testing-with-accord.md does not say how another module uses accordtest")
	return ""
}
