// Package behavior holds the named behaviors: the switches and durations that
// say how Accord answers where AWS's own sources disagree, where a real delay
// would be in the way of a test, or where a check needs data that is not kept.
//
// All of them stand in one table, table.go, which one parser reads. The package
// is pure: it carries out no behavior; who does reads a field of Set.
package behavior

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/spelling"
)

// Set are the behaviors in force, one typed field for each. A duration of zero
// means that nothing is waited for. They do not change while a server runs; a
// lifetime applies to what is created under it and never to what exists.
type Set struct {
	// WireStyle is the form of answers where documentation and recordings differ.
	WireStyle api.Style
	// InviteDuringEnableAllFeatures lets invitations out while the change to all
	// features is running.
	InviteDuringEnableAllFeatures bool
	// DirectTransfer lets a member of one organization be invited to another and
	// move there in one step.
	DirectTransfer bool

	// CreateAccountSynchronous makes the answer of CreateAccount a final one.
	CreateAccountSynchronous bool
	// AccountCreationDelay is the time from the call to the end of the work; it
	// has no meaning when creation is synchronous.
	AccountCreationDelay time.Duration
	// AccountClosureDelay is the time from CloseAccount to CLOSED.
	AccountClosureDelay time.Duration
	// CreatedAccountPendingActivation starts created accounts in
	// PENDING_ACTIVATION instead of ACTIVE.
	CreatedAccountPendingActivation bool

	// CreatedAccountWait is the age that a created account must have before it
	// leaves, is removed or moves to another organization.
	CreatedAccountWait time.Duration
	// DestinationOrganizationWait is the age that an organization must have before
	// an account moves directly into it.
	DestinationOrganizationWait time.Duration
	// MembershipChangeWait is the time that must have passed since an account last
	// joined or left an organization before it accepts an invitation.
	MembershipChangeWait time.Duration
	// StandaloneReadinessStrict asks of a created account that leaves for
	// agreement, phone, payment method, contact and support plan.
	StandaloneReadinessStrict bool
	// FinalizingTime is the age below which an organization refuses to invite and
	// to create accounts.
	FinalizingTime time.Duration
	// EmailVerification starts addresses of management accounts as unverified.
	EmailVerification bool
	// GovCloudPairingMarked counts only marked management accounts as paired with
	// the other partition; otherwise all are.
	GovCloudPairingMarked bool

	// AccountStatusShown sends the older member Status beside State.
	AccountStatusShown bool
	// SCPOnCreate enables service control policies together with all features.
	SCPOnCreate bool
	// PolicyTypeServiceAccess ties policy types to the trusted access of their
	// service.
	PolicyTypeServiceAccess bool
	// PolicyContentChecksLenient checks only JSON syntax, top-level key and size
	// of a policy document.
	PolicyContentChecksLenient bool
	// SCPLanguagePre2025 takes only the narrower SCP grammar of before September
	// 2025.
	SCPLanguagePre2025 bool
	// ServicePrincipalsAny knows every principal that ends in .amazonaws.com.
	ServicePrincipalsAny bool
	// TagPolicyEnforcement refuses tags that break an enforced tag policy.
	TagPolicyEnforcement bool
	// EffectivePolicyDelay is how long readers still see the previous effective
	// policy after a change.
	EffectivePolicyDelay time.Duration

	// QuotaProfile is the year whose quotas are the defaults: "2026" or "2024".
	QuotaProfile string

	// InvitationLifetime and AllFeaturesLifetime are how long a handshake waits
	// for an answer; the second counts from the start of the parent, also for its
	// children.
	InvitationLifetime, AllFeaturesLifetime time.Duration
	// HandshakeRetention is how long a finished handshake can still be read.
	HandshakeRetention time.Duration
	// ClosedAccountRetention is the time from CLOSED until an account is gone.
	ClosedAccountRetention time.Duration
	// AccountRequestRetention is how long a finished CreateAccount request can
	// still be read.
	AccountRequestRetention time.Duration
	// EmailLinkLifetime is how long a verification link is good.
	EmailLinkLifetime time.Duration
}

// Kind is the form of a behavior's value.
type Kind string

// The kinds.
const (
	// Choice: one of a few words.
	Choice Kind = "choice"
	// Duration: a length of time in Go's form, zero or more.
	Duration Kind = "duration"
)

// Behavior is a row of the table.
type Behavior struct {
	// Name is what --behavior takes, in kebab-case.
	Name string
	Kind Kind
	// Values are the words of a Choice; nil for the other kinds.
	Values []string
	// Default is the value in force when none is given, as it would be written.
	Default string
	// Meaning says what the behavior does, for people.
	Meaning string
	// AWS is the real service's value where it is known and not the default.
	AWS string
	// Raises names the errors that the behavior can bring to callers; empty for none.
	Raises string

	assign func(*Set, value)
}

// value is a parsed value; the kind of the behavior says which member holds it.
type value struct {
	word     string
	duration time.Duration
}

// is reports whether the word was chosen.
func (v value) is(word string) bool { return v.word == word }

// style reads the words that name a wire style.
func (v value) style() api.Style {
	if v.is("native") {
		return api.Native
	}
	return api.Documented
}

// Table returns all behaviors in the order in which they are listed.
func Table() []Behavior { return slices.Clone(table) }

// Default returns the behaviors in force when none is named.
func Default() Set {
	var r Set
	for _, behavior := range table {
		v, err := behavior.parse(behavior.Default)
		if err != nil {
			panic("behavior: the table holds a default that it does not allow: " + err.Error())
		}
		behavior.assign(&r, v)
	}
	return r
}

// Parse returns the default behaviors changed by the settings, name to value.
// Several mistakes are told together; each names the behavior, the value given and
// what is allowed.
func Parse(settings map[string]string) (Set, error) {
	r := Default()
	var mistakes []error
	names := make([]string, len(table))
	for i, behavior := range table {
		names[i] = behavior.Name
		given, ok := settings[behavior.Name]
		if !ok {
			continue
		}
		v, err := behavior.parse(given)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		behavior.assign(&r, v)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(names, name) {
			mistakes = append(mistakes, spelling.Unknown("behavior", name, names))
		}
	}
	if len(mistakes) > 0 {
		return Set{}, errors.Join(mistakes...)
	}
	return r, nil
}

// Allowed says which values the behavior takes, for people.
func (r Behavior) Allowed() string {
	switch r.Kind {
	case Duration:
		return "a duration of 0s or more, such as 360h, 90m or 1h30m"
	default:
		return strings.Join(r.Values, " or ")
	}
}

// parse reads a value of the behavior.
func (r Behavior) parse(given string) (value, error) {
	v, ok := r.read(given)
	if !ok {
		return value{}, fmt.Errorf("behavior %s: %q is not allowed; allowed: %s", r.Name, given, r.Allowed())
	}
	return v, nil
}

func (r Behavior) read(given string) (value, bool) {
	switch r.Kind {
	case Duration:
		d, err := time.ParseDuration(given)
		return value{duration: d}, err == nil && d >= 0
	default:
		return value{word: given}, slices.Contains(r.Values, given)
	}
}
