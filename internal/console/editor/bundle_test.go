package editor_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"accord/test/npm"
	"accord/test/require"
)

var update = flag.Bool("update", false, "write the bundle and its licenses")

// What the program serves, and the licenses of all that is in it.
const (
	bundle   = "../web/assets/editor.js.gz"
	licenses = "../web/assets/editor.LICENSES.txt"
)

// maxBytes bounds the file of the bundle, and maxText what a browser reads.
const (
	maxBytes = 250 << 10
	maxText  = 400 << 10
)

// TestTheBundleIsWhatTheSourcesMake: nobody edits it.
func TestTheBundleIsWhatTheSourcesMake(t *testing.T) {
	if !*update {
		require.Long(t)
	}
	text, used := build(t, npm.Install(t, "."))
	if *update {
		// Another release of Go may compress in another way.
		if kept, err := unpacked(bundle); err != nil || !bytes.Equal(kept, text) {
			write(t, bundle, packed(t, text))
		}
		write(t, licenses, []byte(used))
		return
	}
	kept, err := unpacked(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, text) {
		t.Errorf("%s has drifted: go generate ./internal/console/editor", bundle)
	}
	if own, err := os.ReadFile(licenses); err != nil || string(own) != used {
		t.Errorf("%s has drifted: %v", licenses, err)
	}
}

// build makes the script of what is in a folder, and the text of the licenses.
func build(t *testing.T, folder string) (script []byte, licenses string) {
	t.Helper()
	made := api.Build(api.BuildOptions{
		EntryPoints: []string{"editor.mjs"}, AbsWorkingDir: folder, Outfile: "editor.js", Bundle: true, Metafile: true,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Format: api.FormatESModule, Target: api.ES2022,
		LegalComments: api.LegalCommentsNone, PreserveSymlinks: true,
	})
	if len(made.Errors)+len(made.Warnings) > 0 {
		t.Fatalf("esbuild: %v %v", made.Errors, made.Warnings)
	}
	var about struct {
		Inputs map[string]any `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(made.Metafile), &about); err != nil {
		t.Fatal(err)
	}
	return made.OutputFiles[0].Contents, licensesOf(t, folder, slices.Collect(maps.Keys(about.Inputs)))
}

// packageOf is the folder of the package that a file is in.
var packageOf = regexp.MustCompile(`^node_modules/(?:@[^/]+/)?[^/]+`)

// licensesOf are the licenses of the packages of some files, those with the same text together.
func licensesOf(t *testing.T, folder string, files []string) string {
	t.Helper()
	byText := map[string][]string{}
	seen := map[string]bool{}
	for _, file := range files {
		in := packageOf.FindString(file)
		if in == "" || seen[in] {
			continue
		}
		seen[in] = true
		text, err := os.ReadFile(filepath.Join(folder, in, "LICENSE"))
		if err != nil {
			t.Fatal(err)
		}
		about, err := os.ReadFile(filepath.Join(folder, in, "package.json"))
		var named struct{ Name, Version string }
		if err != nil || json.Unmarshal(about, &named) != nil || path.Join("node_modules", named.Name) != in {
			t.Fatalf("%s: %v %s", in, err, about)
		}
		license := strings.TrimSpace(string(text))
		byText[license] = append(byText[license], named.Name+" "+named.Version)
	}
	var sections []string
	for text, names := range byText {
		slices.Sort(names)
		sections = append(sections, strings.Join(names, "\n")+"\n\n"+text+"\n")
	}
	slices.Sort(sections)
	return "editor.js is made of these packages of npm, under these licenses:\n\n" + strings.Join(sections, "\n----\n\n")
}

// TestTheBundleIsSmall: what the program grows by, and what a browser reads.
func TestTheBundleIsSmall(t *testing.T) {
	packed, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	text, err := unpacked(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > maxBytes || len(text) > maxText || len(text) < len(packed) {
		t.Errorf("the bundle has %d bytes, %d unpacked", len(packed), len(text))
	}
	t.Logf("evidence: the editor has %d bytes, %d unpacked", len(packed), len(text))
}

// TestEveryPackageOfTheBundleHasItsLicense: all that npm installs for it, at the version of the
// lock, is named with a license that has the name of its author.
func TestEveryPackageOfTheBundleHasItsLicense(t *testing.T) {
	var lock struct {
		Packages map[string]struct{ Version, License string }
	}
	text, err := os.ReadFile("package-lock.json")
	if err != nil || json.Unmarshal(text, &lock) != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(licenses)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for in, p := range lock.Packages {
		if in == "" {
			continue
		}
		if p.License != "MIT" {
			t.Errorf("%s is under the license %q", in, p.License)
		}
		if strings.Contains(string(kept), "\n"+strings.TrimPrefix(in, "node_modules/")+" "+p.Version+"\n") {
			named++
		} else {
			t.Errorf("%s %s has no license in %s", in, p.Version, licenses)
		}
	}
	if named < 10 || !strings.Contains(string(kept), "Copyright") || strings.Contains(string(kept), "http://") {
		t.Errorf("%d packages are named:\n%s", named, kept)
	}
}

// unpacked is what a compressed file holds.
func unpacked(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	text, err := io.ReadAll(r)
	return text, cmp.Or(err, r.Close())
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
