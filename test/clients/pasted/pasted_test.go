// Package pasted_test runs the programs of the first page of the console as they stand.
package pasted_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/test/npm"
	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// TestTheClientsOfTheConsoleWorkAsPasted: in a shell without any other variable of AWS. That of
// Terraform is run by the tests of Terraform.
func TestTheClientsOfTheConsoleWorkAsPasted(t *testing.T) {
	require.Long(t)
	s := process.Start(t)
	run := func(folder string, command ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), command[0], command[1:]...)
		c.Dir = folder
		c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
		var said strings.Builder
		c.Stderr = &said
		out, err := c.Output()
		if err != nil {
			t.Errorf("%v: %v\n%s", command, err, &said)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(folder, name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	require.Tool(t, "aws")
	python := require.Tool(t, "python3")
	require.That(t, exec.CommandContext(t.Context(), python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	clients, err := pages.Clients(t.Context(), s.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	shell := clients["Shell, AWS CLI, Terraform"]
	describe := "\naws organizations describe-organization --query Organization.Id --output text"
	run("", "sh", "-c", shell+"\naws organizations create-organization")
	id := run("", "sh", "-c", shell+describe)
	if !strings.HasPrefix(id, "o-") {
		t.Fatalf("the organization is %q", id)
	}
	javascript := npm.Install(t, "../javascript/scenarios")
	for name, got := range map[string]func() string{
		"boto3": func() string { return run("", python, "-c", clients["boto3"]) },
		"JavaScript": func() string {
			write(javascript, "pasted.mjs", clients["JavaScript"])
			return run(javascript, require.Tool(t, "node"), "pasted.mjs")
		},
		// The module of Accord has the SDK.
		"Go": func() string { return run("", "go", "run", write(t.TempDir(), "main.go", clients["Go"])) },
	} {
		if got := got(); got != id {
			t.Errorf("%s: %q, want %s", name, got, id)
		}
	}
}
