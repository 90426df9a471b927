package internal_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// rows are the packages of all layers, and those besides.
func rows() []pkg {
	var all []pkg
	for _, l := range layers {
		all = append(all, l.packages...)
	}
	return append(all, besides...)
}

// rowOf is the row of a package.
func rowOf(p string) (pkg, bool) {
	all := rows()
	i := slices.IndexFunc(all, func(r pkg) bool { return r.is(p) })
	if i < 0 {
		return pkg{}, false
	}
	return all[i], true
}

func (r pkg) is(p string) bool {
	above, wide := strings.CutSuffix(r.path, "/...")
	return p == above || wide && strings.HasPrefix(p, above+"/")
}

// layerOf is the number of the layer of a package, from the top. Packages besides
// the program are above all layers.
func layerOf(p string) int {
	return slices.IndexFunc(layers, func(l layer) bool {
		return slices.ContainsFunc(l.packages, func(r pkg) bool { return r.is(p) })
	})
}

func TestImportsPointDown(t *testing.T) {
	unplaced := map[string]bool{}
	for _, s := range sources(t) {
		r, placed := rowOf(s.pkg)
		if !placed {
			if !unplaced[s.pkg] {
				unplaced[s.pkg] = true
				t.Errorf("%s has no row in the table: say what it may import", s.pkg)
			}
			continue
		}
		for _, imported := range s.importPaths() {
			if violation := r.violation(imported, s.test); violation != "" {
				t.Errorf("%s imports %s: %s", s.name, imported, violation)
			}
		}
	}
}

// violation says what is wrong with an import. Tests may use every package, but no
// module of others that the table does not know.
func (r pkg) violation(imported string, test bool) string {
	for _, l := range reserved {
		if !test && slices.Contains(l.imports, imported) && !slices.Contains(l.to, r.path) {
			return l.why
		}
	}
	own, isOwn := strings.CutPrefix(imported, module)
	switch {
	case isOwn && test:
	case isOwn:
		if !slices.Contains(r.may, everything) && !slices.Contains(r.may, strings.TrimPrefix(own, "internal/")) {
			return "its row does not name it"
		}
		if to := layerOf(own); to >= 0 && to < layerOf(r.path) {
			return "it is in a layer above"
		}
		forTests := strings.HasPrefix(own, "test/") || own == "accordtest" || own == "internal/store/storetest" || own == "internal/app/apptest"
		if strings.HasPrefix(own, "cmd/") || forTests && !strings.HasPrefix(r.path, "test/") && r.path != "accordtest" {
			return "no package imports a program, and only tests import what is for tests"
		}
	case isStandard(imported):
		if r.pure && !test && slices.Contains(outside, imported) {
			return "the package is pure and reaches nothing outside"
		}
	case !within(imported, r.modules) && !(test && (within(imported, testModules) || slices.ContainsFunc(rows(), func(other pkg) bool { return within(imported, other.modules) }))):
		return "its row does not name the module"
	}
	return ""
}

// TestEveryRightIsUsed: a row says what a package imports, not what it once did.
func TestEveryRightIsUsed(t *testing.T) {
	// The imports of each row's package, and of the tests of all.
	byRow, byTests := map[string]map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		r, _ := rowOf(s.pkg)
		if byRow[r.path] == nil {
			byRow[r.path] = map[string]bool{}
		}
		for _, imported := range s.importPaths() {
			if s.test {
				byTests[imported] = true
			}
			// A package of tests has no other files.
			if !s.test || strings.HasPrefix(r.path, "test/") {
				byRow[r.path][imported] = true
			}
		}
	}
	uses := func(used map[string]bool, modules ...string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(used)), func(imported string) bool { return within(imported, modules) })
	}
	for _, r := range rows() {
		used, exists := byRow[r.path]
		if !exists {
			t.Errorf("there is no package %s: its row goes", r.path)
			continue
		}
		for _, right := range r.may {
			if right != everything && !used[module+"internal/"+right] && !used[module+right] {
				t.Errorf("%s does not import %s: its right goes", r.path, right)
			}
		}
		for _, right := range r.modules {
			if !uses(used, right) {
				t.Errorf("%s does not import %s: its right goes", r.path, right)
			}
		}
	}
	for _, right := range testModules {
		if !uses(byTests, right) {
			t.Errorf("no test imports %s: its right goes", right)
		}
	}
	for _, l := range reserved {
		for _, p := range l.to {
			if !slices.ContainsFunc(l.imports, func(imported string) bool { return byRow[p][imported] }) {
				t.Errorf("%s imports none of %v: its right goes", p, l.imports)
			}
		}
	}
}

func TestTheTableRefuses(t *testing.T) {
	pure := pkg{path: "internal/org", pure: true, may: []string{"ident", "jobs"}}
	wide := pkg{path: "cmd/accord", may: []string{everything}, modules: []string{"example.org/a"}}
	for _, c := range []struct {
		pkg
		imported string
		test, ok bool
	}{
		{pure, "strings", false, true},
		{pure, "accord/internal/ident", false, true},
		{pure, "accord/internal/store", false, false},
		{pure, "accord/internal/jobs", false, false},
		{pure, "accord/internal/store", true, true},
		{pure, "net/http", false, false},
		{pure, "net/http", true, true},
		{pure, "math/rand/v2", false, false},
		{pure, "example.org/a", false, false},
		{pure, "github.com/google/go-cmp/cmp", false, false},
		{pure, "github.com/google/go-cmp/cmp", true, true},
		{pure, "example.org/b", true, false},
		{wide, "accord/internal/store", false, true},
		{wide, "accord/internal/store/storetest", false, false},
		{wide, "accord/test/postgres", false, false},
		{wide, "accord/accordtest", false, false},
		{wide, "accord/cmd/apigen", false, false},
		{wide, "database/sql", false, false},
		{wide, "example.org/a/sub", false, true},
		{wide, "example.org/ab", false, false},
	} {
		t.Run(fmt.Sprintf("%s/%s/test=%v", c.path, c.imported, c.test), func(t *testing.T) {
			if got := c.violation(c.imported, c.test); (got == "") != c.ok {
				t.Errorf("the table says %q", got)
			}
		})
	}
}
