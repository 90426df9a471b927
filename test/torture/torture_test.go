package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// testFiles are the functions and methods of the test files of a package, by their names.
func testFiles(t *testing.T, pkg string) map[string][]*ast.FuncDecl {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root(), pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	// A suite for several packages has a folder of its own, as storetest has.
	suites, err := filepath.Glob(filepath.Join(root(), pkg, "*test", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, suites...)
	functions := map[string][]*ast.FuncDecl{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is {
				functions[f.Name.Name] = append(functions[f.Name.Name], f)
			}
		}
	}
	return functions
}

// logsEvidence reports whether a function, or one of its package that it names, has a text
// that begins with "evidence: ".
func logsEvidence(functions map[string][]*ast.FuncDecl, name string, seen map[string]bool) (logs bool) {
	if seen[name] {
		return false
	}
	seen[name] = true
	for _, f := range functions[name] {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				logs = logs || err == nil && strings.HasPrefix(text, "evidence: ")
			case *ast.Ident:
				logs = logs || logsEvidence(functions, n.Name, seen)
			}
			return !logs
		})
	}
	return logs
}

func TestTheTableIsOfTestsThatExist(t *testing.T) {
	parsed := map[string]map[string][]*ast.FuncDecl{}
	check := func(what string, id testID, evidence bool) {
		if parsed[id.pkg] == nil {
			parsed[id.pkg] = testFiles(t, id.pkg)
		}
		name, _, _ := strings.Cut(id.name, "/")
		switch {
		case parsed[id.pkg][name] == nil:
			t.Errorf("%s: %s has no test %s", what, id.pkg, name)
		case evidence && !strings.HasPrefix(name, "Fuzz") && !logsEvidence(parsed[id.pkg], name, map[string]bool{}):
			t.Errorf("%s: %s of %s logs no line \"evidence: …\"", what, name, id.pkg)
		}
	}
	seen := map[string]bool{}
	for _, s := range sections {
		for _, a := range s.attacks {
			test, control := a.tests()
			check(a.what, test, true)
			if control != nil {
				check(a.what, *control, false)
			}
			switch a.engine {
			case "", "SQLite", "PostgreSQL", "both":
			default:
				t.Errorf("%s: the engine is %q", a.what, a.engine)
			}
			if key := a.what + a.engine; a.what == "" || seen[key] {
				t.Errorf("%q (%s) has two rows", a.what, a.engine)
			} else {
				seen[key] = true
			}
		}
	}
	if len(seen) < 5 {
		t.Errorf("the table has %d attacks", len(seen))
	}
}

// TestARunIsJudged runs small tests of its own: what fails, does not run or shows no
// evidence has not held.
func TestARunIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		events, test string
		want         outcome
	}{
		"it passes with evidence": {
			`{"Action":"output","Test":"TestA","Output":"    a_test.go:1: evidence: 5 of 5\n"}
{"Action":"pass","Test":"TestA","Elapsed":1.5}`, "TestA", outcome{passed: true, evidence: []string{"5 of 5"}, seconds: 1.5}},
		"evidence of subtests": {
			`{"Action":"output","Test":"TestA/on_SQLite","Output":"a_test.go:1: evidence: 5\n"}
{"Action":"pass","Test":"TestA/on_SQLite"}
{"Action":"pass","Test":"TestA"}`, "TestA", outcome{passed: true, evidence: []string{"on SQLite: 5"}}},
		"another test passes":     {`{"Action":"pass","Test":"TestB"}`, "TestA", outcome{}},
		"it is skipped":           {`{"Action":"skip","Test":"TestA"}`, "TestA", outcome{}},
		"it fails":                {`{"Action":"fail","Test":"TestA"}`, "TestA", outcome{}},
		"the subtest is absent":   {`{"Action":"pass","Test":"TestA"}`, "TestA/PostgreSQL", outcome{}},
		"a search counts":         {`{"Action":"output","Output":"fuzz: elapsed: 0s, execs: 40 (1/sec)\n"}{"Action":"output","Output":"fuzz: elapsed: 3s, execs: 100 (9/sec)\n"}{"Action":"pass","Test":"FuzzA"}`, "FuzzA", outcome{passed: true, evidence: []string{"100 inputs"}}},
		"the command is no event": {"no such package", "TestA", outcome{}},
	} {
		got := read(strings.NewReader(c.events), c.test)
		if got.passed != c.want.passed || got.seconds != c.want.seconds || strings.Join(got.evidence, ";") != strings.Join(c.want.evidence, ";") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	shown, failed := &outcome{passed: true, evidence: []string{"5"}}, &outcome{evidence: []string{"5"}}
	for want, r := range map[string]result{
		"held":           {test: shown},
		"FAILED":         {test: failed, control: shown},
		"no evidence":    {test: &outcome{passed: true}},
		"control FAILED": {test: shown, control: failed},
	} {
		if r.word() != want || r.passed() != (want == "held") {
			t.Errorf("%s: it is %q", want, r.word())
		}
	}
}

// TestThePageNamesTestsThatExist: the promises of docs/reliability.md name their tests.
func TestThePageNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	promises, _, _ := strings.Cut(string(text), begin)
	named := regexp.MustCompile(`\bTest\w+`).FindAllString(promises, -1)
	if len(named) < 20 {
		t.Fatalf("the page names %d tests", len(named))
	}
	var all strings.Builder
	err = filepath.WalkDir(root(), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		all.Write(code)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range named {
		if !strings.Contains(all.String(), "func "+name+"(t *testing.T)") {
			t.Errorf("there is no %s", name)
		}
	}
	if !strings.Contains(string(text), begin+"\n") || !strings.Contains(string(text), "\n"+end+"\n") {
		t.Error("the page has no place for the table")
	}
}
