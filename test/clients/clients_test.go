// Package clients_test runs scenarios with third-party clients against the real
// program, and compares the answers that they read with AWS's documentation.
package clients_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

const (
	management = "111111111111"
	member     = "222222222222"
)

// serve starts a server on which both accounts are registered.
func serve(t *testing.T) *process.Server {
	t.Helper()
	s := process.Start(t)
	for _, account := range []string{
		`{"id": "` + management + `", "email": "management@example.com", "name": "Management Account"}`,
		`{"id": "` + member + `", "email": "member@example.com", "name": "Member"}`,
	} {
		answer, err := http.Post(s.AdminURL+"/accounts", "application/json", strings.NewReader(account))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("registering: %s", answer.Status)
		}
	}
	return s
}

// scenario has the answers that a client read, by step, in the form of the wire.
type scenario map[string]any

// wantInvitation compares the scenario of an invitation with the documented one,
// apart from steps that the client cannot take.
func wantInvitation(t *testing.T, began time.Time, got scenario, omitted ...string) {
	t.Helper()
	text, err := os.ReadFile("testdata/invitation.json")
	if err != nil {
		t.Fatal(err)
	}
	var want scenario
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	// The recipient sees what the sender was answered, until it accepts.
	handshake := want["invitation"].(map[string]any)["Handshake"].(map[string]any)
	want["described"] = want["invitation"]
	want["received"] = map[string]any{"Handshakes": []any{handshake}}
	accepted := maps.Clone(handshake)
	accepted["State"] = "ACCEPTED"
	want["accepted"] = map[string]any{"Handshake": accepted}
	for _, step := range omitted {
		delete(want, step)
	}

	named := naming{t: t, began: began, ended: time.Now(), ids: map[string]string{}}
	if diff := cmp.Diff(any(map[string]any(want)), named.value("", map[string]any(got))); diff != "" {
		t.Errorf("the scenario differs (-want +got):\n%s", diff)
	}
}

// naming replaces what differs from run to run by names: ids, of which each kind
// has to be the same throughout a scenario, and instants, which have to be numbers.
type naming struct {
	t *testing.T
	// The scenario took place between them.
	began, ended time.Time
	ids          map[string]string
}

var ids = regexp.MustCompile(`\b(o-[a-z0-9]{10}|h-[0-9a-f]{32}|r-[0-9a-z]{4})\b`)

var kinds = map[byte]string{'o': "{organization}", 'h': "{handshake}", 'r': "{root}"}

func (n *naming) value(member string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		named := map[string]any{}
		for name, value := range v {
			named[name] = n.value(name, value)
		}
		return named
	case []any:
		named := []any{}
		for _, value := range v {
			named = append(named, n.value(member, value))
		}
		return named
	case string:
		return ids.ReplaceAllStringFunc(v, n.id)
	case float64:
		if !strings.HasSuffix(member, "Timestamp") {
			return v
		}
		at := time.UnixMilli(int64(math.Round(v * 1000)))
		during := func(at time.Time) bool { return !at.Before(n.began.Truncate(time.Millisecond)) && !at.After(n.ended) }
		switch {
		case during(at):
			return "{now}"
		case during(at.AddDate(0, 0, -15)):
			return "{in 15 days}"
		}
	}
	return v
}

func (n *naming) id(id string) string {
	name := kinds[id[0]]
	if known := n.ids[name]; known != "" && known != id {
		n.t.Errorf("%s is %s and %s", name, known, id)
	}
	n.ids[name] = id
	return name
}

// run runs a client as an account and returns what it wrote.
func run(t *testing.T, s *process.Server, program string, args ...string) []byte {
	t.Helper()
	c := exec.Command(program, args...)
	c.Env = s.Environ(management)
	var problems strings.Builder
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, problems.String())
	}
	return out
}

func TestAnInvitationWithTheAWSCLI(t *testing.T) {
	require.Full(t)
	require.Tool(t, "aws")
	began := time.Now()
	s := serve(t)
	folder := t.TempDir()
	run(t, s, require.Tool(t, "sh"), "testdata/invitation.sh", folder)
	answers, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	got := scenario{}
	for _, path := range answers {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var answer any
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s: %v\n%s", path, err, text)
		}
		got[strings.TrimSuffix(filepath.Base(path), ".json")] = answer
	}
	wantInvitation(t, began, got)
}

func TestAnInvitationWithBoto3(t *testing.T) {
	require.Full(t)
	python := require.Tool(t, "python3")
	require.That(t, exec.Command(python, "-c", "import boto3").Run() == nil, "the Python module boto3")
	began := time.Now()
	s := serve(t)
	out := run(t, s, python, "testdata/invitation.py")
	var got scenario
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantInvitation(t, began, got)
}

func TestAnInvitationWithTheGoSDK(t *testing.T) {
	require.Full(t)
	began := time.Now()
	s := serve(t)
	ctx := t.Context()
	from, to := s.Client(management), s.Client(member)
	got := scenario{}
	step := func(name string, answer any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got[name] = wire(t, answer)
	}
	organization, err := from.CreateOrganization(ctx, &organizations.CreateOrganizationInput{})
	step("organization", organization, err)
	invitation, err := from.InviteAccountToOrganization(ctx, &organizations.InviteAccountToOrganizationInput{
		Target: &types.HandshakeParty{Id: aws.String("member@example.com"), Type: types.HandshakePartyTypeEmail},
		Notes:  aws.String("Join us"),
	})
	step("invitation", invitation, err)
	received, err := to.ListHandshakesForAccount(ctx, &organizations.ListHandshakesForAccountInput{})
	step("received", received, err)
	id := received.Handshakes[0].Id
	described, err := to.DescribeHandshake(ctx, &organizations.DescribeHandshakeInput{HandshakeId: id})
	step("described", described, err)
	accepted, err := to.AcceptHandshake(ctx, &organizations.AcceptHandshakeInput{HandshakeId: id})
	step("accepted", accepted, err)
	_, err = to.AcceptHandshake(ctx, &organizations.AcceptHandshakeInput{HandshakeId: id})
	var exception *types.HandshakeAlreadyInStateException
	if !errors.As(err, &exception) {
		t.Fatalf("accepting twice: %v", err)
	}
	got["again"] = exception.ErrorCode()
	var accounts []types.Account
	pages := organizations.NewListAccountsPaginator(from, &organizations.ListAccountsInput{MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		accounts = append(accounts, page.Accounts...)
	}
	step("accounts", organizations.ListAccountsOutput{Accounts: accounts}, nil)
	// Who calls is asked of another service, which this SDK has in another module.
	wantInvitation(t, began, got, "caller")
}

// wire turns a structure of the SDK back into the form of the wire: its members
// have the same names, instants are numbers, and what is not there is left out.
func wire(t *testing.T, answer any) any {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return compact(v)
}

func compact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if text, is := value.(string); is && strings.HasSuffix(name, "Timestamp") {
				if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
					v[name] = float64(at.UnixMilli()) / 1000
				}
				continue
			}
			if value == nil || name == "ResultMetadata" {
				delete(v, name)
				continue
			}
			v[name] = compact(value)
		}
	case []any:
		for i := range v {
			v[i] = compact(v[i])
		}
	}
	return v
}
