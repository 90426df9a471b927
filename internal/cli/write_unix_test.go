//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accord/internal/cli"
)

// large does not fit where the child may write.
var large = bytes.Repeat([]byte("0123456789abcde\n"), 1<<12)

// childVariable has the test run as a child, with a limit for the size of files.
const childVariable = "ACCORD_TEST_WRITES"

// TestMain is the child, if it is asked for.
func TestMain(m *testing.M) {
	name := os.Getenv(childVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	signal.Ignore(syscall.SIGXFSZ)
	fmt.Println(cli.WriteFile(name, large, 0o600))
	fmt.Println("control:", os.WriteFile(name+".control", large, 0o600))
}

// TestAFullDiskLeavesTheFileThatWasThere: written in place, as the control is, half of it would
// be there.
func TestAFullDiskLeavesTheFileThatWasThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "organization.tf")
	for _, file := range []string{name, name + ".control"} {
		if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("/bin/sh", "-c", `ulimit -f 8; exec "$0"`, os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+name)
	out, err := c.CombinedOutput()
	if err != nil || strings.Count(string(out), "file too large") != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(name)
	if err != nil || string(text) != "old" {
		t.Errorf("%v: it has %d bytes now", err, len(text))
	}
	if text, err := os.ReadFile(name + ".control"); err != nil || string(text) == "old" || len(text) == len(large) {
		t.Errorf("control: %v: %d bytes", err, len(text))
	}
	if found, err := os.ReadDir(filepath.Dir(name)); err != nil || len(found) != 2 {
		t.Errorf("%v: %v is left", err, found)
	}
}

// TestAFileIsReplacedAsItWas: with its mode, and behind a link; pipes and devices stay what they
// are.
func TestAFileIsReplacedAsItWas(t *testing.T) {
	folder := t.TempDir()
	name, link, pipe := filepath.Join(folder, "file"), filepath.Join(folder, "link"), filepath.Join(folder, "pipe")
	if err := os.WriteFile(name, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cli.WriteFile(link, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	info, err2 := os.Lstat(name)
	if err != nil || err2 != nil || string(text) != "new" || info.Mode() != 0o640 {
		t.Errorf("%v %v: %q, %v", err, err2, text, info.Mode())
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became something else: %v", err)
	}
	read := make(chan string)
	go func() {
		text, err := os.ReadFile(pipe)
		if err != nil {
			t.Error(err)
		}
		read <- string(text)
	}()
	if err := cli.WriteFile(pipe, []byte("through"), 0o600); err != nil || <-read != "through" {
		t.Errorf("through a pipe: %v", err)
	}
	if err := cli.WriteFile(os.DevNull, []byte("away"), 0o600); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is a file now: %v", os.DevNull, err)
	}
	if err := cli.WriteFile(folder, nil, 0o600); err == nil {
		t.Error("a folder was written")
	}
}
