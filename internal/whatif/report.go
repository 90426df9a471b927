package whatif

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/cloudtrail"
)

// Report is what changes would do.
type Report struct {
	Organization ident.OrganizationID `json:"organization"`
	// At is the instant of the organization that was changed in memory.
	At time.Time `json:"at"`
	// Changes are the changes in words.
	Changes []string `json:"changes"`
	Summary Summary  `json:"summary"`
	// Rows are what changes, by account and by the statement that decides.
	Rows []Row `json:"rows"`
	// Effective are the effective policies that change.
	Effective []Effective `json:"effectivePolicies,omitempty"`
	// Calls says what was made of recorded calls; nil without any.
	Calls *Calls `json:"calls,omitempty"`
	// Left says what the bounds of the request have left out; nil if nothing.
	Left *Left `json:"leftOut,omitempty"`
	// Notes are what was not looked at.
	Notes []string `json:"notes,omitempty"`
}

// Left is what the bounds of a request have left out.
type Left struct {
	// Accounts were not asked about, Rows are not in the report.
	Accounts int `json:"accounts"`
	Rows     int `json:"rows"`
}

// Summary counts questions: one for each principal, action, resource and Region. For
// recorded calls, it counts calls.
type Summary struct {
	Accounts   int `json:"accounts"`
	Principals int `json:"principals"`
	Actions    int `json:"actions"`
	Questions  int `json:"questions"`
	// Denied are those that would be denied and are not now, Allowed the opposite. Depends
	// are those whose new answer depends on a condition key that is not known.
	Denied  int `json:"denied"`
	Allowed int `json:"allowed"`
	Depends int `json:"depends"`
	// Invalid are the effective policies that would become invalid.
	Invalid int `json:"invalidEffectivePolicies"`
}

// Verdict is a verdict in a report.
type Verdict string

// The verdicts.
const (
	Allowed Verdict = "allowed"
	Denied  Verdict = "denied"
	Depends Verdict = "depends"
)

var verdicts = map[evaluate.Verdict]Verdict{evaluate.Allowed: Allowed, evaluate.Denied: Denied, evaluate.Depends: Depends}

// Row is what changes for principals of an account by one statement.
type Row struct {
	Account ident.AccountID `json:"account"`
	Name    string          `json:"name"`
	Before  Verdict         `json:"before"`
	After   Verdict         `json:"after"`
	// Statement is what decides: after the change, or before it for what becomes allowed.
	Statement Statement `json:"statement"`
	// Keys are the condition keys on which it depends; "resource" is one that is not known.
	Keys []string `json:"keys,omitempty"`
	// Principals are ARNs. All of them lose or get all of the actions.
	Principals []string `json:"principals"`
	// Administrator says that the account has no user and no role that is known: its root
	// user stands for those who administer it.
	Administrator bool `json:"administrator,omitempty"`
	// Actions must not be changed: rows share them.
	Actions []ActionMark `json:"actions"`
	// Calls is how many recorded calls these are, Example the event ID of the first one.
	Calls   int    `json:"calls,omitempty"`
	Example string `json:"example,omitempty"`
}

// ActionMark is an action with the reason why it was asked about.
type ActionMark struct {
	Action string `json:"action"`
	Reason string `json:"reason,omitempty"`
	// Region is set if it was asked about for several Regions, Resource if resources were named.
	Region   string `json:"region,omitempty"`
	Resource string `json:"resource,omitempty"`
}

// Statement is a statement that decides, or the level where nothing allows.
type Statement struct {
	// Layer is the layer in words, such as "service control policy".
	Layer string `json:"layer"`
	// Effect is "deny" for a statement that denies, "no allow" where none allows, and "allow"
	// for one that allows.
	Effect string         `json:"effect"`
	Target string         `json:"target,omitempty"` // root, unit or account
	Name   string         `json:"targetName,omitempty"`
	Policy ident.PolicyID `json:"policy,omitempty"`
	// PolicyName is the name of the policy, File the file that it is from.
	PolicyName string `json:"policyName,omitempty"`
	File       string `json:"file,omitempty"`
	Sid        string `json:"sid,omitempty"`
	// Index is the number of the statement in its policy, from 0; Line where it begins, from 1.
	Index int `json:"index"`
	Line  int `json:"line,omitempty"`
}

// Effective is an effective policy that changes.
type Effective struct {
	// Accounts are the accounts that have it.
	Accounts []ident.AccountID `json:"accounts"`
	Type     org.PolicyType    `json:"type"`
	// Before and After are the documents, Diff how they differ, line by line. A policy that
	// would be invalid stays as it was.
	Before string `json:"before"`
	After  string `json:"after"`
	Diff   string `json:"diff"`
	// Errors are why the new one would be invalid; NewlyInvalid says that the old one is valid.
	Errors       []string `json:"errors,omitempty"`
	NewlyInvalid bool     `json:"newlyInvalid,omitempty"`
}

// Calls says what was made of recorded calls.
type Calls struct {
	Records int `json:"records"`
	Asked   int `json:"asked"`
	// Refused are those that were denied when they were made, BySCP by a service control
	// policy; they never count as newly denied. Failed are those that failed otherwise.
	Refused int `json:"refused"`
	BySCP   int `json:"refusedByServiceControlPolicy"`
	Failed  int `json:"failed"`
	// Outside are those of principals of the management account or of accounts that are not in the
	// organization, which its service control policies do not bind.
	Outside int `json:"outside"`
	// Skipped are the others, by the reason.
	Skipped map[cloudtrail.Skipped]int `json:"skipped,omitempty"`
	// Unmapped are events of which no action is known, by their sources and names.
	Unmapped map[string]int `json:"unmapped,omitempty"`
}
