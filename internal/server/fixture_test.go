package server_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/protocol/awsjson"
	"accord/internal/protocol/awsquery"
	"accord/internal/server"
	"accord/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The service of these tests: one operation that reads and one that changes.
type (
	service interface {
		Look(context.Context, *request) (*response, error)
		Change(context.Context, *request) (*response, error)
	}
	request struct {
		Name *string `json:"Name,omitzero"`
	}
	response struct {
		Name *string `json:"Name,omitzero"`
	}
)

// Operation is not asked for: two operations share the type.
func (*request) Operation() *api.Operation { return nil }

func (*request) AppendEventJSON(b []byte) []byte { return append(b, "{}"...) }

func (r *request) Validate() *api.Error {
	if r.Name == nil {
		native := api.NewError("InvalidInputException", "INPUT_REQUIRED:NAME", "You must provide a value for the parameter.")
		return api.NewError("InvalidInputException", "INPUT_REQUIRED", native.Message).Natively(native)
	}
	return nil
}

func (r *request) ReadForm(f *api.Form) { api.ReadMember(f, "Name", &r.Name, api.ReadText) }

func (r *response) AppendResultXML(b []byte) []byte {
	b = append(b, "<LookResult>"...)
	if r.Name != nil {
		b = append(api.AppendXMLText(append(b, "<Name>"...), *r.Name), "</Name>"...)
	}
	return append(b, "</LookResult>"...)
}

func (r *response) AppendJSON(b []byte) []byte {
	if r.Name == nil {
		return append(b, "{}"...)
	}
	return append(api.AppendString(append(b, `{"Name":`...), *r.Name), '}')
}

var (
	errorsOfService = []string{"InvalidInputException", "ThingNotFoundException", "ServiceException", "TooManyRequestsException"}
	operations      = map[string]*api.Operation{
		"Look":   api.Bind("Look", service.Look, api.Access{Standing: api.Anyone, Level: api.Read}, errorsOfService),
		"Change": api.Bind("Change", service.Change, api.Access{Standing: api.Anyone, Level: api.Write}, errorsOfService),
	}
)

func exception(name, reason string) *api.Error {
	e := api.NewError(name, reason, "A text.")
	if name == "ServiceException" {
		e.Status = 500
	}
	return e
}

// fixture is a server on a real listener, with everything that tests inspect.
type fixture struct {
	t        testing.TB
	url      string
	address  string
	faults   *faults.Table
	metrics  *prometheus.Registry
	accounts *accounts
	log      *lockedBuffer
	stop     context.CancelFunc
	stopped  chan error
	// secure is how it serves TLS, unless it is nil.
	secure *tls.Config

	mu      sync.Mutex
	do      func(ctx context.Context, in *request) (*response, error)
	invoked int
	records []server.Record
	odd     []string
}

func (b *fixture) Look(ctx context.Context, in *request) (*response, error)   { return b.run(ctx, in) }
func (b *fixture) Change(ctx context.Context, in *request) (*response, error) { return b.run(ctx, in) }

func (b *fixture) run(ctx context.Context, in *request) (*response, error) {
	// As the transaction of an operation does.
	if err := b.accounts.require(ctx); err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.invoked++
	do := b.do
	b.mu.Unlock()
	if do != nil {
		return do(ctx, in)
	}
	return &response{Name: in.Name}, nil
}

// when sets the implementation of the operations.
func (b *fixture) when(do func(ctx context.Context, in *request) (*response, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.do = do
}

func (b *fixture) Record(_ context.Context, r server.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, r)
}

// accounts are those of the service, of which some are closed.
type accounts struct {
	mu     sync.Mutex
	seen   []ident.AccountID
	closed map[ident.AccountID]bool
	err    error
}

// require registers the account of the caller, and rejects one that is closed.
func (a *accounts) require(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := ident.AccountID(api.CallerOf(ctx).Account)
	a.seen = append(a.seen, id)
	if a.closed[id] {
		return api.UnrecognizedClient()
	}
	return a.err
}

