package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// command is the result of a command line.
type command struct {
	status         int
	stdout, stderr string
}

// execute runs a command line in this process.
func execute(t *testing.T, args ...string) command {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), args, &stdout, &stderr)
	return command{status, stdout.String(), stderr.String()}
}

// on runs a command against a server; it must succeed.
func on(t *testing.T, s *process.Server, args ...string) string {
	t.Helper()
	c := execute(t, append(args, "--admin", s.AdminURL)...)
	if c.status != succeeded || c.stderr != "" {
		t.Fatalf("accord %s: status %d\n%s", strings.Join(args, " "), c.status, c.stderr)
	}
	return c.stdout
}

// written writes a file, and returns its path.
func written(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// same compares texts without the blanks at the ends of lines.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	got = regexp.MustCompile(` +\n`).ReplaceAllString(got, "\n")
	if got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}

func TestMisuseIsExplained(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.json")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"sevre"}, `accord: unknown command "sevre" of accord; did you mean serve? (see accord --help)`},
		{[]string{"clock", "forward"}, `accord: unknown command "forward" of accord clock (see accord clock --help)`},
		{[]string{"serve", "--lisen", ":1"}, `accord: unknown flag: --lisen; did you mean --listen? (see accord serve --help)`},
		{[]string{"serve", "here"}, `accord: unknown command "here" for "accord serve"; see accord serve --help`},
		{[]string{"serve", "--listen", "8016"}, `accord: setting listen: "8016" (--listen) is not allowed; allowed: host:port, the port a number from 0 to 65535`},
		{[]string{"serve", "--config", missing}, `accord: setting config: "` + missing + `" (--config) cannot be read: open ` + missing + `: no such file or directory`},
		{[]string{"serve", "--behavior", "fideliti=native", "--clock", "x"}, "accord: setting clock: \"x\" (--clock) is not allowed; allowed: system or virtual\n" +
			`accord: unknown behavior "fideliti"; did you mean fidelity?`},
		{[]string{"serve", "--store", "postgres://a:b@c@d:x/e"}, `accord: store (unreadable) cannot be read; in a password the signs @ / # ? % are written %40 %2F %23 %3F %25`},
		{[]string{"migrate", "--store", "postgres://%zz"}, `accord: store (unreadable) cannot be read; in a password the signs @ / # ? % are written %40 %2F %23 %3F %25`},
		{[]string{"clock", "advance"}, `accord: accepts 1 arg(s), received 0; see accord clock advance --help`},
		{[]string{"clock", "show", "--admin", "http://"}, `accord: --admin: "http://" is not a URL such as http://127.0.0.1:8017`},
		{[]string{"clock", "show", "--admin", "unix://relative"}, `accord: --admin: "unix://relative" is not a URL such as http://127.0.0.1:8017`},
		{[]string{"clock", "show", "--admin-token-file", missing}, `accord: --admin-token-file: open ` + missing + `: no such file or directory`},
		{[]string{"serve", "--admin-listen", "0.0.0.0:0"}, `accord: setting admin-listen: "0.0.0.0:0" can be reached from other machines, and whoever reaches the admin API can delete everything; give it a token with --admin-token-file FILE, or listen on 127.0.0.1:8017 or unix:///PATH`},
		{[]string{"completion", "nosuch"}, `accord: unknown command "nosuch" of accord completion (see accord completion --help)`},
		{[]string{"completion", "bash", "more"}, `accord: unknown command "more" for "accord completion bash"; see accord completion bash --help`},
		{[]string{"faults", "remove"}, `accord: either IDs or --all are expected; see accord faults remove --help`},
		{[]string{"faults", "remove", "--all", "fault-1"}, `accord: either IDs or --all are expected; see accord faults remove --help`},
	} {
		got := execute(t, test.args...)
		if got.status != misused || got.stdout != "" {
			t.Errorf("accord %s: status %d, output %q", strings.Join(test.args, " "), got.status, got.stdout)
		}
		same(t, "accord "+strings.Join(test.args, " "), got.stderr, test.want+"\n")
	}
}

func TestGroupsShowTheirCommands(t *testing.T) {
	for _, args := range [][]string{nil, {"clock"}, {"account"}, {"faults"}} {
		if got := execute(t, args...); got.status != succeeded || !strings.Contains(got.stdout, "Available Commands:") {
			t.Errorf("accord %v: %+v", args, got)
		}
	}
}

func TestServeHasAFlagForEachSetting(t *testing.T) {
	// Long lines are broken.
	help := strings.Join(strings.Fields(execute(t, "serve", "--help").stdout), " ")
	for _, want := range []string{
		"--listen HOST:PORT", "[ACCORD_LISTEN] (default 127.0.0.1:8016)", "--clock system|virtual", "--behavior NAME=VALUE",
		"[ACCORD_ADMIN_WRITES] (default on)", "unset: no file [ACCORD_CONFIG]",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("the help lacks %q:\n%s", want, help)
		}
	}
}

