package sigv4

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestTimingOfComparisons: a signature is compared in constant time, and in no other way
// than with nothing.
func TestTimingOfComparisons(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	constant := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				literal, isLiteral := n.Y.(*ast.BasicLit)
				if (n.Op == token.EQL || n.Op == token.NEQ) && namesValue(n) && !(isLiteral && literal.Value == `""`) {
					t.Errorf("%s compares the signature with %s", e.Name(), n.Op)
				}
			case *ast.CallExpr:
				f, isSelector := n.Fun.(*ast.SelectorExpr)
				if isSelector && f.Sel.Name == "Equal" && namesValue(n) {
					if x, is := f.X.(*ast.Ident); !is || x.Name != "hmac" {
						t.Errorf("%s compares the signature with another function than hmac.Equal", e.Name())
					}
					constant++
				}
			}
			return true
		})
	}
	if constant != 1 {
		t.Errorf("the signature is compared in constant time at %d places", constant)
	}
}

// namesValue reports whether an expression has the field Value of a signature.
func namesValue(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if s, is := n.(*ast.SelectorExpr); is && s.Sel.Name == "Value" {
			x, isIdent := s.X.(*ast.Ident)
			found = found || isIdent && x.Name == "s"
		}
		return true
	})
	return found
}
