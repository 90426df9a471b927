// Package npm installs packages of npm for tests.
package npm

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

	"accord/test/require"
)

// node is the oldest release that the packages run on.
const node = 20

// unreachable are the codes with which npm says that the registry was not
// reached, or does not have what is asked for.
var unreachable = regexp.MustCompile(`\b(EAI_AGAIN|ENOTFOUND|ECONN[A-Z]+|E(NET|HOST)UNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E[45]\d\d)\b`)

// Install puts the files of a folder and what its package-lock.json names into a folder
// of their own, and returns it. What the file names is kept in the cache of the user, because
// npm takes longer than all scenarios together.
func Install(t *testing.T, files string) string {
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
