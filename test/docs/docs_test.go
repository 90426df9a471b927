//go:build unix

// Package docs_test runs every code block of README.md and docs/*.md as it stands.
package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// languages are those that a block may have, with the test that runs it.
var languages = map[string]string{
	"sh":     "TestEveryPageRunsInAShell",
	"python": "TestThePythonBlocksRun",
	"go":     "TestTheGoBlocksRun",
	"js":     "TestScenariosWithTheJavaScriptSDK in test/clients/javascript, the one of docs/clients.md",
	"hcl":    "TestTheExampleOfTheDocumentationApplies in test/clients/terraform, the one of docs/clients.md",
	// What a program prints, and commands that need what a test does not have.
	"text": "",
}

// ownTests are the pages whose blocks another test runs, because they need a server of
// another kind.
var ownTests = map[string]string{
	"docs/beside-localstack-or-moto.md": "test/clients/beside",
	"docs/coming-from-moto.md":          "test/clients/beside",
}

// blocks returns the blocks of all pages in some language, without those of ownTests, or
// all blocks.
func blocks(t *testing.T, language string) []pages.Block {
	t.Helper()
	names, err := pages.Names()
	if err != nil {
		t.Fatal(err)
	}
	var all []pages.Block
	for _, name := range names {
		found, err := pages.Blocks(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	all = slices.DeleteFunc(all, func(b pages.Block) bool { return language != "" && (b.Language != language || ownTests[b.Page] != "") })
	if len(all) == 0 {
		t.Fatalf("no page has a block in %s", language)
	}
	return all
}

func TestEveryBlockHasALanguage(t *testing.T) {
	for _, b := range blocks(t, "") {
		if _, known := languages[b.Language]; !known {
			t.Errorf("%s: the language %q is none of those that a test runs", b, b.Language)
		}
	}
}

// always are the pages that run in a shell in every run but a short one: what each needs of a
// shell, the program and its settings is in them. The others are as long, mostly by starts
// of the AWS CLI.
var always = []string{"README.md", "docs/operating.md", "docs/partitions.md", "docs/settings.md", "docs/tags.md"}

// elsewhere is what a shell has to have for a page.
var elsewhere = regexp.MustCompile(`\b(aws|curl|sqlite3) `)

// TestEveryPageRunsInAShell runs the sh blocks of each page from top to bottom in one
// shell without variables of AWS, in an empty folder. The servers that it starts have
// free ports instead of those of the page.
func TestEveryPageRunsInAShell(t *testing.T) {
	require.Full(t)
	scripts := map[string]string{}
	for _, b := range blocks(t, "sh") {
		if !require.IsLong() && !slices.Contains(always, b.Page) {
			continue
		}
		scripts[b.Page] += fmt.Sprintf("echo '== %s'\n%s", b, b.Text)
	}
	shell, program := require.Tool(t, "sh"), process.Program(t)
	if len(scripts) < len(always) {
		t.Errorf("of the pages %v only %d have a block", always, len(scripts))
	}
	for page, script := range scripts {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			for _, tool := range elsewhere.FindAllStringSubmatch(script, -1) {
				require.Tool(t, tool[1])
			}
			ports := freePorts(t, 2)
			api, admin := fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
			folder := t.TempDir()
			c := exec.CommandContext(t.Context(), shell, "-e")
			c.Dir = folder
			c.Stdin = strings.NewReader(strings.NewReplacer(pages.API, api, pages.Admin, admin).Replace(script))
			c.Env = append(clean(), "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"),
				"ACCORD_LISTEN="+api, "ACCORD_ADMIN_LISTEN="+admin, "ACCORD_ADMIN=http://"+admin)
			// What it leaves in the background ends with it: its process group.
			c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out := &bytes.Buffer{}
			c.Stdout, c.Stderr = out, out
			err := c.Start()
			if err == nil {
				err = c.Wait()
				_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
			}
			log, _ := os.ReadFile(filepath.Join(folder, "accord.log"))
			// The shell does not see that a server in the background has failed.
			if err == nil && strings.Contains(out.String()+string(log), "accord: ") {
				err = errors.New("a command of accord has failed")
			}
			if err != nil {
				t.Errorf("%v\n%s\naccord.log:\n%s", err, out, log)
			}
		})
	}
}

// TestThePageQuotesTheWorkflow: the steps on the page are those of the example, which test/clients
// runs.
func TestThePageQuotesTheWorkflow(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(pages.Root(), "examples/github-actions-what-if.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	quoted := 0
	for _, b := range blocks(t, "text") {
		if b.Page != "docs/try-a-policy.md" || !strings.HasPrefix(b.Text, "- name: ") {
			continue
		}
		quoted++
		lines := strings.Split(strings.TrimSpace(b.Text), "\n")
		for i := range lines {
			if lines[i] != "" {
				lines[i] = "      " + lines[i]
			}
		}
		if !strings.Contains(string(text), strings.Join(lines, "\n")) {
			t.Errorf("the example does not have these steps:\n%s", b.Text)
		}
	}
	if quoted != 1 {
		t.Errorf("%d blocks quote it", quoted)
	}
}

// clean is the environment of the tests without variables of AWS and Accord, and
// without the files and services where AWS clients look for credentials.
func clean() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "ACCORD_") || strings.HasPrefix(v, "PATH=")
	})
	return append(env, "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true")
}

// freePorts returns ports of the loopback address that nobody listens on.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// vended is the line with which the examples of the clients end.
var vended = regexp.MustCompile(`(?m)^\d{12}\s+Payments\s+ACTIVE\r?$`)

// TestThePythonBlocksRun runs each on a server of its own.
func TestThePythonBlocksRun(t *testing.T) {
	require.Full(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	for _, b := range blocks(t, "python") {
		t.Run(b.String(), func(t *testing.T) {
			t.Parallel()
			s := process.Start(t)
			c := exec.CommandContext(t.Context(), python, "-c", strings.ReplaceAll(b.Text, "http://"+pages.API, s.URL))
			c.Env = s.Environ("999999999999")
			if out, err := c.CombinedOutput(); err != nil || !vended.Match(out) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
