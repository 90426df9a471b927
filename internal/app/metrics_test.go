package app_test

import (
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/internal/health"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// names is a registry that keeps the names of metrics.
type names struct {
	prometheus.Registerer
	all []string
}

var nameOf = regexp.MustCompile(`fqName: "([a-z_]+)"`)

func (n *names) Register(c prometheus.Collector) error {
	described := make(chan *prometheus.Desc, 10)
	c.Describe(described)
	close(described)
	for d := range described {
		n.all = append(n.all, nameOf.FindStringSubmatch(d.String())[1])
	}
	return nil
}

// metricsFixture is a server that is disturbed in order to move its metrics.
type metricsFixture struct {
	fixture
	folder string
	open   []net.Conn
	lock   sync.Mutex
	// errors are those of the next transactions, the last one of all further ones.
	errors []error
}

// beforeCommit is the error of a transaction.
func (f *metricsFixture) beforeCommit() (err error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if len(f.errors) > 0 {
		err = f.errors[0]
	}
	if len(f.errors) > 1 {
		f.errors = f.errors[1:]
	}
	return err
}

func (f *metricsFixture) fail(errs ...error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.errors = errs
}

// sum is the sum of the series of a metric.
func (f *metricsFixture) sum(name string) (total float64) {
	f.t.Helper()
	for line := range strings.Lines(f.response("GET", "/metrics", "").Body.String()) {
		if rest, is := strings.CutPrefix(line, name); is && strings.HasPrefix(strings.TrimPrefix(rest, "_count"), "{") || strings.HasPrefix(rest, " ") && is {
			value, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " "):]), 64)
			if err != nil {
				f.t.Fatal(err)
			}
			total += value
		}
	}
	return total
}

// failing makes transactions fail with errors, one after the other, and a call.
func failing(errs ...error) func(f *metricsFixture) {
	return func(f *metricsFixture) {
		f.fail(errs...)
		f.try(alice, "CreateOrganization", `{}`)
		f.admin("GET", "/readyz", "")
	}
}

// send opens a connection, which stays open, and sends bytes.
func (f *metricsFixture) send(text string) {
	f.t.Helper()
	c, err := net.Dial("tcp", f.Address())
	if err != nil {
		f.t.Fatal(err)
	}
	f.open = append(f.open, c)
	if _, err := c.Write([]byte(text)); err != nil {
		f.t.Fatal(err)
	}
}

// TestEveryMetricMoves: an alert on a metric that nothing moves never fires. Each metric of
// the server is moved, or the table says which test moves it. The control is a server to
// which nothing happens: none of the metrics moves.
func TestEveryMetricMoves(t *testing.T) {
	full := &health.NotReady{Reason: health.DiskFull}
	moves := map[string]func(f *metricsFixture){
		"accord_calls_total":               failing(),
		"accord_call_duration_seconds":     failing(),
		"accord_unexpected_errors_total":   failing(errors.New("unexpected"), nil),
		"accord_transaction_retries_total": failing(store.ErrDuplicate, nil),
		"accord_unknown_outcomes_total":    failing(store.ErrUnknown, nil),
		"accord_not_ready_errors_total":    failing(full, nil),
		"accord_not_ready":                 failing(full),
		"accord_ready":                     failing(),
		"accord_check_status":              failing(full),
		"accord_admin_requests_refused_total": func(f *metricsFixture) {
			r := httptest.NewRequest("GET", "/info", nil)
			r.Host = "evil.example"
			f.Admin().ServeHTTP(httptest.NewRecorder(), r)
		},
		"accord_faults_injected_total": func(f *metricsFixture) {
			f.admin("POST", "/faults", `{"operation": "ListRoots", "exception": "TooManyRequestsException"}`)
			f.try(alice, "ListRoots", `{}`)
		},
		"accord_connections": func(f *metricsFixture) { f.send("") },
		"accord_bodies_refused_total": func(f *metricsFixture) {
			for range 3 {
				f.send("POST / HTTP/1.1\r\nHost: " + f.Address() + "\r\nContent-Type: application/x-amz-json-1.1\r\n" +
					"X-Amz-Target: AWSOrganizationsV20161128.ListRoots\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat(" ", 600<<10))
			}
		},
		"accord_connections_closed_total": func(f *metricsFixture) {
			for range 12 {
				f.send("")
			}
		},
		"accord_unrecorded_calls_total": func(f *metricsFixture) {
			if err := os.RemoveAll(f.folder); err != nil {
				t.Fatal(err)
			}
			long := `{"ResourceId": "` + strings.Repeat("x", 90<<10) + `"}`
			for range 100 {
				f.try(alice, "ListTagsForResource", long)
			}
		},
	}
	elsewhere := map[string]string{
		"accord_calls_in_flight":         "seen only during a call: internal/telemetry",
		"accord_calls_throttled_total":   "needs a behavior: throttle_test.go",
		"accord_undeclared_errors_total": "an error of the program, which is put in by hand: internal/server, failure_test.go",
	}
	registry := &names{}
	if _, err := telemetry.NewMetrics(registry); err != nil {
		t.Fatal(err)
	}
	moved := 0
	for _, name := range registry.all {
		move := moves[name]
		if move == nil {
			if elsewhere[name] == "" {
				t.Errorf("%s: nothing moves it", name)
			}
			continue
		}
		t.Run(name, func(t *testing.T) {
			open := func() *metricsFixture {
				folder := filepath.Join(t.TempDir(), "journals")
				if err := os.Mkdir(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				f := &metricsFixture{folder: folder}
				c := apptest.Config(t, "journal", filepath.Join(folder, "journal.ndjson"), "max-connections", "10", "body-memory", "1MiB")
				f.fixture = fixture{apptest.Open(t, c, app.Options{Start: start, BeforeCommit: f.beforeCommit}), t}
				apptest.Listen(t, f.App)
				return f
			}
			f, control := open(), open()
			before, still := f.sum(name), control.sum(name)
			move(f)
			eventually(t, "another value of "+name, func() bool { return f.sum(name) != before })
			if got := control.sum(name); got != still {
				t.Errorf("the control moved from %v to %v", still, got)
			}
			f.fail()
			for _, c := range f.open {
				_ = c.Close()
			}
			_ = f.Close(t.Context())
			control.close()
			moved++
		})
	}
	t.Logf("evidence: %d of %d metrics moved by what they count, %d by the tests of their packages; control, a server at rest: 0", moved, len(registry.all), len(elsewhere))
}
