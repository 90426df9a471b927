package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/accordtest"
	"accord/internal/clone"
	"accord/internal/clone/sdk"
	"accord/internal/seed"
	"accord/internal/seed/compare"
	"accord/test/require"
)

const management, member = "111111111111", "222222222222"

// noProfiles keeps the files and variables of the user out of a test.
func noProfiles(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// source calls a server as an account.
func source(t *testing.T, s *accordtest.Server, account string) *sdk.Source {
	t.Helper()
	noProfiles(t)
	opened, err := sdk.Open(t.Context(), sdk.Options{Endpoint: s.URL(), Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// state is what a server says of itself, without its clock.
func state(t *testing.T, s *accordtest.Server) *seed.Document {
	t.Helper()
	r, err := http.Get(s.AdminURL() + "/state")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	d := &seed.Document{}
	if err := json.Unmarshal(text, d); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

// client is the SDK as a user of the server has it.
func client(s *accordtest.Server, account string) *organizations.Client {
	return organizations.New(organizations.Options{
		Region: accordtest.Region, BaseEndpoint: aws.String(s.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(account, "secret", ""),
	})
}

// built is an organization with something of everything that can be read.
func built(t *testing.T, s *accordtest.Server) {
	t.Helper()
	ctx, c := t.Context(), client(s, management)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.As(member)
	s.As("333333333333")
	_, err := c.CreateOrganization(ctx, &organizations.CreateOrganizationInput{})
	do(err)
	roots, err := c.ListRoots(ctx, &organizations.ListRootsInput{})
	do(err)
	root := roots.Roots[0].Id
	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}, {Key: aws.String("empty"), Value: aws.String("")}}
	var parents []*string
	for _, name := range []string{"Workloads", "Sandbox"} {
		s.Clock.Advance(time.Second)
		u, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String(name), Tags: tags})
		do(err)
		parents = append(parents, u.OrganizationalUnit.Id)
	}
	below, err := c.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: parents[0], Name: aws.String("Production")})
	do(err)
	parents = append(parents, below.OrganizationalUnit.Id)
	for i := range 24 {
		_, err := c.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String(fmt.Sprintf("account %d", i)), Email: aws.String(fmt.Sprintf("a%d@example.com", i)), Tags: tags[:i%3]})
		do(err)
		s.Clock.Advance(time.Minute)
	}
	_, err = c.CreateAccount(ctx, &organizations.CreateAccountInput{AccountName: aws.String("twice"), Email: aws.String("a1@example.com")})
	do(err)
	s.Clock.Advance(time.Minute)
	accounts, err := c.ListAccounts(ctx, &organizations.ListAccountsInput{MaxResults: aws.Int32(20)})
	do(err)
	for i, a := range accounts.Accounts {
		if *a.Id == management || i%2 == 0 {
			continue
		}
		_, err := c.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: a.Id, SourceParentId: root, DestinationParentId: parents[i%3]})
		do(err)
	}
	closed := accounts.Accounts[5].Id
	_, err = c.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: closed})
	do(err)
	for _, t := range []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeTagPolicy} {
		_, err := c.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: t})
		do(err)
	}
	for i, content := range []string{`{"tags":{"Team":{"tag_key":{"@@assign":"Team"}}}}`, `{"tags":{"Cost":{"tag_key":{"@@assign":"Cost"}}}}`} {
		p, err := c.CreatePolicy(ctx, &organizations.CreatePolicyInput{Type: types.PolicyTypeTagPolicy, Name: aws.String(fmt.Sprintf("tags %d", i)), Description: aws.String(""), Content: aws.String(content), Tags: tags})
		do(err)
		defer func() {
			_, err := c.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: parents[0]})
			do(err)
		}()
	}
	p, err := c.CreatePolicy(ctx, &organizations.CreatePolicyInput{
		Type: types.PolicyTypeServiceControlPolicy, Name: aws.String("guard"), Description: aws.String("what is denied <&>"),
		Content: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`),
	})
	do(err)
	_, err = c.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: parents[1]})
	do(err)
	_, err = c.DetachPolicy(ctx, &organizations.DetachPolicyInput{PolicyId: aws.String("p-FullAWSAccess"), TargetId: parents[1]})
	do(err)
	_, err = c.EnableAWSServiceAccess(ctx, &organizations.EnableAWSServiceAccessInput{ServicePrincipal: aws.String("config.amazonaws.com")})
	do(err)
	_, err = c.RegisterDelegatedAdministrator(ctx, &organizations.RegisterDelegatedAdministratorInput{AccountId: accounts.Accounts[3].Id, ServicePrincipal: aws.String("config.amazonaws.com")})
	do(err)
	_, err = c.PutResourcePolicy(ctx, &organizations.PutResourcePolicyInput{Tags: tags, Content: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Sid":"read","Effect":"Allow","Principal":{"AWS":"` + *accounts.Accounts[3].Id + `"},"Action":"organizations:ListAccounts","Resource":"*"}]}`)})
	do(err)
	for _, to := range []types.HandshakeParty{{Type: types.HandshakePartyTypeAccount, Id: aws.String(member)}, {Type: types.HandshakePartyTypeEmail, Id: aws.String("nobody@example.com")}} {
		_, err := c.InviteAccountToOrganization(ctx, &organizations.InviteAccountToOrganizationInput{Target: &to, Notes: aws.String("join us")})
		do(err)
		s.Clock.Advance(time.Hour)
	}
	invitations, err := client(s, member).ListHandshakesForAccount(ctx, &organizations.ListHandshakesForAccountInput{})
	do(err)
	_, err = client(s, member).AcceptHandshake(ctx, &organizations.AcceptHandshakeInput{HandshakeId: invitations.Handshakes[0].Id})
	do(err)
}

