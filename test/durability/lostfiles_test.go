package durability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
	"accord/test/require"
)

// unprotected is the program without the protections of the file of its store: the
// control of the tests below.
func unprotected(t *testing.T) string {
	t.Helper()
	return process.Tagged(t, "unprotected")
}

// bothPrograms runs a test with the program, and with the one without protections.
func bothPrograms(t *testing.T, run func(t *testing.T, program string, protected bool)) {
	t.Helper()
	require.Tool(t, "go")
	t.Run("protected", func(t *testing.T) { run(t, process.Program(t), true) })
	t.Run("control", func(t *testing.T) { run(t, unprotected(t), false) })
}

func serveFile(t *testing.T, program, path string) *server {
	t.Helper()
	s, err := launch(context.Background(), exec.Command(program, append([]string{"serve"}, settings("sqlite:"+path)...)...), filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-s.ended:
		default:
			_ = s.kill()
		}
	})
	return s
}

// tagging is a client that changes the tag of an account again and again.
type tagging struct {
	client *organizations.Client
	number int
}

func startTagging(t *testing.T, url string) *tagging {
	t.Helper()
	c := callersOf(url)
	t.Cleanup(c.close)
	client := c.as(manager)
	if _, err := client.CreateOrganization(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	return &tagging{client: client}
}

// tag makes a change, without the retries of the SDK.
func (c *tagging) tag() error {
	c.number++
	_, err := c.client.TagResource(context.Background(), &organizations.TagResourceInput{
		ResourceId: aws.String(manager), Tags: []types.Tag{{Key: aws.String("n"), Value: aws.String(fmt.Sprint(c.number))}},
	}, func(o *organizations.Options) { o.Retryer = aws.NopRetryer{} })
	return err
}

// TestAServerWhoseFileIsLostStopsWriting: nobody gets an answer for a change that the next
// server would not have.
func TestAServerWhoseFileIsLostStopsWriting(t *testing.T) {
	require.Full(t)
	attacks := map[string]func(path string) error{
		"rm of the file": os.Remove,
		"rm of all files": func(path string) error {
			return errors.Join(os.Remove(path), os.Remove(path+"-wal"), os.Remove(path+"-shm"))
		},
		"rename":         func(path string) error { return os.Rename(path, path+".moved") },
		"truncated to 0": func(path string) error { return os.Truncate(path, 0) },
		// Before the first checkpoint it may have no more than a page.
		"truncated to half": func(path string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return os.Truncate(path, info.Size()/2)
		},
		"the log emptied":     func(path string) error { return os.Truncate(path+"-wal", 0) },
		"the log was removed": func(path string) error { return os.Remove(path + "-wal") },
	}
	bothPrograms(t, func(t *testing.T, program string, protected bool) {
		acknowledged, tried, before := 0, 0, require.Amount(0, 50, 300)
		for what, attack := range attacks {
			if tried == require.Amount(0, 3, len(attacks)) {
				break // Any three, in the order of the map.
			}
			tried++
			path := filepath.Join(t.TempDir(), "accord.db")
			c := startTagging(t, serveFile(t, program, path).url)
			for range before {
				if err := c.tag(); err != nil {
					t.Fatal(err)
				}
			}
			if err := attack(path); err != nil {
				t.Fatal(err)
			}
			// The names are compared each second.
			for n := 0; protected && n < 100_000; n++ {
				var answer *awshttp.ResponseError
				if err := c.tag(); errors.As(err, &answer) && answer.HTTPStatusCode() == 503 {
					break
				}
			}
			done := 0
			for range 50 {
				if c.tag() == nil {
					done++
				}
			}
			if protected && done > 0 {
				t.Errorf("%s: %d changes were acknowledged", what, done)
			}
			acknowledged += done
		}
		if !protected && acknowledged == 0 {
			t.Error("without the protections nothing was acknowledged either: this test shows nothing")
		}
		t.Logf("evidence: %d ways to lose the file, protected %v: of %d changes afterwards %d were acknowledged", tried, protected, 50*tried, acknowledged)
	})
}

// TestOneFileHasOneServer, whatever the names of the file are.
func TestOneFileHasOneServer(t *testing.T) {
	require.Full(t)
	names := map[string]func(folder, path string) (first, second string, err error){
		"a hard link": func(folder, path string) (string, string, error) { return path, filepath.Join(folder, "link.db"), nil },
		"a dangling link first": func(folder, path string) (string, string, error) {
			link := filepath.Join(folder, "link.db")
			return link, path, os.Symlink(path, link)
		},
		"the lock file deleted": func(_, path string) (string, string, error) { return path, path, nil },
		"the file mounted elsewhere": func(folder, path string) (string, string, error) {
			second := filepath.Join(folder, "mounted.db")
			return path, second, os.WriteFile(second, nil, 0o600)
		},
		"the folder mounted elsewhere": func(folder, path string) (string, string, error) {
			second := filepath.Join(folder, "mounted")
			return path, filepath.Join(second, "accord.db"), os.Mkdir(second, 0o700)
		},
	}
	if exec.Command("unshare", "-rm", "true").Run() != nil {
		t.Log("this kernel does not let users mount (unshare -rm): mounts are left out")
		delete(names, "the file mounted elsewhere")
		delete(names, "the folder mounted elsewhere")
	}
	bothPrograms(t, func(t *testing.T, program string, protected bool) {
		both := 0
		for what, name := range names {
			folder := t.TempDir()
			first, second, err := name(folder, filepath.Join(folder, "accord.db"))
			if err != nil {
				t.Fatal(err)
			}
			c := startTagging(t, serveFile(t, program, first).url)
			if what == "a hard link" {
				err = os.Link(first, second)
			} else if first == second {
				err = os.Remove(first + ".lock")
			}
			if err != nil {
				t.Fatal(err)
			}
			command := append([]string{program, "serve"}, settings("sqlite:"+second)...)
			switch what {
			case "the file mounted elsewhere":
				command = append([]string{"unshare", "-rm", "sh", "-ec", `mount --bind "$0" "$1"; shift; exec "$@"`, first, second}, command...)
			case "the folder mounted elsewhere":
				command = append([]string{"unshare", "-rm", "sh", "-ec", `mount --bind "$0" "$1"; shift; exec "$@"`, filepath.Dir(first), filepath.Dir(second)}, command...)
			}
			other, err := launch(context.Background(), exec.Command(command[0], command[1:]...), filepath.Join(t.TempDir(), "log"))
			switch {
			case err == nil:
				both++
				_ = other.kill()
				if protected {
					t.Errorf("%s: two servers serve it", what)
				}
			case !strings.Contains(err.Error(), "another process has the store open") || !strings.Contains(err.Error(), second):
				t.Errorf("%s: %v", what, err)
			}
			if err := c.tag(); protected && err != nil {
				t.Errorf("%s: the first server was disturbed: %v", what, err)
			}
		}
		if !protected && both == 0 {
			t.Error("without the protections there was one server too: this test shows nothing")
		}
		t.Logf("evidence: %d names of one file, protected %v: two servers in %d cases", len(names), protected, both)
	})
}

// TestAStartThatFailsSaysWhatToDo in a file system of its own: a full disk, a read-only
// one, a file that is mounted by itself.
func TestAStartThatFailsSaysWhatToDo(t *testing.T) {
	require.Full(t)
	require.That(t, exec.Command("unshare", "-rm", "true").Run() == nil, "a kernel that lets users mount (unshare -rm)")
	program := process.Program(t)
	for what, c := range map[string]struct {
		mount string
		want  []string
	}{
		"a full disk":         {`mount -t tmpfs -o size=4k none "$1"`, []string{"disk", "full", "free space"}},
		"a read-only disk":    {`mount -t tmpfs -o ro none "$1"`, []string{"read-only file system", "mount it for writing"}},
		"a store on one":      {`mount -t tmpfs none "$1" && "$0" migrate --store "sqlite:$1/accord.db" >/dev/null && mount -o remount,ro "$1"`, []string{"read-only file system", "mount it for writing"}},
		"a file by itself":    {`touch "$1/other" "$1/accord.db" && mount --bind "$1/other" "$1/accord.db"`, []string{"is mounted by itself", "mount its folder"}},
		"a link to nowhere":   {`ln -s "$1/absent/x.db" "$1/accord.db"`, []string{"/absent does not exist"}},
		"the user of another": {`touch "$1/accord.db" && chmod 0 "$1/accord.db" && mount -o bind,ro "$1" "$1"`, []string{"mount it for writing"}},
	} {
		t.Run(what, func(t *testing.T) {
			var said bytes.Buffer
			folder := t.TempDir()
			command := exec.Command("unshare", "-rm", "sh", "-ec", c.mount+`
				exec "$0" serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --store "sqlite:$1/accord.db"`, program, folder)
			command.Stderr = &said
			if err := command.Run(); err == nil {
				t.Error("it started")
			}
			for _, text := range append(c.want, folder) {
				if !strings.Contains(said.String(), text) {
					t.Errorf("it lacks %q: %s", text, said.String())
				}
			}
		})
	}
}
