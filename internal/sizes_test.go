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

// long are the files and packages above these numbers, each with the hundreds of
// lines that it fills. A number may only become smaller.
var long = map[string]int{
	"internal/admin/admin_test.go":         5,
	"internal/api/orgapi/validate_test.go": 7,
}

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
		hundreds := (lines[name] + 99) / 100
		switch allowed := long[name]; {
		case lines[name] <= most && allowed != 0:
			t.Errorf("%s is short: its exception goes", name)
		case lines[name] > most && hundreds != allowed:
			t.Errorf("%s has %d lines, at most %d are allowed (%q: %d)", name, lines[name], max(most, 100*allowed), name, hundreds)
		}
	}
	for name := range long {
		if lines[name] == 0 {
			t.Errorf("there is no %s: its exception goes", name)
		}
	}
}
