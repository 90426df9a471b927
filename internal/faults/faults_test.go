package faults_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/faults"
)

func table() *faults.Table {
	reasons := api.Texts(orgapi.CreateAccountFailureReason("").Values())
	return faults.NewTable(
		faults.Service{Name: "organizations", Operations: orgapi.Operations, Exception: orgapi.Exception, Reasons: orgapi.Reasons,
			Background: map[string][]string{"CreateAccount": reasons, "CreateGovCloudAccount": reasons}},
		faults.Service{Name: "sts", Operations: stsapi.Operations, Exception: stsapi.Exception},
	)
}

func add(t *testing.T, table *faults.Table, spec faults.Spec) faults.Entry {
	t.Helper()
	added, err := table.Add(spec)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func match(table *faults.Table, operation, account string) (faults.Fault, bool) {
	return table.Match("organizations", orgapi.Operations[operation], account)
}

func TestAnEmptyTableDoesNothing(t *testing.T) {
	if f, ok := match(table(), "ListRoots", "111122223333"); ok {
		t.Errorf("injected %+v", f)
	}
	if reason, ok := table().CreationFailure("CreateAccount", "111122223333"); ok {
		t.Errorf("failed with %s", reason)
	}
}

func TestWhichCallsAFaultSelects(t *testing.T) {
	tests := map[string]struct {
		spec faults.Spec
		want string // x: the fault acts on this call
	}{
		"all":        {faults.Spec{}, "xxxxxxxx"},
		"next":       {faults.Spec{Next: 3}, "xxx....."},
		"every":      {faults.Spec{Every: 3}, "..x..x.."},
		"certain":    {faults.Spec{Probability: 1, Seed: 1}, "xxxxxxxx"},
		"chance":     {faults.Spec{Probability: .5, Seed: 7}, ""},
		"rare":       {faults.Spec{Probability: 1e-9, Seed: 1}, "........"},
		"every call": {faults.Spec{Every: 1}, "xxxxxxxx"},
	}
	run := func(spec faults.Spec) string {
		table := table()
		spec.Cut = faults.Before
		if _, err := table.Add(spec); err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for range 8 {
			if _, ok := match(table, "ListRoots", ""); ok {
				got.WriteByte('x')
			} else {
				got.WriteByte('.')
			}
		}
		return got.String()
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := run(test.spec)
			if test.want == "" {
				// The same seed gives the same choice; it is neither all nor none.
				if got != run(test.spec) || got == strings.Repeat("x", 8) || got == strings.Repeat(".", 8) {
					t.Errorf("%s, then %s", got, run(test.spec))
				}
				return
			}
			if got != test.want {
				t.Errorf("acted on %s, want %s", got, test.want)
			}
		})
	}
}

func TestAFaultLeavesOtherCallsAlone(t *testing.T) {
	table := table()
	add(t, table, faults.Spec{Service: "organizations", Operation: "ListRoots", Account: "111122223333", Cut: faults.Before})
	for call, want := range map[[3]string]bool{
		{"organizations", "ListRoots", "111122223333"}:    true,
		{"organizations", "ListRoots", "444455556666"}:    false,
		{"organizations", "ListAccounts", "111122223333"}: false,
		{"sts", "ListRoots", "111122223333"}:              false,
	} {
		if _, got := table.Match(call[0], orgapi.Operations[call[1]], call[2]); got != want {
			t.Errorf("%v: acted %v, want %v", call, got, want)
		}
	}
	if rows := table.Entries(); rows[0].Matched != 1 || rows[0].Acted != 1 {
		t.Errorf("counted %+v", rows[0])
	}
}

