// Package javascript_test tells stories with the AWS SDK for JavaScript, from the
// registry of npm, against the real program.
package javascript_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// node is the oldest release that the SDK runs on.
const node = 20

// unreachable are the codes with which npm says that the registry was not
// reached, or does not have what is asked for.
var unreachable = regexp.MustCompile(`\b(EAI_AGAIN|ENOTFOUND|ECONN[A-Z]+|E(NET|HOST)UNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E[45]\d\d)\b`)

// install puts the stories and what package-lock.json names into a folder of
// their own, and returns it.
func install(t *testing.T) string {
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
	if err := os.CopyFS(folder, os.DirFS("stories")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(require.Tool(t, "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		if code := unreachable.FindString(string(out)); code != "" {
			require.That(t, false, "the packages of package-lock.json, and a registry of npm that has them ("+code+")")
		}
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return folder
}

func TestTheJavaScriptSDKTellsStories(t *testing.T) {
	folder := install(t)
	scripts := map[string][]string{
		// Its clock is moved.
		"invitation": {"--clock", "virtual"},
		"vending":    nil,
	}
	for story, settings := range scripts {
		t.Run(story, func(t *testing.T) {
			c := exec.Command("node", filepath.Join(folder, story+".mjs"))
			c.Env = process.Start(t, settings...).Environ("111111111111")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
