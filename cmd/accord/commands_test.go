package main

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/internal/admin"
	"accord/test/process"
	"accord/test/require"
)

// organization makes an account the management account of a new organization.
func organization(t *testing.T, s *process.Server, account string) string {
	t.Helper()
	made, err := s.Client(account).CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{})
	if err != nil {
		t.Fatal(err)
	}
	return *made.Organization.Id
}

// invite lets the management account invite a party, an account or an address.
func invite(t *testing.T, s *process.Server, kind types.HandshakePartyType, id string) {
	t.Helper()
	_, err := s.Client("111111111111").InviteAccountToOrganization(t.Context(), &organizations.InviteAccountToOrganizationInput{
		Target: &types.HandshakeParty{Type: kind, Id: &id},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEnvIsAScript(t *testing.T) {
	s := process.Start(t)
	sh := require.Tool(t, "sh")
	set, unset := on(t, s, "env", "--account", "222222222222"), execute(t, "env", "--unset").stdout
	script := exec.Command(sh, "-ec", set+`echo "$AWS_ENDPOINT_URL_STS $AWS_ACCESS_KEY_ID $ACCORD_ADMIN ${AWS_PROFILE-none}"; `+unset+`env | grep -E '^(AWS|ACCORD)_' || echo clean`)
	script.Env = []string{"PATH=" + os.Getenv("PATH"), "AWS_PROFILE=production", "AWS_SESSION_TOKEN=old"}
	out, err := script.CombinedOutput()
	if want := s.URL + " 222222222222 " + s.AdminURL + " none\nclean\n"; err != nil || string(out) != want {
		t.Errorf("%v\n got %s\nwant %s", err, out, want)
	}
	var members map[string]string
	if err := json.Unmarshal([]byte(on(t, s, "env", "--json")), &members); err != nil || members["AWS_ENDPOINT_URL_ORGANIZATIONS"] != s.URL {
		t.Errorf("%v %v", members, err)
	}
	if got := execute(t, "env", "--account", "1", "--admin", s.AdminURL); got.status != misused {
		t.Errorf("an account of one digit: %+v", got)
	}
}

func TestValuesAreQuotedForAShell(t *testing.T) {
	for value, want := range map[string]string{
		"http://127.0.0.1:8016": "http://127.0.0.1:8016", "": "''", "/tmp/a b": "'/tmp/a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'",
	} {
		if got := shellWord(value); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// Nothing may reach AWS by accident: not with a profile of the user, not with a
// service that the server does not have.
// elsewhere are settings of a user that lead to AWS or to another emulator.
func elsewhere(t *testing.T, endpoint string) {
	t.Helper()
	for name, value := range map[string]string{"AWS_PROFILE": "production", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_ENDPOINT_URL": endpoint} {
		t.Setenv(name, value)
	}
}

func TestExecSendsAllCallsToTheServer(t *testing.T) {
	s := process.Start(t)
	sh := require.Tool(t, "sh")
	elsewhere(t, "")
	got := execute(t, "exec", "--admin", s.AdminURL, "--", sh, "-c",
		`echo "$AWS_ENDPOINT_URL $AWS_ENDPOINT_URL_IAM $AWS_ACCESS_KEY_ID ${AWS_PROFILE-none} ${AWS_IGNORE_CONFIGURED_ENDPOINT_URLS-none}"`)
	if want := s.URL + " " + s.URL + " 111111111111 none none\n"; got.stdout != want || got.status != succeeded {
		t.Errorf("%+v, want %s", got, want)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
	if got := execute(t, "exec", "--admin", s.AdminURL, "--", sh, "-c", `echo "$AWS_ENDPOINT_URL"`); got.stdout != "http://127.0.0.1:4566\n" {
		t.Errorf("another emulator's endpoint: %+v", got)
	}
}

func TestExecRunsTheAWSCLI(t *testing.T) {
	require.Full(t)
	require.Tool(t, "aws")
	s := process.Start(t)
	elsewhere(t, "http://127.0.0.1:4566")
	got := execute(t, "exec", "--admin", s.AdminURL, "--account", "333333333333", "--",
		"aws", "organizations", "create-organization", "--query", "Organization.Id", "--output", "text")
	if got.status != succeeded || !strings.HasPrefix(got.stdout, "o-") {
		t.Errorf("%+v", got)
	}
}

func TestExecEndsAsItsCommand(t *testing.T) {
	s := process.Start(t)
	sh := require.Tool(t, "sh")
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 137} {
		if got := execute(t, "exec", "--admin", s.AdminURL, "--", sh, "-c", script); got.status != want || got.stderr != "" {
			t.Errorf("%s: %+v, want %d", script, got, want)
		}
	}
	// [POSIX: exit status for commands]
	for program, want := range map[string]int{"no-such-program": 127, "./no-such-program": 127, t.TempDir(): 126} {
		if got := execute(t, "exec", "--admin", s.AdminURL, "--", program); got.status != want || !strings.Contains(got.stderr, program) {
			t.Errorf("%s: %+v, want %d", program, got, want)
		}
	}
	if got := execute(t, "exec", "--admin", s.AdminURL); got.status != misused {
		t.Errorf("no command: %+v", got)
	}
}

func TestWaitReturnsWhenTheServerAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	got := execute(t, "wait", "--admin", address, "--timeout", "300ms")
	if got.status != failed || !strings.Contains(got.stderr, "not ready within 300ms: no ") {
		t.Errorf("without a server: %+v", got)
	}
	waited := make(chan command, 1)
	go func() { waited <- execute(t, "wait", "--admin", address, "--timeout", "1m") }()
	time.Sleep(2 * pollInterval) // So that it asks before the server starts.
	process.Start(t, "--admin-listen", address)
	if got := <-waited; got.status != succeeded || got.stdout+got.stderr != "" {
		t.Errorf("%+v", got)
	}
}

func TestResetDeletesAll(t *testing.T) {
	s := process.Start(t)
	on(t, s, "account", "create")
	on(t, s, "faults", "add", "--delay", "1s")
	on(t, s, "reset")
	if left := on(t, s, "account", "list") + on(t, s, "faults", "list"); strings.Count(left, "\n") != 2 {
		t.Errorf("left:\n%s", left)
	}
}

func TestMailsAreShown(t *testing.T) {
	require.Full(t)
	s := process.Start(t, "--clock", "virtual")
	organization(t, s, "111111111111")
	on(t, s, "account", "create", "--id", "222222222222", "--email", "member@example.com")
	invite(t, s, types.HandshakePartyTypeAccount, "222222222222")
	invite(t, s, types.HandshakePartyTypeEmail, "other@example.com")
	all := on(t, s, "mails")
	first, second := strings.Index(all, "To: member@example.com\n"), strings.Index(all, "To: other@example.com\n")
	if first < 0 || second < first {
		t.Errorf("oldest first:\n%s", all)
	}
	one := on(t, s, "mails", "MEMBER@example.com")
	if strings.Count(one, "Subject: ") != 1 || strings.Contains(one, "other@example.com") {
		t.Errorf("one address:\n%s", one)
	}
	var mails []mailAnswer
	if err := json.Unmarshal([]byte(on(t, s, "mails", "--json")), &mails); err != nil || len(mails) < 2 {
		t.Errorf("%v %v", mails, err)
	}
}

func TestMailsAndCallsAreFollowed(t *testing.T) {
	require.Full(t)
	s := process.Start(t, "--journal", filepath.Join(t.TempDir(), "journal"))
	program := process.Program(t)
	for _, test := range []struct{ command, want string }{{"mails", "To: member@example.com"}, {"calls", "InviteAccountToOrganization"}} {
		t.Run(test.command, func(t *testing.T) {
			follower := exec.CommandContext(t.Context(), program, test.command, "--follow", "--admin", s.AdminURL)
			out, err := follower.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := follower.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = follower.Wait() }()
			defer func() { _ = follower.Process.Kill() }()
			on(t, s, "reset")
			organization(t, s, "111111111111")
			invite(t, s, types.HandshakePartyTypeEmail, "member@example.com")
			var seen strings.Builder
			for buffer := make([]byte, 4096); !strings.Contains(seen.String(), test.want); {
				n, err := out.Read(buffer)
				seen.Write(buffer[:n])
				if err != nil {
					t.Fatalf("%v after %s", err, seen.String())
				}
			}
		})
	}
}

func TestCallsAreShownFromTheJournal(t *testing.T) {
	require.Full(t)
	s := process.Start(t, "--journal", filepath.Join(t.TempDir(), "journal"))
	organization(t, s, "111111111111")
	var outside *types.AWSOrganizationsNotInUseException
	if _, err := s.Client("222222222222").ListAccounts(t.Context(), &organizations.ListAccountsInput{}); !errors.As(err, &outside) {
		t.Fatal(err)
	}
	var all string
	// Direct records reach the file a moment after the answer.
	for range 3000 {
		if all = on(t, s, "calls"); strings.Contains(all, "ListAccounts") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, want := range []string{"111111111111  CreateOrganization ", "  OK\n", "222222222222  ListAccounts ", "AWSOrganizationsNotInUseException: "} {
		if !strings.Contains(all, want) {
			t.Errorf("lacks %q:\n%s", want, all)
		}
	}
	if failed := on(t, s, "calls", "--errors"); strings.Contains(failed, "CreateOrganization") || !strings.Contains(failed, "ListAccounts") {
		t.Errorf("errors:\n%s", failed)
	}
	if own := on(t, s, "calls", "--account", "111111111111", "--json"); strings.Contains(own, "ListAccounts") || !json.Valid([]byte(own)) {
		t.Errorf("of one account:\n%s", own)
	}
	without := process.Start(t)
	if got := execute(t, "calls", "--admin", without.AdminURL); got.status != failed || !strings.Contains(got.stderr, "start it with --journal FILE") {
		t.Errorf("%+v", got)
	}
}

func TestQuotasAndBehaviorsAreListedAndSet(t *testing.T) {
	s := process.Start(t, "--quota", "unit-depth=3", "--fidelity", "native", "--behavior", "account-creation-delay=1d")
	id := organization(t, s, "111111111111")
	list := on(t, s, "quotas")
	if !regexp.MustCompile(`(?m)^unit-depth +3 +--quota +5 `).MatchString(list) {
		t.Errorf("the quota that is set is not shown:\n%s", list)
	}
	if got := on(t, s, "behaviors"); !regexp.MustCompile(`(?m)^wire-style +native +behavior fidelity +documented `).MatchString(got) {
		t.Errorf("the behavior that another one sets is not shown:\n%s", got)
	}
	for line := range strings.Lines(list + on(t, s, "behaviors")) {
		if utf8.RuneCountInString(line) > 170 {
			t.Errorf("a line of %d characters: %s", utf8.RuneCountInString(line), line)
		}
	}
	on(t, s, "quotas", "set", "--organization", id, "accounts-per-organization=50", "unit-depth=unlimited")
	var quotas []quotaAnswer
	if err := json.Unmarshal([]byte(on(t, s, "quotas", "--organization", id, "--json")), &quotas); err != nil {
		t.Fatal(err)
	}
	got := map[string]quotaAnswer{}
	for _, q := range quotas {
		got[q.Name] = q
	}
	for name, want := range map[string]string{"accounts-per-organization": "50", "unit-depth": "unlimited", "units-per-organization": "2000"} {
		if q := got[name]; q.Value != want || q.Own != (name != "units-per-organization") {
			t.Errorf("%s: %+v", name, q)
		}
	}
	on(t, s, "quotas", "set", "--organization", id, "unit-depth=default")
	if list := on(t, s, "quotas", "--organization", id); !regexp.MustCompile(`(?m)^unit-depth +3 +--quota +5 `).MatchString(list) {
		t.Errorf("the number of the server does not hold again:\n%s", list)
	}
	for _, args := range [][]string{{"set", "unit-depth=1"}, {"set", "--organization", id, "unit-depth"}, {"set", "--organization", id, "unit-dept=1"}, {"st"}} {
		if c := execute(t, append(append([]string{"quotas"}, args...), "--admin", s.AdminURL)...); c.status != misused {
			t.Errorf("quotas %v: %+v", args, c)
		}
	}
	var behaviors []admin.Behavior
	if err := json.Unmarshal([]byte(on(t, s, "behaviors", "--json")), &behaviors); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, b := range behaviors {
		values[b.Name] = b.Value
	}
	for name, want := range map[string]string{"wire-style": "native", "direct-transfer": "on", "account-creation-delay": "1d", "create-account": "asynchronous", "account-closure-delay": "0s"} {
		if values[name] != want {
			t.Errorf("behavior %s is %q, want %q", name, values[name], want)
		}
	}
}

func TestAccountsAreChanged(t *testing.T) {
	s := process.Start(t)
	on(t, s, "account", "create", "--id", "222222222222")
	for _, step := range []struct{ command, state string }{{"suspend", "SUSPENDED"}, {"activate", "ACTIVE"}, {"request-verification", "ACTIVE"}, {"verify-email", "ACTIVE"}, {"delete-service-linked-role", "ACTIVE"}} {
		if out := on(t, s, "account", step.command, "222222222222"); !strings.Contains(out, "222222222222  "+step.state) {
			t.Errorf("%s:\n%s", step.command, out)
		}
	}
	if got := execute(t, "account", "suspend", "999999999999", "--admin", s.AdminURL); got.status != failed || got.stderr != "accord: there is no such account\n" {
		t.Errorf("%+v", got)
	}
}

func TestInvalidArgumentsAreAMisuse(t *testing.T) {
	s := process.Start(t, "--clock", "virtual")
	for _, args := range [][]string{
		{"clock", "advance", "15x"}, {"clock", "set", "tomorrow"}, {"account", "create", "--id", "12"}, {"faults", "add", "--operation", "Foo"},
		{"calls", "--account", "12"},
		{"help", "nosuch"}, {"help", "clock", "nosuch"}, {"wait", "--timeout", "soon"},
	} {
		if args[0] != "help" {
			args = append(args, "--admin", s.AdminURL)
		}
		if got := execute(t, args...); got.status != misused || got.stderr == "" {
			t.Errorf("accord %s: %+v", strings.Join(args, " "), got)
		}
	}
}

func TestCompletionOffersValues(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"serve", "--clock", ""}, "system\nvirtual\n"},
		{[]string{"serve", "--log-level", ""}, "debug\ninfo\n"},
		{[]string{"serve", "--behavior", ""}, "direct-transfer=\n"},
		{[]string{"serve", "--behavior", "direct-transfer="}, "direct-transfer=off\ndirect-transfer=on\n"},
		{[]string{"serve", "--quota", ""}, "unit-depth=\n"},
		{[]string{"faults", "add", "--cut", ""}, "before\nafter\n"},
		{[]string{"faults", "add", "--operation", ""}, "AcceptHandshake\n"},
		{[]string{"faults", "add", "--exception", ""}, "TooManyRequestsException\n"},
		{[]string{"help", "clock", ""}, "advance\n"},
	} {
		got := execute(t, append([]string{"__complete"}, test.args...)...)
		if got.status != succeeded || !strings.Contains(got.stdout, test.want) {
			t.Errorf("%v: lacks %q:\n%s", test.args, test.want, got.stdout)
		}
	}
}

func TestJournalVerifyComparesTheFilesWithTheServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	s := process.Start(t, "--journal", path)
	on(t, s, "account", "create", "--id", "222222222222")
	s.Logged(t, "account registered")
	verified := func() command { return execute(t, "journal", "verify", "--admin", s.AdminURL) }
	for got := verified(); !strings.Contains(got.stdout, "records 1 to 1"); got = verified() {
		if got.status != succeeded {
			t.Fatalf("%+v", got)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// The store knows of a record a moment after the file has it.
	var got command
	for range 3000 {
		if got = verified(); got.status == failed && strings.Contains(got.stdout, "WRONG") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("of a file that was cut: %+v", got)
}