func TestWhatIsInjected(t *testing.T) {
	tests := map[string]struct {
		spec faults.Spec
		want faults.Fault
	}{
		"exception": {
			faults.Spec{Exception: "TooManyRequestsException"},
			faults.Fault{Error: api.NewError("TooManyRequestsException", "", "You have sent too many requests in too short a period of time. Try again later.")},
		},
		"reason": {
			faults.Spec{Operation: "AcceptHandshake", Exception: "HandshakeConstraintViolationException", Reason: "ACCOUNT_NUMBER_LIMIT_EXCEEDED"},
			faults.Fault{Error: api.NewError("HandshakeConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts")},
		},
		"text": {
			faults.Spec{Exception: "ConcurrentModificationException", Message: "Race."},
			faults.Fault{Error: api.NewError("ConcurrentModificationException", "", "Race.")},
		},
		"delay":               {faults.Spec{Delay: faults.Duration(2 * time.Second)}, faults.Fault{Delay: 2 * time.Second}},
		"cut":                 {faults.Spec{Cut: faults.Before}, faults.Fault{Cut: faults.Before}},
		"lost answer":         {faults.Spec{Cut: faults.After}, faults.Fault{Cut: faults.After}},
		"delay and exception": {faults.Spec{Delay: faults.Duration(1), Exception: "ConcurrentModificationException", Message: "m"}, faults.Fault{Delay: 1, Error: api.NewError("ConcurrentModificationException", "", "m")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			table := table()
			test.want.ID = add(t, table, test.spec).ID
			got, ok := match(table, "AcceptHandshake", "111122223333")
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(api.Error{})); !ok || diff != "" {
				t.Errorf("acted %v (-want +got)\n%s", ok, diff)
			}
		})
	}
}

func TestTheFirstFaultThatActsWins(t *testing.T) {
	table := table()
	first := add(t, table, faults.Spec{Next: 1, Cut: faults.Before}).ID
	second := add(t, table, faults.Spec{Delay: 1}).ID
	for _, want := range []string{first, second, second} {
		if got, _ := match(table, "ListRoots", ""); got.ID != want {
			t.Errorf("%s acted, want %s", got.ID, want)
		}
	}
	if rows := table.Entries(); rows[0].Matched != 3 || rows[0].Acted != 1 || rows[1].Matched != 2 {
		t.Errorf("counted %+v", rows)
	}
}

// A fault of all operations must not make one return what its model forbids.
func TestExceptionsAreInjectedOnlyWhereTheModelHasThem(t *testing.T) {
	for _, exception := range []string{"HandshakeNotFoundException", "ServiceException", "RegionDisabledException"} {
		table := table()
		add(t, table, faults.Spec{Exception: exception})
		for service, operations := range map[string]map[string]*api.Operation{"organizations": orgapi.Operations, "sts": stsapi.Operations} {
			for _, op := range operations {
				f, got := table.Match(service, op, "")
				if want := op.MayReturn(exception); got != want || got && (f.Error == nil || f.Error.Type != exception) {
					t.Errorf("%s of %s: injected %v %v, want %v", exception, op.Name, got, f.Error, want)
				}
			}
		}
	}
}

// Every exception of every operation can be injected, with every reason that
// the catalogue has for it.
func TestEveryExceptionCanBeInjected(t *testing.T) {
	reasons := map[string]string{
		"AccessDeniedForDependencyException":    "ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE",
		"ConstraintViolationException":          "OU_NUMBER_LIMIT_EXCEEDED",
		"HandshakeConstraintViolationException": "ALREADY_IN_AN_ORGANIZATION",
		"InvalidInputException":                 "INVALID_PATTERN",
	}
	for _, op := range orgapi.Operations {
		for _, exception := range op.Errors {
			table := table()
			add(t, table, faults.Spec{Operation: op.Name, Exception: exception, Reason: reasons[exception]})
			f, ok := match(table, op.Name, "")
			wantStatus := 400
			if exception == "ServiceException" {
				wantStatus = 500
			}
			if !ok || f.Error.Type != exception || f.Error.Reason != reasons[exception] || f.Error.Message == "" || f.Error.Status != wantStatus {
				t.Errorf("%s of %s: %v", exception, op.Name, f.Error)
			}
		}
	}
}

func TestCreationFailure(t *testing.T) {
	table := table()
	add(t, table, faults.Spec{Operation: "CreateAccount", Account: "111122223333", Next: 1, FailureReason: "INTERNAL_FAILURE"})
	if f, ok := match(table, "CreateAccount", "111122223333"); ok {
		t.Errorf("the call itself was injected: %+v", f)
	}
	for i, test := range []struct {
		operation, account, want string
	}{
		{"CreateAccount", "444455556666", ""},
		{"CreateGovCloudAccount", "111122223333", ""},
		{"ListRoots", "111122223333", ""},
		{"CreateAccount", "111122223333", "INTERNAL_FAILURE"},
		{"CreateAccount", "111122223333", ""},
	} {
		if got, ok := table.CreationFailure(test.operation, test.account); got != test.want || ok != (test.want != "") {
			t.Errorf("%d: %q, want %q", i, got, test.want)
		}
	}
	table.Clear()
	add(t, table, faults.Spec{FailureReason: "INVALID_ADDRESS"})
	for _, operation := range []string{"CreateAccount", "CreateGovCloudAccount"} {
		if got, _ := table.CreationFailure(operation, ""); got != "INVALID_ADDRESS" {
			t.Errorf("%s: %q", operation, got)
		}
	}
}

