// Package vending_test vends accounts and reads long lists with third-party
// clients against the real program.
package vending_test

import (
	"os/exec"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const management = "111111111111"

// pythonWithBoto3 is the path of a Python that has boto3.
func pythonWithBoto3(t *testing.T) string {
	t.Helper()
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	return python
}

// boto3 runs a script against a server.
func boto3(t *testing.T, script string, settings ...string) {
	t.Helper()
	require.Long(t)
	python := pythonWithBoto3(t)
	c := exec.CommandContext(t.Context(), python, "testdata/"+script)
	c.Env = process.Start(t, settings...).Environ(management)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBoto3VendsAnAccount(t *testing.T) { boto3(t, "vending.py") }

// TestBoto3PagesThroughEveryList: AWS's own numbers would end some of the lists
// within their first page.
func TestBoto3PagesThroughEveryList(t *testing.T) {
	boto3(t, "pages.py",
		"--behavior", "service-principals=any",
		"--quota", "accounts-per-organization=100",
		"--quota", "tags-per-resource=90",
		"--quota", "attachments-tag=45",
		"--quota", "delegated-administrators-per-service=45",
	)
}
