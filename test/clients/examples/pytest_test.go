// Package examples_test runs the example for pytest as its users do.
package examples_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// debian is where the packages of Debian are, which another Python on the PATH does not
// look into.
const debian = "/usr/lib/python3/dist-packages"

// python returns the command of a Python that has boto3 and pytest.
func python(t *testing.T) *exec.Cmd {
	t.Helper()
	path := require.Tool(t, "python3")
	for _, folder := range []string{"", debian} {
		c := exec.CommandContext(t.Context(), path, "-c", "import boto3, pytest")
		c.Env = append(os.Environ(), "PYTHONPATH="+folder)
		if c.Run() == nil {
			run := exec.CommandContext(t.Context(), path)
			run.Env = c.Env
			return run
		}
	}
	require.That(t, false, "the Python modules boto3 and pytest")
	return nil
}

func TestTheExampleForPytest(t *testing.T) {
	require.Long(t)
	example := t.TempDir()
	if err := os.CopyFS(example, os.DirFS(pages.Root()+"/examples/pytest")); err != nil {
		t.Fatal(err)
	}
	c := python(t)
	c.Args = append(c.Args, "-m", "pytest", "-q", "-p", "no:cacheprovider")
	c.Dir = example
	c.Env = append(c.Env, "ACCORD="+process.Program(t))
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "3 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}
