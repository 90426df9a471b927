// Package npm installs packages of npm for tests.
package npm

import (
	"crypto/sha256"
	"errors"
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

// Missing is what a machine lacks for the packages.
type Missing struct{ What string }

func (m *Missing) Error() string { return "this machine lacks " + m.What }

// Install puts the files of a folder and what its package-lock.json names into a folder
// of their own, and returns it. What the file names is kept in the cache of the user, because
// npm takes longer than all scenarios together.
func Install(t *testing.T, files string) string {
	t.Helper()
	folder := t.TempDir()
	err := InstallInto(folder, files)
	var missing *Missing
	if errors.As(err, &missing) {
		require.That(t, false, missing.What)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// InstallInto is Install into a folder that is there. An error may be a *Missing.
func InstallInto(folder, files string) error {
	if err := checkNode(); err != nil {
		return err
	}
	if err := os.CopyFS(folder, os.DirFS(files)); err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	kept := filepath.Join(cache, "accord-test", fmt.Sprintf("npm-%x", sha256.Sum256(lock)))
	if _, err := os.Stat(kept); err != nil {
		if err := download(folder, kept); err != nil {
			return err
		}
	}
	return os.Symlink(filepath.Join(kept, modules), filepath.Join(folder, modules))
}

// checkNode looks for a release of Node.js that is new enough.
func checkNode() error {
	for _, tool := range []string{"node", "npm"} {
		if _, err := require.Find(tool); err != nil {
			return &Missing{"the program " + tool}
		}
	}
	version, err := exec.Command("node", "--version").Output()
	if err != nil {
		return err
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	release, err := strconv.Atoi(major)
	switch {
	case err != nil:
		return fmt.Errorf("node --version says %q", version)
	case release < node:
		return &Missing{"Node.js " + strconv.Itoa(node) + " or newer"}
	}
	return nil
}

// modules is the folder in which Node.js looks for packages.
const modules = "node_modules"

// download puts a folder, with its packages, where they are kept, all at once.
func download(folder, kept string) error {
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return err
	}
	apart, err := os.MkdirTemp(filepath.Dir(kept), "npm-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(apart) }()
	if err := os.CopyFS(apart, os.DirFS(folder)); err != nil {
		return err
	}
	c := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	c.Dir = apart
	if out, err := c.CombinedOutput(); err != nil {
		if code := unreachable.FindString(string(out)); code != "" {
			return &Missing{"the packages of package-lock.json, and a registry of npm that has them (" + code + ")"}
		}
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	// Another process may have been first.
	if err := os.Rename(apart, kept); err != nil {
		if _, there := os.Stat(kept); there != nil {
			return err
		}
	}
	return nil
}
