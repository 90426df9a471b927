package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsDocumentIsUpToDate(t *testing.T) {
	want, err := document()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/settings.md has drifted; run go generate ./internal/config\n-tables +document\n%s", diff)
	}
}
