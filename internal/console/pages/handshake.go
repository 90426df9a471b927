package pages

import (
	"strings"

	"accord/internal/console/visit"
	"accord/internal/handshake"
	"accord/internal/ident"
)

// agreement is a handshake as the API shows it.
type agreement struct {
	ID        string `json:"Id"`
	ARN       string `json:"Arn"`
	Action    handshake.Kind
	State     handshake.State
	Requested instant `json:"RequestedTimestamp"`
	Expires   instant `json:"ExpirationTimestamp"`
	Parties   []party
	Resources []resource
}

type party struct{ ID, Type string }

type resource struct {
	Type, Value string
	Resources   []resource
}

// instant is a number of seconds.
type instant = visit.Instant

// Management is the account that sent the handshake: the one in its ARN.
func (a agreement) Management() ident.AccountID {
	parts := strings.Split(a.ARN, ":")
	if len(parts) < 5 {
		return ""
	}
	return ident.AccountID(parts[4])
}

// Of is the ID of the first party of a type; empty without one.
func (a agreement) Of(kind string) string {
	for _, p := range a.Parties {
		if p.Type == kind {
			return p.ID
		}
	}
	return ""
}

// Organization is the one that sent it.
func (a agreement) Organization() string { return a.Of("ORGANIZATION") }

// Recipient is who may answer, as the sender named it; empty for one that is for nobody.
func (a agreement) Recipient() string {
	if id := a.Of("ACCOUNT"); id != "" {
		return id
	}
	return a.Of("EMAIL")
}

// Resource is the value of the first resource of a type, at any depth.
func (a agreement) Resource(kind string) string { return find(a.Resources, kind) }

func find(in []resource, kind string) string {
	for _, r := range in {
		if r.Type == kind {
			return r.Value
		}
		if value := find(r.Resources, kind); value != "" {
			return value
		}
	}
	return ""
}

// Waits reports whether the handshake has not ended.
func (a agreement) Waits() bool { return !a.State.Terminal() }

// titles are the kinds of handshakes in words.
var titles = map[handshake.Kind]string{
	handshake.Invite:                 "Invitation",
	handshake.EnableAllFeatures:      "All features",
	handshake.ApproveAllFeatures:     "Approval of all features",
	handshake.AddServiceLinkedRole:   "Service-linked role",
	handshake.TransferResponsibility: "Transfer of the bill",
}

// Title is the kind in words.
func (a agreement) Title() string { return titles[a.Action] }

// stories are what handshakes of each kind ask for; {} is who is asked.
var stories = map[handshake.Kind]string{
	handshake.Invite:                 "invites {} to join its organization.",
	handshake.EnableAllFeatures:      "collects the consent of all invited members to all features. Its management account finalizes it.",
	handshake.ApproveAllFeatures:     "asks {}, a member that was invited, for its consent to all features.",
	handshake.AddServiceLinkedRole:   "asks {} to make the role AWSServiceRoleForOrganizations again, which all features need.",
	handshake.TransferResponsibility: "offers {} to manage and pay the bill of its organization.",
}

// Story is what the handshake asks for.
func (a agreement) Story() string { return strings.Replace(stories[a.Action], "{}", a.Recipient(), 1) }

// effects are what follows a move.
var effects = map[handshake.Effect]string{
	handshake.Nothing:             "Nothing else changes.",
	handshake.JoinOrganization:    "The account becomes a member, below the root.",
	handshake.ReleaseReserved:     "The place in the quota of accounts is free again.",
	handshake.RecordConsent:       "The consent counts; once all have answered, all features can be finalized.",
	handshake.ReviewParent:        "The request for all features is looked at again.",
	handshake.SwitchToAllFeatures: "The organization has all features from then on. There is no way back.",
	handshake.WithdrawChildren:    "All requests to members that are still open are canceled.",
	handshake.BeginTransfer:       "The sender pays the bill of the other organization from the agreed instant.",
	handshake.RefuseTransfer:      "The proposed transfer is given up.",
	handshake.DropTransfer:        "The proposed transfer is given up.",
}
