package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"accord/internal/api"
	"accord/internal/faults"
	"accord/internal/server"
)

func ruleOf(text string) faults.Spec {
	rule, err := faults.ParseSpec([]byte(text))
	if err != nil {
		panic(err)
	}
	return rule
}

func fails(err error) func(context.Context, *request) (*response, error) {
	return func(context.Context, *request) (*response, error) { return nil, err }
}

func TestInternalErrorsAreServiceExceptions(t *testing.T) {
	short := limited(server.Limits{Request: 200 * time.Millisecond})
	tests := map[string]struct {
		do    func(context.Context, *request) (*response, error)
		cause string
		stack bool
	}{
		"error":          {fails(errDisk), "disk on fire", false},
		"wrapped error":  {fails(fmt.Errorf("store: %w", errDisk)), "store: disk on fire", false},
		"panic":          {func(context.Context, *request) (*response, error) { panic("secret of the panic") }, "panic: secret of the panic", true},
		"nil pointer":    {func(_ context.Context, in *request) (*response, error) { return nil, errors.New(*(*string)(nil)) }, "panic: runtime error: invalid memory address or nil pointer dereference", true},
		"deadline":       {func(ctx context.Context, _ *request) (*response, error) { <-ctx.Done(); return nil, ctx.Err() }, "context deadline exceeded", false},
		"own exception":  {fails((&api.Error{Type: "ServiceException", Status: 500, Message: "Outcome unknown."}).Because(errDisk)), "disk on fire", false},
		"without status": {fails(&api.Error{Type: "ThingNotFoundException"}), "exception without a status: ThingNotFoundException", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, short)
			b.when(test.do)
			a := b.must(look())
			if a.status != 500 || a.field("__type") != "ServiceException" || a.field("Message") == "" || a.field("Reason") != "" {
				t.Errorf("%d %s", a.status, a.body)
			}
			if strings.Contains(a.body, "disk") || strings.Contains(a.body, "secret") {
				t.Errorf("the cause was sent: %s", a.body)
			}
			line := b.lines(1)[0]
			if line["level"] != "ERROR" || line["error"] != test.cause || line["request"] != a.header.Get("X-Amzn-RequestId") || (line["stack"] != nil) != test.stack {
				t.Errorf("logged %v", line)
			}
			if n, err := testutil.GatherAndCount(b.metrics, "accord_unexpected_errors_total"); n != 1 || err != nil {
				t.Errorf("counted %d, %v", n, err)
			}
			b.when(nil)
			if a := b.must(look()); a.status != 200 {
				t.Errorf("the next call: %d %s", a.status, a.body)
			}
		})
	}
}

