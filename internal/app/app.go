// Package app builds a running Accord from its settings: the store, the clock,
// the job loop, the outbox, the services, the server and the admin API. The
// program and accordtest run the same App.
//
// It only wires. What a part does is decided in the package of that part.
package app

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"accord/internal/admin"
	"accord/internal/api/orgapi"
	"accord/internal/config"
	"accord/internal/console"
	"accord/internal/event"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/initscripts"
	"accord/internal/jobs"
	"accord/internal/journal"
	"accord/internal/machine"
	"accord/internal/mail"
	"accord/internal/origin"
	"accord/internal/outbox"
	"accord/internal/readiness"
	"accord/internal/server"
	"accord/internal/service/analysis"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/service/seeding"
	"accord/internal/service/snapshots"
	"accord/internal/store"
	"accord/internal/telemetry"
	"accord/internal/timekeeper"
)

// App is one running Accord.
type App struct {
	// Clock is the clock, and how it is moved.
	Clock *Clock
	// Provider changes accounts and organizations in ways that the API does not
	// offer.
	Provider admin.Provider
	// Analyzer answers what policies allow.
	Analyzer *analysis.Analyzer
	// Init runs the init scripts.
	Init *initscripts.Scripts
	// Seeder makes what documents describe.
	Seeder *seeding.Seeder
	// Faults are the faults that are injected on purpose.
	Faults *faults.Table
	// Mails lists the mail that was written before the message of a sequence, newest
	// first; 0 begins with the newest.
	Mails func(ctx context.Context, before int64, limit int) ([]store.Message, error)
	// Reset deletes all data created by users, and the injected faults. Settings
	// and the clock stay.
	Reset func(ctx context.Context) error
	// Snapshots saves the state and goes back to it.
	Snapshots *snapshots.Snapshots

	config  config.Config
	way     transport
	log     *telemetry.Log
	outbox  *outbox.Worker
	keeper  *timekeeper.Keeper
	server  *server.Server
	admin   *admin.Server
	closers closers
	reloads reloads

	// stop ends the background work, which background counts.
	stop       context.CancelFunc
	background sync.WaitGroup

	// listeners is nil until Listen.
	listeners *listeners
}

