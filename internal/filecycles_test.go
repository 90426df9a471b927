package internal_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestFilesOfAPackageHaveAnOrder: within a package, no two files use the
// package-level names and the methods of each other, so that its files can be read
// from the top to the bottom.
func TestFilesOfAPackageHaveAnOrder(t *testing.T) {
	checked := checkPackages(sources(t))
	for _, p := range slices.Sorted(maps.Keys(checked)) {
		for _, group := range fileCycles(checked[p]) {
			t.Errorf("%s: these files use each other in a circle: %s", p, strings.Join(group, " "))
			for _, edge := range edges(checked[p], group) {
				t.Log(edge)
			}
		}
	}
}

// uses is what one file takes from another of its package: the names, by the file.
type uses map[string]map[string][]string

// checkPackages finds, for each package, what its files use of each other.
func checkPackages(all []source) map[string]uses {
	byPackage := map[string][]*ast.File{}
	for _, s := range all {
		if !s.test {
			byPackage[s.pkg] = append(byPackage[s.pkg], s.File)
		}
	}
	c := checker{byPackage: byPackage, checked: map[string]*types.Package{}, found: map[string]uses{}}
	for p := range byPackage {
		c.check(p)
	}
	return c.found
}

// checker resolves the names of the module's packages. Packages of others are
// empty for it: what is taken from them is unknown, and no use of a file.
type checker struct {
	byPackage map[string][]*ast.File
	checked   map[string]*types.Package
	found     map[string]uses
}

// Import is a package of the module, checked, or an empty one.
func (c checker) Import(imported string) (*types.Package, error) {
	own, isOwn := strings.CutPrefix(imported, module)
	if !isOwn || c.byPackage[own] == nil {
		empty := types.NewPackage(imported, path.Base(imported))
		empty.MarkComplete()
		return empty, nil
	}
	return c.check(own), nil
}

func (c checker) check(p string) *types.Package {
	if done := c.checked[p]; done != nil {
		return done
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	// Errors come from the empty packages.
	config := types.Config{Importer: c, Error: func(error) {}, DisableUnusedImportCheck: true}
	done, _ := config.Check(module+p, files, c.byPackage[p], info)
	c.checked[p] = done
	found := uses{}
	for _, f := range c.byPackage[p] {
		found[fileOf(f.Package)] = map[string][]string{}
	}
	for at, object := range info.Uses {
		if object.Pkg() != done || !object.Pos().IsValid() || !isShared(object) {
			continue
		}
		from, to := fileOf(at.Pos()), fileOf(object.Pos())
		if from != to && !slices.Contains(found[from][to], object.Name()) {
			found[from][to] = append(found[from][to], object.Name())
		}
	}
	c.found[p] = found
	return done
}

func fileOf(at token.Pos) string { return path.Base(files.Position(at).Filename) }

// isShared tells whether files of a package share the name: it is one of the
// package, or a method of a type. Fields come with the type that has them.
func isShared(object types.Object) bool {
	if f, ok := object.(*types.Func); ok && f.Signature().Recv() != nil {
		return true
	}
	return object.Parent() == object.Pkg().Scope()
}

// fileCycles are the groups of files that reach each other (Tarjan's strongly
// connected components of more than one file).
func fileCycles(u uses) (cycles [][]string) {
	index, low := map[string]int{}, map[string]int{}
	var stack []string
	var visit func(file string)
	visit = func(file string) {
		index[file] = len(index) + 1
		low[file] = index[file]
		stack = append(stack, file)
		for _, next := range slices.Sorted(maps.Keys(u[file])) {
			if index[next] == 0 {
				visit(next)
				low[file] = min(low[file], low[next])
			} else if slices.Contains(stack, next) {
				low[file] = min(low[file], index[next])
			}
		}
		if low[file] == index[file] {
			i := slices.Index(stack, file)
			if group := slices.Clone(stack[i:]); len(group) > 1 {
				slices.Sort(group)
				cycles = append(cycles, group)
			}
			stack = stack[:i]
		}
	}
	for _, file := range slices.Sorted(maps.Keys(u)) {
		if index[file] == 0 {
			visit(file)
		}
	}
	return cycles
}

// edges are the uses between files of one group, those with the fewest names first.
func edges(u uses, group []string) []string {
	type edge struct {
		from, to string
		names    []string
	}
	var found []edge
	for _, from := range group {
		for to, names := range u[from] {
			if slices.Contains(group, to) {
				slices.Sort(names)
				found = append(found, edge{from, to, names})
			}
		}
	}
	slices.SortFunc(found, func(a, b edge) int {
		return cmp.Or(cmp.Compare(len(a.names), len(b.names)), strings.Compare(a.from+a.to, b.from+b.to))
	})
	var texts []string
	for _, e := range found {
		texts = append(texts, e.from+" uses of "+e.to+": "+strings.Join(e.names, " "))
	}
	return texts
}

func TestFileCyclesAreFound(t *testing.T) {
	texts := map[string]string{
		"a.go": "package p\ntype A struct{ f B }\nfunc (A) m() {}",
		"b.go": "package p\ntype B int\nfunc (b B) n(x A) { x.m() }",
		"c.go": "package p\nimport \"strings\"\nfunc c(top string) string { return strings.ToUpper(top) }",
		"d.go": "package p\nfunc top() { c(``); var a A; a.f.n(a) }",
	}
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		f, err := parser.ParseFile(files, name, texts[name], 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	c := checker{byPackage: map[string][]*ast.File{"p": parsed}, checked: map[string]*types.Package{}, found: map[string]uses{}}
	c.check("p")
	got := fileCycles(c.found["p"])
	if len(got) != 1 || !slices.Equal(got[0], []string{"a.go", "b.go"}) {
		t.Errorf("found the circles %v, want a.go with b.go alone", got)
	}
	if names := c.found["p"]["d.go"]["b.go"]; !slices.Equal(names, []string{"n"}) {
		t.Errorf("d.go uses of b.go %v, want its method n", names)
	}
}
