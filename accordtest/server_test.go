package accordtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"accord/accordtest"
	"accord/internal/app/apptest"
	"accord/test/require"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice = "111111111111"
	bob   = "222222222222"
	day   = 24 * time.Hour
)

func TestInvitationScenario(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	management := s.As(alice)
	member := s.Register(bob, "member@example.com", "Bob")
	organization := management.CreateOrganization("ALL")
	if organization.ManagementAccount != alice || organization.FeatureSet != "ALL" {
		t.Errorf("%+v", organization)
	}
	h := management.Invite("Member@example.com")
	if h.Action != "INVITE" || h.State != "OPEN" || !h.Requested.Equal(accordtest.Epoch) || !h.Expires.Equal(accordtest.Epoch.Add(15*day)) {
		t.Errorf("%+v", h)
	}
	if h.Parties[1] != (accordtest.Party{ID: "Member@example.com", Type: "EMAIL"}) || h.Resources[0].Resources[0].Type == "" {
		t.Errorf("%+v, %+v", h.Parties, h.Resources)
	}
	if got := member.Received(); len(got) != 1 || got[0].ID != h.ID {
		t.Errorf("received: %+v", got)
	}
	management.Fails("AccessDenied").Accept(h)
	if h = member.Accept(h); h.State != "ACCEPTED" {
		t.Errorf("accepted: %+v", h)
	}
	member.Fails("HandshakeAlreadyInStateException").Accept(h)
	member.Fails("InvalidHandshakeTransition").Decline(h)
	management.Fails("InvalidHandshakeTransition").Cancel(h)
	if a := management.DescribeAccount(bob); a.JoinedMethod != "INVITED" || a.Name != "Bob" || a.State != "ACTIVE" {
		t.Errorf("%+v", a)
	}
	if member.Organization() != organization {
		t.Errorf("%+v, want %+v", member.Organization(), organization)
	}
	if mails := s.Mails("member@EXAMPLE.com"); len(mails) != 2 || !strings.Contains(mails[0].Subject, "invited") || mails[0].At != accordtest.Epoch {
		t.Errorf("mails: %+v", mails)
	}
	if all := s.Mails(""); len(all) <= 2 {
		t.Errorf("all mails: %+v", all)
	}
	member.Leave()
	management.Fails("AccountNotFound").Remove(bob)
}

func TestTimePassesWhenTheClockIsMoved(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s := accordtest.Start(t, accordtest.At(at))
	management, member := s.As(alice), s.As(bob)
	management.CreateOrganization("ALL")
	h := management.Invite(bob)
	s.Clock.Advance(15*day - time.Microsecond)
	if h := member.Describe(h); h.State != "OPEN" {
		t.Errorf("just before: %s", h.State)
	}
	s.Clock.Set(at.Add(15 * day))
	if h := member.Describe(h); h.State != "EXPIRED" {
		t.Errorf("at the instant: %s", h.State)
	}
	if now := s.Clock.Now(); !now.Equal(at.Add(15 * day)) {
		t.Errorf("the clock is at %v", now)
	}
}

func TestCreatedAccountsExist(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	management := s.As(alice)
	management.CreateOrganization("ALL")
	for n := range 9 {
		member := management.CreateAccount("New", fmt.Sprintf("new-%d@example.com", n))
		if len(member.ID()) != 12 || member.Organization().ManagementAccount != alice {
			t.Fatalf("%+v", member)
		}
	}
	if all := management.Accounts(); len(all) != 10 || all[0].ID != alice || all[9].JoinedMethod != "CREATED" {
		t.Errorf("%d: %+v", len(all), all)
	}
	management.Fails("ConstraintViolation ACCOUNT_NUMBER_LIMIT_EXCEEDED").CreateAccount("One more", "more@example.com")
}