// Open builds an App and starts its background work; Listen accepts connections.
// A *ClockError says that the store belongs to another kind of clock, a *config.Unusable
// that a setting has to be changed, or what it names.
func Open(ctx context.Context, c config.Config, o Options) (_ *App, err error) {
	log := o.Log
	if log == nil {
		log = telemetry.Discard()
	}
	way, err := newTransport(c, log.Logger)
	if err != nil {
		return nil, err
	}
	if err := checkPasswordFile(c); err != nil {
		return nil, err
	}
	var closers closers
	defer func() {
		if err != nil {
			err = errors.Join(err, closers.close())
		}
	}()

	metrics, metricsHandler, err := newMetrics()
	if err != nil {
		return nil, err
	}

	start, err := newStart(c, &o.Start, log)
	if err != nil {
		return nil, err
	}
	monitor, checks := newMonitor(log.Logger, metrics), newChecks(log.Logger, metrics)
	clock := newClock(c.Clock, o.Start, o.MachineTime)
	engineOptions, err := engineOptions(ctx, c, o.Snapshot)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.Store, store.Options{
		Clock:        clock,
		Source:       newSource(c.RandomSeed),
		Log:          log.Logger,
		Engine:       engineOptions,
		Rehearse:     o.Rehearse,
		BeforeCommit: o.BeforeCommit,
		Observe:      countStoreEvents(metrics),
		Health:       monitor, Accept: acceptClock(clock),
	})
	if err != nil {
		return nil, c.UseStore(err)
	}
	closers.add(db.Close)
	if err := reportRestored(ctx, db, log.Logger); err != nil {
		return nil, err
	}
	ids := db.Source()
	if err := bindClock(ctx, db, clock); err != nil {
		return nil, err
	}
	keeper := timekeeper.New(clock, db, newSlot(), log.Logger)
	if err := keeper.Start(ctx, c.AcceptClock); err != nil {
		return nil, err
	}

	loop := jobs.New(db, clock, log.Logger)
	worker := outbox.New(db, log.Logger, outboxOptions(c, db))
	var records *journal.Journal
	var reloads reloads
	if c.Journal != "" {
		if records, err = openJournal(ctx, c, db, log.Logger, metrics); err != nil {
			return nil, err
		}
		closers.add(records.Close)
		reloads.add("journal", records.Reopen)
	}
	if err := connectOutbox(ctx, db, loop, worker, records); err != nil {
		return nil, err
	}

	token, err := openToken(c, log.Logger)
	if err != nil {
		return nil, err
	}
	if token != nil {
		reloads.add("token of the admin API", token.Reload)
	}

	faultTable, limiter := newFaultTable(), newLimiter(c.Behavior)
	// It shows what the rest does, and is made last.
	var pages *console.Console
	runner, err := operation.New(ctx, operation.Options{
		Store:    db,
		Jobs:     loop,
		IDs:      ids,
		Behavior: c.Behavior,
		Quotas:   c.Quotas,
		Log:      log.Logger,
		Strict:   c.Strict(),
		Committed: func() {
			worker.Notify()
			keeper.Changed()
			if pages != nil {
				pages.Changed()
			}
		},
	})
	if err != nil {
		return nil, err
	}
	access, err := openAccess(ctx, c, db, clock, o.MachineTime, log.Logger)
	if err != nil {
		return nil, err
	}
	if access.reload != nil {
		reloads.add("secret keys", access.reload)
	}

	if err := access.makeFirstAccount(ctx, runner, c.RootKeyFile, log.Logger); err != nil {
		return nil, err
	}

	requests := ids.For("requests")
	recorder := telemetry.NewRecorder(log, metrics)
	api, err := server.New(server.Config{
		Services:       services(runner, faultTable, access),
		Authenticator:  access.callers,
		RequireAccount: runner.RequireAccount,
		Throttle:       limiter,
		OrganizationOf: organizationOf(db),
		Faults:         faultTable,
		Telemetry:      recorder,
		Recorder:       newRecorder(records, ids, runner),
		InternalError:  orgapi.ErrService(),
		Pages:          origin.Policy{Hosts: hostsOf(c.Listen), Origins: c.AllowOrigins},
		Style:          c.Behavior.WireStyle,
		Clock:          clock,
		IDs:            requests,
		Log:            log.Logger,
		Limits:         limits(c, log.Logger),
		Undeclared:     o.Undeclared,
	})
	if err != nil {
		return nil, err
	}

	checks.Add(readiness.Checks(readiness.Options{
		Store: db, Monitor: monitor, Probe: keeper.Probe, Clock: keeper.Check,
		MinFree: c.MinFreeSpace, Delivered: deliveredKind(records), Real: c.Clock != config.Virtual,
	})...)

	seeder := seeding.New(runner)
	if err := start.apply(ctx, seeder, log); err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	appClock := newAppClock(background, clock, recordedChange(runner), loop, log.Logger)
	changes := provider.New(runner)
	mails, reset, analyzer := storedMessages{db, mail.MessageKind}.Before, deleteAll(db, changes, faultTable, limiter), analysis.New(db)
	saved := newSnapshots(c, o.Version, o.Snapshot, runner, appClock, access, ids, requests)
	var a *App
	a = &App{
		Clock:     appClock,
		Provider:  changes,
		Analyzer:  analyzer,
		Init:      start.scripts,
		Seeder:    seeder,
		Faults:    faultTable,
		Mails:     mails,
		Reset:     reset,
		Snapshots: saved,
		config:    c,
		way:       way,
		log:       log,
		outbox:    worker,
		keeper:    keeper,
		server:    api,
		admin: admin.New(admin.Config{
			Provider:  changes,
			Clock:     appClock,
			Faults:    faultTable,
			Mails:     mails,
			Records:   storedMessages{db, event.MessageKind},
			Jobs:      plannedJobs(db),
			Durations: recorder.Durations,
			Journal:   journalReader(records, db),
			Changes:   adminChanges{runner, ids.For("admin changes"), cmp.Or(c.Behavior.Partition, ident.AWS)},
			Analyzer:  analyzer,
			Seeder:    clockedSeeder{seeder, appClock},
			Init:      start.scripts.Status,
			Info:      func() admin.Info { return a.info(o.Version) }, Partition: cmp.Or(c.Behavior.Partition, ident.AWS),
			Behaviors: behaviors(c),
			Quotas:    c.Quotas, QuotaOrigin: quotaOrigin(c),
			Ready:       checks.Report,
			Reset:       reset,
			ResetTo:     resetTo(saved, faultTable, limiter),
			Snapshots:   saved,
			RootKey:     rootKeys(access, runner),
			RotateKeys:  func(ctx context.Context) (int, error) { return access.rotate(ctx, recordedChange(runner)) },
			Metrics:     metricsHandler,
			Writes:      c.AdminWrites,
			Token:       token,
			Pages:       origin.Policy{Hosts: hostsOf(c.AdminListen, c.AdminHosts...), EveryHost: true},
			Refused:     metrics.AdminRefused,
			Connections: machine.AdminConnections(machine.Descriptors()),
			Version:     o.Version,
			Log:         log.Logger,
		}),
		closers: closers,
		reloads: reloads,
		stop:    stop,
	}
	a.admin.Imports = newImports(ownTarget{analyzer, appClock, clockedSeeder{seeder, appClock}}, o, log.Logger, func(work func(context.Context)) { a.background.Go(func() { work(background) }) })
	pages = newConsole(c, api, a.admin, token, access, clock, o.MachineTime, o.Version, log.Logger)
	loop.OnCommit(pages.Changed)
	a.closers.add(func() error { pages.Stop(); return nil })
	a.background.Go(func() { _ = loop.Run(background) })
	a.background.Go(func() { _ = worker.Run(background) })
	a.background.Go(func() { keeper.Run(background) })
	a.background.Go(func() { access.keys.Run(background, log.Logger) })
	a.background.Go(func() { checks.Watch(background, watchInterval) })
	return a, nil
}