func TestAnInternalErrorIsAServiceException(t *testing.T) {
	b := start(t, func(b *fixture, _ *server.Config) { b.accounts.err = errDisk })
	if a := b.must(look()); a.status != 500 || a.field("__type") != "ServiceException" || strings.Contains(a.body, "disk") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAnAnswerThatCannotBeEncodedIsAServiceException(t *testing.T) {
	b := start(t, func(_ *fixture, c *server.Config) {
		c.Services[0].Operations = map[string]*api.Operation{"Look": api.Bind("Look", func(any, context.Context, *request) (*chan int, error) {
			return new(chan int), nil
		}, api.Access{Standing: api.Anyone, Level: api.Read}, nil)}
	})
	if a := b.must(look()); a.status != 500 || a.field("__type") != "ServiceException" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestUndeclaredExceptionsAreReported(t *testing.T) {
	tests := map[string]struct {
		err  error
		want []string
	}{
		"declared":  {api.NewError("ThingNotFoundException", "", "Gone."), nil},
		"not built": {api.NotImplemented("Look"), nil},
		"suspended": {api.UnrecognizedClient(), nil},
		"odd":       {api.NewError("OddException", "", "Odd."), []string{"Look OddException"}},
		"wrapped":   {fmt.Errorf("operation: %w", api.NewError("OddException", "", "Odd.")), []string{"Look OddException"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.when(fails(test.err))
			var fault *api.Error
			errors.As(test.err, &fault)
			if a := b.must(look()); a.field("__type") != fault.Type || a.status != fault.Status {
				t.Errorf("%d %s", a.status, a.body)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if diff := cmp.Diff(test.want, b.odd); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if n, _ := testutil.GatherAndCount(b.metrics, "accord_undeclared_errors_total"); n != len(test.want) {
				t.Errorf("counted %d", n)
			}
		})
	}
}

// TestAClosedConnectionIsNoInternalError, also where a service has made its exception of
// it: a client that gives up is no failure of the server.
func TestAClosedConnectionIsNoInternalError(t *testing.T) {
	for name, wrap := range map[string]func(error) error{
		"as it is":   func(err error) error { return err },
		"as a cause": func(err error) error { return fmt.Errorf("reading: %w", err) },
		"within an exception": func(err error) error {
			failed := *api.NewError("ServiceException", "", "The service failed.")
			failed.Status = http.StatusInternalServerError
			return failed.Because(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			began := make(chan struct{})
			b.when(func(ctx context.Context, _ *request) (*response, error) {
				close(began)
				<-ctx.Done()
				return nil, wrap(ctx.Err())
			})
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-began; cancel() }()
			if w, err := client.Do(look().request(b).WithContext(ctx)); err == nil {
				w.Body.Close()
				t.Fatal("the call was answered")
			}
			if line := b.lines(1)[0]; line["outcome"] != "Gone" || line["level"] != "INFO" || line["error"] != nil {
				t.Errorf("logged %v", line)
			}
		})
	}
}

func TestFaultsAreInjected(t *testing.T) {
	tests := map[string]struct {
		rule    string
		status  int // 0: the connection is cut
		kind    string
		invoked int
	}{
		"exception":        {`{"exception":"TooManyRequestsException"}`, 400, "TooManyRequestsException", 0},
		"failure":          {`{"exception":"ServiceException"}`, 500, "ServiceException", 0},
		"cut before":       {`{"cut":"before"}`, 0, "", 0},
		"cut after":        {`{"cut":"after"}`, 0, "", 1},
		"delay":            {`{"delay":"50ms"}`, 200, "", 1},
		"other account":    {`{"account":"222233334444","cut":"before"}`, 200, "", 1},
		"other operation":  {`{"operation":"Change","cut":"before"}`, 200, "", 1},
		"other service":    {`{"service":"tokens","cut":"before"}`, 200, "", 1},
		"delay too long":   {`{"delay":"1m"}`, 500, "ServiceException", 0},
		"delay, exception": {`{"delay":"50ms","exception":"ThingNotFoundException"}`, 400, "ThingNotFoundException", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var limits server.Limits
			if name == "delay too long" {
				limits.Request = 300 * time.Millisecond
			}
			b := start(t, limited(limits))
			row, err := b.faults.Add(ruleOf(test.rule))
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			a, err := b.send(look())
			if cut := errors.Is(err, io.EOF); cut != (test.status == 0) || !cut && err != nil {
				t.Fatalf("%v", err)
			}
			if a.status != test.status || test.kind != "" && a.field("__type") != test.kind {
				t.Errorf("%d %s, want %d %s", a.status, a.body, test.status, test.kind)
			}
			if n := b.invocations(); n != test.invoked {
				t.Errorf("invoked %d times, want %d", n, test.invoked)
			}
			if strings.Contains(test.rule, "50ms") && time.Since(began) < 50*time.Millisecond {
				t.Errorf("waited %s only", time.Since(began))
			}
			line := b.lines(1)[0]
			if acted := !strings.HasPrefix(name, "other"); acted && line["fault"] != row.ID || !acted && line["fault"] != nil {
				t.Errorf("logged %v", line)
			}
			if test.status == 0 && line["outcome"] != "Cut" {
				t.Errorf("logged %v", line)
			}
		})
	}
}

func TestACutClosesOnlyItsConnection(t *testing.T) {
	b := start(t)
	if _, err := b.faults.Add(ruleOf(`{"next":1,"cut":"after"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.send(look()); err == nil {
		t.Error("the first call was answered")
	}
	if a := b.must(look()); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestRecords(t *testing.T) {
	denied := api.NewError("ThingNotFoundException", "", "Gone.").Natively(api.NewError("ThingNotFoundException", "", "Gone, natively."))
	with := func(change func(*call)) call { c := look(); change(&c); return c }
	change := with(func(c *call) { c.target = "Things.Change" })
	caller := api.Caller{
		Account: "111122223333", Kind: api.RootUser, Principal: "arn:aws:iam::111122223333:root", UserID: "111122223333", Partition: "aws", AccessKeyID: "111122223333",
		SourceIP: "127.0.0.1", UserAgent: "tester/1.0",
	}
	name := "n"
	tests := map[string]struct {
		call call
		do   func(context.Context, *request) (*response, error)
		want []server.Record
	}{
		"read":           {look(), nil, []server.Record{{Operation: "Look", ReadOnly: true, Request: &request{Name: &name}}}},
		"failed read":    {look(), fails(denied), []server.Record{{Operation: "Look", ReadOnly: true, Request: &request{Name: &name}, Error: denied.Native}}},
		"change":         {change, nil, nil},
		"failed change":  {change, fails(denied), []server.Record{{Operation: "Change", Request: &request{Name: &name}, Error: denied.Native}}},
		"broken change":  {change, fails(errDisk), []server.Record{{Operation: "Change", Request: &request{Name: &name}, Error: &api.Error{Type: "ServiceException", Status: 500}}}},
		"invalid change": {with(func(c *call) { c.target, c.body = "Things.Change", "{}" }), nil, []server.Record{{Operation: "Change", Request: &request{}, Error: api.NewError("InvalidInputException", "INPUT_REQUIRED:NAME", "You must provide a value for the parameter.")}}},
		"unsigned":       {with(func(c *call) { c.key = "" }), nil, nil},
		"closed account": {with(func(c *call) { c.key = "999999999999" }), nil, nil},
		"unknown":        {with(func(c *call) { c.target = "Things.Nope" }), nil, nil},
	}
	for n, test := range tests {
		t.Run(n, func(t *testing.T) {
			b := start(t, func(_ *fixture, c *server.Config) { c.Style = api.Native })
			b.when(test.do)
			test.call.header = map[string][]string{"User-Agent": {"tester/1.0"}}
			a := b.must(test.call)
			b.stop()
			<-b.stopped
			for i := range test.want {
				test.want[i].At, test.want[i].Service, test.want[i].Caller = epoch, "things", caller
				test.want[i].Caller.RequestID = a.header.Get("X-Amzn-RequestId")
			}
			ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Error.Message" && n == "broken change" }, cmp.Ignore())
			if diff := cmp.Diff(test.want, b.records, cmpopts.IgnoreUnexported(api.Error{}), ignore); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestOperationsKnowTheirCaller(t *testing.T) {
	b := start(t)
	got := make(chan api.Caller, 1)
	b.when(func(ctx context.Context, _ *request) (*response, error) {
		got <- api.CallerOf(ctx)
		return nil, nil
	})
	a := b.must(look())
	want := api.Caller{
		Account: "111122223333", Kind: api.RootUser, Principal: "arn:aws:iam::111122223333:root", UserID: "111122223333", Partition: "aws", AccessKeyID: "111122223333",
		RequestID: a.header.Get("X-Amzn-RequestId"), SourceIP: "127.0.0.1", UserAgent: "Go-http-client/1.1",
	}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a.body != "{}" {
		t.Errorf("nothing was written as %s", a.body)
	}
}

// Neither input nor signatures reach the log.
func TestTheLogHoldsNoSecrets(t *testing.T) {
	b := start(t)
	c := look()
	c.key = "AKIAIOSFODNN7EXAMPLE"
	c.header = map[string][]string{"X-Amz-Security-Token": {"sw0rdfish"}, "User-Agent": {"sw0rdfish"}, "X-Amz-Target": {"Things.Look"}}
	c.body = `{"Name":"sw0rdfish"}`
	b.must(c)
	b.when(fails(api.NewError("ThingNotFoundException", "", "sw0rdfish")))
	b.must(c)
	c.body = `{"Name":"sw0rdfish" sw0rdfish}`
	b.must(c)
	c.header["X-Amz-Target"] = []string{"Things.sw0rdfish"}
	b.must(c)
	f := form()
	f.body = "Action=sw0rdfish&Version=sw0rdfish"
	b.must(f)
	if got := b.lines(5); len(got) != 5 {
		t.Errorf("%d lines for 5 calls", len(got))
	}
	for _, secret := range []string{"sw0rdfish", "5ec7e7", "IOSFODNN7"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("the log holds %s:\n%s", secret, b.log)
		}
	}
}

func TestTheLogNamesTheSettingThatRaisesTheLimit(t *testing.T) {
	b := start(t)
	b.when(fails(api.NewError("ThingNotFoundException", "", "Full.").RaisedBy("things-per-account")))
	if a := b.must(look()); strings.Contains(a.body, "things-per-account") {
		t.Errorf("the setting was sent: %s", a.body)
	}
	line := b.lines(1)[0]
	if line["raised_by"] != "things-per-account" || line["account"] != "111122223333" || line["operation"] != "Look" || line["outcome"] != "ThingNotFoundException" {
		t.Errorf("logged %v", line)
	}
}

func TestInvalidServices(t *testing.T) {
	op := func(access api.Access) map[string]*api.Operation {
		return map[string]*api.Operation{"Look": api.Bind("Look", service.Look, access, nil)}
	}
	good := api.Access{Standing: api.Anyone, Level: api.Read}
	tests := map[string][]server.Service{
		"none":              nil,
		"without a name":    {{Operations: op(good)}},
		"same name":         {{Name: "a"}, {Name: "a"}},
		"without standing":  {{Name: "a", Operations: op(api.Access{Level: api.Read})}},
		"without level":     {{Name: "a", Operations: op(api.Access{Standing: api.Anyone})}},
		"under a wrong key": {{Name: "a", Operations: map[string]*api.Operation{"Other": op(good)["Look"]}}},
	}
	for name, services := range tests {
		if _, err := server.New(server.Config{Services: services, InternalError: exception("ServiceException", "")}); err == nil {
			t.Errorf("%s: the server was made", name)
		}
	}
	if _, err := server.New(server.Config{Services: []server.Service{{Name: "a"}}}); err == nil {
		t.Error("without an InternalError the server was made")
	}
}
