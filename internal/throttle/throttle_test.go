package throttle

import (
	"fmt"
	"testing"
	"time"

	"accord/internal/api/orgapi"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func TestOnlyOperationsOfTheModelHaveLimits(t *testing.T) {
	for name, row := range table {
		if orgapi.Operations[name] == nil {
			t.Errorf("%s is no operation", name)
		}
		if row.Account.Size < 1 || row.Account.Rate <= 0 {
			t.Errorf("%s has no bucket of the account", name)
		}
	}
}

// calls returns how many of n calls go through at an instant, by scope of the refusal.
func calls(l *Limiter, now time.Time, n int, operation, account, organization string) map[Scope]int {
	got := map[Scope]int{}
	for range n {
		got[l.Allow(now, operation, account, organization)]++
	}
	return got
}

// [AWS: DescribeHandshake 1 a second and 2 at once for an account, 6 and 10 for an
// organization]
func TestABucketLetsItsSizeThroughAndThenItsRate(t *testing.T) {
	l := New(1)
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 2}, {0, 0}, {999 * time.Millisecond, 0}, {time.Second, 1}, {time.Second, 0}, {time.Hour, 2}} {
		if got := calls(l, start.Add(step.after), 3, "DescribeHandshake", "111111111111", "")[""]; got != step.want {
			t.Errorf("after %s: %d calls go through, want %d", step.after, got, step.want)
		}
	}
}

func TestAccountsOfAnOrganizationShareItsBucket(t *testing.T) {
	l := New(1)
	through, refused := 0, map[Scope]int{}
	for i := range 10 {
		for scope, n := range calls(l, start, 3, "DescribeHandshake", fmt.Sprintf("%012d", i), "o-1") {
			refused[scope] += n
			if scope == "" {
				through += n
			}
		}
	}
	if through != 10 || refused[Account] != 5 || refused[Organization] != 15 {
		t.Errorf("%d calls go through, refused: %v", through, refused)
	}
	// A refused call took nothing from the account: another organization, the same bucket.
	if got := calls(l, start, 3, "DescribeHandshake", "000000000009", "o-2"); got[""] != 2 {
		t.Errorf("after refusals by the organization: %v", got)
	}
}

func TestOperationsAndAccountsHaveBucketsOfTheirOwn(t *testing.T) {
	l := New(1)
	for _, c := range [][2]string{{"ListRoots", "111111111111"}, {"ListRoots", "222222222222"}, {"DescribeOrganization", "111111111111"}} {
		if got := calls(l, start, 3, c[0], c[1], "")[""]; got != 2 {
			t.Errorf("%v: %d", c, got)
		}
	}
	if got := calls(l, start, 100, "PutResourcePolicy", "111111111111", "o-1")[""]; got != 100 {
		t.Errorf("an operation without a published limit let %d of 100 through", got)
	}
}

func TestTheFactorMultipliesRateAndSize(t *testing.T) {
	for factor, want := range map[float64][2]int{1: {2, 1}, 10: {20, 10}, 0.1: {1, 0}} {
		l := New(factor)
		first := calls(l, start, 100, "DescribeOrganization", "1", "")[""]
		if second := calls(l, start.Add(time.Second), 100, "DescribeOrganization", "1", "")[""]; first != want[0] || second != want[1] {
			t.Errorf("%v: %d at once and %d a second later, want %v", factor, first, second, want)
		}
	}
}

func TestRefillFillsAllBuckets(t *testing.T) {
	l := New(1)
	calls(l, start, 3, "ListRoots", "1", "o-1")
	l.Refill()
	if got := calls(l, start, 3, "ListRoots", "1", "o-1")[""]; got != 2 {
		t.Errorf("%d calls go through", got)
	}
	var none *Limiter
	none.Refill()
	if none.Counts("ListRoots", Account) {
		t.Error("no limiter limits")
	}
}

// TestBucketsAreBounded: of any number of accounts, a full bucket is dropped before one
// that has been used.
func TestBucketsAreBounded(t *testing.T) {
	l := New(1)
	l.most = 100
	for i := range 99 {
		calls(l, start, 1, "ListRoots", fmt.Sprint(i), "")
	}
	later := start.Add(time.Minute)
	calls(l, later, 3, "ListRoots", "used", "")
	calls(l, later, 1, "ListRoots", "one more", "")
	if len(l.buckets) != 2 || calls(l, later, 1, "ListRoots", "used", "")[""] != 0 {
		t.Errorf("%d buckets are left", len(l.buckets))
	}
	for i := range 1000 {
		calls(l, later, 2, "ListRoots", fmt.Sprint("new ", i), "")
	}
	if len(l.buckets) > l.most {
		t.Errorf("%d buckets, at most %d are allowed", len(l.buckets), l.most)
	}
}
