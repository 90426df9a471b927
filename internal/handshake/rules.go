package handshake

import (
	"strings"
	"time"
)

// Event is what happens to a handshake.
type Event string

// The operations of callers.
const (
	Accept  Event = "accept"
	Decline Event = "decline"
	Cancel  Event = "cancel"
)

// The events of the service itself.
const (
	// Withdraw: the reason of the handshake is gone.
	Withdraw Event = "withdraw"
	// Expire: no answer came in time.
	Expire Event = "expire"
	// Complete: every answer that a parent waits for is in.
	Complete Event = "complete"
)

// Events lists all events.
var Events = []Event{Accept, Decline, Cancel, Withdraw, Expire, Complete}

// Role is what a caller is to a handshake.
type Role string

// The roles.
const (
	// Originator is the management account of the organization that sent it.
	Originator Role = "originator"
	// Answerer is the account that must answer.
	Answerer Role = "recipient"
	// Insider is any other account of the originating organization.
	Insider Role = "insider"
	// Stranger is every other account.
	Stranger Role = "stranger"
	// TheService is the service itself, for the events that no caller sends.
	TheService Role = "service"
)

// Roles lists all roles.
var Roles = []Role{Originator, Answerer, Insider, Stranger, TheService}

// Effect names what a move does besides changing the state. The service maps
// each name to one function.
type Effect string

// The effects.
const (
	// Nothing: the state change is all.
	Nothing Effect = ""
	// JoinOrganization makes the accepting account a member.
	JoinOrganization Effect = "join organization"
	// ReleaseReserved releases the seat that an invitation reserved in the account quota.
	ReleaseReserved Effect = "release reserved seat"
	// RecordConsent makes the service-linked role where it is missing and lets the
	// parent look again whether all answers are in.
	RecordConsent Effect = "record consent"
	// ReviewParent lets the parent look again whether all answers are in.
	ReviewParent Effect = "review parent"
	// SwitchToAllFeatures finalizes the change of the feature set.
	SwitchToAllFeatures Effect = "switch to all features"
	// WithdrawChildren cancels what still waits for an answer below a parent.
	WithdrawChildren Effect = "withdraw children"
	// BeginTransfer lets the sender pay the bill of the accepting organization.
	BeginTransfer Effect = "begin transfer"
	// RefuseTransfer gives up a proposed transfer because the other organization
	// does not want it.
	RefuseTransfer Effect = "refuse transfer"
	// DropTransfer gives up a proposed transfer that was not answered.
	DropTransfer Effect = "drop transfer"
)

// Move is a row of the table: who may send an event, in which states, and what
// follows.
type Move struct {
	By     []Role
	From   []State
	To     State
	Effect Effect
}

// Lifetime names what says how long a handshake of a kind waits.
type Lifetime string

// The lifetimes; the lengths of the first two are settings.
const (
	// InvitationLifetime counts from the invitation. [AWS: 15 days]
	InvitationLifetime Lifetime = "invitation-lifetime"
	// AllFeaturesLifetime counts from the start of the parent, for its children
	// too. [AWS: 90 days]
	AllFeaturesLifetime Lifetime = "all-features-lifetime"
	// UntilTransfer ends a day before the transfer that is proposed begins.
	UntilTransfer Lifetime = "until a day before the transfer"
)

// TransferDeadline is when a transfer that begins at an instant can no longer be
// accepted. [AWS: billing guide, "by 29 April 11:59:59 PM UTC" for a start on 1
// May]
func TransferDeadline(start time.Time) time.Time { return start.Add(-24 * time.Hour) }

// Rule is everything that is particular to one kind.
type Rule struct {
	// Start is the state of a new handshake.
	Start State
	// Lifetime names what sets ExpirationTimestamp.
	Lifetime Lifetime
	// Child is true for a handshake that ends with its parent.
	Child bool
	// Segment is the kind's part of the ARN.
	Segment string
	// Hidden is true for a kind that the management account of another organization
	// neither sees nor answers, although it received it.
	Hidden bool
	Moves  map[Event]Move
}

