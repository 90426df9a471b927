package vending_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"accord/test/clients/example"
	"accord/test/process"
	"accord/test/require"
)

// vended is the line that each example ends with.
var vended = regexp.MustCompile(`(?m)^\d{12}\s+Payments\s+ACTIVE\r?$`)

func TestTheExamplesOfTheDocumentationRun(t *testing.T) {
	for _, c := range []struct {
		language, file string
		command        func(t *testing.T) []string
	}{
		{"sh", "example.sh", func(t *testing.T) []string {
			require.Tool(t, "aws")
			return []string{require.Tool(t, "sh"), "-e"}
		}},
		{"python", "example.py", func(t *testing.T) []string { return []string{pythonWithBoto3(t)} }},
		{"go", "main.go", func(t *testing.T) []string { return []string{require.Tool(t, "go"), "run"} }},
	} {
		t.Run(c.language, func(t *testing.T) {
			command := c.command(t)
			s := process.Start(t)
			text, err := example.In(c.language, s.URL)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			run := exec.CommandContext(t.Context(), command[0], append(command[1:], file)...)
			run.Env = s.Environ("999999999999")
			if out, err := run.CombinedOutput(); err != nil || !vended.Match(out) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
