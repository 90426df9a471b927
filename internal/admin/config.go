package admin

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"accord/internal/admintoken"
	"accord/internal/explain"
	"accord/internal/faults"
	"accord/internal/health"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/initscripts"
	"accord/internal/org"
	"accord/internal/origin"
	"accord/internal/quota"
	"accord/internal/seed"
	"accord/internal/service/importing"
	"accord/internal/service/organizations/policies"
	"accord/internal/service/provider"
	"accord/internal/service/seeding"
	"accord/internal/service/snapshots"
	"accord/internal/store"
	"accord/internal/store/lists"
	"accord/internal/whatif"
	"accord/internal/whatif/model"
)

// Provider is what the provider of the service can do to accounts and
// organizations beside the API. Its errors are those of package provider.
type Provider interface {
	// Account reads one account.
	Account(ctx context.Context, id ident.AccountID) (org.Account, error)
	// Principals lists the first users and roles of an account.
	Principals(ctx context.Context, id ident.AccountID, limit int) ([]iam.Identity, error)
	// AccountByEmail reads the account that has an address.
	AccountByEmail(ctx context.Context, email ident.Email) (org.Account, error)
	// Organizations lists the organizations after one, by their IDs.
	Organizations(ctx context.Context, after ident.OrganizationID, limit int) ([]org.Organization, error)
	// Accounts lists the accounts after one, in the order of registration.
	Accounts(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error)
	// Standalone lists those of them that are in no organization, AccountsOf a page of those of one.
	Standalone(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error)
	AccountsOf(ctx context.Context, q provider.AccountQuery) (provider.AccountPage, error)
	// Attached lists the policies of users at some places of an organization.
	Attached(ctx context.Context, id ident.OrganizationID, targets []ident.TargetID) ([]lists.PolicyAt, error)
	// Register adds an account, with a free ID if none is given. An account that
	// exists gets the address and the name.
	Register(ctx context.Context, id ident.AccountID, email ident.Email, name string) (org.Account, error)
	UpdateAccount(ctx context.Context, id ident.AccountID, change provider.AccountUpdate) (org.Account, error)
	// Sweep deletes accounts that calls registered a duration ago or earlier and that are
	// unused, and returns how many.
	Sweep(ctx context.Context, age time.Duration) (int, error)
	RemoveServiceLinkedRole(ctx context.Context, id ident.AccountID) (org.Account, error)
	// Quotas returns the quotas that an organization has of its own.
	Quotas(ctx context.Context, id ident.OrganizationID) (map[quota.Name]int64, error)
	// SetQuotas sets quotas of an organization, and takes others from it.
	SetQuotas(ctx context.Context, id ident.OrganizationID, quotas map[quota.Name]int64, taken ...quota.Name) error
	// CheckPolicy says what CreatePolicy would say of a type and a content for an account.
	CheckPolicy(ctx context.Context, account ident.AccountID, kind org.PolicyType, content string) (*policies.Verdict, error)
}

// Clock is the clock of the server.
type Clock interface {
	Now() time.Time
	// Virtual reports whether the clock moves only when it is moved.
	Virtual() bool
	// Advance and Set move a virtual clock and return once the jobs that became due
	// have run. clock.ErrNotNow says that the clock cannot be moved, or not
	// back.
	Advance(ctx context.Context, by time.Duration) error
	Set(ctx context.Context, to time.Time) error
}

// Journal reads event records, as journal.Journal does.
type Journal interface {
	// Read returns records from a position on, and the position behind the last one.
	Read(from int64, limit int) (records []string, next int64, err error)
	// Last returns the last records, and the position behind them.
	Last(limit int) (records []string, next int64, err error)
	// Path is the file that is written.
	Path() string
	// Position is the end of what is on the disk.
	Position() store.Journal
	// State is what the store knows of the delivery of records.
	State(ctx context.Context) (store.DeliveryState, error)
}

