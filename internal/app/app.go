// Package app builds one running Accord out of its settings: store,
// clock, due work, services, outbox, callers and the two ways in, and takes it
// apart again. The program and accordtest run the same one.
//
// It wires and holds no rule: what a part does is the part's.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"accord/internal/admin"
	"accord/internal/api"
	"accord/internal/config"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/jobs"
	"accord/internal/mail"
	"accord/internal/outbox"
	"accord/internal/server"
	"accord/internal/service/organizations"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// Options are what an installation is built with beside its settings. All are
// optional.
type Options struct {
	// Log takes what operators read.
	Log *slog.Logger
	// Version is that of the program, for people.
	Version string
	// Start is where a virtual clock begins on a new store; zero is now.
	Start time.Time
	// Source makes ids and keys; nil is the randomness of the machine.
	Source *ident.Source
	// Rehearse and BeforeCommit are those of store.Options, for tests.
	Rehearse     bool
	BeforeCommit func() error
	// Undeclared is that of server.Config, for tests.
	Undeclared func(operation string, e *api.Error)
}

// App is one running Accord.
type App struct {
	// Time is the clock, and the way to move it.
	Time *Time
	// Registry is what can be done to accounts and organizations beside the API.
	Registry admin.Registry
	// Faults are the faults that are injected on purpose.
	Faults *faults.Table

	config  config.Config
	options Options
	log     *slog.Logger
	metrics *telemetry.Metrics
	numbers http.Handler

	store         *store.Store
	due           *jobs.Loop
	outbox        *outbox.Worker
	journal       *outbox.Journal
	organizations *organizations.Service
	callers       *identity.Open
	server        *server.Server
	admin         *admin.Server

	// closers end what was opened, the last one first.
	closers []func() error
	// stop ends the work in the background, background counts it.
	stop       context.CancelFunc
	background sync.WaitGroup
	ways       ways
}

// Open builds an installation and begins its work in the background; Listen lets
// callers in. A *ClockError says that the store belongs to another clock.
func Open(ctx context.Context, c config.Config, o Options) (*App, error) {
	i := &App{config: c, options: o, log: o.Log}
	if i.log == nil {
		i.log = slog.New(slog.DiscardHandler)
	}
	if i.options.Source == nil {
		i.options.Source = ident.NewSource()
	}
	for _, open := range []func(context.Context) error{
		i.openMetrics, i.openStore, i.openDue, i.openOutbox, i.openOrganizations, i.openServer, i.openAdmin,
	} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, i.takeApart())
		}
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	i.stop, i.Time.life = stop, working
	i.background.Go(func() { _ = i.due.Run(working) })
	i.background.Go(func() { _ = i.outbox.Run(working) })
	return i, nil
}

// Close takes no further request, answers those in flight, delivers what waits in
// the outbox and closes the store. When the context ends before the last request
// does, the store is left to the end of the process.
func (i *App) Close(ctx context.Context) error {
	refused := i.ways.close(ctx)
	if ctx.Err() != nil {
		return errors.Join(refused, ctx.Err())
	}
	i.stop()
	i.background.Wait()
	if err := i.outbox.Flush(ctx); err != nil {
		// They are in the store and come at the next start.
		i.log.Warn("letters wait for the next start", "error", err)
	}
	return errors.Join(refused, i.takeApart())
}

// opened notes how to end something that was opened.
func (i *App) opened(end func() error) { i.closers = append(i.closers, end) }

func (i *App) takeApart() error {
	var errs []error
	for len(i.closers) > 0 {
		last := len(i.closers) - 1
		errs = append(errs, i.closers[last]())
		i.closers = i.closers[:last]
	}
	return errors.Join(errs...)
}

// API answers what comes in on the first listener. It does without one.
func (i *App) API() http.Handler { return i.server }

// Admin answers what comes in on the second listener. It does without one.
func (i *App) Admin() http.Handler { return i.admin }

// Mails lists the messages that were written before the letter with the id,
// newest first; an empty id begins with the newest.
func (i *App) Mails(ctx context.Context, before string, limit int) ([]store.Message, error) {
	var letters []store.Message
	err := i.store.View(ctx, func(v *store.View) (err error) {
		letters, err = v.LatestMessages(mail.MessageKind, before, limit)
		return err
	})
	return letters, err
}

// Reset forgets all that people made, and the faults. Settings and the clock
// stay.
func (i *App) Reset(ctx context.Context) error {
	err := i.organizations.Reset(ctx)
	// Also after a failure: whether the accounts are there is not certain then.
	i.callers.ForgetAll()
	if err != nil {
		return err
	}
	i.Faults.Clear()
	return i.store.Update(ctx, outbox.PlanDeletion)
}
