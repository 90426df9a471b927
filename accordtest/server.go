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
// Code under test reaches the server at URL with any AWS SDK or tool; which
// account calls is said by the access key id, see Credentials. The package itself
// needs none of them.
//
// Each server has a store of its own that is gone at the end of the test, so tests
// may run in parallel. It checks more than one that serves people: every
// transaction runs twice, the first time for nothing, and an exception that AWS
// does not document for the operation fails the test.
package accordtest

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/app"
	"accord/internal/config"
	"accord/internal/ident"
	"accord/internal/mail"
)

// Server is an Accord that runs in the process of a test, as the open sandbox:
// every account that calls exists, and no secret is checked.
type Server struct {
	// Clock is the clock of the server.
	Clock Clock
	// Faults make calls fail on purpose.
	Faults Faults

	t testing.TB
	*instance
}

// running is what all copies of a Server share.
type instance struct {
	app       *app.App
	api       *httptest.Server
	adminOnce sync.Once
	admin     *httptest.Server
}

// Option changes how a server is started.
type Option func(*options)

// started is what options change.
type options struct {
	settings config.Input
	start    time.Time
	seed     uint64
}

// Behavior sets a named rule, e.g. Rule("direct-transfer", "on"). docs/settings.md
// lists them.
func Behavior(name, value string) Option {
	return func(s *options) { s.settings["behavior"] = append(s.settings["behavior"], name+"="+value) }
}

// Quota sets a quota, e.g. Quota("accounts-per-organization", "3"); "0" allows
// nothing, "unlimited" everything. docs/settings.md lists them.
func Quota(name, value string) Option {
	return func(s *options) { s.settings["quota"] = append(s.settings["quota"], name+"="+value) }
}

// At sets where the clock stands at first. Without it that is Epoch.
func At(instant time.Time) Option { return func(s *options) { s.start = instant } }

// Epoch is where the clock of a server stands at first: the start of a working
// day, the same for every run.
var Epoch = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// Seed makes ids other ones. The same seed gives the same ids for the same calls
// in the same order.
func Seed(seed uint64) Option { return func(s *options) { s.seed = seed } }

// Start starts a server and stops it at the end of the test. Settings that are
// not right fail the test.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := options{settings: config.Input{"store": {"memory"}, "clock": {"virtual"}}, start: Epoch, seed: 1}
	for _, option := range opts {
		option(&s)
	}
	c, err := config.Load(s.settings, func(string) string { return "" }, os.ReadFile)
	if err != nil {
		t.Fatalf("accordtest: %v", err)
	}
	i, err := app.Open(context.Background(), c, app.Options{
		Log:      slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Version:  "accordtest",
		Start:    s.start,
		Source:   ident.NewSeededSource(s.seed),
		Rehearse: true,
		Undeclared: func(operation string, e *api.Error) {
			t.Errorf("accordtest: %s does not return %s according to AWS", operation, e)
		},
	})
	if err != nil {
		t.Fatalf("accordtest: %v", err)
	}
	r := &instance{app: i, api: httptest.NewServer(i.API())}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("accordtest: %v", err)
		}
	})
	return (&Server{instance: r}).In(t)
}

func (r *instance) stop() error {
	r.api.Close()
	if r.admin != nil {
		r.admin.Close()
	}
	return r.app.Close(context.Background())
}

// In returns the same server for another test, such as one that t.Run began: it is
// the one that fails.
func (s *Server) In(t testing.TB) *Server {
	return &Server{Clock: Clock{t, s.app.Clock}, Faults: Faults{t, s.app.Faults}, t: t, instance: s.instance}
}

// URL is the endpoint of Organizations and of STS, without a slash at its end.
func (s *Server) URL() string { return s.api.URL }

// Region is the region to sign for. Any other does, too.
const Region = "us-east-1"

// Credentials are those of the root user of an account. Nobody checks the secret.
func Credentials(account string) (accessKeyID, secretAccessKey string) {
	return account, "anything"
}

// Environ are variables that let the AWS CLI and every AWS SDK in another process
// call this server as the root user of an account. They come behind those of
// os.Environ in exec.Cmd.Env.
func (s *Server) Environ(account string) []string {
	key, secret := Credentials(account)
	return []string{
		"AWS_ENDPOINT_URL_ORGANIZATIONS=" + s.URL(),
		"AWS_ENDPOINT_URL_STS=" + s.URL(),
		"AWS_ENDPOINT_URL_IAM=" + s.URL(),
		"AWS_REGION=" + Region,
		"AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + key,
		"AWS_SECRET_ACCESS_KEY=" + secret,
		"AWS_SESSION_TOKEN=",
		"AWS_PROFILE=",
	}
}

// AdminURL is the second listener, which begins to listen when it is first asked
// for: accounts, quotas of one organization, and whatever else
// docs/testing-with-accord.md lists.
func (s *Server) AdminURL() string {
	s.adminOnce.Do(func() { s.admin = httptest.NewServer(s.app.Admin()) })
	return s.admin.URL
}

// Register registers an account with an address and a name, or gives them to one
// that exists. What is empty is made up, or stays.
func (s *Server) Register(account, email, name string) *Actor {
	s.t.Helper()
	a, err := s.app.Provider.Register(context.Background(), ident.AccountID(account), ident.Email(email), name)
	if err != nil {
		s.t.Fatalf("accordtest: registering %s: %v", account, err)
	}
	return s.As(string(a.ID))
}

// Reset forgets all accounts and faults. The clock stays.
func (s *Server) Reset() {
	s.t.Helper()
	if err := s.app.Reset(context.Background()); err != nil {
		s.t.Fatalf("accordtest: reset: %v", err)
	}
}

// Mail is a message that the service sent.
type Mail struct {
	At                time.Time
	To, Subject, Text string
}

// maxMails is more than a test looks through.
const maxMails = 10_000

// Mails are the messages to an address, or all for an empty one, oldest first.
func (s *Server) Mails(to string) []Mail {
	s.t.Helper()
	letters, err := s.app.Mails(context.Background(), "", maxMails)
	var mails []Mail
	for n := len(letters) - 1; n >= 0; n-- {
		m, mistake := mail.Parse(letters[n].Body)
		err = errors.Join(err, mistake)
		if to == "" || ident.Email(to).Key() == ident.Email(m.To).Key() {
			mails = append(mails, Mail{letters[n].At, m.To, m.Subject, m.Text})
		}
	}
	if err != nil {
		s.t.Fatalf("accordtest: mails: %v", err)
	}
	return mails
}
