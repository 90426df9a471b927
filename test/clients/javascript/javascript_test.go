// Package javascript_test runs scenarios with the AWS SDK for JavaScript, from the
// registry of npm, against the real program.
package javascript_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"accord/test/pages"
	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// node is the oldest release that the SDK runs on.
const node = 20

// unreachable are the codes with which npm says that the registry was not
// reached, or does not have what is asked for.
var unreachable = regexp.MustCompile(`\b(EAI_AGAIN|ENOTFOUND|ECONN[A-Z]+|E(NET|HOST)UNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E[45]\d\d)\b`)

// install puts the files of a folder and what its package-lock.json names into a folder
// of their own, and returns it. What the file names is kept in the cache of the user, because
// npm takes longer than all scenarios together.
func install(t *testing.T, files string) string {
	t.Helper()
	version, err := exec.Command(require.Tool(t, "node"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	release, err := strconv.Atoi(major)
	if err != nil {
		t.Fatalf("node --version says %q", version)
	}
	require.That(t, release >= node, "Node.js "+strconv.Itoa(node)+" or newer")

	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	kept := filepath.Join(cache, "accord-test", fmt.Sprintf("npm-%x", sha256.Sum256(lock)))
	if _, err := os.Stat(kept); err != nil {
		download(t, folder, kept)
	}
	if err := os.Symlink(filepath.Join(kept, modules), filepath.Join(folder, modules)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// modules is the folder in which Node.js looks for packages.
const modules = "node_modules"

// download puts a folder, with its packages, where they are kept, all at once.
func download(t *testing.T, folder, kept string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		t.Fatal(err)
	}
	apart, err := os.MkdirTemp(filepath.Dir(kept), "npm-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(apart) }()
	if err := os.CopyFS(apart, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(require.Tool(t, "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	c.Dir = apart
	if out, err := c.CombinedOutput(); err != nil {
		if code := unreachable.FindString(string(out)); code != "" {
			require.That(t, false, "the packages of package-lock.json, and a registry of npm that has them ("+code+")")
		}
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	// Another process may have been first.
	if err := os.Rename(apart, kept); err != nil {
		if _, there := os.Stat(kept); there != nil {
			t.Fatal(err)
		}
	}
}

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
	folder := install(t, "scenarios")
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
	folder := install(t, pages.Root()+"/examples/jest")
	c := exec.CommandContext(t.Context(), "npm", "test")
	c.Dir = folder
	c.Env = append(os.Environ(), "ACCORD="+process.Program(t))
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "2 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// vended is a line of what the example writes.
var vended = regexp.MustCompile(`(?m)^\d{12} Payments ACTIVE$`)
