package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// folder has the programs that were built; Main removes it.
var folder string

// Main runs the tests of a package and removes what was built for them.
func Main(m *testing.M) {
	status := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(status)
}

// Program is the path of the program, which the first call builds.
func Program(t testing.TB) string {
	t.Helper()
	path, err := build("")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Tagged is the path of the program with a build tag, which the first call builds.
func Tagged(t testing.TB, tag string) string {
	t.Helper()
	path, err := build(tag)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// builds are the programs of this process by their tags.
var builds struct {
	sync.Mutex
	paths map[string]string
}

// build returns the path of the program with a tag; empty for none. Go keeps no program
// that it has linked, which takes seconds, but leaves one alone that is what it would
// link: so the last one is kept for the tests of other packages.
func build(tag string) (string, error) {
	builds.Lock()
	defer builds.Unlock()
	if path := builds.paths[tag]; path != "" {
		return path, nil
	}
	if folder == "" {
		var err error
		if folder, err = os.MkdirTemp("", "accord-program-"); err != nil {
			return "", err
		}
		builds.paths = map[string]string{}
	}
	path := filepath.Join(folder, "accord"+tag)
	kept := keptFile(tag)
	// It fails where none is kept, or in another file system.
	_ = os.Link(kept, path)
	if out, err := exec.Command("go", "build", "-tags", tag, "-o", path, "accord/cmd/accord").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	keep(path, kept)
	builds.paths[tag] = path
	return path, nil
}

// keptFile is where a program is kept for the next process; empty without a cache of the
// user. Each checkout has its own.
func keptFile(tag string) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	_, source, _, _ := runtime.Caller(0)
	checkout := sha256.Sum256([]byte(source))
	return filepath.Join(cache, "accord-test", hex.EncodeToString(checkout[:8]), "accord"+tag)
}

// keep gives a program its second name, at once and without touching what another process
// runs. A program that cannot be kept is linked again.
func keep(path, kept string) {
	now, err := os.Stat(path)
	if before, statErr := os.Stat(kept); err != nil || kept == "" || statErr == nil && os.SameFile(now, before) {
		return
	}
	if os.MkdirAll(filepath.Dir(kept), 0o700) != nil {
		return
	}
	next := fmt.Sprintf("%s.%d", kept, os.Getpid())
	if os.Link(path, next) == nil {
		_ = os.Rename(next, kept)
		_ = os.Remove(next)
	}
}
