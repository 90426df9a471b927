package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// timed are the functions of package time that ask the machine for the time or
// wait for it to pass.
var timed = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

// systemTime is where they may be used all the same, and why. Facts of the
// service never depend on them.
var systemTime = []struct{ file, function, why string }{
	{"internal/clock/system.go", "Now", "this is the clock"},
	{"internal/clock/system.go", "AfterFunc", "this is the clock"},
	{"internal/store/retry.go", "NewTimer", "the pause before a transaction that lost runs again"},
	{"internal/store/postgres/session.go", "AfterFunc", "how long the database may take for an answer"},
	{"internal/store/postgres/group.go", "AfterFunc", "when a transaction has run for long; others then need not wait for it"},
	{"internal/store/postgres/holders.go", "AfterFunc", "the pause before the database is asked again for the sessions that others wait for"},
	{"internal/store/postgres/watch.go", "After", "how often the sessions of others are looked at"},
	{"internal/store/postgres/start.go", "After", "the pause before the next attempt to reach the database at the start"},
	{"internal/store/postgres/schemaguard.go", "After", "the pause before a session tries to get the lock of the migrations again"},
	{"internal/sqlite/watch.go", "NewTicker", "how often the files are compared with their names"},
	{"internal/sqlite/readers.go", "After", "the pause before another attempt to open a connection, while those that are open are in use"},
	{"internal/sqlite/group.go", "Sleep", "how long a group waits for more transactions"},
	{"internal/accesskey/uses.go", "NewTicker", "how often the last uses of access keys are written"},
	{"internal/jobs/loop.go", "NewTimer", "the longest sleep of the loop; no job becomes due by it"},
	{"internal/jobs/failures.go", "AfterFunc", "the pause after a handler failed"},
	{"internal/outbox/worker.go", "NewTimer", "the pause after a failed delivery, and the deadline of one"},
	{"internal/journal/journal.go", "NewTimer", "how long direct records are collected"},
	{"internal/server/server.go", "Now", "the deadline of a request"},
	{"internal/server/deadline.go", "Now", "the deadline of a request"},
	{"internal/telemetry/buffer.go", "AfterFunc", "how long a log line waits in the buffer"},
	{"internal/console/live.go", "NewTimer", "the pause between two looks at what live pages show"},
	{"internal/telemetry/buffer.go", "NewTimer", "how long a caller waits for what reads the log"},
	{"internal/store/postgres/places.go", "AfterFunc", "when the database is asked for one session more"},
	{"internal/graceful/connections.go", "NewTicker", "how often connections are looked at for clients that do not read"},
	{"internal/cli/imports/interrupted.go", "After", "how long an interrupted command may take to say what it has saved"},
	{"internal/graceful/graceful.go", "Now", "how long clients let the server wait"},
	{"internal/graceful/graceful.go", "Since", "how long clients let the server wait"},
	{"internal/server/observe.go", "Until", "how long a call took, without the lock of the clock"},
	{"internal/machine/memory.go", "NewTicker", "how often memory is given back"},
	{"cmd/accord/wait.go", "After", "polling until the server answers"},
	{"cmd/accord/follow.go", "After", "polling for what is new"},
	{"test/postgres/start.go", "After", "polling until the server answers"},
	{"test/process/process.go", "After", "the deadline for a process to start and to end"},
}

// measuring is the package that measures the system's time.
const measuring = "test/bench"

// sleepingTests are tests that wait for a real socket, process or file, and
// cannot run in a bubble of testing/synctest; a folder stands for all in it.
var sleepingTests = []string{
	"test/durability/",
	"test/network/",
	"cmd/accord/commands_test.go",
	"cmd/accord/whatif_test.go",
	"internal/app/fixture_test.go",
	"internal/graceful/",
	"internal/journal/journal_test.go",
	"internal/journal/rotate_test.go",
	"internal/server/fixture_test.go",
	"internal/server/flood_test.go",
	"internal/server/limits_test.go",
	"internal/server/stop_test.go",
	"internal/telemetry/buffer_test.go",
	"test/clients/beside/beside_test.go",
	"test/upgrade/",
}

func TestTimeComesFromTheClock(t *testing.T) {
	used := map[string]bool{}
	sleeps := func(name string) bool {
		i := slices.IndexFunc(sleepingTests, func(permitted string) bool { return strings.HasPrefix(name, permitted) })
		if i >= 0 {
			used[sleepingTests[i]] = true
		}
		return i >= 0
	}
	for _, s := range sources(t) {
		_, bubble := s.importPaths()["synctest"]
		s.uses("time", func(at ast.Node, name string) {
			switch {
			case s.pkg == measuring:
			case s.test:
				if name == "Sleep" && !bubble && !sleeps(s.name) {
					t.Errorf("%s: time.Sleep in a test: use a virtual clock or testing/synctest, or name the file", s.at(at))
				}
			case slices.Contains(timed, name):
				for _, e := range systemTime {
					if e.file == s.name && e.function == name {
						used[e.file+e.function] = true
						return
					}
				}
				t.Errorf("%s: time.%s: ask the clock, or say here why not", s.at(at), name)
			}
		})
	}
	for _, e := range systemTime {
		if !used[e.file+e.function] {
			t.Errorf("%s no longer uses time.%s: its exception goes", e.file, e.function)
		}
	}
	for _, name := range sleepingTests {
		if !used[name] {
			t.Errorf("%s does not sleep: its exception goes", name)
		}
	}
}