var (
	unanswered = []State{Requested, Open}
	open       = []State{Open}
	requested  = []State{Requested}
)

func by(roles ...Role) []Role { return roles }

// Rules is THE table: every kind, and every move that it can make. What is not
// in it is refused.
//
// [AWS: API reference of AcceptHandshake, DeclineHandshake, CancelHandshake and
// EnableAllFeatures, "Enabling all features in your organization", billing guide
// on transfers; which side of ENABLE_ALL_FEATURES and APPROVE_ALL_FEATURES answers
// follows the worked examples of the guide, which the definitions contradict.]
var Rules = map[Kind]Rule{
	Invite: {
		Start:    Open,
		Lifetime: InvitationLifetime,
		Segment:  segment(Invite),
		Hidden:   true,
		Moves: map[Event]Move{
			Accept:   {By: by(Answerer), From: open, To: Accepted, Effect: JoinOrganization},
			Decline:  {By: by(Answerer), From: open, To: Declined, Effect: ReleaseReserved},
			Cancel:   {By: by(Originator), From: open, To: Canceled, Effect: ReleaseReserved},
			Withdraw: {By: by(TheService), From: open, To: Canceled, Effect: ReleaseReserved},
			Expire:   {By: by(TheService), From: open, To: Expired, Effect: ReleaseReserved},
		},
	},
	EnableAllFeatures: {
		Start:    Requested,
		Lifetime: AllFeaturesLifetime,
		Segment:  segment(EnableAllFeatures),
		Moves: map[Event]Move{
			Complete: {By: by(TheService), From: requested, To: Open},
			Accept:   {By: by(Originator), From: open, To: Accepted, Effect: SwitchToAllFeatures},
			Cancel:   {By: by(Originator), From: unanswered, To: Canceled, Effect: WithdrawChildren},
			Withdraw: {By: by(TheService), From: unanswered, To: Canceled, Effect: WithdrawChildren},
			Expire:   {By: by(TheService), From: unanswered, To: Expired, Effect: WithdrawChildren},
		},
	},
	ApproveAllFeatures:   child(ApproveAllFeatures),
	AddServiceLinkedRole: child(AddServiceLinkedRole),
	TransferResponsibility: {
		Start:    Open,
		Lifetime: UntilTransfer,
		Segment:  segment(TransferResponsibility),
		Moves: map[Event]Move{
			Accept:   {By: by(Answerer), From: open, To: Accepted, Effect: BeginTransfer},
			Decline:  {By: by(Answerer), From: open, To: Declined, Effect: RefuseTransfer},
			Cancel:   {By: by(Originator), From: open, To: Canceled, Effect: DropTransfer},
			Withdraw: {By: by(TheService), From: open, To: Canceled, Effect: DropTransfer},
			Expire:   {By: by(TheService), From: open, To: Expired, Effect: DropTransfer},
		},
	},
}

// child is the rule of a request to one member within the change to all
// features. Both kinds move alike; they differ in whom they are sent to.
func child(kind Kind) Rule {
	return Rule{
		Start:    Open,
		Lifetime: AllFeaturesLifetime,
		Child:    true,
		Segment:  segment(kind),
		Moves: map[Event]Move{
			Accept:   {By: by(Answerer), From: open, To: Accepted, Effect: RecordConsent},
			Decline:  {By: by(Answerer), From: open, To: Declined},
			Cancel:   {By: by(Originator), From: open, To: Canceled},
			Withdraw: {By: by(TheService), From: open, To: Canceled, Effect: ReviewParent},
			// A child shares the instant of its parent, whose end cancels it.
			Expire: {By: by(TheService), From: open, To: Canceled},
		},
	}
}

func segment(kind Kind) string { return strings.ToLower(string(kind)) }
