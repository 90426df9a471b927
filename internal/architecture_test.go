package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package and what it may know of. A package of this module that no
// row names is refused, so that each is placed on purpose; so is an import that
// its row does not name.
type room struct {
	// path is that of the package; one that ends in /... stands for all below too.
	path string
	// may are the packages of this module that it may import, without internal/.
	may []string
	// modules are the modules of others that it may import.
	modules []string
	// pure rooms are values and rules: they reach nothing outside of the program.
	pure bool
}

// everything lets a room import every other one.
const everything = "*"

var rooms = []room{
	// Pure rules.
	{path: "internal/clock"},
	{path: "internal/ident", pure: true},
	{path: "internal/page", pure: true},
	{path: "internal/spelling", pure: true},
	{path: "internal/handshake", pure: true, may: []string{"ident"}},
	{path: "internal/org", pure: true, may: []string{"ident", "handshake"}},
	{path: "internal/policy", pure: true, may: []string{"ident", "policy/condition", "policy/document", "policy/inherit"}},
	{path: "internal/policy/condition", pure: true, may: []string{"ident"}},
	{path: "internal/policy/document", pure: true, may: []string{"ident"}},
	{path: "internal/policy/inherit", pure: true, may: []string{"ident", "policy/document", "spelling"}},

	// Vocabulary, and the tables of numbers and names. The vocabulary of the wire
	// knows no room but its own.
	{path: "internal/api"},
	{path: "internal/api/orgapi", pure: true, may: []string{"api"}},
	{path: "internal/api/stsapi", pure: true, may: []string{"api"}},
	{path: "internal/quota", pure: true, may: []string{"spelling", "ident", "api"}},
	{path: "internal/behavior", pure: true, may: []string{"spelling", "ident", "api"}},
	{path: "internal/event", pure: true, may: []string{"api", "ident", "org", "handshake"}},
	{path: "internal/mail", pure: true, may: []string{"ident", "org", "handshake"}},
	{path: "internal/faults", may: []string{"api", "clock", "ident"}},

	// State, and what is told about it.
	{path: "internal/store", may: []string{"clock", "handshake", "ident", "org", "page"},
		modules: []string{"github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "modernc.org/libc", "modernc.org/sqlite"}},
	{path: "internal/store/storetest", may: []string{"clock", "handshake", "ident", "org", "page", "store"},
		modules: []string{"github.com/google/go-cmp"}},
	{path: "internal/config", may: []string{"ident", "quota", "behavior", "spelling"}},
	{path: "internal/telemetry", modules: []string{"github.com/prometheus/client_golang", "go.opentelemetry.io/otel"}},

	// Verbs.
	{path: "internal/jobs", may: []string{"clock", "ident", "store"}},
	{path: "internal/outbox", may: []string{"clock", "ident", "telemetry", "store"}},
	{path: "internal/identity", may: []string{"api", "clock", "ident", "org", "policy", "store"}},
	{path: "internal/service/organizations", may: []string{"api", "api/orgapi", "jobs", "event", "handshake", "ident", "quota",
		"mail", "org", "page", "policy", "policy/condition", "policy/document", "policy/inherit", "behavior", "spelling", "store"}},
	{path: "internal/service/sts", may: []string{"api", "api/stsapi", "ident"}},

	// Ways in.
	{path: "internal/protocol", may: []string{"api"}},
	{path: "internal/protocol/awsjson", may: []string{"api", "protocol"}, modules: []string{"github.com/go-json-experiment/json"}},
	{path: "internal/protocol/awsquery", may: []string{"api", "protocol"}},
	{path: "internal/graceful"},
	{path: "internal/server", may: []string{"api", "clock", "faults", "graceful", "ident", "identity", "quota", "telemetry", "protocol"}},
	// The verbs of the registry come in as an interface; its values and refusals
	// are those of the package that has the verbs.
	{path: "internal/admin", may: []string{"clock", "jobs", "faults", "graceful", "ident", "quota", "mail", "org", "outbox", "service/organizations", "store"}},

	// Wiring.
	{path: "internal/app", may: []string{everything}, modules: []string{"github.com/prometheus/client_golang"}},
	{path: "accordtest", may: []string{everything}},
	{path: "cmd/accord", may: []string{everything}, modules: []string{"github.com/spf13/cobra"}},
	{path: "cmd/apigen"},

	// What only tests use, and tests themselves.
	{path: "internal"},
	{path: "test/require"},
	{path: "test/postgres", may: []string{"test/require"}, modules: []string{"github.com/jackc/pgx/v5"}},
	{path: "test/process", modules: []string{"github.com/aws/aws-sdk-go-v2"}},
	// It reads model/ and shares nothing with what was generated from it.
	{path: "test/facts"},
	{path: "test/evidence", may: []string{everything}},
	{path: "test/status", may: []string{everything}},
	{path: "test/scenario", may: []string{everything}},
	{path: "test/golden", may: []string{everything}},
	{path: "test/conformance", may: []string{everything}},
	{path: "test/history", may: []string{everything}},
	{path: "test/bench", may: []string{everything}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/jackc/pgx/v5", "modernc.org/sqlite"}},
	{path: "test/durability", may: []string{everything}, modules: []string{"github.com/jackc/pgx/v5", "modernc.org/sqlite"}},
	{path: "test/clients/...", may: []string{everything}},
}

// testModules are the modules that every test may import besides its room's.
var testModules = []string{
	"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/google/go-cmp",
	"go.uber.org/goleak", "pgregory.net/rapid",
}

// outside are the packages by which a program reaches what is around it.
var outside = []string{
	"crypto/tls", "database/sql", "log", "log/slog", "net", "net/http", "net/smtp", "os", "os/exec", "syscall",
}

// lent are packages that one kind of room alone may import, whatever its row says.
var lent = []struct {
	imports []string
	to      []string
	why     string
}{
	{[]string{"database/sql", "database/sql/driver"}, []string{"internal/store", measuring}, "SQL lives in the store; beside it an engine is measured alone"},
	{[]string{"net/smtp", "github.com/wneessen/go-mail"}, []string{"internal/outbox"}, "mail leaves through the outbox"},
	{[]string{"math/rand", "math/rand/v2", "crypto/rand"}, []string{"internal/ident", "internal/faults", "test/postgres", measuring},
		"randomness comes from ident.Source, so that a seed repeats a run; a fault has a seed of its own"},
	{[]string{"testing"}, []string{"internal/store/storetest", "test/require", "test/postgres", "test/process", "accordtest"},
		"a program holds no test"},
	{[]string{"unsafe"}, []string{"internal/store"}, "only the memory of the SQLite library is not Go's"},
}

// timed are the functions of package time that ask the machine for the time or
// wait for it to pass.
var timed = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

// machineTime is where they may be used all the same, and why. Facts of the
// service never depend on them.
var machineTime = []struct{ file, function, why string }{
	{"internal/clock/system.go", "Now", "this is the clock"},
	{"internal/clock/system.go", "Until", "this is the clock"},
	{"internal/clock/system.go", "AfterFunc", "this is the clock"},
	{"internal/store/store.go", "NewTimer", "the pause before a transaction that lost runs again"},
	{"internal/store/sqlite_group.go", "Sleep", "how long a commit waits for company"},
	{"internal/jobs/jobs.go", "NewTimer", "how long the loop sleeps at most; nothing becomes due by it"},
	{"internal/jobs/failures.go", "AfterFunc", "how long a row rests whose handler failed"},
	{"internal/outbox/post.go", "NewTimer", "the rest after a failed delivery, and the bound of one"},
	{"internal/outbox/journal.go", "NewTimer", "the rest after the journal could not be written"},
	{"test/postgres/postgres.go", "After", "asking again whether the server answers"},
	{"test/process/process.go", "After", "how long a process may take to begin and to end"},
}

// measuring is the room that is about the machine's time.
const measuring = "test/bench"

// sleepingTests are tests that wait for a real socket, process or file, and
// cannot run in a bubble of testing/synctest; a folder stands for all in it.
var sleepingTests = []string{
	"test/clients/",
	"test/durability/",
	"internal/app/app_test.go",
	"internal/outbox/journal_test.go",
	"internal/server/bench_test.go",
	"internal/server/failure_test.go",
	"internal/server/limits_test.go",
}

// clients are the names by which HTTP requests are sent, and mayCall who may send.
var (
	clients = []string{"Client", "DefaultClient", "DefaultTransport", "Get", "Head", "NewRequest", "NewRequestWithContext", "Post", "PostForm", "Transport"}
	dials   = []string{"Dial", "DialTCP", "DialTimeout", "DialUDP", "DialUnix", "Dialer"}
	mayCall = map[string]string{
		"cmd/accord":      "its commands are clients of the second listener",
		"internal/outbox": "webhooks leave through the outbox",
		"accordtest":      "it hands out clients of the server that it started",
	}
)

// writers may open transactions that write.
var writers = map[string]string{
	"internal/store":                 "its own facts and secrets",
	"internal/store/storetest":       "the suite",
	"test/bench":                     "stores of a size, made through the store",
	"internal/service/organizations": "the verbs",
	"internal/jobs":                  "due work",
	"internal/outbox":                "leases of letters",
	"internal/identity":              "the accounts of the open sandbox register themselves",
	"internal/app":                   "the facts of the installation when it starts",
	"cmd/accord":                     "the facts of the installation when it starts",
}

const module = "accord/"

// source is one file of the module.
type source struct {
	// room is the path of its package, name its own, both from the module's root.
	room, name string
	test       bool
	*ast.File
}

var files = token.NewFileSet()

// sources parses the module.
func sources(t *testing.T) []source {
	t.Helper()
	const root = ".."
	var found []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(strings.TrimPrefix(filepath.ToSlash(name), root+"/"))
		base := path.Base(name)
		if d.IsDir() {
			if base != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(files, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{room: path.Dir(name), name: name, test: strings.HasSuffix(name, "_test.go"), File: f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 100 {
		t.Fatalf("only %d files were found: the search is broken", len(found))
	}
	return found
}

// at is where a node stands, for people.
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

func TestImportsPointOneWay(t *testing.T) {
	homeless := map[string]bool{}
	for _, s := range sources(t) {
		r, placed := roomOf(s.room)
		if !placed {
			if !homeless[s.room] {
				homeless[s.room] = true
				t.Errorf("%s is in no row of the table: say what it may import", s.room)
			}
			continue
		}
		for _, imported := range s.importPaths() {
			if fault := r.judge(imported, s.test); fault != "" {
				t.Errorf("%s imports %s: %s", s.name, imported, fault)
			}
		}
	}
}

// roomOf is the row of a package.
func roomOf(p string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool {
		above, wide := strings.CutSuffix(r.path, "/...")
		return p == above || wide && strings.HasPrefix(p, above+"/")
	})
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

// judge says what is wrong with an import. Tests may use every room, but no
// module of others that the table does not know.
func (r room) judge(imported string, test bool) (fault string) {
	for _, l := range lent {
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
		forTests := strings.HasPrefix(own, "test/") || own == "accordtest" || own == "internal/store/storetest"
		if strings.HasPrefix(own, "cmd/") || forTests && !strings.HasPrefix(r.path, "test/") {
			return "nobody imports a program, and only tests import what is for tests"
		}
	case isStandard(imported):
		if r.pure && !test && slices.Contains(outside, imported) {
			return "the room is pure and reaches nothing outside"
		}
	case !within(imported, r.modules) && !(test && (within(imported, testModules) || slices.ContainsFunc(rooms, func(other room) bool { return within(imported, other.modules) }))):
		return "its row does not name the module"
	}
	return ""
}

func TestTheTableRefuses(t *testing.T) {
	pure := room{path: "internal/org", pure: true, may: []string{"ident"}}
	wide := room{path: "cmd/accord", may: []string{everything}, modules: []string{"example.org/a"}}
	for _, c := range []struct {
		room
		imported string
		test, ok bool
	}{
		{pure, "strings", false, true},
		{pure, "accord/internal/ident", false, true},
		{pure, "accord/internal/store", false, false},
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
		if got := c.judge(c.imported, c.test); (got == "") != c.ok {
			t.Errorf("%s imports %s (in a test: %v): %q", c.path, c.imported, c.test, got)
		}
	}
}

func TestABranchOnAKindIsFound(t *testing.T) {
	const text = `package p
import ("accord/internal/handshake"; other "accord/internal/handshake")
var _ = k == handshake.Invite
var _ = handshake.Invite != k
func f() { switch k { case handshake.Open, handshake.Invite: } }
func g() { switch { case k == other.Invite: } }
var _ = k == handshake.Open
var _ = map[handshake.Kind]int{handshake.Invite: 1}
var _ = h(handshake.Invite) == k`
	f, err := parser.ParseFile(files, "p.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, at := range (source{name: "p.go", File: f}).asksFor(module+"internal/handshake", map[string]bool{"Invite": true}) {
		lines = append(lines, files.Position(at.Pos()).Line)
	}
	slices.Sort(lines)
	if want := []int{3, 4, 5, 6}; !slices.Equal(lines, want) {
		t.Errorf("found in the lines %v, want %v", lines, want)
	}
}

func TestTimeComesFromTheClock(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		_, bubble := s.importPaths()["synctest"]
		s.uses("time", func(at ast.Node, name string) {
			switch {
			case s.room == measuring:
			case s.test:
				if name == "Sleep" && !bubble && !slices.ContainsFunc(sleepingTests, func(name string) bool { return strings.HasPrefix(s.name, name) }) {
					t.Errorf("%s: time.Sleep in a test: use a virtual clock or testing/synctest, or name the file", s.at(at))
				}
			case slices.Contains(timed, name):
				for _, e := range machineTime {
					if e.file == s.name && e.function == name {
						used[e.file+e.function] = true
						return
					}
				}
				t.Errorf("%s: time.%s: ask the clock, or say here why not", s.at(at), name)
			}
		})
	}
	for _, e := range machineTime {
		if !used[e.file+e.function] {
			t.Errorf("%s no longer uses time.%s: its exception goes", e.file, e.function)
		}
	}
}

func TestOnlyTheirOwnersSendRequests(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || mayCall[s.room] != "" || strings.HasPrefix(s.room, "test/") {
			continue
		}
		s.uses("net/http", func(at ast.Node, name string) {
			if slices.Contains(clients, name) {
				t.Errorf("%s: http.%s sends requests", s.at(at), name)
			}
		})
		s.uses("net", func(at ast.Node, name string) {
			if slices.Contains(dials, name) {
				// To choose a free port is to listen, not to dial.
				t.Errorf("%s: net.%s opens connections", s.at(at), name)
			}
		})
	}
}

// TestOnlyVerbsWrite is coarse: whatever has a method Update is taken for a store
// in a file that imports one.
func TestOnlyVerbsWrite(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || writers[s.room] != "" {
			continue
		}
		if !slices.Contains(slices.Collect(maps.Values(s.importPaths())), module+"internal/store") {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Update" {
					t.Errorf("%s: opens a transaction that writes", s.at(n))
				}
			}
			return true
		})
	}
}

