package app_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"accord/internal/api"
	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/organizations"
	"accord/test/postgres"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice = "111111111111"
	bob   = "222222222222"
)

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// with returns settings: those of a server that nobody configured, on a store in
// memory, changed by the settings given as name, value, name, value.
func with(t *testing.T, named ...string) config.Config {
	t.Helper()
	given := config.Input{"store": {"memory"}, "listen": {"127.0.0.1:0"}, "admin-listen": {"127.0.0.1:0"}}
	for i := 0; i < len(named); i += 2 {
		given[named[i]] = []string{named[i+1]}
	}
	c, err := config.Load(given, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// installed is an installation under test.
type installed struct {
	*app.App
	t *testing.T
}

func open(t *testing.T, c config.Config) installed {
	t.Helper()
	i, err := app.Open(t.Context(), c, app.Options{
		Start: start, Source: ident.NewSeededSource(1), Rehearse: true,
		Undeclared: func(operation string, e *api.Error) { t.Errorf("%s is not allowed to return %v", operation, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return installed{i, t}
}

func (i installed) close() {
	i.t.Helper()
	if err := i.Close(context.Background()); err != nil {
		i.t.Error(err)
	}
}

// request is a call of an operation of Organizations.
func request(account, operation, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128."+operation)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20261102/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=00")
	return r
}

// try calls an operation and returns its answer and the exception, if any.
func (i installed) try(account, operation, body string) (answer map[string]any, exception string) {
	i.t.Helper()
	w := httptest.NewRecorder()
	i.API().ServeHTTP(w, request(account, operation, body))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		i.t.Fatalf("%s: %v: %s", operation, err, w.Body)
	}
	exception, _ = answer["__type"].(string)
	return answer, exception
}

// must calls an operation that has to succeed.
func (i installed) must(account, operation, body string) map[string]any {
	i.t.Helper()
	answer, exception := i.try(account, operation, body)
	if exception != "" {
		i.t.Fatalf("%s: %v", operation, answer)
	}
	return answer
}

// invited makes an organization of alice and returns the id of an invitation of
// bob.
func (i installed) invited() string {
	i.t.Helper()
	i.must(alice, "CreateOrganization", `{}`)
	answer := i.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+bob+`", "Type": "ACCOUNT"}}`)
	return answer["Handshake"].(map[string]any)["Id"].(string)
}

func (i installed) stateOf(handshake string) any {
	i.t.Helper()
	return i.must(bob, "DescribeHandshake", `{"HandshakeId": "`+handshake+`"}`)["Handshake"].(map[string]any)["State"]
}

func TestTheVirtualClockGoesOnWhereItStood(t *testing.T) {
	c := with(t, "store", "sqlite:"+filepath.Join(t.TempDir(), "accord.db"), "clock", "virtual")
	first := open(t, c)
	handshake := first.invited()
	if err := first.Clock.Advance(t.Context(), 14*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	stood := first.Clock.Now()
	first.close()

	second := open(t, c)
	defer second.close()
	if now := second.Clock.Now(); !now.Equal(stood) || !now.Equal(start.Add(14*24*time.Hour)) {
		t.Errorf("the clock stood at %v and stands at %v", stood, now)
	}
	if state := second.stateOf(handshake); state != "OPEN" {
		t.Errorf("after 14 days the invitation is %v", state)
	}
	if err := second.Clock.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if state := second.stateOf(handshake); state != "EXPIRED" {
		t.Errorf("after 15 days the invitation is %v", state)
	}
}

func TestAStoreKeepsItsKindOfClock(t *testing.T) {
	for served, wanted := range map[string]string{"system": "virtual", "virtual": "system"} {
		url := "sqlite:" + filepath.Join(t.TempDir(), "accord.db")
		open(t, with(t, "store", url, "clock", served)).close()
		_, err := app.Open(t.Context(), with(t, "store", url, "clock", wanted), app.Options{})
		var other *app.ClockError
		if !errors.As(err, &other) || string(other.Served) != served || string(other.Wanted) != wanted {
			t.Fatalf("a store of the clock %s was opened with %s: %v", served, wanted, err)
		}
		if text := err.Error(); !strings.Contains(text, "--store memory") || strings.Contains(text, "\n") {
			t.Errorf("the error names no way out in one line: %s", text)
		}
		// The refusal has not changed whose the store is, nor kept its lock.
		open(t, with(t, "store", url, "clock", served)).close()
	}
}

// eventually waits for work in the background.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not happen", what)
		}
	}
}

func TestWorkThatIsDueNowIsDoneAfterTheCommit(t *testing.T) {
	for _, kind := range []string{"system", "virtual"} {
		t.Run(kind, func(t *testing.T) {
			i := open(t, with(t, "clock", kind))
			defer i.close()
			i.must(alice, "CreateOrganization", `{}`)
			status := i.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)["CreateAccountStatus"].(map[string]any)
			if status["State"] != "IN_PROGRESS" {
				t.Errorf("the answer is %v", status)
			}
			eventually(t, "the creation", func() bool {
				answer := i.must(alice, "DescribeCreateAccountStatus", `{"CreateAccountRequestId": "`+status["Id"].(string)+`"}`)
				return answer["CreateAccountStatus"].(map[string]any)["State"] == "SUCCEEDED"
			})
		})
	}
}

