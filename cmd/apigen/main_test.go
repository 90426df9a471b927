package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The committed packages are what the model gives; `go generate ./...` makes
// them so.
func TestGeneratedCodeIsUpToDate(t *testing.T) {
	for service, pkg := range map[string]string{"organizations": "orgapi", "sts": "stsapi"} {
		fresh := t.TempDir()
		if err := run("../../model", service, pkg, fresh); err != nil {
			t.Errorf("%s: %v", service, err)
			continue
		}
		committed := filepath.Join("../../internal/api", pkg)
		if diff := cmp.Diff(generated(t, committed), generated(t, fresh)); diff != "" {
			t.Errorf("%s differs; run go generate ./... (-committed +fresh):\n%s", pkg, diff)
		}
	}
}

// generated reads the generated files of a folder.
func generated(t *testing.T, folder string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}

func TestEveryGeneratedFileSaysSo(t *testing.T) {
	m, err := Load("../../model", "sts")
	if err != nil {
		t.Fatal(err)
	}
	for name, emit := range emitters {
		file := emit(m, "stsapi")
		if file == nil {
			continue
		}
		text, err := file.formatted()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(text[:len(header)], []byte(header)) {
			t.Errorf("%s does not begin with the mark of generated code", name)
		}
	}
}

func TestAMissingModelIsAnError(t *testing.T) {
	if err := run(t.TempDir(), "organizations", "orgapi", t.TempDir()); err == nil {
		t.Error("generated from nothing")
	}
}
