package clone_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accord/internal/clone"
	"accord/internal/seed"
)

// answers is a source with fixed outputs, by operation and subject. What it does not have is
// empty.
type answers map[string]string

func (a answers) Call(_ context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	key := strings.TrimSpace(operation + " " + in.Subject() + " " + in.NextToken)
	if text, is := a[key]; is {
		return json.RawMessage(text), nil
	}
	return json.RawMessage("{}"), nil
}

// with is the smallest organization with other answers.
func with(more answers) answers {
	all := answers{
		"DescribeOrganization": `{"Organization":{"Id":"o-exampleorg","Arn":"arn:aws-us-gov:organizations::111111111111:organization/o-exampleorg","FeatureSet":"ALL","MasterAccountId":"111111111111"}}`,
		"ListRoots":            `{"Roots":[{"Id":"r-ab12"}]}`,
	}
	for key, text := range more {
		all[key] = text
	}
	return all
}

func read(t *testing.T, source clone.Source) (*seed.Document, error) {
	t.Helper()
	return clone.Read(t.Context(), source, clone.Options{Parallel: 2})
}

func TestEveryOperationOnlyReads(t *testing.T) {
	for _, o := range clone.Operations {
		if !strings.HasPrefix(o.Name, "List") && !strings.HasPrefix(o.Name, "Describe") && o.Name != "GetCallerIdentity" {
			t.Errorf("%s may change something", o.Name)
		}
	}
}

func TestThePolicyAllowsWhatIsCalled(t *testing.T) {
	text, err := clone.Policy()
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	if err := json.Unmarshal(text, &policy); err != nil || len(policy.Statement) != 1 || policy.Statement[0].Effect != "Allow" {
		t.Fatalf("%v: %s", err, text)
	}
	if got, want := len(policy.Statement[0].Action), len(clone.Operations)-1; got != want {
		t.Errorf("%d actions, want %d: all but GetCallerIdentity, which needs no permission", got, want)
	}
}