func TestWorkIsDoneWhenTheClockWasMoved(t *testing.T) {
	i := open(t, with(t, "clock", "virtual", "behavior", "account-creation-delay=72h"))
	defer i.close()
	i.must(alice, "CreateOrganization", `{}`)
	i.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)
	if err := i.Clock.Set(t.Context(), start.Add(100*time.Hour)); err != nil {
		t.Fatal(err)
	}
	list := i.must(alice, "ListCreateAccountStatus", `{}`)["CreateAccountStatuses"].([]any)[0].(map[string]any)
	if took := list["CompletedTimestamp"].(float64) - list["RequestedTimestamp"].(float64); list["State"] != "SUCCEEDED" || took != 72*3600 {
		t.Errorf("%v after %v s", list["State"], took)
	}
	if now := i.Clock.Now(); !now.Equal(start.Add(100 * time.Hour)) {
		t.Errorf("the clock stands at %v", now)
	}
}

func TestTheClockGoesBackOnlyWhileThereIsNoAccount(t *testing.T) {
	i := open(t, with(t, "clock", "virtual"))
	defer i.close()
	ctx := t.Context()
	earlier := start.Add(-1000 * time.Hour)
	if err := i.Clock.Set(ctx, earlier); err != nil || !i.Clock.Now().Equal(earlier) {
		t.Fatalf("in the empty store: %v, the clock stands at %v", err, i.Clock.Now())
	}
	i.invited()
	if err := i.Clock.Advance(ctx, -time.Second); !errors.Is(err, organizations.ErrNotNow) || !i.Clock.Now().Equal(earlier) {
		t.Fatalf("in the store that has accounts: %v, the clock stands at %v", err, i.Clock.Now())
	}
	if err := i.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if err := i.Clock.Advance(ctx, -time.Second); err != nil {
		t.Errorf("after a reset: %v", err)
	}
	for _, year := range []int{1969, 10000} {
		if err := i.Clock.Set(ctx, time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC)); !errors.Is(err, organizations.ErrMalformed) {
			t.Errorf("year %d: %v", year, err)
		}
	}
}

func TestTheMachinesClockIsNotMoved(t *testing.T) {
	i := open(t, with(t))
	defer i.close()
	if err := i.Clock.Advance(t.Context(), time.Hour); !errors.Is(err, organizations.ErrNotNow) {
		t.Error(err)
	}
	if past := time.Since(i.Clock.Now()); past < 0 || past > time.Minute {
		t.Errorf("it is %v behind", past)
	}
}

func TestResetForgetsEverything(t *testing.T) {
	i := open(t, with(t))
	defer i.close()
	ctx := t.Context()
	handshake := i.invited()
	if _, err := i.Faults.Add(faults.Spec{Cut: faults.Before}); err != nil {
		t.Fatal(err)
	}
	if err := i.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if accounts, err := i.Provider.Accounts(ctx, "", 10); err != nil || len(accounts) != 0 {
		t.Errorf("accounts: %v, %v", accounts, err)
	}
	if mails, err := i.Mails(ctx, "", 10); err != nil || len(mails) != 0 {
		t.Errorf("mails: %v, %v", mails, err)
	}
	if rows := i.Faults.Entries(); len(rows) != 0 {
		t.Errorf("faults: %v", rows)
	}
	// The callers are known no more either: a call registers its account again.
	if _, exception := i.try(bob, "DescribeHandshake", `{"HandshakeId": "`+handshake+`"}`); exception != "HandshakeNotFoundException" {
		t.Errorf("the handshake: %q", exception)
	}
	i.must(alice, "CreateOrganization", `{}`)
}

func TestASuspendedAccountIsRefusedAtOnce(t *testing.T) {
	i := open(t, with(t))
	defer i.close()
	i.must(alice, "ListHandshakesForAccount", `{}`)
	for state, want := range map[org.AccountState]string{org.Suspended: "UnrecognizedClientException", org.Active: ""} {
		for range 2 {
			if _, err := i.Provider.UpdateAccount(t.Context(), alice, organizations.AccountUpdate{State: &state}); err != nil {
				t.Fatal(err)
			}
			if _, exception := i.try(alice, "ListHandshakesForAccount", `{}`); exception != want {
				t.Errorf("%s: %q, want %q", state, exception, want)
			}
			// The account is looked at before the input.
			if _, exception := i.try(alice, "DescribeHandshake", `{}`); exception != cmp.Or(want, "InvalidInputException") {
				t.Errorf("%s, invalid input: %q", state, exception)
			}
		}
	}
}

