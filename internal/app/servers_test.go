package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"accord/internal/app/apptest"
	"accord/internal/org"
	"accord/internal/service/provider"
	"accord/test/postgres"
	"accord/test/require"
)

func TestPostgreSQLHoldsTheSameState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	c := apptest.Config(t, "store", postgres.URL(t), "journal", path)
	first := open(t, c)
	handshake := first.invite()
	first.close()
	second := open(t, c)
	if state := second.stateOf(handshake); state != "OPEN" {
		t.Errorf("after a restart the invitation is %v", state)
	}
	second.close()
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), `"eventName":"InviteAccountToOrganization"`) != 1 {
		t.Errorf("%v, the journal holds\n%s", err, text)
	}
}

func TestAResetHoldsOnEveryServer(t *testing.T) {
	c := apptest.Config(t, "store", postgres.URL(t), "behavior", "create-account=synchronous")
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	first.invite()
	second.must(bob, "ListHandshakesForAccount", `{}`)
	second.must(alice, "DescribeOrganization", `{}`)
	if err := first.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The accounts that the second server has seen are gone.
	if _, exception := second.try(bob, "DescribeOrganization", `{}`); exception != "AWSOrganizationsNotInUseException" {
		t.Errorf("a read answers %q", exception)
	}
	second.must(alice, "CreateOrganization", `{}`)
	for _, name := range []string{"a", "b", "c"} {
		first.must(alice, "CreateAccount", `{"Email": "`+name+`@example.com", "AccountName": "`+name+`"}`)
	}
	// One server continues the list that another began.
	token, asked := "", []fixture{first, second, first, second}
	for n, server := range asked {
		input := `{"MaxResults": 1}`
		if token != "" {
			input = `{"MaxResults": 1, "NextToken": "` + token + `"}`
		}
		token, _ = server.must(alice, "ListAccounts", input)["NextToken"].(string)
		if (token == "") != (n == len(asked)-1) {
			t.Errorf("page %d has the token %q", n, token)
		}
	}
}

func TestASuspensionHoldsOnEveryServer(t *testing.T) {
	c := apptest.Config(t, "store", postgres.URL(t))
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	first.must(alice, "ListHandshakesForAccount", `{}`)
	if _, err := second.Provider.UpdateAccount(t.Context(), alice, provider.AccountUpdate{State: new(org.Suspended)}); err != nil {
		t.Fatal(err)
	}
	if _, exception := first.try(alice, "ListHandshakesForAccount", `{}`); exception != "UnrecognizedClientException" {
		t.Errorf("the other server answers %q", exception)
	}
}

// TestResetsThroughTwoServersFailNoCall: calls are answered or refused while everything is
// deleted again and again, and none ends with an internal error.
func TestResetsThroughTwoServersFailNoCall(t *testing.T) {
	require.Full(t)
	c := apptest.Config(t, "store", postgres.URL(t))
	servers := []fixture{open(t, c), open(t, c)}
	for _, server := range servers {
		defer server.close()
	}
	var answered, refused, resets, lost atomic.Int64
	var callers, resetters sync.WaitGroup
	done := make(chan struct{})
	for i := range 8 {
		callers.Go(func() {
			account := fmt.Sprintf("%012d", 300_000_000_000+i)
			for n := range require.Amount(0, 20, 200) {
				operation := []string{"CreateOrganization", "DescribeOrganization", "DeleteOrganization", "ListRoots"}[n%4]
				switch _, exception := servers[n%2].try(account, operation, `{}`); exception {
				case "ServiceException", "InternalFailure":
					t.Errorf("%s of %s: %s", operation, account, exception)
				case "ConcurrentModificationException", "TooManyRequestsException", "ServiceUnavailableException":
					refused.Add(1)
				default:
					answered.Add(1)
				}
			}
		})
	}
	for _, server := range servers {
		resetters.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := server.Reset(t.Context()); err != nil {
					lost.Add(1)
				} else {
					resets.Add(1)
				}
			}
		})
	}
	callers.Wait()
	close(done)
	resetters.Wait()
	if resets.Load() < 2 {
		t.Errorf("void: %d resets", resets.Load())
	}
	t.Logf("evidence: %d calls answered and %d refused beside %d resets (%d more lost against others); no internal error",
		answered.Load(), refused.Load(), resets.Load(), lost.Load())
}
