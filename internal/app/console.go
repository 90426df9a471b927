package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"accord/internal/accesskey"
	"accord/internal/admin"
	"accord/internal/admintoken"
	"accord/internal/clientenv"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/console"
	"accord/internal/console/visit"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/machine"
	"accord/internal/sigv4"
	"accord/internal/store"
)

// signer signs the calls of the console in strict mode: with the secret that a person enters,
// or later with that of the store. What the key may do, the pipeline decides.
func signer(a *access, c config.Config, wall clock.Clock) func(ctx context.Context, r *http.Request, body []byte, accessKeyID, secret string) error {
	service := func(r *http.Request) string {
		if r.Header.Get("X-Amz-Target") == "" {
			return "sts"
		}
		return "organizations"
	}
	region := clientenv.Region
	if c.Behavior.Partition != "" {
		region = c.Behavior.Partition.PrimaryRegion()
	}
	return func(ctx context.Context, r *http.Request, body []byte, accessKeyID, secret string) error {
		if secret == "" {
			key, err := a.keys.Key(ctx, accessKeyID)
			if err != nil && !errors.Is(err, identity.ErrUnknownKey) {
				return err
			}
			secret = key.Secret
		}
		r.Header.Set("X-Amz-Date", sigv4.DateOf(wall.Now()))
		signed := sigv4.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Host: r.Host, Header: r.Header, Body: body}
		authorization, ok := sigv4.Sign(signed, accessKeyID, secret, region, service(r))
		if !ok {
			return errors.New("console: the call cannot be signed")
		}
		r.Header.Set("Authorization", authorization)
		return nil
	}
}

// userSessions makes credentials of users for the console in the open sandbox.
func userSessions(a *access, now clock.Clock) func(ctx context.Context, account ident.AccountID, user string) (visit.Credentials, error) {
	return func(ctx context.Context, account ident.AccountID, user string) (visit.Credentials, error) {
		made, err := a.keys.SessionOf(ctx, a.sessions, account, user, now.Now())
		if errors.Is(err, accesskey.ErrNoUser) {
			err = &visit.Failure{Status: http.StatusBadRequest, Message: "The account " + string(account) + " has no user " + user + "."}
		}
		return visit.Credentials(made), err
	}
}

// newConsole opens the console at the admin API, with half of the connections of the admin API for pages
// that are live.
func newConsole(c config.Config, api http.Handler, a *admin.Server, token *admintoken.File, known *access, service clock.Clock, machineTime func() time.Time, version string, log *slog.Logger) *console.Console {
	wall := clock.NewSystem(machineTime)
	made := console.Config{
		Server: visit.Server{API: api, Admin: a.Admitted(), Strict: c.Strict(), Sign: signer(known, c, wall), SessionOf: userSessions(known, service), Now: service.Now},
		Clock:  wall, Source: known.store.Source(),
		Streams: max(1, machine.AdminConnections(machine.Descriptors())/2), Version: version, Log: log,
	}
	if token != nil {
		made.Token = token
	}
	pages := console.New(made)
	a.Console = pages
	return pages
}

// storedMessages are the messages of a kind in the store, for the admin API.
type storedMessages struct {
	store *store.Store
	kind  string
}

// Before lists messages before a sequence, newest first; 0 begins with the newest.
func (s storedMessages) Before(ctx context.Context, sequence int64, limit int) (found []store.Message, err error) {
	err = s.store.View(ctx, func(v *store.View) error {
		found, err = v.LatestMessages(s.kind, sequence, limit)
		return err
	})
	return found, err
}

// After lists messages after a sequence, oldest first.
func (s storedMessages) After(ctx context.Context, sequence int64, limit int) (found []store.Message, err error) {
	err = s.store.View(ctx, func(v *store.View) error {
		found, err = v.Messages(s.kind, sequence, limit)
		return err
	})
	return found, err
}

// endOfTime is the last instant that a clock shows, and that RFC 3339 has.
var endOfTime = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Add(-clock.Precision)

// plannedJobs lists the jobs of a store that can become due, the next one first.
func plannedJobs(db *store.Store) func(ctx context.Context, limit int) ([]store.Job, error) {
	return func(ctx context.Context, limit int) (jobs []store.Job, err error) {
		err = db.View(ctx, func(v *store.View) error {
			jobs, err = v.JobsDueBy(endOfTime, limit)
			return err
		})
		return jobs, err
	}
}