// TestNoRoomAsksForAKind: what differs between kinds of handshake is a column of
// the table in handshake, or a table by kind elsewhere, and never a branch.
func TestNoRoomAsksForAKind(t *testing.T) {
	all := sources(t)
	kinds := map[string]bool{}
	for _, s := range all {
		if s.room != "internal/handshake" || s.test {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "Kind" {
					for _, name := range spec.Names {
						kinds[name.Name] = true
					}
				}
			}
			return true
		})
	}
	if len(kinds) < 4 {
		t.Fatalf("only the kinds %v were found: the search is broken", kinds)
	}
	for _, s := range all {
		if s.test || s.room == "internal/handshake" || s.room == "internal/store/storetest" || strings.HasPrefix(s.room, "test/") {
			continue
		}
		for _, at := range s.asksFor(module+"internal/handshake", kinds) {
			t.Errorf("%s: a branch on a kind of handshake", s.at(at))
		}
	}
}

// asksFor finds where one of the names of a package is compared.
func (s source) asksFor(imported string, names map[string]bool) (found []ast.Node) {
	named := map[ast.Node]bool{}
	s.uses(imported, func(at ast.Node, name string) { named[at] = names[name] })
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (named[n.X] || named[n.Y]) {
				found = append(found, n)
			}
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, func(e ast.Expr) bool { return named[e] }) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said, seen := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		seen[s.room] = true
		want := "Package " + s.Name.Name + " "
		if s.Name.Name == "main" {
			want = "Command " + path.Base(s.room) + " "
		}
		if s.Doc != nil && strings.HasPrefix(s.Doc.Text(), want) {
			said[s.room] = true
		}
	}
	for _, r := range slices.Sorted(maps.Keys(seen)) {
		if !said[r] {
			t.Errorf("%s has no comment that says what lives there", r)
		}
	}
}

// TestOnlyRequireSkips: a test that is left out is left out in one way, which a
// machine that has everything can forbid.
func TestOnlyRequireSkips(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "test/require" {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb"}, x.Name) {
				t.Errorf("%s: skips by itself: package require does that", s.at(n))
			}
			return true
		})
	}
}
