package app

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"accord/internal/admin"
	"accord/internal/admintoken"
	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/backup"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/faults"
	"accord/internal/health"
	"accord/internal/ident"
	"accord/internal/outbox"
	"accord/internal/protocol/awsjson"
	"accord/internal/protocol/awsquery"
	"accord/internal/quota"
	"accord/internal/server"
	"accord/internal/service/iam"
	"accord/internal/service/operation"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
	"accord/internal/service/snapshots"
	"accord/internal/service/sts"
	"accord/internal/snapshot"
	"accord/internal/store"
	"accord/internal/telemetry"
	"accord/internal/throttle"
)

// What lies between two parts that do not know each other.

// newSource returns the randomness of a server, from a seed if there is one.
func newSource(seed *uint64) *ident.Source {
	if seed == nil {
		return ident.NewSource()
	}
	return ident.NewSeededSource(*seed)
}

// newMetrics returns the metrics of a server and the handler that exposes them.
func newMetrics() (*telemetry.Metrics, http.Handler, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	metrics, err := telemetry.NewMetrics(registry)
	return metrics, promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), err
}

// countStoreEvents counts what happens to transactions.
func countStoreEvents(m *telemetry.Metrics) func(store.Event) {
	return func(e store.Event) {
		switch e {
		case store.Retried:
			m.Retried()
		case store.OutcomeUnknown:
			m.OutcomeUnknown()
		}
	}
}

// newMonitor returns what follows the store's ability to serve.
func newMonitor(log *slog.Logger, m *telemetry.Metrics) *health.Monitor {
	return health.NewMonitor(log, &clock.System{},
		func(reason health.Reason) { m.NotReady(string(reason)) },
		func(reason health.Reason, begun bool) { m.Episode(string(reason), begun) })
}

// statusNumbers are the values of the metric of checks.
var statusNumbers = map[health.Status]float64{health.OK: 0, health.Warning: 1, health.Failed: 2}

// newChecks returns the registry of the checks of a server, which logs what changes.
func newChecks(log *slog.Logger, m *telemetry.Metrics) *health.Checks {
	return health.NewChecks(&clock.System{}, func(before, now health.Report) {
		m.Ready(now.Ready)
		for _, check := range now.Checks {
			m.Check(check.Name, statusNumbers[check.Status])
		}
		for _, check := range now.Changes(before) {
			level := map[health.Status]slog.Level{health.Failed: slog.LevelError, health.Warning: slog.LevelWarn}[check.Status]
			log.LogAttrs(context.Background(), level, "a check of readiness changed",
				slog.String("check", check.Name), slog.String("status", string(check.Status)), slog.String("value", check.Value), slog.String("meaning", check.Message))
		}
	})
}

// watchInterval is how often the checks run when nobody asks.
const watchInterval = 15 * time.Second

// lease is how long a server keeps messages from the other servers of its store.
const lease = time.Minute

func outboxOptions(c config.Config, db *store.Store) outbox.Options {
	if db.Engine().Shared() && c.Clock != config.Virtual {
		return outbox.Options{Lease: lease}
	}
	return outbox.Options{}
}

// newSlot returns the slot of the probes of a server. Servers that draw the same of 256
// wait for each other's probes, and no more than that.
func newSlot() string { return hex.EncodeToString(ident.NewSource().Bytes(1)) }

// openToken returns the token of the admin API; nil without one.
func openToken(c config.Config, log *slog.Logger) (*admintoken.File, error) {
	if c.AdminTokenFile == "" {
		return nil, nil
	}
	token, made, err := admintoken.Open(c.AdminTokenFile)
	if err != nil {
		return nil, config.Use(err, "admin-token-file")
	}
	if made {
		log.Info("a token for the admin API was made", "file", c.AdminTokenFile)
	}
	return token, nil
}

// checkPasswordFile looks at the file of the password before anything waits for a database,
// which reads it for each connection.
func checkPasswordFile(c config.Config) error {
	if c.StorePasswordFile == "" {
		return nil
	}
	_, err := os.ReadFile(c.StorePasswordFile)
	return config.Use(err, "store-password-file")
}

// newFaultTable returns the table of the faults that the services can have.
func newFaultTable() *faults.Table {
	ofCreation := api.Texts(orgapi.CreateAccountFailureReason("").Values())
	return faults.NewTable(
		faults.Service{
			Name: orgapi.ServiceName, Operations: orgapi.Operations, Exception: orgapi.Exception, Reasons: orgapi.Reasons,
			Background: map[string][]string{
				"CreateAccount":         ofCreation,
				"CreateGovCloudAccount": ofCreation,
			},
		},
		faults.Service{Name: iamapi.ServiceName, Operations: iamapi.Operations, Exception: iamapi.Exception},
		faults.Service{Name: stsapi.ServiceName, Operations: stsapi.Operations, Exception: stsapi.Exception},
	)
}

// newLimiter returns the limits of the rate of calls; nil without the behavior.
func newLimiter(b behavior.Set) *throttle.Limiter {
	if !b.Throttling {
		return nil
	}
	return throttle.New(b.ThrottlingFactor)
}

// organizationOf looks up the organization of an account, on a snapshot.
func organizationOf(db *store.Store) func(ctx context.Context, account string) (string, error) {
	return func(ctx context.Context, account string) (string, error) {
		organization := ""
		err := db.View(ctx, func(v *store.View) error {
			a, err := v.AccountWithOrganization(ident.AccountID(account))
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err == nil && a.Organization != nil {
				organization = string(a.Organization.ID)
			}
			return err
		})
		return organization, err
	}
}