func TestErrorsDoNotShowThePasswordOfAURL(t *testing.T) {
	got := execute(t, "mails", "--admin", "http://me:hunter2@127.0.0.1:1")
	if got.status != failed || !strings.Contains(got.stderr, "no Accord answers at http://me:") || strings.Contains(got.stderr, "hunter2") {
		t.Errorf("%+v", got)
	}
}

func TestMissingServerIsNamed(t *testing.T) {
	for _, args := range [][]string{{"clock", "show"}, {"account", "list"}, {"faults", "list"}} {
		got := execute(t, append(args, "--admin", "127.0.0.1:1")...)
		if got.status != failed || !strings.Contains(got.stderr, "no Accord answers at http://127.0.0.1:1;") {
			t.Errorf("%+v", got)
		}
	}
}

// What rotates files sends SIGHUP when it has renamed one.
func TestServeOpensTheJournalAgainOnSIGHUP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	s := process.Start(t, "--journal", path)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.Logged(t, "files opened again")
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if status := s.Stop(t); status != succeeded {
		t.Errorf("exit status %d", status)
	}
}

func TestServeEndsOnSignals(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := process.Start(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"))
		if err := s.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if status := s.Wait(t); status != succeeded {
			t.Errorf("%v: status %d", signal, status)
		}
		if response, err := http.Get(s.URL); err == nil {
			_ = response.Body.Close()
			t.Errorf("%v: it still answers", signal)
		}
	}
}

func TestBannerIsAScriptWithoutSecrets(t *testing.T) {
	s := process.Start(t, "--clock", "virtual")
	script := exec.Command(require.Tool(t, "sh"), "-ec", s.Banner+`
		echo "$AWS_ENDPOINT_URL_ORGANIZATIONS $AWS_ENDPOINT_URL_STS $AWS_ENDPOINT_URL_IAM $AWS_REGION $AWS_DEFAULT_REGION"
		echo "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $ACCORD_ADMIN"`)
	out, err := script.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	same(t, "exports", string(out), strings.Join([]string{s.URL, s.URL, s.URL, "us-east-1", "us-east-1\n111111111111", "anything", s.AdminURL}, " ")+"\n")
	for _, want := range []string{"# store: memory (lost on exit)\n", "# clock: virtual, now 2"} {
		if !strings.Contains(s.Banner, want) {
			t.Errorf("the banner lacks %q:\n%s", want, s.Banner)
		}
	}
}

func TestPasswordOfAStoreIsNotShown(t *testing.T) {
	got := execute(t, "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store-wait", "0", "--store", "postgres://accord:hunter2@127.0.0.1:1/accord?connect_timeout=1")
	if got.status != failed || got.stderr == "" || strings.Contains(got.stdout+got.stderr, "hunter2") {
		t.Errorf("%+v", got)
	}
}