func TestTimestampsOfAllForms(t *testing.T) {
	want := time.Date(2026, 9, 1, 10, 0, 0, 123e6, time.UTC)
	for _, written := range []string{
		`1788256800.123`, `1.788256800123E9`, `"2026-09-01T10:00:00.123Z"`, `"2026-09-01T12:00:00.123000+02:00"`, `"2026-09-01T10:00:00.123000+0000"`,
	} {
		d, err := read(t, with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222","JoinedTimestamp":` + written + `}]}`}))
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if got := d.Organizations[0].Root.Accounts[0].Joined.At; !got.Equal(want) {
			t.Errorf("%s: %v", written, got)
		}
	}
	for _, written := range []string{`"yesterday"`, `1e300`, `{}`, `true`, `-5`} {
		if _, err := read(t, with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222","JoinedTimestamp":` + written + `}]}`})); err == nil {
			t.Errorf("%s is a timestamp", written)
		}
	}
}

func TestAccountsOfOlderServersHaveTheirStatus(t *testing.T) {
	d, err := read(t, with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222","Status":"SUSPENDED"},{"Id":"333333333333","Status":"SUSPENDED","State":"CLOSED"},{"Id":"444444444444","Status":"ACTIVE"}]}`}))
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, a := range d.Organizations[0].Root.Accounts {
		states = append(states, a.State)
	}
	if got := strings.Join(states, " "); got != "SUSPENDED CLOSED " {
		t.Errorf("states %q", got)
	}
	if d.Organizations[0].Partition != "aws-us-gov" {
		t.Errorf("partition %q", d.Organizations[0].Partition)
	}
}

func TestBadOutputsAreErrors(t *testing.T) {
	for want, source := range map[string]answers{
		"the output has no organization":                            {},
		"not a JSON object":                                         with(answers{"ListAccounts": `[]`}),
		"ListAccounts: Accounts":                                    with(answers{"ListAccounts": `{"Accounts":{}}`}),
		"has 2 roots":                                               with(answers{"ListRoots": `{"Roots":[{"Id":"r-ab12"},{"Id":"r-cd34"}]}`}),
		"the pages do not end":                                      with(answers{"ListAccounts": `{"NextToken":"x"}`, "ListAccounts  x": `{"NextToken":"x"}`}),
		`the unit "ou-ab12-11112222" appears twice`:                 with(answers{"ListOrganizationalUnitsForParent r-ab12": `{"OrganizationalUnits":[{"Id":"ou-ab12-11112222"}]}`, "ListOrganizationalUnitsForParent ou-ab12-11112222": `{"OrganizationalUnits":[{"Id":"ou-ab12-11112222"}]}`}),
		"ListAccounts: Accounts[1] of the output is null":           with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222"},null]}`}),
		"ListAccounts: Accounts of the output: an entry has no Id":  with(answers{"ListAccounts": `{"Accounts":[{}]}`}),
		`DescribePolicy: the answer about p-11111111 is p-22222222`: with(answers{"ListPolicies SERVICE_CONTROL_POLICY": `{"Policies":[{"Id":"p-11111111","Type":"SERVICE_CONTROL_POLICY"}]}`, "DescribePolicy p-11111111": `{"Policy":{"PolicySummary":{"Id":"p-22222222"},"Content":"{}"}}`}),
		`ListTagsForResource r-ab12: "k" appears twice`:             with(answers{"ListTagsForResource r-ab12": `{"Tags":[{"Key":"k","Value":"a"},{"Key":"k","Value":"b"}]}`}),
		"the account 222222222222 appears in ou-ab12-11112222 and in ou-ab12-33334444": with(answers{
			"ListOrganizationalUnitsForParent r-ab12": `{"OrganizationalUnits":[{"Id":"ou-ab12-11112222"},{"Id":"ou-ab12-33334444"}]}`,
			"ListAccounts":                           `{"Accounts":[{"Id":"222222222222"}]}`,
			"ListAccountsForParent ou-ab12-11112222": `{"Accounts":[{"Id":"222222222222"}]}`,
			"ListAccountsForParent ou-ab12-33334444": `{"Accounts":[{"Id":"222222222222"}]}`,
		}),
		`ListAccounts: "222222222222" appears twice`:                      with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222"},{"Id":"222222222222","Name":"B"}]}`}),
		`ListAccounts: Accounts of the output: State: "FOO"`:              with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222","State":"FOO"}]}`}),
		`DescribeOrganization: Organization of the output: Id: "../../x"`: with(answers{"DescribeOrganization": `{"Organization":{"Id":"../../x","MasterAccountId":"111111111111"}}`}),
		`ListRoots: Roots of the output: Id: "../../x"`:                   with(answers{"ListRoots": `{"Roots":[{"Id":"../../x"}]}`}),
		"DelegatedAdministrators of the output: Id:":                      with(answers{"ListDelegatedAdministrators": `{"DelegatedAdministrators":[{"Id":"me"}]}`}),
		"ManagementAccountId: \"x\"":                                      with(answers{"ListInboundResponsibilityTransfers": `{"ResponsibilityTransfers":[{"Id":"rt-exampletransfer","Source":{"ManagementAccountId":"x"}}]}`}),
		"a year from 1980 to 2200":                                        with(answers{"ListAccounts": `{"Accounts":[{"Id":"222222222222","JoinedTimestamp":99999999999}]}`}),
	} {
		if _, err := read(t, source); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// crowded counts the goroutines that there are while it is called.
type crowded struct {
	answers
	most atomic.Int64
}

func (c *crowded) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	if n := int64(runtime.NumGoroutine()); n > c.most.Load() {
		c.most.Store(n)
	}
	return c.answers.Call(ctx, operation, in)
}

// TestManyThingsTakeNoGoroutineEach: a server says how many there are.
func TestManyThingsTakeNoGoroutineEach(t *testing.T) {
	var accounts []string
	for i := range 5_000 {
		accounts = append(accounts, fmt.Sprintf(`{"Id":"%012d"}`, i))
	}
	source := &crowded{answers: with(answers{"ListAccounts": `{"Accounts":[` + strings.Join(accounts, ",") + `]}`})}
	if d, err := read(t, source); err != nil || len(d.Organizations[0].Root.Accounts) != len(accounts) {
		t.Fatal(err)
	}
	if most := source.most.Load(); most < 100 || most > 1_000 {
		t.Errorf("%d goroutines", most)
	}
}

// endless is a source one of whose operations always has more.
type endless struct {
	answers
	operation, with string
	calls           atomic.Int64
}

func (e *endless) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	if operation != e.operation {
		return e.answers.Call(ctx, operation, in)
	}
	return json.RawMessage(strings.ReplaceAll(e.with, "#", fmt.Sprintf("%08d", e.calls.Add(1)))), nil
}

// TestServersThatNeverEndAreLeft: each has a new answer for every call.
func TestServersThatNeverEndAreLeft(t *testing.T) {
	for want, c := range map[string]struct {
		operation, with string
		most            int64
	}{
		"10 units are below each other":        {"ListOrganizationalUnitsForParent", `{"OrganizationalUnits":[{"Id":"ou-ab12-#"}]}`, 11},
		"ListAccounts: the pages do not end":   {"ListAccounts", `{"Accounts":[],"NextToken":"#"}`, 100},
		"ListAccounts: the list has more than": {"ListAccounts", `{"Accounts":[` + strings.Repeat(`{"Id":"111111111111"},`, 999) + `{"Id":"2222#"}],"NextToken":"#"}`, 101},
	} {
		source := &endless{answers: with(nil), operation: c.operation, with: c.with}
		if _, err := read(t, source); err == nil || !strings.Contains(err.Error(), want) || source.calls.Load() > c.most {
			t.Errorf("%d calls, error %v, want %q", source.calls.Load(), err, want)
		}
	}
}

// TestAServerThatFailsEndsTheReading: only operations that some servers do not have may fail.
func TestAServerThatFailsEndsTheReading(t *testing.T) {
	broken := &clone.APIError{Code: "HTTP 500 Internal Server Error", Status: 500}
	if _, err := read(t, failing{with(nil), "ListPolicies", broken}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	for operation, err := range map[string]error{"ListPolicies": &clone.APIError{Code: "AccessDeniedException"}, "ListHandshakesForAccount": broken} {
		d, err := read(t, failing{with(nil), operation, err})
		if err != nil || d.Unread[0].Operation != operation {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// slow counts the calls that run at a time.
type slow struct {
	answers
	running, most atomic.Int64
}

func (s *slow) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	now := s.running.Add(1)
	defer s.running.Add(-1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	time.Sleep(time.Millisecond)
	return s.answers.Call(ctx, operation, in)
}

func TestNoMoreCallsRunThanAllowed(t *testing.T) {
	var accounts []string
	for i := range 30 {
		accounts = append(accounts, fmt.Sprintf(`{"Id":"%012d"}`, i))
	}
	synctest.Test(t, func(t *testing.T) {
		source := &slow{answers: with(answers{"ListAccounts": `{"Accounts":[` + strings.Join(accounts, ",") + `]}`})}
		last, total := 0, 0
		_, err := clone.Read(t.Context(), source, clone.Options{Parallel: 3, Progress: func(done, of int) { last, total = done, of }})
		if most := source.most.Load(); err != nil || most != 3 {
			t.Errorf("%d calls at a time, %v", most, err)
		}
		if last != total || total < 30 {
			t.Errorf("progress ended with %d of %d", last, total)
		}
	})
}

func TestTheFirstErrorEndsTheReading(t *testing.T) {
	broken := errors.New("the network is gone")
	_, err := read(t, failing{with(nil), "ListPolicies", broken})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "ListPolicies") {
		t.Errorf("error %v", err)
	}
}

type failing struct {
	answers
	operation string
	err       error
}

func (f failing) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	if operation == f.operation {
		return nil, f.err
	}
	return f.answers.Call(ctx, operation, in)
}

func TestAMaskHidesAddressesAndNamesConsistently(t *testing.T) {
	secrets := []string{"zoë@corp.example", "\"o k\"@corp.example", "corp.example", "Ada Payments", "ada@corp.example", "Grace", "grace@corp.example", "Bob@corp.example", "bob@corp.example"}
	masked := func(key string, units bool) string {
		d := &seed.Document{
			Organizations: []seed.Organization{{
				Management: seed.Account{ID: "111111111111", Name: "Grace", Email: "grace@corp.example"},
				Root: seed.Unit{Units: []seed.Unit{{Name: "of zoë@corp.example"}, {Name: "Payments", Accounts: []seed.Account{{
					ID: "222222222222", Name: "Ada Payments", Email: "ada@corp.example",
					Target: seed.Target{Tags: seed.Tags{{Key: "owner", Value: "Bob@corp.example, bob@corp.example"}, {Key: "name", Value: "Grace"}, {Key: "of bob@corp.example"}}},
				}}}}},
				Policies:         []seed.Policy{{Name: "p of zoë@corp.example", Description: "ask ada@corp.example", Text: seed.Text{Content: `{"a":"ada@corp.example"}`}}},
				Handshakes:       []seed.Handshake{{To: "bob@corp.example", Notes: "from <grace@corp.example>"}},
				AccountCreations: []seed.Creation{{Name: "Quoted", Email: `"o k"@corp.example`}, {Name: "Ada Payments", Email: "ada@corp.example"}},
			}},
			Unread: []seed.Unread{{Error: "grace@corp.example may not"}},
		}
		clone.Mask{Key: []byte(key), Units: units}.Apply(d)
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	one := masked("k", false)
	for _, secret := range secrets {
		if strings.Contains(one, secret) {
			t.Errorf("%q is left in %s", secret, one)
		}
	}
	if masked("k", false) != one || masked("other", false) == one {
		t.Error("the key does not decide")
	}
	if !strings.Contains(one, `"Payments"`) || strings.Contains(masked("k", true), `"Payments"`) {
		t.Error("units are masked only if asked")
	}
	// An escape of JSON belongs to no address, and hides none; the document stays one.
	document := func(content string) string {
		d := &seed.Document{Organizations: []seed.Organization{{Policies: []seed.Policy{{Text: seed.Text{Content: content}}}}}}
		clone.Mask{Key: []byte("k")}.Apply(d)
		return d.Organizations[0].Policies[0].Content
	}
	plain := document(`{"a" : "ada@corp.example"}`)
	if !strings.HasPrefix(plain, `{"a" : "masked-`) {
		t.Errorf("the layout changed: %s", plain)
	}
	for _, content := range []string{`{"a" : "line\nada@corp.example"}`, `{"a" : "\/\tada@corp.example"}`, `{"a" : "\u0061da\u0040corp.example"}`} {
		masked := document(content)
		address := regexp.MustCompile(`masked-[^"]*`).FindString(plain)
		if !json.Valid([]byte(masked)) || !strings.Contains(masked, address) || strings.Contains(masked, "corp") {
			t.Errorf("%s became %s, and the address alone %s", content, masked, address)
		}
	}
	// The creation still has the name of its account, and the two spellings of an address are one.
	name := regexp.MustCompile(`"222222222222","name":"([^"]+)"`).FindStringSubmatch(one)
	if name == nil || strings.Count(one, name[1]) != 2 {
		t.Errorf("names differ: %s", one)
	}
}