// clients are the names by which HTTP requests are sent, and mayCall who may send.
// Those in packages under test/ may all.
var (
	clients = []string{"Client", "DefaultClient", "DefaultTransport", "Get", "Head", "NewRequest", "NewRequestWithContext", "Post", "PostForm", "Transport"}
	dials   = []string{"Dial", "DialTCP", "DialTimeout", "DialUDP", "DialUnix", "Dialer"}
	mayCall = map[string]string{
		"internal/cli":            "commands are clients of the admin API",
		"internal/clone/sdk":      "it calls the server that a person names, with a client that follows no redirect",
		"accordtest":              "it hands out clients of the server that it started",
		"internal/store/postgres": "it connects to the database",
		"internal/app":            "it asks whether a server is at its Unix socket",
	}
)

// writers may open transactions that write.
var writers = map[string]string{
	"internal/store":             "its own facts and secrets",
	"internal/store/storetest":   "the suite",
	"test/bench":                 "stores of a size, made through the store",
	"internal/service/operation": "calls, and jobs within them",
	"internal/jobs":              "jobs",
	"internal/outbox":            "leases of messages",
	"internal/accesskey":         "secrets that another key encrypts",
	"internal/app":               "the facts of the server when it starts",
	"internal/timekeeper":        "the newest instant",
	"internal/snapshot":          "a store in memory, for those who look at a file",
}

func TestOnlyNamedPackagesSendRequests(t *testing.T) {
	sent := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.pkg, "test/") {
			continue
		}
		sends := func(at ast.Node, call string) {
			sent[s.pkg] = true
			if mayCall[s.pkg] == "" {
				t.Errorf("%s: %s sends requests or opens connections", s.at(at), call)
			}
		}
		s.uses("net/http", func(at ast.Node, name string) {
			if slices.Contains(clients, name) {
				sends(at, "http."+name)
			}
		})
		// To choose a free port is to listen, not to dial.
		s.uses("net", func(at ast.Node, name string) {
			if slices.Contains(dials, name) {
				sends(at, "net."+name)
			}
		})
	}
	refuseUnused(t, mayCall, sent)
}

// TestOnlyWritersOpenWriteTransactions is coarse: a method Update counts as that of
// a store in a file that imports the store. Operations call operation.Update.
func TestOnlyWritersOpenWriteTransactions(t *testing.T) {
	written := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || s.pkg != "internal/store" && !slices.Contains(slices.Collect(maps.Values(s.importPaths())), module+"internal/store") {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Update" && !isIdent(sel.X, "operation") {
					written[s.pkg] = true
					if writers[s.pkg] == "" {
						t.Errorf("%s: opens a transaction that writes", s.at(n))
					}
				}
			}
			return true
		})
	}
	refuseUnused(t, writers, written)
}

// refuseUnused reports the packages whose permission is not used.
func refuseUnused(t *testing.T, permitted map[string]string, used map[string]bool) {
	t.Helper()
	for p := range permitted {
		if !used[p] {
			t.Errorf("%s no longer does that: its permission goes", p)
		}
	}
}

// TestNoBranchOnAHandshakeKind: what differs between kinds of handshake is a column of
// the table in handshake, or a table by kind elsewhere, and never a branch.
func TestNoBranchOnAHandshakeKind(t *testing.T) {
	all := sources(t)
	kinds := map[string]bool{}
	for _, s := range all {
		if s.pkg != "internal/handshake" || s.test {
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
		if s.test || s.pkg == "internal/handshake" || s.pkg == "internal/store/storetest" || strings.HasPrefix(s.pkg, "test/") {
			continue
		}
		for _, at := range s.comparisons(module+"internal/handshake", kinds) {
			t.Errorf("%s: a branch on a kind of handshake", s.at(at))
		}
	}
}

// comparisons finds where one of the names of a package is compared.
func (s source) comparisons(imported string, names map[string]bool) (found []ast.Node) {
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

func TestComparisonsAreFound(t *testing.T) {
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
	for _, at := range (source{name: "p.go", File: f}).comparisons(module+"internal/handshake", map[string]bool{"Invite": true}) {
		lines = append(lines, files.Position(at.Pos()).Line)
	}
	slices.Sort(lines)
	if want := []int{3, 4, 5, 6}; !slices.Equal(lines, want) {
		t.Errorf("found in the lines %v, want %v", lines, want)
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	said, seen := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		seen[s.pkg] = true
		want := "Package " + s.Name.Name + " "
		if s.Name.Name == "main" {
			want = "Command " + path.Base(s.pkg) + " "
		}
		if s.Doc != nil && strings.HasPrefix(s.Doc.Text(), want) {
			said[s.pkg] = true
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
		if s.pkg == "test/require" {
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

// isIdent reports whether an expression is a name.
func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
