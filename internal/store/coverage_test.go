package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheSuiteKnowsEveryMethod: what is added to View or Tx is added to the
// conformance suite too.
func TestTheSuiteKnowsEveryMethod(t *testing.T) {
	used := map[string]bool{}
	inspect(t, "storetest", func(n ast.Node) {
		if s, ok := n.(*ast.SelectorExpr); ok {
			used[s.Sel.Name] = true
		}
	})
	methods := 0
	inspect(t, ".", func(n ast.Node) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !f.Name.IsExported() {
			return
		}
		star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
		if !ok {
			return
		}
		if of := star.X.(*ast.Ident).Name; of == "View" || of == "Tx" || of == "Store" {
			methods++
			if !slices.Contains(ofStatements, f.Name.Name) && !used[f.Name.Name] {
				t.Errorf("%s.%s has no case in the suite", of, f.Name.Name)
			}
		}
	})
	inspect(t, "identities", func(n ast.Node) {
		if f, ok := n.(*ast.FuncDecl); ok && f.Name.IsExported() {
			methods++
			if !used[f.Name.Name] {
				t.Errorf("identities.%s has no case in the suite", f.Name.Name)
			}
		}
	})
	if methods < 100 {
		t.Fatalf("only %d methods were found: the search is broken", methods)
	}
}

// ofStatements are the methods that run the statements of all others.
var ofStatements = []string{"Exec", "ExecOne", "ExecCount"}

// inspect visits every node of the source of a package.
func inspect(t *testing.T, folder string, visit func(ast.Node)) {
	t.Helper()
	_, files := source(t, folder)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

// source reads the files of a package that are not tests.
func source(t *testing.T, folder string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}