func TestStateIsKeptAfterARestart(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
	first := process.Start(t, "--store", store, "--clock", "virtual")
	on(t, first, "account", "create", "--id", "222222222222", "--email", "member@example.com", "--name", "Member")
	stood := on(t, first, "clock", "set", "2099-12-24T12:00:00Z")
	same(t, "the clock", stood, "2099-12-24T12:00:00Z (virtual)\n")
	second := execute(t, "serve", "--store", store, "--clock", "virtual", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	if second.status != failed || !strings.Contains(second.stderr, "another process has the store open") {
		t.Errorf("two servers on one file: %+v", second)
	}
	first.Kill()

	again := process.Start(t, "--store", store, "--clock", "virtual")
	same(t, "the clock", on(t, again, "clock", "show"), stood)
	same(t, "accounts", on(t, again, "account", "list"), `ID            STATE   ORGANIZATION  EMAIL               NAME
222222222222  ACTIVE  -             member@example.com  Member
`)
	if status := again.Stop(t); status != succeeded {
		t.Errorf("status %d", status)
	}
	real := execute(t, "serve", "--store", store)
	if real.status != misused || real.stdout != "" || strings.Count(real.stderr, "\n") != 1 || !strings.Contains(real.stderr, "--store memory") {
		t.Errorf("the store of a virtual clock, served in real time: %+v", real)
	}
}

func TestAccountsAreCreatedAndListed(t *testing.T) {
	s := process.Start(t)
	for range 3 {
		on(t, s, "account", "create")
	}
	same(t, "created", on(t, s, "account", "create", "--id", "111111111111", "--name", "Tab\there"), `ID            STATE   ORGANIZATION  EMAIL                             NAME
111111111111  ACTIVE  -             account-111111111111@example.com  "Tab\there"
`)
	if list := on(t, s, "account", "list"); strings.Count(list, "\n") != 5 {
		t.Errorf("listed:\n%s", list)
	}
	if list := on(t, s, "account", "list", "--json"); !strings.Contains(list, `"name": "Tab\there"`) {
		t.Errorf("listed as JSON:\n%s", list)
	}
	refused := execute(t, "account", "create", "--id", "1", "--admin", s.AdminURL)
	if refused.status != misused || refused.stderr != "accord: malformed: an account id has 12 digits\n" {
		t.Errorf("%+v", refused)
	}
}

func TestClockIsMoved(t *testing.T) {
	s := process.Start(t, "--clock", "virtual")
	on(t, s, "clock", "set", "2099-01-01T00:00:00Z")
	same(t, "advanced", on(t, s, "clock", "advance", "360h"), "2099-01-16T00:00:00Z (virtual)\n")
	same(t, "as JSON", on(t, s, "clock", "show", "--json"), "{\n  \"clock\": \"virtual\",\n  \"now\": \"2099-01-16T00:00:00Z\"\n}\n")
}

func TestFaultsAreAddedListedAndRemoved(t *testing.T) {
	s := process.Start(t)
	on(t, s, "faults", "add", "--operation", "AcceptHandshake", "--account", "222222222222", "--cut", "after", "--delay", "1s", "--next", "2")
	on(t, s, "faults", "add", "--exception", "InvalidInputException", "--reason", "INVALID_ENUM", "--probability", "0.5", "--seed", "7")
	on(t, s, "faults", "add", "--operation", "CreateAccount", "--failure-reason", "EMAIL_ALREADY_EXISTS", "--every", "3")
	same(t, "listed", on(t, s, "faults", "list"), `ID       CALLS                         WHICH            WHAT                                MATCHED  ACTED
fault-1  AcceptHandshake 222222222222  next 2           delay 1s cut after                  0        0
fault-2  all                           probability 0.5  InvalidInputException INVALID_ENUM  0        0
fault-3  CreateAccount                 every 3          EMAIL_ALREADY_EXISTS                0        0
`)
	on(t, s, "faults", "remove", "fault-1", "fault-3")
	if list := on(t, s, "faults", "list", "--json"); strings.Count(list, `"id"`) != 1 {
		t.Errorf("listed:\n%s", list)
	}
	on(t, s, "faults", "remove", "--all")
	if list := on(t, s, "faults", "list"); strings.Count(list, "\n") != 1 {
		t.Errorf("listed:\n%s", list)
	}
}

func TestMigrateReportsVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	empty := func(path string) error { return os.WriteFile(path, nil, 0o600) }
	for _, test := range []struct {
		before func(path string) error
		args   []string
		want   string
	}{
		{nil, []string{"--show"}, `the schema has version 0, this program needs version \d+`},
		{empty, nil, `the schema had version 0 and has version \d+ now`},
		{nil, nil, `the schema has version \d+, which is up to date`},
		{os.Remove, nil, `the schema has version \d+, which is up to date`},
	} {
		if test.before != nil {
			if err := test.before(path); err != nil {
				t.Fatal(err)
			}
		}
		got := execute(t, append([]string{"migrate", "--store", "sqlite:" + path}, test.args...)...)
		if got.status != succeeded || !regexp.MustCompile(`^SQLite, `+regexp.QuoteMeta(path)+`: `+test.want+"\n$").MatchString(got.stdout) {
			t.Errorf("%v: %+v", test.args, got)
		}
		if made, _ := filepath.Glob(path + "*"); len(test.args) > 0 && len(made) > 0 {
			t.Errorf("--show created the store: %v", made)
		}
	}
	if got := execute(t, "migrate", "--store", "sqlite:"+filepath.Join(path, "below")); got.status != misused {
		t.Errorf("%+v", got)
	}
}

func TestVersionIsPrinted(t *testing.T) {
	if got := execute(t, "version"); got.status != succeeded || !strings.HasPrefix(got.stdout, "accord ") {
		t.Errorf("%+v", got)
	}
}

// BenchmarkFirstAnswer is the time from the start of the process to its first
// answer.
func BenchmarkFirstAnswer(b *testing.B) {
	process.Program(b)
	folder := b.TempDir()
	for b.Loop() {
		s := process.Start(b, "--store", "sqlite:"+filepath.Join(folder, "accord.db"))
		answer, err := http.Post(s.URL, "application/x-amz-json-1.1", nil)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		b.StopTimer()
		s.Stop(b)
		b.StartTimer()
	}
}