func TestAllMembersApproveAllFeatures(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	management, member := s.As(alice), s.As(bob)
	if o := management.CreateOrganization("CONSOLIDATED_BILLING"); o.FeatureSet != "CONSOLIDATED_BILLING" {
		t.Errorf("%+v", o)
	}
	member.Accept(management.Invite(bob))
	h := management.EnableAllFeatures()
	for _, received := range member.Received() {
		if received.State == "OPEN" {
			member.Accept(received)
		}
	}
	if h = management.Describe(h); h.State != "OPEN" {
		t.Errorf("%+v", h)
	}
	management.Accept(h)
	if o := member.Organization(); o.FeatureSet != "ALL" {
		t.Errorf("%+v", o)
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	management := s.As(alice)
	management.CreateOrganization("ALL")
	for n := range 23 {
		management.Invite(fmt.Sprint(300000000000 + n))
	}
	if sent := management.Sent(); len(sent) != 23 {
		t.Errorf("%d are listed", len(sent))
	}
}

func TestBehaviorsAndQuotasAreInForce(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t, accordtest.Behavior("invitation-lifetime", "1h"), accordtest.Behavior("fidelity", "native"),
		accordtest.Quota("accounts-per-organization", "2"))
	management := s.As(alice)
	management.CreateOrganization("ALL")
	h := management.Invite(bob)
	if h.Expires.Sub(h.Requested) != time.Hour {
		t.Errorf("%+v", h)
	}
	management.Fails("HandshakeConstraintViolation ACCOUNT_NUMBER_LIMIT_EXCEEDED").Invite("333333333333")
}

func TestFaultsAreInjected(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	management := s.As(alice)
	management.CreateOrganization("ALL")
	id := s.Faults.Add(accordtest.Fault{Operation: "InviteAccountToOrganization", Exception: "TooManyRequestsException", Next: 1})
	management.Fails("TooManyRequests").Invite(bob)
	h := management.Invite(bob)
	if s.Faults.Acted(id) != 1 {
		t.Error("it did not act once")
	}
	s.Faults.Remove(id)
	s.Faults.Add(accordtest.Fault{Account: bob, Cut: "after"})
	var refused *accordtest.Error
	if err := s.As(bob).Try("AcceptHandshake", map[string]string{"HandshakeId": h.ID}, nil); err == nil || errors.As(err, &refused) {
		t.Errorf("a cut call: %v", err)
	}
	s.Faults.Clear()
	s.As(bob).Fails("HandshakeAlreadyInState").Accept(h)
}

func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, seed := range []uint64{7, 7, 8} {
		s := accordtest.Start(t, accordtest.RandomSeed(seed))
		management := s.As(alice)
		management.CreateOrganization("ALL")
		ids[management.Invite(bob).ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("%v", ids)
	}
}

func TestResetDeletesEverything(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	s.As(alice).CreateOrganization("ALL")
	s.Reset()
	s.As(alice).Fails("AWSOrganizationsNotInUse").Organization()
}

