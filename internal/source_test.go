package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the directory of the module, and module what its import paths begin with.
const (
	root   = ".."
	module = "accord/"
)

// source is one Go file of the module.
type source struct {
	// pkg is the path of its package, name its own, both from the module's root.
	pkg, name string
	test      bool
	generated bool
	lines     int
	*ast.File
}

var files = token.NewFileSet()

var parsed = sync.OnceValues(parse)

// sources are all Go files of the module. They are parsed once.
func sources(t *testing.T) []source {
	t.Helper()
	found, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 100 {
		t.Fatalf("only %d files were found: the search is broken", len(found))
	}
	return found
}

func parse() (found []source, err error) {
	err = walk(func(name string) error {
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(files, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{
			pkg: path.Dir(name), name: name, File: f,
			test:      strings.HasSuffix(name, "_test.go"),
			generated: ast.IsGenerated(f),
			lines:     files.File(f.FileStart).LineCount() - 1,
		})
		return nil
	})
	return found, err
}

// made are the files and folders that commands of the Makefile write.
var made = []string{"accord", "accord-image.tar", "bin", "dist", "dist-completions"}

// walk visits the files of the module, by their paths from its root.
func walk(visit func(name string) error) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		base := path.Base(name)
		if slices.Contains(made, strings.TrimPrefix(name, root+"/")) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			if name != root && (base == ".git" || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		return visit(strings.TrimPrefix(name, root+"/"))
	})
}

// at is the position of a node, for messages.
func (s source) at(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(files.Position(n.Pos()).Line)
}

// importPaths are what the file imports, by the name that it uses for it.
func (s source) importPaths() map[string]string {
	paths := map[string]string{}
	for _, spec := range s.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if regexp.MustCompile(`^v[0-9]+$`).MatchString(name) {
			name = path.Base(path.Dir(p))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "_" || name == "." {
			name += p
		}
		paths[name] = p
	}
	return paths
}

// uses calls visit for every name that the file takes from a package.
func (s source) uses(imported string, visit func(at ast.Node, name string)) {
	for local, p := range s.importPaths() {
		if p != imported {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
					visit(n, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

func within(imported string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && !strings.HasPrefix(imported, module)
}