// registered returns the accounts that were registered so far.
func (a *accounts) registered() []ident.AccountID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]ident.AccountID(nil), a.seen...)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var epoch = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// start runs a server until the test ends. The changes are made to its
// configuration before.
func start(t testing.TB, changes ...func(*fixture, *server.Config)) *fixture {
	t.Helper()
	b := &fixture{
		t: t, metrics: prometheus.NewRegistry(), log: &lockedBuffer{}, stopped: make(chan error, 1),
		accounts: &accounts{closed: map[ident.AccountID]bool{"999999999999": true}},
		faults: faults.NewTable(
			faults.Service{Name: "things", Operations: operations, Exception: exception},
			faults.Service{Name: "tokens", Operations: operations, Exception: exception},
		),
	}
	metrics, err := telemetry.NewMetrics(b.metrics)
	if err != nil {
		t.Fatal(err)
	}
	log := telemetry.NewLog(telemetry.Unbuffered(b.log), telemetry.Options{Format: telemetry.JSON})
	config := server.Config{
		Services: []server.Service{
			{Name: "things", Protocol: awsjson.New("Things"), Operations: operations, Implementation: b},
			{Name: "tokens", Protocol: awsquery.New("https://tokens.example/doc/", "2020-01-01"), Operations: operations, Implementation: b},
		},
		Authenticator:  identity.New(identity.Options{Sessions: identity.NewSessions(nil), Issuer: identity.NewIssuer(nil), Clock: clock.NewVirtual(epoch), Log: log.Logger}),
		RequireAccount: b.accounts.require,
		Faults:         b.faults,
		Telemetry:      telemetry.NewRecorder(log, metrics),
		Recorder:       b,
		Clock:          clock.NewVirtual(epoch),
		IDs:            ident.NewSeededSource(1),
		InternalError:  exception("ServiceException", ""),
		Log:            log.Logger,
		Undeclared: func(operation string, e *api.Error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.odd = append(b.odd, operation+" "+e.Type)
		},
	}
	for _, change := range changes {
		change(b, &config)
	}
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	b.url = "http://" + b.address
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	go func() { b.stopped <- s.Run(ctx, l, b.secure); close(b.stopped) }()
	t.Cleanup(func() {
		stop()
		<-b.stopped
	})
	return b
}

// limited makes a server with other limits.
// hang bounds the wait for what happens at once on an idle machine.
const hang = time.Minute

func limited(l server.Limits) func(*fixture, *server.Config) {
	return func(_ *fixture, c *server.Config) { c.Limits = l }
}

// call is a request under construction; answer is what came back.
type call struct {
	method, path, target, media, key, scope, body string
	header                                        http.Header
}

type answer struct {
	status int
	header http.Header
	body   string
}

// field returns a member of a JSON answer.
func (a answer) field(name string) string {
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		return "not JSON: " + a.body
	}
	text, _ := members[name].(string)
	return text
}

// look is a call that succeeds; tests change parts of it.
func look() call {
	return call{method: "POST", path: "/", target: "Things.Look", media: "application/x-amz-json-1.1", key: "111122223333", scope: "things", body: `{"Name":"n"}`}
}

// form is a call of the query protocol that succeeds.
func form() call {
	return call{method: "POST", path: "/", media: "application/x-www-form-urlencoded", key: "111122223333", scope: "tokens", body: "Action=Look&Version=2020-01-01&Name=n"}
}

func (c call) request(b *fixture) *http.Request {
	b.t.Helper()
	r, err := http.NewRequest(c.method, b.url+c.path, strings.NewReader(c.body))
	if err != nil {
		b.t.Fatal(err)
	}
	if c.target != "" {
		r.Header.Set("X-Amz-Target", c.target)
	}
	if c.media != "" {
		r.Header.Set("Content-Type", c.media)
	}
	if c.key != "" {
		r.Header.Set("Authorization", authorization(c.key, c.scope))
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	return r
}

func authorization(key, scope string) string {
	return "AWS4-HMAC-SHA256 Credential=" + key + "/20261121/eu-central-1/" + scope + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=5ec7e7"
}

// client opens a connection for each request, so that none is left behind.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: hang}

func (b *fixture) send(c call) (answer, error) {
	b.t.Helper()
	w, err := client.Do(c.request(b))
	if err != nil {
		return answer{}, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	return answer{w.StatusCode, w.Header, string(body)}, err
}

func (b *fixture) must(c call) answer {
	b.t.Helper()
	a, err := b.send(c)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// raw sends bytes and returns what comes back until the server closes or the
// time is up.
func (b *fixture) raw(text string, wait time.Duration) (string, error) {
	b.t.Helper()
	conn, err := net.Dial("tcp", b.address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	// The server may close before all is sent: then the answer is there already.
	_, _ = io.WriteString(conn, text)
	_ = conn.SetReadDeadline(time.Now().Add(wait))
	got, err := io.ReadAll(bufio.NewReader(conn))
	return string(got), err
}

// invocations returns how often an operation ran.
func (b *fixture) invocations() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.invoked
}

// lines returns the log as one object for each call, waiting for as many as are
// wanted: a line is written after its answer.
func (b *fixture) lines(want int) []map[string]any {
	b.t.Helper()
	for range int(hang / (5 * time.Millisecond)) {
		var lines []map[string]any
		for text := range strings.Lines(b.log.String()) {
			var line map[string]any
			if err := json.Unmarshal([]byte(text), &line); err != nil {
				b.t.Fatalf("%q: %v", text, err)
			}
			if line["msg"] == "call" {
				lines = append(lines, line)
			}
		}
		if len(lines) >= want {
			return lines
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatalf("fewer than %d lines:\n%s", want, b.log)
	return nil
}

var errDisk = errors.New("disk on fire")
