package app_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/app/apptest"
	"accord/test/postgres"
	"accord/test/require"
)

// TestTheEndOfALargeOrganizationDoesNotHoldTheOthers: an organization with thousands of open
// invitations is deleted in one transaction, while others change, through this server or
// through another one. Both succeed.
func TestTheEndOfALargeOrganizationDoesNotHoldTheOthers(t *testing.T) {
	require.Long(t)
	for _, where := range []string{"this server", "another server"} {
		t.Run(where, func(t *testing.T) { endLargeOrganization(t, where == "another server") })
	}
}

func endLargeOrganization(t *testing.T, elsewhere bool) {
	const writers = 4
	settings := []string{"store", postgres.URL(t), "quota", "accounts-per-organization=unlimited", "quota", "invitations-per-day=unlimited"}
	a := open(t, apptest.Config(t, settings...))
	defer a.close()
	b := a
	if elsewhere {
		b = open(t, apptest.Config(t, settings...))
		defer b.close()
	}
	a.must(alice, "CreateOrganization", `{}`)
	const invitations = 3000
	var inviting sync.WaitGroup
	var invited atomic.Int64
	for range 16 {
		inviting.Go(func() {
			for n := invited.Add(1); n <= int64(invitations); n = invited.Add(1) {
				a.must(alice, "InviteAccountToOrganization", fmt.Sprintf(`{"Target": {"Type": "EMAIL", "Id": "a%d@example.com"}}`, n))
			}
		})
	}
	inviting.Wait()
	var units [writers]string
	for i := range writers {
		account := fmt.Sprintf("%012d", 400_000_000_000+i)
		b.must(account, "CreateOrganization", `{}`)
		roots := b.must(account, "ListRoots", `{}`)["Roots"].([]any)
		unit := b.must(account, "CreateOrganizationalUnit", `{"Name": "unit", "ParentId": "`+roots[0].(map[string]any)["Id"].(string)+`"}`)
		units[i] = unit["OrganizationalUnit"].(map[string]any)["Id"].(string)
	}
	var made, refused atomic.Int64
	var longest time.Duration
	var mu sync.Mutex
	var others sync.WaitGroup
	done := make(chan struct{})
	for i := range writers {
		others.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
				}
				began := time.Now()
				if _, exception := b.try(fmt.Sprintf("%012d", 400_000_000_000+i), "UpdateOrganizationalUnit", fmt.Sprintf(`{"OrganizationalUnitId": %q, "Name": "%d"}`, units[i], n)); exception == "" {
					made.Add(1)
				} else {
					refused.Add(1)
				}
				mu.Lock()
				longest = max(longest, time.Since(began))
				mu.Unlock()
			}
		})
	}
	began := time.Now()
	a.must(alice, "DeleteOrganization", `{}`)
	took, beside := time.Since(began), made.Load()
	close(done)
	others.Wait()
	if beside < 2*writers {
		t.Errorf("only %d changes were made beside one that took %v", beside, took)
	}
	t.Logf("evidence: DeleteOrganization with %d invitations took %v; beside it %d changes of others were made and %d refused, the longest took %v",
		invitations, took.Round(time.Millisecond), beside, refused.Load(), longest.Round(time.Millisecond))
}
