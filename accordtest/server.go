// Package accordtest runs AWS Organizations inside a test: a whole Accord in the
// process of the test, with a clock that only the test moves.
//
//	func TestWeJoin(t *testing.T) {
//		s := accordtest.Start(t)
//		management, member := s.As("111111111111"), s.As("222222222222")
//		management.CreateOrganization("ALL")
//		h := management.Invite("222222222222")
//		s.Clock.Advance(15 * 24 * time.Hour)
//		member.Fails("InvalidHandshakeTransition").Accept(h)
//	}
//
// Code under test reaches the server at URL with any AWS SDK or tool. The access key
// ID identifies the calling account, see Credentials. The package itself needs no
// AWS module.
//
// Each server has its own store, which is deleted at the end of the test, so tests
// may run in parallel. It is stricter than a server for users: every transaction runs
// twice, first as a rehearsal that is rolled back, and an exception that AWS does not
// document for the operation fails the test.
package accordtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/app"
	"accord/internal/clientenv"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/snapshot"
	"accord/internal/telemetry"
)

// Server is an Accord in the process of a test, as the open sandbox: every account
// that calls exists, and no secret is checked.
type Server struct {
	// Clock is the clock of the server.
	Clock Clock
	// Faults make calls fail on purpose.
	Faults Faults

	t testing.TB
	*instance
}

// outside is the test of a server that New has started.
type outside struct{ testing.TB }

func (outside) Helper() {}

func (outside) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// instance is what all copies of a Server share.
type instance struct {
	app       *app.App
	api       *httptest.Server
	settings  config.Input
	adminOnce sync.Once
	admin     *httptest.Server
	stop      func() error
}

// Option changes the start of a server.
type Option func(*options)

// options are what an Option changes.
type options struct {
	settings config.Input
	start    time.Time
	state    *snapshot.Snapshot
}

// Behavior sets a behavior, e.g. Behavior("direct-transfer", "on"). docs/settings.md
// lists them.
func Behavior(name, value string) Option {
	return func(s *options) { s.settings["behavior"] = append(s.settings["behavior"], name+"="+value) }
}

// Quota sets a quota, e.g. Quota("accounts-per-organization", "3"); "0" allows
// nothing, "unlimited" switches the quota off. docs/settings.md lists them.
func Quota(name, value string) Option {
	return func(s *options) { s.settings["quota"] = append(s.settings["quota"], name+"="+value) }
}

// At sets the instant at which the clock starts. The default is Epoch.
func At(instant time.Time) Option { return func(s *options) { s.start = instant } }

// Epoch is the instant at which the clock of a server starts: the start of a working
// day, the same in every run.
var Epoch = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// RandomSeed changes the IDs, as accord serve --random-seed does; the default is 1. The same number
// gives the same IDs for the same calls in the same order.
func RandomSeed(seed uint64) Option {
	return func(s *options) { s.settings["random-seed"] = []string{strconv.FormatUint(seed, 10)} }
}

// Start starts a server and stops it at the end of the test. Invalid settings fail
// the test.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	r, err := open(t.Output(), func(err error) { t.Error(err) }, opts)
	if err != nil {
		t.Fatalf("accordtest: %v", err)
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("accordtest: %v", err)
		}
	})
	return (&Server{instance: r}).In(t)
}

// New starts a server without a test, such as in TestMain, which Close has to stop.
// In returns it for a test; without that, what would fail a test panics. Exceptions
// that AWS does not document are an error of Close.
func New(opts ...Option) (*Server, error) {
	var mu sync.Mutex
	var undeclared []error
	r, err := open(os.Stderr, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		undeclared = append(undeclared, err)
	}, opts)
	if err != nil {
		return nil, fmt.Errorf("accordtest: %w", err)
	}
	stop := r.stop
	r.stop = sync.OnceValue(func() error {
		err := stop()
		mu.Lock()
		defer mu.Unlock()
		return errors.Join(append(undeclared, err)...)
	})
	return (&Server{instance: r}).In(outside{}), nil
}

// Close stops the server. One that Start has started is also stopped by the end of its
// test.
func (s *Server) Close() error { return s.stop() }