func TestMailsComeNewestFirst(t *testing.T) {
	i := open(t, with(t))
	defer i.close()
	i.must(bob, "AcceptHandshake", `{"HandshakeId": "`+i.invited()+`"}`)
	all, err := i.Mails(t.Context(), "", 10)
	if err != nil || len(all) < 2 {
		t.Fatalf("%v, %v", all, err)
	}
	if oldest := all[len(all)-1]; oldest.Account != bob || !strings.Contains(oldest.Body, "invited") {
		t.Errorf("the oldest is %+v", oldest)
	}
	rest, err := i.Mails(t.Context(), all[0].ID, 10)
	if err != nil || len(rest) != len(all)-1 || rest[0] != all[1] {
		t.Errorf("behind the newest: %v, %v", rest, err)
	}
}

func TestCloseAnswersWhatIsInFlight(t *testing.T) {
	i := open(t, with(t))
	if err := i.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	i.must(alice, "CreateOrganization", `{}`)
	if _, err := i.Faults.Add(faults.Spec{Delay: faults.Duration(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	status := make(chan int)
	began := make(chan struct{})
	go func() {
		r := request(alice, "DescribeOrganization", `{}`)
		connection, err := net.Dial("tcp", i.Address())
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
	eventually(t, "the delay", func() bool { return i.Faults.Entries()[0].Acted == 1 })
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		i.close()
	}()
	if got := <-status; got != http.StatusOK {
		t.Errorf("the call in flight was answered with %d", got)
	}
	<-closed
	if _, err := net.Dial("tcp", i.Address()); err == nil {
		t.Error("it still listens")
	}
}

func TestTheJournalHoldsChangesReadsAndRefusals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	i := open(t, with(t, "journal", path))
	i.must(alice, "CreateOrganization", `{}`)
	i.must(alice, "DescribeOrganization", `{}`)
	i.try(bob, "DescribeOrganization", `{}`)
	i.close()
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

func TestIAMIsAnsweredInItsOwnForm(t *testing.T) {
	i := open(t, with(t))
	defer i.close()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=ListUsers&Version=2010-05-08"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+alice+"/20261102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=00")
	w := httptest.NewRecorder()
	i.API().ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "<Code>InvalidAction</Code>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPostgreSQLHoldsTheSameState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	c := with(t, "store", postgres.URL(t), "journal", path)
	first := open(t, c)
	handshake := first.invited()
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

func TestServersOfOneStoreForgetTogether(t *testing.T) {
	c := with(t, "store", postgres.URL(t), "behavior", "create-account=synchronous")
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	first.invited()
	second.must(bob, "ListHandshakesForAccount", `{}`)
	second.must(alice, "DescribeOrganization", `{}`)
	if err := first.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What the second remembers of the accounts is not true any more.
	if _, exception := second.try(bob, "DescribeOrganization", `{}`); exception != "AWSOrganizationsNotInUseException" {
		t.Errorf("a read answers %q", exception)
	}
	second.must(alice, "CreateOrganization", `{}`)
	for _, name := range []string{"a", "b", "c"} {
		first.must(alice, "CreateAccount", `{"Email": "`+name+`@example.com", "AccountName": "`+name+`"}`)
	}
	// A list that one begins the other continues.
	token, asked := "", []installed{first, second, first, second}
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
	c := with(t, "store", postgres.URL(t))
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	first.must(alice, "ListHandshakesForAccount", `{}`)
	if _, err := second.Provider.UpdateAccount(t.Context(), alice, organizations.AccountUpdate{State: new(org.Suspended)}); err != nil {
		t.Fatal(err)
	}
	if _, exception := first.try(alice, "ListHandshakesForAccount", `{}`); exception != "UnrecognizedClientException" {
		t.Errorf("the other server answers %q", exception)
	}
}

func TestAFailedOpenLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	url := "sqlite:" + filepath.Join(folder, "accord.db")
	// The journal is opened after the store.
	if _, err := app.Open(t.Context(), with(t, "store", url, "journal", folder), app.Options{}); err == nil {
		t.Fatal("a folder is a journal")
	}
	i := open(t, with(t, "store", url))
	defer i.close()
	if _, err := app.Open(t.Context(), with(t, "store", url), app.Options{}); err == nil {
		t.Error("one file has two owners")
	}
}

func TestATakenAddressIsNamedWithItsSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, setting := range []string{"listen", "admin-listen"} {
		i := open(t, with(t, setting, taken.Addr().String()))
		if err := i.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "setting "+setting+":") {
			t.Errorf("%s: %v", setting, err)
		}
		i.close()
	}
}

func TestInjectedFaultsOfCreationsAreChecked(t *testing.T) {
	i := open(t, with(t, "behavior", "create-account=synchronous"))
	defer i.close()
	i.must(alice, "CreateOrganization", `{}`)
	if _, err := i.Faults.Add(faults.Spec{Operation: "CreateAccount", FailureReason: "NO_REASON"}); err == nil {
		t.Error("an unknown reason was taken")
	}
	if _, err := i.Faults.Add(faults.Spec{Operation: "CreateAccount", FailureReason: "EMAIL_ALREADY_EXISTS", Next: 1}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []any{"FAILED", "SUCCEEDED"} {
		answer := i.must(alice, "CreateAccount", `{"Email": "new@example.com", "AccountName": "New"}`)
		if status := answer["CreateAccountStatus"].(map[string]any); status["State"] != want {
			t.Errorf("%v, want %v", status, want)
		}
	}
}
