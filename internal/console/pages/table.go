// Package pages has the pages of the console: one table, and for each page what it shows and
// what its forms do. Its template is the file of the same name in web/pages.
package pages

import (
	"accord/internal/console/chart"
	"accord/internal/console/policies"
	"accord/internal/console/profile"
	"accord/internal/console/settings"
	"accord/internal/console/states"
	"accord/internal/console/visit"
	"accord/internal/snapshot"
)

// Table is THE table: every page of the console. A page is a row here, a function that
// gathers what it shows, and a template.
var Table = []visit.Page{
	{Path: "/{$}", Title: "Home", Nav: true, Template: "home", Need: visit.Provider, Show: showHome, Act: actAtHome},
	{Path: "/organization", Title: "Organization", Nav: true, Template: "organization", Need: visit.Principal, Show: chart.Show},
	{Path: "/organization/{node}", Title: "Organization", Template: "organization", Need: visit.Principal, Show: chart.Show, Act: chart.Act},
	{Path: "/organization/branches/{node}", Title: "Branch", Template: "organization", Part: "branch", Need: visit.Principal, Show: chart.ShowBranch},
	{Path: "/organization/accounts", Title: "Accounts", Template: "accounts", Need: visit.Principal, Show: chart.ShowList},
	{Path: "/organization/accounts/{account}", Title: "Account", Template: "account", Need: visit.Principal, Show: profile.Show, Act: profile.Act},
	{Path: "/organization/export", Title: "Export", Part: "file", Need: visit.Principal, Show: chart.ShowExport},
	{Path: "/policies", Title: "Policies", Nav: true, Template: "policies", Need: visit.Principal, Show: policies.ShowList, Act: policies.ActOnList},
	{Path: "/policies/new", Title: "New policy", Template: "policy-new", Need: visit.Principal, Show: policies.ShowNew, Act: policies.ActOnNew},
	{Path: "/policies/{policy}", Title: "Policy", Template: "policy", Need: visit.Principal, Show: policies.ShowPolicy, Act: policies.Act},
	{Path: "/handshakes", Title: "Handshakes", Nav: true, Template: "handshakes", Need: visit.Principal, Show: showHandshakes, Act: actOnHandshakes},
	{Path: "/handshakes/{handshake}", Title: "Handshake", Template: "handshake", Need: visit.Principal, Show: showStory, Act: actOnStory},
	{Path: "/inbox", Title: "Inbox", Nav: true, Template: "inbox", Need: visit.Provider, Show: showInbox},
	{Path: "/calls", Title: "Calls", Nav: true, Template: "calls", Need: visit.Provider, Show: showCalls, Act: actOnCalls},
	{Path: "/time", Title: "Time", Nav: true, Template: "time", Need: visit.Provider, Show: showTime, Act: actOnTime},
	{Path: "/snapshots", Title: "Snapshots", Nav: true, Template: "snapshots", Need: visit.Provider, Show: states.Show, Act: states.Act, Upload: snapshot.MaxSize},
	{Path: "/snapshots/file", Title: "File", Part: "file", Need: visit.Provider, Show: states.FileNow},
	{Path: "/snapshots/saved/{name}", Title: "Snapshot", Template: "snapshot", Need: visit.Provider, Show: states.ShowOne, Act: states.ActOnOne},
	{Path: "/snapshots/saved/{name}/file", Title: "File", Part: "file", Need: visit.Provider, Show: states.File},
	{Path: "/snapshots/diff", Title: "Differences", Template: "differences", Need: visit.Provider, Show: states.ShowDifference, Act: states.ActOnDifference, Upload: snapshot.MaxSize},
	{Path: "/snapshots/seed", Title: "Seed", Template: "seed", Need: visit.Provider, Show: states.ShowSeed, Act: states.ActOnSeed, Fields: 3 * states.MaxSeed, Upload: states.MaxSeed},
	{Path: "/snapshots/import", Title: "Import", Template: "import", Need: visit.Provider, Show: states.ShowImports, Act: states.ActOnImports},
	{Path: "/snapshots/reset", Title: "Reset", Template: "reset", Need: visit.Provider, Show: states.ShowReset, Act: states.ActOnReset},
	{Path: "/settings", Title: "Settings", Nav: true, Template: "settings", Need: visit.Provider, Show: settings.ShowBehaviors},
	{Path: "/settings/quotas", Title: "Quotas", Template: "quotas", Need: visit.Provider, Show: settings.ShowQuotas, Act: settings.ActOnQuotas},
	{Path: "/settings/server", Title: "Settings of the server", Template: "settings", Need: visit.Provider, Show: settings.ShowServer},
}
