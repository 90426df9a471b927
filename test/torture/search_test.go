package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/require"
)

// plantedFault is a package whose search has to find something: a text that begins with
// two given bytes, which random bytes alone would do once in some ten thousand.
const plantedFault = `package planted

import "testing"

func FuzzPlanted(f *testing.F) {
	f.Add("a text")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1 && text[0] == '{' && text[1] == '!' {
			t.Error("found")
		}
	})
}
`

// TestASearchFindsAPlantedFault is the negative control of the searches of the table.
func TestASearchFindsAPlantedFault(t *testing.T) {
	require.Long(t)
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module planted\n\ngo 1.26\n", "planted_test.go": plantedFault} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	search := exec.CommandContext(t.Context(), "go", "test", "-run=^$", "-fuzz=^FuzzPlanted$", "-fuzztime="+searches, "-fuzzminimizetime=10x", "-test.fuzzcachedir="+t.TempDir())
	search.Dir = folder
	out, err := search.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "found") {
		t.Fatalf("%s inputs do not find a fault behind two bytes: %v\n%s", searches, err, out)
	}
	t.Logf("evidence: a fault behind two given bytes is found within %s inputs", strings.TrimSuffix(searches, "x"))
}
