package app

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"accord/internal/admin"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/event"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/jobs"
	"accord/internal/org"
	"accord/internal/outbox"
	"accord/internal/protocol/awsjson"
	"accord/internal/protocol/awsquery"
	"accord/internal/server"
	"accord/internal/service/organizations"
	"accord/internal/service/sts"
	"accord/internal/store"
	"accord/internal/telemetry"
)

// The parts, each opened from those before it.

func (i *App) openMetrics(context.Context) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	metrics, err := telemetry.NewMetrics(registry)
	i.metrics, i.numbers = metrics, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return err
}

func (i *App) openStore(ctx context.Context) error {
	i.Time = newTime(i.config.Clock, i.options.Start)
	s, err := store.Open(ctx, i.config.Store, store.Options{
		Clock:        i.Time.clock,
		Source:       i.options.Source,
		Log:          i.log,
		Rehearse:     i.options.Rehearse,
		BeforeCommit: i.options.BeforeCommit,
		Observe: func(e store.Event) {
			switch e {
			case store.Retried:
				i.metrics.Retried()
			case store.OutcomeUnknown:
				i.metrics.OutcomeUnknown()
			}
		},
	})
	if err != nil {
		return err
	}
	i.store = s
	i.opened(s.Close)
	return i.Time.resume(ctx, s)
}

func (i *App) openDue(context.Context) error {
	i.due = jobs.New(i.store, i.Time.clock, i.log)
	i.Time.due = i.due
	return nil
}

// lease is how long a server keeps letters from the others on the same store.
const lease = time.Minute

func (i *App) openOutbox(ctx context.Context) error {
	var o outbox.Options
	if strings.HasPrefix(i.config.Store, "postgres") && !i.Time.Virtual() {
		// Only there can other servers have the store too.
		o.Lease = lease
	}
	i.outbox = outbox.New(i.store, i.log, o)
	if i.config.Journal != "" {
		journal, err := outbox.OpenJournal(i.config.Journal, i.log)
		if err != nil {
			return err
		}
		i.journal = journal
		i.opened(journal.Close)
		i.outbox.Sink(event.MessageKind, journal)
	}
	i.due.Handle(outbox.DeleteExpiredMessages, i.outbox.DeleteExpired)
	i.due.OnCommit(i.outbox.Notify)
	return i.store.Update(ctx, outbox.PlanDeletion)
}

func (i *App) openOrganizations(ctx context.Context) error {
	i.Faults = faults.NewTable(
		faults.Service{
			Name: orgapi.ServiceName, Operations: orgapi.Operations, Exception: orgapi.Exception,
			Background: map[string]func(string) bool{
				"CreateAccount":         failsCreation,
				"CreateGovCloudAccount": failsCreation,
			},
		},
		faults.Service{Name: stsapi.ServiceName, Operations: stsapi.Operations, Exception: stsapi.Exception},
	)
	service, err := organizations.New(ctx, organizations.Options{
		Store:           i.store,
		Jobs:            i.due,
		Source:          i.options.Source,
		Behavior:        i.config.Behavior,
		Quotas:          i.config.Quotas,
		Log:             i.log,
		RegisterCallers: true,
		CreationFailure: i.Faults.CreationFailure,
		Committed:       i.outbox.Notify,
	})
	if err != nil {
		return err
	}
	i.organizations = service
	i.callers = identity.NewOpen(service, i.Time.clock, i.config.DefaultAccount)
	// Due work closes accounts, whose keys then sign no more.
	i.due.OnCommit(i.callers.ForgetAll)
	i.Registry = registry{service, i.callers}
	return nil
}

func failsCreation(reason string) bool { return orgapi.CreateAccountFailureReason(reason).Valid() }

// registry lets callers be looked up again whose account was changed.
type registry struct {
	*organizations.Service
	callers *identity.Open
}

func (r registry) UpdateAccount(ctx context.Context, id ident.AccountID, change organizations.AccountUpdate) (org.Account, error) {
	defer r.callers.Forget(id)
	return r.Service.UpdateAccount(ctx, id, change)
}

func (i *App) openServer(context.Context) error {
	c := server.Config{
		Services: []server.Service{
			{
				Name: orgapi.ServiceName, Operations: orgapi.Operations,
				Protocol: awsjson.New(orgapi.TargetPrefix), Implementation: i.organizations,
			},
			{
				Name: stsapi.ServiceName, Operations: stsapi.Operations,
				Protocol: awsquery.New(stsapi.Namespace, stsapi.APIVersion), Implementation: sts.New(i.callers),
			},
			// Clients are pointed here for IAM too, so that none of their calls reaches
			// AWS. It has no operation yet, and says so in the form that they read.
			{Name: "iam", Protocol: awsquery.New("https://iam.amazonaws.com/doc/2010-05-08/", "2010-05-08")},
		},
		Authenticator: i.callers,
		Faults:        i.Faults,
		Telemetry:     telemetry.NewRecorder(i.log, i.metrics),
		Style:         i.config.Behavior.WireStyle,
		Clock:         i.Time.clock,
		IDs:           i.options.Source,
		Log:           i.log,
		Undeclared:    i.options.Undeclared,
	}
	if i.journal != nil {
		c.Recorder = recorder{i.journal, i.options.Source}
	}
	var err error
	i.server, err = server.New(c)
	return err
}

// recorder writes the records of calls that changed nothing into the journal.
type recorder struct {
	journal *outbox.Journal
	source  *ident.Source
}

func (r recorder) Record(_ context.Context, c server.Record) error {
	r.journal.Record(event.Call{
		ID:        r.source.UUID(),
		At:        c.At,
		Caller:    c.Caller,
		Source:    c.Service + ".amazonaws.com",
		Operation: c.Operation,
		ReadOnly:  c.ReadOnly,
		Request:   c.Request,
		Error:     c.Error,
	}.JSON())
	return nil
}

func (i *App) openAdmin(context.Context) error {
	host, _, err := net.SplitHostPort(i.config.AdminListen)
	if err != nil {
		return fmt.Errorf("address of the second listener: %w", err)
	}
	c := admin.Config{
		Registry: i.Registry,
		Time:     i.Time,
		Faults:   i.Faults,
		Mails:    i.Mails,
		Health:   i.health,
		Reset:    i.Reset,
		Metrics:  i.numbers,
		Writes:   i.config.AdminWrites,
		Host:     host,
		Version:  i.options.Version,
		Log:      i.log,
	}
	i.admin = admin.New(c)
	return nil
}

// health says why the installation cannot serve.
func (i *App) health(ctx context.Context) error {
	return i.store.View(ctx, func(v *store.View) error {
		_, err := v.Empty()
		return err
	})
}
