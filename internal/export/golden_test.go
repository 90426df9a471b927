package export_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/export"
)

var update = flag.Bool("update", false, "write the golden files")

func TestEachFormatIsWrittenAsItWas(t *testing.T) {
	for _, f := range export.Formats() {
		file := written(t, f.Name, landingZone())
		text := append(file.Text, []byte("---\n"+strings.Join(file.Notes, "\n")+"\n")...)
		path := filepath.Join("testdata", f.Name+".golden")
		if *update {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, text) {
			t.Errorf("%s: -update writes it anew (-want +got):\n%s", f.Name, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(text), "\n")))
		}
	}
}
