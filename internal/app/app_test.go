package app_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/faults"
	"accord/internal/org"
	"accord/internal/service/provider"
)

func TestJobsThatAreDueRunAfterTheCommit(t *testing.T) {
	for _, kind := range []string{"system", "virtual"} {
		t.Run(kind, func(t *testing.T) {
			a := open(t, apptest.Config(t, "clock", kind))
			defer a.close()
			a.must(alice, "CreateOrganization", `{}`)
			status := a.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)["CreateAccountStatus"].(map[string]any)
			if status["State"] != "IN_PROGRESS" {
				t.Errorf("the answer is %v", status)
			}
			eventually(t, "the creation", func() bool {
				answer := a.must(alice, "DescribeCreateAccountStatus", `{"CreateAccountRequestId": "`+status["Id"].(string)+`"}`)
				return answer["CreateAccountStatus"].(map[string]any)["State"] == "SUCCEEDED"
			})
		})
	}
}

func TestResetDeletesEverything(t *testing.T) {
	a := open(t, apptest.Config(t))
	defer a.close()
	ctx := t.Context()
	handshake := a.invite()
	if _, err := a.Faults.Add(faults.Spec{Cut: faults.Before}); err != nil {
		t.Fatal(err)
	}
	if err := a.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if accounts, err := a.Provider.Accounts(ctx, "", 10); err != nil || len(accounts) != 0 {
		t.Errorf("accounts: %v, %v", accounts, err)
	}
	if mails, err := a.Mails(ctx, 0, 10); err != nil || len(mails) != 0 {
		t.Errorf("mails: %v, %v", mails, err)
	}
	if rows := a.Faults.Entries(); len(rows) != 0 {
		t.Errorf("faults: %v", rows)
	}
	// A call registers its account again.
	if _, exception := a.try(bob, "DescribeHandshake", `{"HandshakeId": "`+handshake+`"}`); exception != "HandshakeNotFoundException" {
		t.Errorf("the handshake: %q", exception)
	}
	a.must(alice, "CreateOrganization", `{}`)
}

func TestASuspendedAccountCannotCall(t *testing.T) {
	a := open(t, apptest.Config(t))
	defer a.close()
	a.must(alice, "ListHandshakesForAccount", `{}`)
	for state, want := range map[org.AccountState]string{org.Suspended: "UnrecognizedClientException", org.Active: ""} {
		for range 2 {
			if _, err := a.Provider.UpdateAccount(t.Context(), alice, provider.AccountUpdate{State: &state}); err != nil {
				t.Fatal(err)
			}
			if _, exception := a.try(alice, "ListHandshakesForAccount", `{}`); exception != want {
				t.Errorf("%s: %q, want %q", state, exception, want)
			}
			// The account is looked at before the input.
			if _, exception := a.try(alice, "DescribeHandshake", `{}`); exception != cmp.Or(want, "InvalidInputException") {
				t.Errorf("%s, invalid input: %q", state, exception)
			}
		}
	}
}

func TestMailsAreListedNewestFirst(t *testing.T) {
	a := open(t, apptest.Config(t))
	defer a.close()
	a.must(bob, "AcceptHandshake", `{"HandshakeId": "`+a.invite()+`"}`)
	all, err := a.Mails(t.Context(), 0, 10)
	if err != nil || len(all) < 2 {
		t.Fatalf("%v, %v", all, err)
	}
	if oldest := all[len(all)-1]; oldest.Account != bob || !strings.Contains(oldest.Body, "invited") {
		t.Errorf("the oldest is %+v", oldest)
	}
	rest, err := a.Mails(t.Context(), all[0].Sequence, 10)
	if err != nil || len(rest) != len(all)-1 || rest[0] != all[1] {
		t.Errorf("after the newest: %v, %v", rest, err)
	}
}

func TestCloseAnswersRequestsInFlight(t *testing.T) {
	a := open(t, apptest.Config(t))
	if err := a.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.must(alice, "CreateOrganization", `{}`)
	if _, err := a.Faults.Add(faults.Spec{Delay: faults.Duration(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	status := make(chan int)
	began := make(chan struct{})
	go func() {
		r := request(alice, "DescribeOrganization", `{}`)
		connection, err := net.Dial("tcp", a.Address())
		if err == nil {
			err = r.Write(connection)
		}
		close(began)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		defer func() { _ = connection.Close() }()
		answer, err := http.ReadResponse(bufio.NewReader(connection), r)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		_ = answer.Body.Close()
		status <- answer.StatusCode
	}()
	<-began
	eventually(t, "the delay", func() bool { return a.Faults.Entries()[0].Acted == 1 })
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		a.close()
	}()
	if got := <-status; got != http.StatusOK {
		t.Errorf("the call in flight was answered with %d", got)
	}
	<-closed
	if _, err := net.Dial("tcp", a.Address()); err == nil {
		t.Error("it still listens")
	}
}

func TestTheJournalHasWritesReadsAndErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	a := open(t, apptest.Config(t, "journal", path))
	a.must(alice, "CreateOrganization", `{}`)
	a.must(alice, "DescribeOrganization", `{}`)
	a.try(bob, "DescribeOrganization", `{}`)
	a.close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var record struct{ EventName, EventSource, ErrorCode, RecipientAccountID string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen[fmt.Sprint(record)] = true
	}
	for _, want := range []string{
		"{CreateOrganization organizations.amazonaws.com  111111111111}",
		"{DescribeOrganization organizations.amazonaws.com  111111111111}",
		"{DescribeOrganization organizations.amazonaws.com AWSOrganizationsNotInUseException 222222222222}",
	} {
		if !seen[want] {
			t.Errorf("there is no record %s in\n%s", want, text)
		}
	}
}

func TestAnOperationThatIAMLacksIsAnsweredInXML(t *testing.T) {
	a := open(t, apptest.Config(t))
	defer a.close()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=ListSAMLProviders&Version=2010-05-08"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", apptest.Authorization(alice, "iam"))
	w := httptest.NewRecorder()
	a.API().ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "<Code>InvalidAction</Code>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAFailedOpenLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	url := "sqlite:" + filepath.Join(folder, "accord.db")
	// The journal is opened after the store.
	if _, err := app.Open(t.Context(), apptest.Config(t, "store", url, "journal", folder), app.Options{}); err == nil {
		t.Fatal("a folder was opened as a journal")
	}
	a := open(t, apptest.Config(t, "store", url))
	defer a.close()
	if _, err := app.Open(t.Context(), apptest.Config(t, "store", url), app.Options{}); err == nil {
		t.Error("one file was opened twice")
	}
}

func TestAnAddressInUseIsReportedWithItsSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, setting := range []string{"listen", "admin-listen"} {
		a := open(t, apptest.Config(t, setting, taken.Addr().String()))
		if err := a.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "setting "+setting+":") {
			t.Errorf("%s: %v", setting, err)
		}
		a.close()
	}
}

func TestInjectedFaultsOfCreationsAreChecked(t *testing.T) {
	a := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer a.close()
	a.must(alice, "CreateOrganization", `{}`)
	if _, err := a.Faults.Add(faults.Spec{Operation: "CreateAccount", FailureReason: "NO_REASON"}); err == nil {
		t.Error("an unknown reason was taken")
	}
	if _, err := a.Faults.Add(faults.Spec{Operation: "CreateAccount", FailureReason: "EMAIL_ALREADY_EXISTS", Next: 1}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []any{"FAILED", "SUCCEEDED"} {
		answer := a.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)
		if status := answer["CreateAccountStatus"].(map[string]any); status["State"] != want {
			t.Errorf("%v, want %v", status, want)
		}
	}
}