func TestFaultsAreAddedAndRemoved(t *testing.T) {
	table := table()
	first := add(t, table, faults.Spec{Cut: faults.Before})
	second := add(t, table, faults.Spec{Delay: 1})
	if diff := cmp.Diff([]faults.Entry{first, second}, table.Entries()); diff != "" || first.ID == second.ID {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !table.Remove(first.ID) || table.Remove(first.ID) || len(table.Entries()) != 1 {
		t.Errorf("left %v", table.Entries())
	}
	if f, _ := match(table, "ListRoots", ""); f.ID != second.ID {
		t.Errorf("%q acted", f.ID)
	}
	table.Clear()
	if _, ok := match(table, "ListRoots", ""); ok || len(table.Entries()) != 0 {
		t.Errorf("left %v", table.Entries())
	}
	if third := add(t, table, faults.Spec{Delay: 1}); third.ID == first.ID || third.ID == second.ID {
		t.Errorf("id %s is used again", third.ID)
	}
}

func TestTableIsBounded(t *testing.T) {
	table := table()
	for range 1000 {
		add(t, table, faults.Spec{Operation: "ListRoots", Delay: 1})
	}
	if _, err := table.Add(faults.Spec{Delay: 1}); err == nil || err.Error() != "fault: the table is full" {
		t.Errorf("got %v", err)
	}
}

func TestJSONForm(t *testing.T) {
	const text = `{"operation":"ListRoots","account":"111122223333","next":2,"delay":"1.5s","exception":"ServiceException"}`
	spec, err := faults.ParseSpec([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := faults.Spec{Operation: "ListRoots", Account: "111122223333", Next: 2, Delay: faults.Duration(1500 * time.Millisecond), Exception: "ServiceException"}
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	table := table()
	added := add(t, table, spec)
	_, _ = match(table, "ListRoots", "111122223333")
	got, err := json.Marshal(table.Entries())
	if want := `[{"id":"` + added.ID + `",` + text[1:len(text)-1] + `,"matched":1,"acted":1}]`; err != nil || string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParseSpecRejects(t *testing.T) {
	for _, text := range []string{"", "[]", "x", `{"op":"ListRoots"}`, `{"id":"fault-1"}`, `{"delay":2}`, `{"delay":"2"}`, `{"next":"1"}`, `{"next":1.5}`, `{} {}`, `{"seed":-1}`} {
		if spec, err := faults.ParseSpec([]byte(text)); err == nil {
			t.Errorf("%s was read as %+v", text, spec)
		}
	}
}

// FuzzSpec holds that no text makes the table panic, and that a fault that was
// added is the same when it is parsed from its own JSON form.
func FuzzSpec(f *testing.F) {
	f.Add(`{"operation":"ListRoots","next":2,"delay":"1.5s","exception":"ServiceException"}`)
	f.Add(`{"probability":1e-300,"seed":18446744073709551615,"cut":"after"}`)
	f.Add(`{"failureReason":"INTERNAL_FAILURE","every":3}`)
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := faults.ParseSpec([]byte(text))
		if err != nil {
			return
		}
		table := table()
		added, err := table.Add(spec)
		if err != nil {
			return
		}
		_, _ = match(table, "AcceptHandshake", "111122223333")
		_, _ = table.CreationFailure("CreateAccount", "111122223333")
		again, err := json.Marshal(added.Spec)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := faults.ParseSpec(again); err != nil || back != spec {
			t.Errorf("%s became %s: %v", text, again, err)
		}
	})
}

func TestManyGoroutinesShareTheCount(t *testing.T) {
	table := table()
	add(t, table, faults.Spec{Next: 100, Cut: faults.Before})
	var acted sync.Map
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				if _, ok := match(table, "ListRoots", ""); ok {
					acted.Store(fmt.Sprint(i, "/", j), true)
				}
				_ = table.Entries()
			}
		})
	}
	wg.Wait()
	n := 0
	acted.Range(func(any, any) bool { n++; return true })
	if n != 100 {
		t.Errorf("acted on %d calls, want 100", n)
	}
}

func BenchmarkMatchWithoutFaults(b *testing.B) {
	table := table()
	for b.Loop() {
		match(table, "ListRoots", "111122223333")
	}
}