// Listen opens both listeners and accepts connections.
func (a *App) Listen(ctx context.Context) error {
	serveAPI := func(ctx context.Context, l net.Listener) error { return a.server.Run(ctx, l, a.way.tls) }
	l, err := listen(ctx, a.config, serveAPI, a.admin.Run)
	if err != nil {
		return err
	}
	a.listeners = l
	if !config.IsLoopback(a.config.Listen) && !a.config.Strict() {
		a.log.WarnContext(ctx, "others than this machine may reach the open sandbox, where everybody can be any account", "setting", "listen", "address", a.config.Listen)
	}
	return nil
}

// Reload opens the files again that other programs replace while the App runs, as SIGHUP
// asks for.
func (a *App) Reload() { a.reloads.run(a.log) }

// Failed returns a channel that receives the error of a listener that ended
// before the App was closed.
func (a *App) Failed() <-chan error { return a.listeners.failed }

// Address returns the address of the API listener, as host:port.
func (a *App) Address() string { return a.listeners.api.Addr().String() }

// AdminAddress returns the address of the admin API, as host:port or unix:///PATH.
func (a *App) AdminAddress() string {
	if _, socket := config.SocketPath(a.config.AdminListen); socket {
		return a.config.AdminListen
	}
	return a.listeners.admin.Addr().String()
}

// info describes the server.
func (a *App) info(version string) admin.Info {
	i := admin.Info{
		Version: version, Store: store.Name(a.config.Store), DefaultAccount: a.config.DefaultAccount,
		Journal: a.config.Journal != "", Writes: a.config.AdminWrites, Auth: string(a.config.Auth), Settings: settings(a.config),
	}
	if a.listeners != nil {
		i.Endpoint, i.CABundle = a.URL(), a.CABundle()
	}
	return i
}

// URL returns the URL of the API at which clients on this machine reach it.
func (a *App) URL() string { return a.way.scheme() + "://" + clientAddress(a.Address()) }

// CABundle returns the file with the certificate that clients of the API have to
// trust; empty for those of the system.
func (a *App) CABundle() string { return a.way.authority }

// AdminURL returns the URL of the admin API, as URL does.
func (a *App) AdminURL() string {
	if _, socket := config.SocketPath(a.config.AdminListen); socket {
		return a.config.AdminListen
	}
	return "http://" + clientAddress(a.AdminAddress())
}

// ConsoleURL returns the URL of the console; empty on a Unix socket, which no browser opens.
func (a *App) ConsoleURL() string {
	if _, socket := config.SocketPath(a.config.AdminListen); socket {
		return ""
	}
	return a.AdminURL() + "/console/"
}

// API returns the handler of the API, which works without a listener.
func (a *App) API() http.Handler { return a.server }

// Admin returns the handler of the admin API, which works without a listener.
func (a *App) Admin() http.Handler { return a.admin }

// Close accepts no further request, answers those in flight, delivers the pending
// messages of the outbox and closes the store. If the context ends before the last
// request does, the store stays open until the process ends.
func (a *App) Close(ctx context.Context) error {
	var failed error
	if a.listeners != nil {
		failed = a.listeners.close(ctx)
	}
	if ctx.Err() != nil {
		return errors.Join(failed, ctx.Err())
	}
	a.stop()
	a.background.Wait()
	if err := a.outbox.Flush(ctx); err != nil {
		// They stay in the store and are delivered after the next start.
		a.log.Warn("messages are left for the next start", "error", err)
	}
	if err := a.keeper.Save(ctx); err != nil {
		a.log.Warn("the newest instant was not saved", "error", err)
	}
	return errors.Join(failed, a.closers.close())
}