// TestAnotherAccordIsReadWhole: what is read through the API is what the server says of itself.
func TestAnotherAccordIsReadWhole(t *testing.T) {
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	built(t, s)
	got, err := clone.Read(t.Context(), source(t, s, management), clone.Options{Now: s.Clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Unread) != 1 || got.Unread[0].Operation != seed.Unseen {
		t.Errorf("unread: %+v", got.Unread)
	}
	want := state(t, s)
	// Accounts outside of the organization are not read.
	want.Accounts = nil
	report := compare.Documents(want, got)
	for _, c := range report.Changes {
		t.Errorf("%+v", c)
	}
	o := got.Organizations[0]
	if n := len(o.Root.Units) + len(o.Root.Units[0].Units); n != 3 || len(o.Policies) != 3 || len(o.Handshakes) != 2 || len(o.AccountCreations) != 25 {
		t.Errorf("%d units, %d policies, %d handshakes, %d creations", n, len(o.Policies), len(o.Handshakes), len(o.AccountCreations))
	}
	// The control: one more change in the server is found.
	if _, err := client(s, management).TagResource(t.Context(), &organizations.TagResourceInput{ResourceId: aws.String(member), Tags: []types.Tag{{Key: aws.String("new"), Value: aws.String("")}}}); err != nil {
		t.Fatal(err)
	}
	if n := len(compare.Documents(state(t, s), got).Changes); n == 0 {
		t.Error("the control finds nothing")
	}
}

func TestWhatAMemberMayNotReadIsListed(t *testing.T) {
	require.Full(t)
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	built(t, s)
	got, err := clone.Read(t.Context(), source(t, s, member), clone.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if o := got.Organizations[0]; o.Management.ID != management || o.ID == "" {
		t.Errorf("organization %+v", o)
	}
	listed := map[string]bool{}
	for _, u := range got.Unread {
		if listed[u.Operation] {
			t.Errorf("%s is listed twice", u.Operation)
		}
		listed[u.Operation] = true
		if u.Operation != seed.Unseen && !strings.Contains(u.Error, "AccessDenied") {
			t.Errorf("%+v", u)
		}
	}
	for _, want := range []string{"ListRoots", "ListAccounts", "ListPolicies", "DescribeResourcePolicy", "ListHandshakesForOrganization"} {
		if !listed[want] {
			t.Errorf("%s is not listed: %v", want, got.Unread)
		}
	}
	// What a member cannot read is no difference.
	whole, err := clone.Read(t.Context(), source(t, s, management), clone.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report := compare.Documents(got, whole); len(report.Changes) > 0 || len(report.NotCompared) < 5 {
		t.Errorf("changes %+v, not compared %q", report.Changes, report.NotCompared)
	}
}

func TestAnAccountWithoutAnOrganizationHasNothingToRead(t *testing.T) {
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	s.As(member)
	_, err := clone.Read(t.Context(), source(t, s, member), clone.Options{})
	if err == nil || !strings.Contains(err.Error(), "AWSOrganizationsNotInUseException") {
		t.Errorf("error %v", err)
	}
}

// counted counts the calls of a source, and can refuse some.
type counted struct {
	clone.Source
	calls  chan string
	before func(operation string) error
}

func (c *counted) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	if c.before != nil {
		if err := c.before(operation); err != nil {
			return nil, err
		}
	}
	c.calls <- operation
	return c.Source.Call(ctx, operation, in)
}

// TestAServerThatThrottlesIsReadWhole: calls are made again.
func TestAServerThatThrottlesIsReadWhole(t *testing.T) {
	// The adaptive retry then makes seconds of a reading.
	require.Full(t)
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	s.As(management).CreateOrganization("ALL")
	want, err := clone.Read(t.Context(), source(t, s, management), clone.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := s.Faults.Add(accordtest.Fault{Operation: "ListTagsForResource", Exception: "TooManyRequestsException", Next: 1})
	got, err := clone.Read(t.Context(), source(t, s, management), clone.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report := compare.Documents(want, got); len(report.Changes) > 0 || len(got.Unread) != 1 {
		t.Errorf("changes %+v, unread %+v", report.Changes, got.Unread)
	}
	// The control: the calls were throttled.
	if n := s.Faults.Acted(id); n != 1 {
		t.Errorf("%d calls were throttled", n)
	}
}

func TestReadingEndsWhenItsContextDoes(t *testing.T) {
	require.Full(t)
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	built(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := &counted{Source: source(t, s, management), calls: make(chan string, 1000), before: func(operation string) error {
		if operation == "ListTagsForResource" {
			cancel()
		}
		return nil
	}}
	if _, err := clone.Read(ctx, interrupted, clone.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// recording keeps what a source answers, by the operation and what it asked about; pages of a
// list are beside each other.
type recording struct {
	clone.Source
	mu       sync.Mutex
	answered map[string][]string
}

func (r *recording) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	output, err := r.Source.Call(ctx, operation, in)
	in.NextToken = ""
	asked, errIn := json.Marshal(in)
	var members map[string]any
	if err == nil && errIn == nil {
		errIn = json.Unmarshal(output, &members)
	}
	delete(members, "NextToken")
	answer, errOut := json.Marshal(members)
	if errIn != nil || errOut != nil {
		return nil, errors.Join(errIn, errOut)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := operation + " " + string(asked)
	r.answered[key] = append(r.answered[key], fmt.Sprintf("%s %v", answer, err))
	return output, err
}

// recorded reads a server, and returns all that it answered.
func recorded(t *testing.T, s *accordtest.Server) (*seed.Document, map[string][]string) {
	t.Helper()
	r := &recording{Source: source(t, s, management), answered: map[string][]string{}}
	d, err := clone.Read(t.Context(), r, clone.Options{Now: s.Clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return d, r.answered
}

// TestACloneAnswersAsItsSourceDoes: every list and every description is the same to the
// letter: IDs, ARNs, order, timestamps.
func TestACloneAnswersAsItsSourceDoes(t *testing.T) {
	require.Full(t)
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"))
	built(t, s)
	d, want := recorded(t, s)
	there := accordtest.Start(t, accordtest.At(s.Clock.Now()))
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(there.AdminURL()+"/seed?prune=true", "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if report, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK || strings.Contains(string(report), "skipped") {
		t.Fatalf("%v: %s %s", err, answer.Status, report)
	}
	_, got := recorded(t, there)
	for asked, pages := range want {
		if strings.HasPrefix(asked, "ListTargetsForPolicy ") {
			// A document has the order of the policies of a target, not that of the targets.
			pages, got[asked] = targetsIn(pages), targetsIn(got[asked])
		}
		if !slices.Equal(pages, got[asked]) {
			t.Errorf("%s:\n%s\nthe clone answers\n%s", asked, strings.Join(pages, "\n"), strings.Join(got[asked], "\n"))
		}
	}
	// The control: there was something to compare.
	if len(want) < 60 || len(got) != len(want) {
		t.Errorf("%d calls, and %d of the clone", len(want), len(got))
	}
}

// targetsIn are the targets of all pages, sorted.
func targetsIn(pages []string) []string {
	found := regexp.MustCompile(`\{"Arn":[^}]*\}`).FindAllString(strings.Join(pages, "\n"), -1)
	slices.Sort(found)
	return found
}
