package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/app/apptest"
	"accord/internal/ident"
)

// accounts counts the accounts of the store.
func (f fixture) accounts() int {
	f.t.Helper()
	all, err := f.Provider.Accounts(f.t.Context(), "", 1000)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(all)
}

// TestKeysThatNobodyKnowsRegisterUpToAQuota. The control is the same without a quota:
// each key becomes an account.
func TestKeysThatNobodyKnowsRegisterUpToAQuota(t *testing.T) {
	const keys, limit = 60, 20
	for quota, want := range map[string]int{fmt.Sprint(limit): limit, "unlimited": keys} {
		f := open(t, apptest.Config(t, "quota", "accounts-registered="+quota))
		refused := 0
		for n := range keys {
			answer, exception := f.try(fmt.Sprintf("3%011d", n), "DescribeOrganization", "{}")
			if exception == "UnrecognizedClientException" {
				refused++
				if text := fmt.Sprint(answer["Message"]); !strings.Contains(text, fmt.Sprintf("registered %d accounts, and registers no further one", limit)) {
					t.Fatalf("the answer: %s", text)
				}
			}
		}
		if got := f.accounts(); got != want || refused != keys-want {
			t.Errorf("quota %s: %d accounts, %d refused", quota, got, refused)
		}
		// The operator is not bound by it, nor are accounts that are known.
		if _, err := f.Provider.Register(t.Context(), "444444444444", "", ""); err != nil {
			t.Error(err)
		}
		if _, exception := f.try("444444444444", "CreateOrganization", "{}"); exception != "" {
			t.Errorf("a registered account: %s", exception)
		}
		// In the form of the query protocol too.
		r := httptest.NewRequest(http.MethodPost, strings.Replace(presigned, bob, "555555555555", 1), nil)
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, r)
		if bound := quota != "unlimited"; (w.Code == 403 && strings.Contains(w.Body.String(), "<Code>InvalidClientTokenId</Code>")) != bound {
			t.Errorf("quota %s: %d %s", quota, w.Code, w.Body)
		}
		f.close()
	}
	t.Logf("evidence: of %d unknown keys %d became accounts, and all without the quota", keys, limit)
}

// TestASweepKeepsWhatWasUsed and lowers what the quota counts.
func TestASweepKeepsWhatWasUsed(t *testing.T) {
	f := open(t, apptest.Config(t, "clock", "virtual", "quota", "accounts-registered=7"))
	defer f.close()
	const idle, invited, declined, renamed, later = "300000000001", "300000000002", "300000000003", "300000000004", "300000000005"
	f.must(alice, "CreateOrganization", "{}")
	for _, key := range []string{idle, invited, declined, renamed} {
		f.try(key, "DescribeOrganization", "{}")
	}
	f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+invited+`", "Type": "ACCOUNT"}}`)
	f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "account-`+declined+`@example.com", "Type": "EMAIL"}}`)
	if _, err := f.Provider.Register(t.Context(), renamed, "", "Ops"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Provider.Register(t.Context(), "600000000000", "", ""); err != nil {
		t.Fatal(err)
	}
	if err := f.Clock.Advance(t.Context(), 30*time.Hour); err != nil {
		t.Fatal(err)
	}
	f.try(later, "DescribeOrganization", "{}")
	if _, exception := f.try("700000000000", "DescribeOrganization", "{}"); exception == "UnrecognizedClientException" {
		t.Error("the quota is reached too early")
	}
	if _, exception := f.try("800000000000", "DescribeOrganization", "{}"); exception != "UnrecognizedClientException" {
		t.Errorf("the quota is not reached: %s", exception)
	}
	for _, sweep := range []struct {
		body string
		want string
		gone []ident.AccountID
	}{
		{`{}`, `{"deleted":1}`, []ident.AccountID{idle}},
		{`{}`, `{"deleted":0}`, nil},
		{`{"olderThan": "0s"}`, `{"deleted":2}`, []ident.AccountID{later, "700000000000"}},
	} {
		before := f.accounts()
		r := httptest.NewRequest(http.MethodPost, "/sweep", strings.NewReader(sweep.body))
		r.Host = "localhost"
		w := httptest.NewRecorder()
		f.Admin().ServeHTTP(w, r)
		if got := strings.TrimSpace(w.Body.String()); got != sweep.want || f.accounts() != before-len(sweep.gone) {
			t.Errorf("%s: %s, %d of %d accounts are left", sweep.body, got, f.accounts(), before)
		}
		for _, id := range sweep.gone {
			if _, err := f.Provider.Account(t.Context(), id); err == nil {
				t.Errorf("%s is there", id)
			}
		}
	}
	// A swept key is registered again, within the quota after the sweep.
	for _, key := range []string{idle, later, "800000000000"} {
		if _, exception := f.try(key, "DescribeOrganization", "{}"); exception != "AWSOrganizationsNotInUseException" {
			t.Errorf("%s: %s", key, exception)
		}
	}
	if _, exception := f.try("900000000000", "DescribeOrganization", "{}"); exception != "UnrecognizedClientException" {
		t.Errorf("the quota counts wrongly: %s", exception)
	}
}
