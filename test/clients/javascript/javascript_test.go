// Package javascript_test runs scenarios with the AWS SDK for JavaScript, from the
// registry of npm, against the real program.
package javascript_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/test/npm"
	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// run runs a script beside the packages, and returns what it wrote.
func run(t *testing.T, s *process.Server, script string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "node", script)
	c.Env = s.Environ("111111111111")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

func TestScenariosWithTheJavaScriptSDK(t *testing.T) {
	require.Full(t)
	folder := npm.Install(t, "scenarios")
	t.Run("invitation", func(t *testing.T) {
		// It moves the clock.
		run(t, process.Start(t, "--clock", "virtual"), filepath.Join(folder, "invitation.mjs"))
	})
	t.Run("vending", func(t *testing.T) {
		require.Long(t)
		run(t, process.Start(t), filepath.Join(folder, "vending.mjs"))
	})
	t.Run("identities", func(t *testing.T) {
		require.Long(t)
		run(t, process.Start(t), filepath.Join(folder, "identities.mjs"))
	})
	t.Run("vending with TLS", func(t *testing.T) {
		require.Long(t)
		s := process.Start(t, "--tls", "self-signed", "--tls-ca", filepath.Join(t.TempDir(), "ca.pem"))
		run(t, s, filepath.Join(folder, "vending.mjs"))
	})
	t.Run("example of the documentation", func(t *testing.T) {
		s := process.Start(t)
		text, err := pages.The("docs/clients.md", "js", s.URL)
		if err != nil {
			t.Fatal(err)
		}
		script := filepath.Join(folder, "example.mjs")
		if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := run(t, s, script); !vended.MatchString(out) {
			t.Errorf("it says:\n%s", out)
		}
	})
}

func TestTheExampleForJest(t *testing.T) {
	require.Long(t)
	folder := npm.Install(t, pages.Root()+"/examples/jest")
	c := exec.CommandContext(t.Context(), "npm", "test")
	c.Dir = folder
	c.Env = append(os.Environ(), "ACCORD="+process.Program(t))
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "2 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// vended is a line of what the example writes.
var vended = regexp.MustCompile(`(?m)^\d{12} Payments ACTIVE$`)
