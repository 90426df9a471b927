package internal_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// How many lines a file and a package may have: what is read in one sitting.
// Generated code does not count, nor do tests for their package.
const (
	fileLines    = 400
	packageLines = 3000
)

func TestFilesAndPackagesAreShort(t *testing.T) {
	lines := map[string]int{}
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		lines[s.name] = s.lines
		if !s.test && s.pkg != "internal/store/storetest" && !strings.HasPrefix(s.pkg, "test/") {
			lines[s.pkg] += s.lines
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		most := packageLines
		if strings.HasSuffix(name, ".go") {
			most = fileLines
		}
		if lines[name] > most {
			t.Errorf("%s has %d lines, at most %d are allowed", name, lines[name], most)
		}
	}
}