func TestAdminAPI(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	s.Register(bob, "", "")
	r, err := http.NewRequest(http.MethodPatch, s.AdminURL()+"/accounts/"+bob, strings.NewReader(`{"state": "SUSPENDED"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer func() { _ = answer.Body.Close() }()
	var account struct{ State string }
	if err := json.NewDecoder(answer.Body).Decode(&account); err != nil || account.State != "SUSPENDED" {
		t.Errorf("%+v, %v", account, err)
	}
	s.As(bob).Fails("UnrecognizedClient").Received()
}

// TestEnvironment is run by TestEnvironPointsOtherProcesses in another process.
func TestEnvironment(t *testing.T) {
	url := os.Getenv("AWS_ENDPOINT_URL_ORGANIZATIONS")
	if os.Getenv("ACCORDTEST_CHILD") == "" {
		return
	}
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if region := os.Getenv("AWS_REGION"); region != accordtest.Region {
		t.Errorf("the region is %q", region)
	}
	apptest.Sign(r, os.Getenv("AWS_ACCESS_KEY_ID"), "CreateOrganization")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
}

func TestEnvironPointsOtherProcesses(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	child := exec.Command(os.Args[0], "-test.run=^TestEnvironment$")
	child.Env = append(s.Environ(bob), "ACCORDTEST_CHILD=1")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if s.As(bob).Organization().ManagementAccount != bob {
		t.Error("another account called")
	}
}

// TestEnvironPointsAWSClients: whatever this process has, such as a profile that does
// not exist.
func TestEnvironPointsAWSClients(t *testing.T) {
	require.Full(t)
	t.Setenv("AWS_PROFILE", "no-such-profile")
	t.Setenv("AWS_SESSION_TOKEN", "of another account")
	for name, command := range map[string][]string{
		"AWS CLI": {"aws", "organizations", "create-organization"},
		"boto3":   {"python3", "-c", `import boto3; boto3.client("organizations").create_organization()`},
	} {
		t.Run(name, func(t *testing.T) {
			path := require.Tool(t, command[0])
			require.That(t, command[0] != "python3" || exec.Command(path, "-c", "import boto3").Run() == nil, "the Python module boto3")
			s := accordtest.Start(t)
			client := exec.CommandContext(t.Context(), path, command[1:]...)
			client.Env = s.Environ(bob)
			if out, err := client.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if s.As(bob).Organization().ManagementAccount != bob {
				t.Error("another account called")
			}
		})
	}
}

// recorder is a test that only records its failure.
type recorder struct {
	testing.TB
	failed string
}

func (w *recorder) Helper() {}

func (w *recorder) Fatalf(format string, args ...any) {
	w.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failure returns the message with which a test failed; empty if it did not.
func failure(t *testing.T, test func(t testing.TB)) string {
	w := &recorder{TB: t}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		test(w)
	}()
	<-ended
	return w.failed
}

func TestUnexpectedResultsFailTheTest(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t)
	for name, test := range map[string]struct {
		act  func(t testing.TB)
		want string
	}{
		"success": {
			func(t testing.TB) { s.In(t).As(alice).Fails("AlreadyInOrganization").CreateOrganization("ALL") },
			"CreateOrganization by 111111111111 succeeds; want AlreadyInOrganization",
		},
		"failure": {
			func(t testing.TB) { s.In(t).As(bob).Organization() },
			"DescribeOrganization by 222222222222: AWSOrganizationsNotInUseException: ",
		},
		"other exception": {
			func(t testing.TB) { s.In(t).As(bob).Fails("AccessDenied").Organization() },
			"want AccessDenied",
		},
		"other reason": {
			func(t testing.TB) {
				s.In(t).As(bob).Fails("InvalidInput INVALID_ENUM").Accept(accordtest.Handshake{ID: "h-"})
			},
			"want InvalidInput INVALID_ENUM",
		},
		"unknown exception": {
			func(t testing.TB) { s.In(t).As(bob).Fails("HandshakeNotFond") },
			`no operation returns the exception "HandshakeNotFond"; did you mean HandshakeNotFound?`,
		},
		"an account of eleven digits": {
			func(t testing.TB) { s.In(t).As("22222222222") },
			`"22222222222" is not an account ID, which has twelve digits`,
		},
		"an environment of no account": {func(t testing.TB) { s.In(t).Environ("Bob") }, `"Bob" is not an account ID`},
		"unknown behavior":             {func(t testing.TB) { accordtest.Start(t, accordtest.Behavior("fideliti", "native")) }, `unknown behavior "fideliti"`},
		"unknown quota":                {func(t testing.TB) { accordtest.Start(t, accordtest.Quota("unit-depth", "deep")) }, "quota unit-depth"},
		"no fault":                     {func(t testing.TB) { s.In(t).Faults.Add(accordtest.Fault{}) }, "a fault needs an exception, a delay, a cut or a failure reason"},
		"no address":                   {func(t testing.TB) { s.In(t).Register(bob, "bob", "") }, "registering 222222222222: malformed"},
		"clock back": {
			func(t testing.TB) {
				s := s.In(t)
				s.As(bob).Received()
				s.Clock.Advance(-time.Second)
			},
			"not possible now",
		},
	} {
		if got := failure(t, test.act); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		_ = accordtest.Start(b)
	}
}