// open starts an instance that logs to a writer.
func open(log io.Writer, undeclared func(error), opts []Option) (*instance, error) {
	s := options{settings: config.Input{"store": {"memory"}, "clock": {"virtual"}, "random-seed": {"1"}}, start: Epoch}
	for _, option := range opts {
		option(&s)
	}
	c, err := config.Load(s.settings, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		return nil, err
	}
	i, err := app.Open(context.Background(), c, app.Options{
		Log:      telemetry.NewLog(telemetry.Unbuffered(log), telemetry.Options{Format: telemetry.Text, Level: slog.LevelWarn}),
		Version:  "accordtest",
		Start:    s.start,
		Snapshot: s.state,
		Rehearse: true,
		Undeclared: func(operation string, e *api.Error) {
			undeclared(fmt.Errorf("accordtest: %s does not return %w according to AWS", operation, e))
		},
	})
	if err != nil {
		return nil, err
	}
	r := &instance{app: i, api: httptest.NewServer(i.API()), settings: s.settings}
	r.stop = sync.OnceValue(func() error {
		r.api.Close()
		if r.admin != nil {
			r.admin.Close()
		}
		return r.app.Close(context.Background())
	})
	return r, nil
}

// In returns the same server for another test, such as a subtest of t.Run: failures
// are those of that test.
func (s *Server) In(t testing.TB) *Server {
	return &Server{Clock: Clock{t, s.app.Clock}, Faults: Faults{t, s.app.Faults}, t: t, instance: s.instance}
}

// URL returns the endpoint of Organizations and STS, without a trailing slash.
func (s *Server) URL() string { return s.api.URL }

// Region is the region to sign for. Any other one works, too.
const Region = clientenv.Region

// Credentials returns those of the root user of an account. The secret is not
// checked.
func Credentials(account string) (accessKeyID, secretAccessKey string) {
	return account, clientenv.Secret
}

// Environ returns the environment of another process in which the AWS CLI, every AWS
// SDK and Terraform call this server as the root user of an account, for exec.Cmd.Env:
//
//	command.Env = s.Environ("111111111111")
//
// It is that of this process without what would lead clients elsewhere, such as
// AWS_PROFILE; no call reaches AWS. `accord exec` does the same in a shell.
func (s *Server) Environ(account string) []string {
	s.t.Helper()
	s.requireAccount(account)
	return clientenv.Environ(os.Environ(), clientenv.Server{Endpoint: s.URL()}.Variables(account))
}

// requireAccount fails the test unless the text is an account ID.
func (s *Server) requireAccount(account string) {
	s.t.Helper()
	if !ident.AccountID(account).Valid() {
		s.t.Fatalf("accordtest: %.40q is not an account ID, which has twelve digits", account)
	}
}

// AdminURL returns the URL of the admin API, which starts to listen at the first
// call: accounts, quotas of one organization, and what docs/operating.md lists.
func (s *Server) AdminURL() string {
	s.adminOnce.Do(func() { s.admin = httptest.NewServer(s.app.Admin()) })
	return s.admin.URL
}

// Reset deletes all accounts and faults. The clock stays.
func (s *Server) Reset() {
	s.t.Helper()
	if err := s.app.Reset(context.Background()); err != nil {
		s.t.Fatalf("accordtest: reset: %v", err)
	}
}

// Mail is a mail that the service sent.
type Mail struct {
	At                time.Time
	To, Subject, Text string
}

// maxMails is more than a test looks through.
const maxMails = 10_000

// Mails returns the mails to an address, or all for an empty one, oldest first.
func (s *Server) Mails(to string) []Mail {
	s.t.Helper()
	messages, err := s.app.Mails(context.Background(), 0, maxMails)
	var mails []Mail
	for n := len(messages) - 1; n >= 0; n-- {
		m, parseErr := mail.Parse(messages[n].Body)
		err = errors.Join(err, parseErr)
		if to == "" || ident.Email(to).Key() == ident.Email(m.To).Key() {
			mails = append(mails, Mail{messages[n].At, m.To, m.Subject, m.Text})
		}
	}
	if err != nil {
		s.t.Fatalf("accordtest: mails: %v", err)
	}
	return mails
}