// Records reads event records of changes in the store.
type Records interface {
	// Before lists those before a sequence, newest first; 0 begins with the newest.
	Before(ctx context.Context, sequence int64, limit int) ([]store.Message, error)
	// After lists those after a sequence, oldest first.
	After(ctx context.Context, sequence int64, limit int) ([]store.Message, error)
}

// Analyzer answers what the state is and what policies allow. Its errors are those of
// packages analysis, explain, whatif and change.
type Analyzer interface {
	// State reads an organization as a document, or everything.
	State(ctx context.Context, id ident.OrganizationID) (*seed.Document, error)
	Organization(ctx context.Context, id ident.OrganizationID) (*model.Organization, error)
	Explain(ctx context.Context, request explain.Request) (*explain.Explanation, error)
	WhatIf(ctx context.Context, id ident.OrganizationID, request whatif.Request) (*whatif.Report, error)
}

// Snapshots saves the state of a server and goes back to it. Its errors are those of packages
// snapshots and snapshot.
type Snapshots interface {
	List(ctx context.Context) ([]snapshots.Entry, error)
	Get(ctx context.Context, name string) (snapshots.Entry, error)
	// Save saves the present state under a name; without secrets, access keys are left out.
	Save(ctx context.Context, name string, secrets, replace bool) (snapshots.Entry, error)
	// Put adds a file under a name.
	Put(ctx context.Context, name string, file []byte, replace bool) (snapshots.Entry, error)
	Delete(ctx context.Context, name string) error
	// Document describes the state of a named snapshot.
	Document(ctx context.Context, name string) (*seed.Document, error)
	// File is the file of a named snapshot, Current that of the present state.
	File(ctx context.Context, name string) ([]byte, error)
	Current(ctx context.Context, secrets bool) ([]byte, error)
	// Load makes the state that of a named snapshot, LoadFile that of a file.
	Load(ctx context.Context, name string, secrets bool) (snapshots.Loaded, error)
	LoadFile(ctx context.Context, file []byte, secrets bool) (snapshots.Loaded, error)
}

// Seeder makes what a document describes.
type Seeder interface {
	// Apply makes it, and moves a virtual clock that is behind the document to it.
	Apply(ctx context.Context, f *seed.File, o seeding.Options) (*seeding.Report, error)
}

// Imports brings organizations of other servers here. Its errors are those of package importing.
type Imports interface {
	// Status is what is known of the last import.
	Status() importing.Status
	// Start begins one, after it was recorded; the values of the context stay.
	Start(ctx context.Context, kind importing.Kind, r importing.Request, recorded func() error) (importing.Status, error)
	// Cancel ends the one that runs, after that was recorded, or forgets the last one.
	Cancel(recorded func() error) error
}

// Change is a change that a client asks for.
type Change struct {
	// Name is what is done, Parameters the members of the request, and Account the account
	// that it is about, if there is one.
	Name       string
	Parameters map[string]any
	Account    ident.AccountID
	// AskedBy is who asked; Address and UserAgent describe the connection.
	AskedBy, Address, UserAgent string
}

// Changes records changes.
type Changes interface {
	// Begin returns the context of a change, whose transaction records it.
	Begin(ctx context.Context, c Change) context.Context
	// Record records the change of a context that has no transaction of its own.
	Record(ctx context.Context) error
}

// Info describes a server.
type Info struct {
	Version string `json:"version"`
	// Endpoint is the URL of the API; empty while it does not listen.
	Endpoint string `json:"endpoint,omitempty"`
	// CABundle is the file of the certificates that clients trust; empty for those
	// of the system.
	CABundle string `json:"caBundle,omitempty"`
	// Store names the store, without a password.
	Store string `json:"store"`
	// Auth is "open" or "strict".
	Auth string `json:"auth"`
	// DefaultAccount is the account of access keys that are not an account ID.
	DefaultAccount ident.AccountID `json:"defaultAccount"`
	// Journal is true if the server writes a journal.
	Journal bool `json:"journal"`
	// Writes is true if the admin API allows changes.
	Writes bool `json:"adminWrites"`
	// Settings are all settings but behaviors and quotas.
	Settings []Setting `json:"settings"`
}

