package clients_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

// serveEncrypted starts a server whose certificate is signed by an authority of its own.
func serveEncrypted(t *testing.T) *process.Server {
	t.Helper()
	s := process.Start(t, "--tls", "self-signed", "--tls-ca", filepath.Join(t.TempDir(), "ca.pem"))
	if !strings.HasPrefix(s.URL, "https://127.0.0.1:") || !strings.HasPrefix(s.AdminURL, "http://") {
		t.Fatalf("it listens at %s and %s", s.URL, s.AdminURL)
	}
	return s
}

// without is an environment without the variable of a name.
func without(env []string, name string) []string {
	var rest []string
	for _, variable := range env {
		if !strings.HasPrefix(variable, name+"=") {
			rest = append(rest, variable)
		}
	}
	return rest
}

func TestTheAWSCLITrustsThePrintedFile(t *testing.T) {
	require.Full(t)
	aws := require.Tool(t, "aws")
	s := serveEncrypted(t)
	call := func(env []string) (string, error) {
		c := exec.CommandContext(t.Context(), aws, "sts", "get-caller-identity", "--query", "Account", "--output", "text")
		c.Env = append(env, "AWS_MAX_ATTEMPTS=1")
		out, err := c.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	if out, err := call(s.Environ(management)); err != nil || out != management {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := call(without(s.Environ(management), "AWS_CA_BUNDLE")); err == nil || !strings.Contains(out, "certificate verify failed") {
		t.Errorf("without the variable: %v\n%s", err, out)
	}
}

func TestNodeTrustsThePrintedFile(t *testing.T) {
	require.Full(t)
	node := require.Tool(t, "node")
	s := serveEncrypted(t)
	const script = `
const https = require("node:https");
https.get(process.env.AWS_ENDPOINT_URL_ORGANIZATIONS, (r) => { console.log(r.statusCode); r.resume(); })
  .on("error", (e) => console.log(e.code));
`
	call := func(env []string) string {
		c := exec.CommandContext(t.Context(), node, "-e", script)
		c.Env = env
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if out := call(s.Environ(management)); out != "200" {
		t.Errorf("it says %s", out)
	}
	if out := call(without(s.Environ(management), "NODE_EXTRA_CA_CERTS")); out == "200" {
		t.Error("without the variable it trusts the server, too")
	}
}