// services are the services that the server offers.
func services(r *operation.Runner, table *faults.Table, a *access) []server.Service {
	forOrganizations, forTokens := organizations.New(r, table.CreationFailure), sts.New(a.callers, a.sessions, r)
	forIAM := iam.New(r, a.keys)
	return []server.Service{
		{
			Name: orgapi.ServiceName, Operations: orgapi.Operations,
			Protocol: awsjson.New(orgapi.TargetPrefix), Implementation: forOrganizations, Authorize: forOrganizations.Authorize,
			Kept: forOrganizations.Kept,
		},
		{
			Name: stsapi.ServiceName, Operations: stsapi.Operations,
			Protocol: awsquery.New(stsapi.Namespace, stsapi.APIVersion), Implementation: forTokens, Authorize: forTokens.Authorize,
			CommonErrors: stsapi.CommonErrors,
		},
		{
			Name: iamapi.ServiceName, Operations: iamapi.Operations,
			Protocol: awsquery.New(iamapi.Namespace, iamapi.APIVersion), Implementation: forIAM, Authorize: forIAM.Authorize,
			CommonErrors: iamapi.CommonErrors,
		},
	}
}

// deleteAll returns App.Reset.
func deleteAll(db *store.Store, changes *provider.Provider, table *faults.Table, limiter *throttle.Limiter) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := changes.Reset(ctx); err != nil {
			return err
		}
		table.Clear()
		limiter.Refill()
		return db.Update(ctx, outbox.PlanDeletion)
	}
}

// resetTo returns what POST /reset does with the name of a snapshot.
func resetTo(saved *snapshots.Snapshots, table *faults.Table, limiter *throttle.Limiter) func(context.Context, string) (snapshots.Loaded, error) {
	return func(ctx context.Context, name string) (snapshots.Loaded, error) {
		loaded, err := saved.Load(ctx, name, true)
		if err == nil {
			table.Clear()
			limiter.Refill()
		}
		return loaded, err
	}
}

// engineOptions are those of the engine of a store, which begins with a snapshot if there
// is one.
func engineOptions(ctx context.Context, c config.Config, from *snapshot.Snapshot) (o store.EngineOptions, err error) {
	o = c.EngineOptions()
	if from != nil {
		o.Image, err = from.Image(ctx)
	}
	return o, err
}

// rootKeys returns what makes access keys of root users.
func rootKeys(a *access, r *operation.Runner) func(context.Context, ident.AccountID) (id, secret string, err error) {
	return func(ctx context.Context, account ident.AccountID) (id, secret string, err error) {
		return a.issueRootKey(ctx, recordedChange(r), account)
	}
}

// newSnapshots returns the snapshots of a server, which may have begun with one.
func newSnapshots(c config.Config, program string, begun *snapshot.Snapshot, r *operation.Runner, now *Clock, a *access, sources ...*ident.Source) *snapshots.Snapshots {
	options := snapshots.Options{
		Runner: r, Clock: now, Ring: a.ring, Sources: sources, Program: program,
		Behaviors: map[string]string{}, Quotas: map[string]string{}, Most: c.Snapshots, Space: c.SnapshotSpace, Log: r.Log,
	}
	for _, b := range behaviors(c) {
		options.Behaviors[b.Name] = b.Value
	}
	for _, q := range quota.Quotas() {
		options.Quotas[string(q.Name)] = c.Quotas.Value(q.Name).String()
	}
	saved := snapshots.New(options)
	if begun != nil {
		saved.Restart(begun)
	}
	return saved
}

// reportRestored logs that a store was restored: the journal may have records of changes
// that the store no longer has.
func reportRestored(ctx context.Context, db *store.Store, log *slog.Logger) error {
	r, found, err := backup.LastRestored(ctx, db)
	if err == nil && found {
		log.WarnContext(ctx, "the store was restored from a backup", "restored", r.At, "state of", r.Backup.Begun,
			"newest record", r.Backup.Newest.EventID, "backup", r.Backup.SHA256)
	}
	return err
}

// behaviors are all behaviors, with the values in force.
func behaviors(c config.Config) []admin.Behavior {
	var all []admin.Behavior
	for _, b := range behavior.Table() {
		all = append(all, admin.Behavior{
			Name: b.Name, Value: b.Current(c.Behavior, c.BehaviorSettings), Default: b.Default,
			AWS: b.AWS, Origin: originOf(c.OriginOfBehavior(b)), Allowed: b.Allowed(), Meaning: b.Meaning,
		})
	}
	return all
}

// originOf is an origin as the admin API shows it.
func originOf(o config.Origin) admin.Origin {
	return admin.Origin{Source: string(o.Source), Name: o.Name}
}

// quotaOrigin says where the number of a quota was set.
func quotaOrigin(c config.Config) func(quota.Quota) admin.Origin {
	return func(q quota.Quota) admin.Origin { return originOf(c.OriginOfQuota(q)) }
}

// settings are all settings but behaviors and quotas, with the values in force.
func settings(c config.Config) []admin.Setting {
	var all []admin.Setting
	for _, s := range c.Origins.Settings {
		all = append(all, admin.Setting{
			Name: s.Name, Value: s.Shown, Default: s.Default, Origin: originOf(s.Origin), Meaning: s.Help,
		})
	}
	return all
}