// Origin is where a value was set.
type Origin struct {
	// Source is "default", "file", "environment", "flag", "behavior" for a value that another
	// behavior sets, or "organization" for a quota of its own.
	Source string `json:"source"`
	// Name is that of the file, variable, flag, behavior or organization.
	Name string `json:"name,omitempty"`
}

// Setting is a setting of the server.
type Setting struct {
	Name string `json:"name"`
	// Value is in force, without passwords and keys; it is empty if none is set, and
	// Default then describes what holds.
	Value   string `json:"value"`
	Default string `json:"default"`
	Origin  Origin `json:"origin"`
	Meaning string `json:"meaning"`
}

// Behavior is a behavior of the server.
type Behavior struct {
	Name string `json:"name"`
	// Value is in force, Default without a setting, AWS is that of the real service
	// if it differs from the default.
	Value   string `json:"value"`
	Default string `json:"default"`
	AWS     string `json:"aws,omitempty"`
	Origin  Origin `json:"origin"`
	// Allowed describes the values, Meaning their effect.
	Allowed string `json:"allowed"`
	Meaning string `json:"meaning"`
}

// Config is what a Server is made of.
type Config struct {
	// Console answers the paths of the console, whose callers it lets in itself; nil without
	// one. It may be set after New, before the first request.
	Console  Console
	Provider Provider
	Clock    Clock
	Faults   *faults.Table
	// Mails lists the mail that was written before the message of a sequence, newest
	// first; 0 begins with the newest.
	Mails func(ctx context.Context, before int64, limit int) ([]store.Message, error)
	// Records reads the event records of changes that the store keeps.
	Records Records
	// Jobs lists the jobs that are planned for an instant that a clock can show, the next one
	// first.
	Jobs func(ctx context.Context, limit int) ([]store.Job, error)
	// Durations are how long the last calls of this server took, by their request IDs.
	Durations func() map[string]time.Duration
	// Journal reads the journal; nil without one.
	Journal Journal
	// Changes records changes.
	Changes Changes
	// Analyzer answers what the state is and what policies allow.
	Analyzer Analyzer
	// Seeder makes what documents describe.
	Seeder Seeder
	// Imports brings organizations of other servers here. It may be set after New, before the
	// first request.
	Imports Imports
	// Init says what became of the init scripts.
	Init func() initscripts.Status
	// Info describes the server.
	Info func() Info
	// Partition is that of the ARNs that are shown.
	Partition ident.Partition
	// Behaviors are all behaviors, with the values in force.
	Behaviors []Behavior
	// Quotas are the numbers for organizations without quotas of their own, and
	// QuotaOrigin says where each was set.
	Quotas      *quota.Set
	QuotaOrigin func(q quota.Quota) Origin
	// Ready reports whether the server can serve, by its checks.
	Ready func(ctx context.Context) health.Report
	// Reset deletes all data created by users.
	Reset func(ctx context.Context) error
	// ResetTo is Reset to a named snapshot.
	ResetTo func(ctx context.Context, name string) (snapshots.Loaded, error)
	// Snapshots saves the state and goes back to it.
	Snapshots Snapshots
	// RootKey makes an access key of the root user of an account. Its secret is shown this
	// once.
	RootKey func(ctx context.Context, account ident.AccountID) (id, secret string, err error)
	// RotateKeys reads the secret keys again and encrypts all secrets with the first one; it
	// returns how many had another one.
	RotateKeys func(ctx context.Context) (int, error)
	// Metrics answers GET /metrics.
	Metrics http.Handler
	// Writes allows changes; without it the API is read-only.
	Writes bool
	// Token is what all requests but health checks have to show; nil for none.
	Token *admintoken.File
	// Pages says which requests of browsers are taken.
	Pages origin.Policy
	// Refused, if set, is told of requests that are refused for their sender, with the
	// reason: "token", or "page" for a Host or Origin.
	Refused func(reason string)
	// Connections is how many connections may be open at once; 0 is no bound.
	Connections int
	// Version is the version of the program, for GET /readyz.
	Version string
	Log     *slog.Logger
}
