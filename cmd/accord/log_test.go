package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
)

// createAndMisinvite makes a call that succeeds and one whose input is refused.
func createAndMisinvite(t *testing.T, s *process.Server) {
	t.Helper()
	client := s.Client("111111111111")
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	_, err := client.InviteAccountToOrganization(t.Context(), &organizations.InviteAccountToOrganizationInput{
		Target: &types.HandshakeParty{Id: aws.String("hunter2\x1b[31m"), Type: types.HandshakePartyTypeAccount},
	})
	if err == nil {
		t.Fatal("the invitation was sent")
	}
}

// plainLine has a duration and the time replaced.
func plainLine(log string) string {
	log = strings.ReplaceAll(log, "\r", "")
	log = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d`).ReplaceAllString(log, "11:26:39")
	return regexp.MustCompile(`\d+(\.\d)?(ms|µs|s)\b`).ReplaceAllString(log, "1.3ms")
}

func TestTheLogOnATerminalIsForPeople(t *testing.T) {
	const colors = "\x1b["
	for _, variables := range [][]string{{"TERM=xterm", "NO_COLOR=1"}, {"TERM=dumb"}} {
		s := process.StartOnTerminal(t, variables)
		createAndMisinvite(t, s)
		log := plainLine(s.Logged(t, "12 digits"))
		// Where a line is broken depends on how long the call took.
		unbroken := strings.ReplaceAll(log, "\n"+strings.Repeat(" ", 24), "  ")
		if want := "11:26:39  111111111111  CreateOrganization            OK  1.3ms\n" +
			"11:26:39  111111111111  InviteAccountToOrganization   InvalidInputException  1.3ms  INVALID_PATTERN  Target.Id has to be an account ID, which has 12 digits"; !strings.HasPrefix(unbroken, want) || unbroken == log {
			t.Errorf("%v:\n%s, want\n%s", variables, log, want)
		}
		if strings.Contains(log, colors) || strings.Contains(log, "hunter2") {
			t.Errorf("%v: colors, or a value:\n%q", variables, log)
		}
		for line := range strings.Lines(log) {
			if len([]rune(strings.TrimRight(line, "\n"))) > 100 {
				t.Errorf("%d columns: %s", len([]rune(line)), line)
			}
		}
	}
	s := process.StartOnTerminal(t, []string{"TERM=xterm"})
	createAndMisinvite(t, s)
	if log := s.Logged(t, "InvalidInputException"); !strings.Contains(log, "\x1b[32mOK\x1b[0m") || !strings.Contains(log, "\x1b[33mInvalidInputException\x1b[0m") {
		t.Errorf("no colors:\n%q", log)
	}
}

func TestTheFormatOfTheLogIsChosen(t *testing.T) {
	for _, test := range []struct {
		start func(t testing.TB, variables []string, args ...string) *process.Server
		args  []string
		want  string
	}{
		{process.StartOnTerminal, []string{"--log-format", "text"}, "level=INFO msg=call service=organizations operation=CreateOrganization account=111111111111 outcome=Success status=200 duration="},
		{process.StartOnTerminal, []string{"--log-format", "json"}, `"level":"INFO","msg":"call","service":"organizations","operation":"CreateOrganization","account":"111111111111","outcome":"Success","status":200,"duration":"`},
		{startOnPipe, nil, "level=INFO msg=call service=organizations operation=CreateOrganization account=111111111111 outcome=Success status=200 duration="},
		{startOnPipe, []string{"--log-format", "terminal"}, "  111111111111  CreateOrganization            OK  "},
	} {
		s := test.start(t, []string{"TERM=xterm"}, test.args...)
		createAndMisinvite(t, s)
		s.Logged(t, test.want)
	}
}

func startOnPipe(t testing.TB, _ []string, args ...string) *process.Server {
	return process.Start(t, args...)
}

// TestJobsAreInTheLog: what happened when the clock was moved, in virtual time, and
// what no call tells.
func TestJobsAreInTheLog(t *testing.T) {
	s := process.Start(t, "--clock", "virtual", "--behavior", "account-creation-delay=30s")
	on(t, s, "clock", "set", "2099-01-01")
	on(t, s, "account", "create", "--id", "444444444444", "--email", "taken@example.com")
	client := s.Client("111111111111")
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"222222222222", "333333333333", "someone@example.com"} {
		kind := types.HandshakePartyTypeAccount
		if strings.Contains(id, "@") {
			kind = types.HandshakePartyTypeEmail
		}
		_, err := client.InviteAccountToOrganization(t.Context(), &organizations.InviteAccountToOrganizationInput{Target: &types.HandshakeParty{Id: &id, Type: kind}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, email := range []string{"new@example.com", "taken@example.com"} {
		if _, err := client.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("hunter2"), Email: &email}); err != nil {
			t.Fatal(err)
		}
	}
	on(t, s, "clock", "advance", "16d")
	on(t, s, "faults", "add", "--operation", "ListRoots", "--exception", "TooManyRequestsException")
	log := s.Logged(t, `msg="fault added" fault=fault-1 operation=ListRoots exception=TooManyRequestsException`)
	for _, want := range []string{
		`level=INFO msg="account created" account=\d{12} creation=car-\w+ organization=o-\w+ at=2099-01-01T00:00:30Z\n`,
		`level=INFO msg="account creation failed" reason=EMAIL_ALREADY_EXISTS creation=car-\w+ organization=o-\w+ at=2099-01-01T00:00:30Z\n`,
		`level=INFO msg="invitation expired" handshake=h-\w+ organization=o-\w+ account=222222222222 at=2099-01-16T00:00:00Z\n`,
		`level=INFO msg="invitation expired" handshake=h-\w+ organization=o-\w+ account=333333333333 at=2099-01-16T00:00:00Z\n`,
		`level=INFO msg="invitation expired" handshake=h-\w+ organization=o-\w+ at=2099-01-16T00:00:00Z\n`,
		`level=INFO msg="clock moved" from=2099-01-01T00:00:00Z to=2099-01-17T00:00:00Z jobs="1 account created, 1 account creation failed, 3 invitations expired"\n`,
	} {
		if found := regexp.MustCompile(want).FindAllString(log, -1); len(found) != 1 {
			t.Errorf("%d lines like %s:\n%s", len(found), want, log)
		}
	}
	for _, secret := range []string{"@example.com", "hunter2"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s:\n%s", secret, log)
		}
	}
}

func TestBodiesAreInTheLogAtLevelDebug(t *testing.T) {
	s := process.StartOnTerminal(t, []string{"TERM=dumb"}, "--log-level", "debug")
	createAndMisinvite(t, s)
	log := plainLine(s.Logged(t, `"type":"ACCOUNT"`))
	for _, want := range []string{
		"CreateOrganization            OK  1.3ms\n                        > {}\n                        < {\"Organization\":{\"Arn\":\"arn:aws:organizations::111111111111:",
		"                        > {\"target\":{\"id\":\"hunter2\\u001b[31m\",\"type\":\"ACCOUNT\"}}\n",
		`"MasterAccountEmail":"****"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, "\x1b") || strings.Contains(log, "Signature") {
		t.Errorf("the log drives the terminal, or holds a signature:\n%s", log)
	}
}
