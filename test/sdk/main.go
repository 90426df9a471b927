// Command sdk compares model/ with the newest AWS SDK for Go that the module proxy
// has. It prints the pinned and the newest version of each of its modules, and then
// every operation, member, enum value, exception and reason that one of the two has
// and the other lacks. It fails if the model lacks one. It changes no file of the
// module.
//
//	go run ./test/sdk
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modules are those of the SDK that go.mod pins; the first has the interface.
var modules = []string{
	"github.com/aws/aws-sdk-go-v2/service/organizations",
	"github.com/aws/aws-sdk-go-v2",
	"github.com/aws/smithy-go",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "accord-sdk-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var newest []string
	for _, module := range modules {
		version, err := newestOf(module)
		if err != nil {
			return err
		}
		newest = append(newest, module+"@"+version)
	}

	// The copies of go.mod and go.sum name the newest versions.
	modfile := filepath.Join(folder, "go.mod")
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("%w: run it in the folder of the module", err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	if out, err := command(append([]string{"get", "-modfile", modfile}, newest...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("go get: %w\n%s", err, out)
	}
	compare := command("test", "-modfile", modfile, "-count=1", "-v", "-run", "OfTheSDK$", "./internal/api/orgapi")
	out, err := compare.CombinedOutput()
	fmt.Printf("\nmodel/ and %s:\n", newest[0])
	differences := 0
	for line := range strings.Lines(string(out)) {
		// What a test logs begins with its file; all else is about the run.
		if _, difference, ok := strings.Cut(line, "sdk_test.go:"); ok {
			_, text, _ := strings.Cut(difference, ": ")
			fmt.Print("  ", text)
			differences++
		}
	}
	switch {
	case err != nil && differences == 0:
		return fmt.Errorf("go test: %w\n%s", err, out)
	case err != nil:
		return fmt.Errorf("the model lacks what the SDK has")
	case differences == 0:
		fmt.Println("  no difference")
	}
	return nil
}

// newestOf prints the pinned and the newest version of a module, and returns the
// newest.
func newestOf(module string) (string, error) {
	var pinned struct {
		Version string
		Update  *struct{ Version string }
	}
	out, err := command("list", "-m", "-u", "-json", module).Output()
	if err != nil {
		return "", fmt.Errorf("go list %s: %w", module, err)
	}
	if err := json.Unmarshal(out, &pinned); err != nil {
		return "", err
	}
	newest, remark := pinned.Version, ""
	if pinned.Update != nil {
		newest, remark = pinned.Update.Version, ", which is newer"
	}
	fmt.Printf("%s: pinned %s, newest %s%s\n", module, pinned.Version, newest, remark)
	return newest, nil
}

func command(args ...string) *exec.Cmd { return exec.Command("go", args...) }
