package durability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/postgres"
	"accord/test/process"
	"accord/test/require"
)

// commitCutter cuts a connection after the COMMIT of a transaction has been sent, once for
// each time that it is armed. [PostgreSQL: Message Formats]
type commitCutter struct {
	mu sync.Mutex
	// name is that of the prepared statement COMMIT.
	name         []byte
	armed, found bool
}

func (c *commitCutter) arm(armed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.found = armed, false
}

// cut is for postgres.Proxy.CutAfter.
func (c *commitCutter) cut(kind byte, body []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := bytes.SplitN(body, []byte{0}, 3)
	switch {
	case kind == 'P' && len(texts) > 1 && string(texts[1]) == "COMMIT":
		c.name = bytes.Clone(texts[0])
	case kind == 'B' && c.name != nil && len(texts) > 1 && bytes.Equal(texts[1], c.name):
		c.found = c.armed
	case kind == 'S' && c.armed && c.found:
		c.armed = false
		return true
	}
	return false
}

// statusOf is the status of an answer, 0 without one.
func statusOf(err error) int {
	var answer *awshttp.ResponseError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &answer):
		return answer.HTTPStatusCode()
	}
	return 0
}

// TestACommitWithoutAnAnswerIsMadeOnce: the connection to PostgreSQL is cut when COMMIT is on
// the way. The client gets 500, which says that the change may have been made; the same call
// again is safe: it makes the change, or gets the exception for one that is there. Nothing is
// there twice, and the journal has each change once. The control is a call that makes something
// new each time: repeated, it is there twice, as with AWS.
func TestACommitWithoutAnAnswerIsMadeOnce(t *testing.T) {
	require.Long(t)
	proxy := postgres.NewProxy(t, postgres.URL(t))
	cutter := &commitCutter{}
	proxy.CutAfter(cutter.cut)
	journal := filepath.Join(t.TempDir(), "journal")
	s := process.Start(t, "--store", proxy.URL(), "--journal", journal, "--behavior", "create-account=synchronous")
	client := s.Client(manager)
	once := func(o *organizations.Options) { o.Retryer = aws.NopRetryer{} }
	if _, err := client.CreateOrganization(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	roots, err := client.ListRoots(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	root := roots.Roots[0].Id
	identities := iam.New(iam.Options{BaseEndpoint: &s.URL, Region: "us-east-1", Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: manager, SecretAccessKey: "any"}, nil
		})})
	calls := []struct {
		event string
		// prepare is called before, unless it is nil.
		prepare func(name string)
		// call makes what a name of ASCII characters names.
		call func(name string) error
		// count is how much there is of the name.
		count func(name string) int
		// refusal is of a repeated call whose change is there; empty if the call has no effect then.
		refusal string
		// again: a repeated call makes something new.
		again bool
	}{
		{event: "CreateOrganizationalUnit", call: func(name string) error {
			_, err := client.CreateOrganizationalUnit(t.Context(), &organizations.CreateOrganizationalUnitInput{Name: &name, ParentId: root}, once)
			return err
		}, count: func(name string) (n int) {
			found, err := client.ListOrganizationalUnitsForParent(t.Context(), &organizations.ListOrganizationalUnitsForParentInput{ParentId: root, MaxResults: aws.Int32(20)})
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range found.OrganizationalUnits {
				if *u.Name == name {
					n++
				}
			}
			return n
		}, refusal: "DuplicateOrganizationalUnitException"},
		{event: "CreateAccount", call: func(name string) error {
			_, err := client.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: &name, Email: aws.String(name + "@made.example")}, once)
			return err
		}, count: func(name string) (n int) {
			pages := organizations.NewListAccountsPaginator(client, nil)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range page.Accounts {
					if *a.Name == name {
						n++
					}
				}
			}
			return n
		}},
		{event: "CreatePolicy", call: func(name string) error {
			_, err := client.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{Name: &name, Description: &name, Type: types.PolicyTypeServiceControlPolicy,
				Content: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`)}, once)
			return err
		}, count: func(name string) (n int) {
			found, err := client.ListPolicies(t.Context(), &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range found.Policies {
				if *p.Name == name {
					n++
				}
			}
			return n
		}, refusal: "DuplicatePolicyException"},
		{event: "CreateAccessKey", call: func(name string) error {
			_, err := identities.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
			return err
		}, count: func(name string) int {
			found, err := identities.ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name})
			if err != nil {
				return 0
			}
			return len(found.AccessKeyMetadata)
		}, again: true, prepare: func(name string) {
			if _, err := identities.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
				t.Fatal(err)
			}
		}},
	}
	unknown, made, twice := 0, 0, 0
	for i, c := range calls {
		const wanted = 3
		for n, got := 0, 0; got < wanted && n < 100; n++ {
			name := fmt.Sprintf("cut%dx%d", i, n)
			if c.prepare != nil {
				c.prepare(name)
			}
			cutter.arm(true)
			err := c.call(name)
			cutter.arm(false)
			if err == nil {
				continue // The cut has hit the commit of something else.
			}
			got++
			if status := statusOf(err); status != http.StatusInternalServerError {
				t.Errorf("%s: %d: %v", c.event, status, err)
			}
			awaitReady(t, s, http.StatusOK)
			unknown++
			// PostgreSQL may still be at it: the same call again waits for that.
			err = c.call(name)
			if err != nil && (c.refusal == "" || !strings.Contains(err.Error(), c.refusal)) {
				t.Errorf("%s: the same call again: %v", c.event, err)
			}
			now := c.count(name)
			if err != nil || now > 1 {
				made++
			}
			if now != 1 && !(c.again && now == 2) {
				t.Errorf("%s: %d are there after the same call again", c.event, now)
			}
			if c.again {
				twice += now - 1
			}
		}
	}
	if made == 0 || twice == 0 {
		t.Error("no change whose answer was cut was made: this test shows nothing")
	}
	if status := s.Stop(t); status != 0 {
		t.Errorf("status %d", status)
	}
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	repeated, ids := 0, map[string]bool{}
	records := map[string]int{}
	for line := range strings.Lines(string(text)) {
		r, err := parseRecord(line)
		if err != nil {
			t.Fatal(err)
		}
		if ids[r.EventID] {
			repeated++
			continue
		}
		ids[r.EventID] = true
		if strings.Contains(line, `"errorCode"`) || !strings.Contains(line, `"eventName":"CreateOrganizationalUnit"`) && !strings.Contains(line, `"eventName":"CreatePolicy"`) {
			continue
		}
		for n := range 100 {
			for i := range calls {
				if strings.Contains(line, fmt.Sprintf(`"cut%dx%d"`, i, n)) {
					records[fmt.Sprintf("cut%dx%d", i, n)]++
				}
			}
		}
	}
	for name, n := range records {
		if n != 1 {
			t.Errorf("%s: %d records of success", name, n)
		}
	}
	if len(records) == 0 {
		t.Error("the journal has no record of the changes")
	}
	t.Logf("evidence: %d commits without an answer: 500 each, at least %d of them made; the same call again left each once, but %d access keys, of which each call makes one; the journal has each of %d names once, %d records repeated", unknown, made, twice, len(records), repeated)
}
