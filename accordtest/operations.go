package accordtest

import (
	"encoding/json"
	"math"
	"time"

	"accord/internal/ident"
)

// The operations that tests about organizations use most. All others are a Call.

// Organization is an organization as its accounts see it.
type Organization struct {
	ID                string `json:"Id"`
	ARN               string `json:"Arn"`
	FeatureSet        string
	ManagementAccount string `json:"MasterAccountId"`
	ManagementEmail   string `json:"MasterAccountEmail"`
}

// CreateOrganization makes the actor's account the management account of a new
// organization. The feature set is "ALL" or "CONSOLIDATED_BILLING".
func (a *Actor) CreateOrganization(featureSet string) Organization {
	a.t.Helper()
	return a.organization("CreateOrganization", map[string]any{"FeatureSet": featureSet})
}

// Organization returns the organization of the actor's account.
func (a *Actor) Organization() Organization {
	a.t.Helper()
	return a.organization("DescribeOrganization", nil)
}

func (a *Actor) organization(operation string, in any) Organization {
	a.t.Helper()
	var out struct{ Organization Organization }
	a.Call(operation, in, &out)
	return out.Organization
}

// Handshake is a request between accounts, such as an invitation.
type Handshake struct {
	ID  string
	ARN string
	// Action is INVITE, ENABLE_ALL_FEATURES and so on.
	Action string
	// State is REQUESTED, OPEN, ACCEPTED, DECLINED, CANCELED or EXPIRED.
	State              string
	Requested, Expires time.Time
	Parties            []Party
	Resources          []Resource
}

// Party is a party of a handshake.
type Party struct {
	ID   string `json:"Id"`
	Type string
}

// Resource is a resource of a handshake.
type Resource struct {
	Type, Value string
	Resources   []Resource
}

// UnmarshalJSON decodes the form of the wire.
func (h *Handshake) UnmarshalJSON(text []byte) error {
	var wire struct {
		ID                  string `json:"Id"`
		ARN                 string `json:"Arn"`
		Action, State       string
		RequestedTimestamp  float64
		ExpirationTimestamp float64
		Parties             []Party
		Resources           []Resource
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	*h = Handshake{
		ID: wire.ID, ARN: wire.ARN, Action: wire.Action, State: wire.State,
		Requested: parseTimestamp(wire.RequestedTimestamp), Expires: parseTimestamp(wire.ExpirationTimestamp),
		Parties: wire.Parties, Resources: wire.Resources,
	}
	return nil
}

// parseTimestamp converts a timestamp of the wire, which has milliseconds.
func parseTimestamp(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

// Invite invites an account to the actor's organization, by its ID or by its
// address.
func (a *Actor) Invite(target string) Handshake {
	a.t.Helper()
	kind := "EMAIL"
	if ident.AccountID(target).Valid() {
		kind = "ACCOUNT"
	}
	return a.handshake("InviteAccountToOrganization", map[string]any{"Target": Party{ID: target, Type: kind}})
}

// EnableAllFeatures starts the change of the actor's organization to all features.
func (a *Actor) EnableAllFeatures() Handshake {
	a.t.Helper()
	return a.handshake("EnableAllFeatures", nil)
}

// Accept accepts a handshake.
func (a *Actor) Accept(h Handshake) Handshake {
	a.t.Helper()
	return a.handshake("AcceptHandshake", byID(h))
}

// Decline declines a handshake.
func (a *Actor) Decline(h Handshake) Handshake {
	a.t.Helper()
	return a.handshake("DeclineHandshake", byID(h))
}

// Cancel cancels a handshake that the actor's organization sent.
func (a *Actor) Cancel(h Handshake) Handshake {
	a.t.Helper()
	return a.handshake("CancelHandshake", byID(h))
}

// Describe returns the present state of a handshake.
func (a *Actor) Describe(h Handshake) Handshake {
	a.t.Helper()
	return a.handshake("DescribeHandshake", byID(h))
}

func byID(h Handshake) any { return map[string]any{"HandshakeId": h.ID} }

func (a *Actor) handshake(operation string, in any) Handshake {
	a.t.Helper()
	var out struct{ Handshake Handshake }
	a.Call(operation, in, &out)
	return out.Handshake
}

// Received returns the handshakes that the actor's account received, newest first.
func (a *Actor) Received() []Handshake {
	a.t.Helper()
	return list[Handshake](a, "ListHandshakesForAccount", "Handshakes")
}

// Sent returns the handshakes of the actor's organization, newest first.
func (a *Actor) Sent() []Handshake {
	a.t.Helper()
	return list[Handshake](a, "ListHandshakesForOrganization", "Handshakes")
}

// list reads all pages of a list; member is its name in the responses.
func list[T any](a *Actor, operation, member string) []T {
	a.t.Helper()
	return listOf[T](a, operation, member, map[string]any{})
}

// listOf is list with the members of the request, to which it adds the page.
func listOf[T any](a *Actor, operation, member string, in map[string]any) []T {
	a.t.Helper()
	var all []T
	for {
		var out map[string]json.RawMessage
		a.Call(operation, in, &out)
		if a.exception != "" {
			return nil
		}
		var page []T
		if err := json.Unmarshal(out[member], &page); err != nil {
			a.t.Fatalf("%s by %s: %v", operation, a.account, err)
		}
		all = append(all, page...)
		if in["NextToken"] = out["NextToken"]; out["NextToken"] == nil {
			return all
		}
	}
}

// Account is a member of an organization as its management account sees it.
type Account struct {
	ID           string `json:"Id"`
	ARN          string `json:"Arn"`
	Email, Name  string
	State        string
	JoinedMethod string
}

// CreateAccount creates a member and returns its actor. If the creation fails in the
// background, the test fails. If the behavior account-creation-delay leaves it in
// progress, the actor has no account.
func (a *Actor) CreateAccount(name, email string) *Actor {
	a.t.Helper()
	var out struct{ CreateAccountStatus createAccountStatus }
	a.Call("CreateAccount", map[string]any{"AccountName": name, "Email": email}, &out)
	if a.exception != "" {
		return &Actor{t: a.t, server: a.server}
	}
	a.Call("DescribeCreateAccountStatus", map[string]any{"CreateAccountRequestId": out.CreateAccountStatus.ID}, &out)
	if s := out.CreateAccountStatus; s.State == "FAILED" {
		a.t.Fatalf("creating the account %s: %s", email, s.FailureReason)
	}
	return &Actor{t: a.t, server: a.server, account: out.CreateAccountStatus.AccountID}
}

type createAccountStatus struct {
	ID            string `json:"Id"`
	State         string
	AccountID     string `json:"AccountId"`
	FailureReason string
}

// DescribeAccount returns a member of the actor's organization.
func (a *Actor) DescribeAccount(account string) Account {
	a.t.Helper()
	var out struct{ Account Account }
	a.Call("DescribeAccount", map[string]any{"AccountId": account}, &out)
	return out.Account
}

// Accounts returns the accounts of the actor's organization in the order of joining,
// the management account included.
func (a *Actor) Accounts() []Account {
	a.t.Helper()
	return list[Account](a, "ListAccounts", "Accounts")
}

// Leave lets the actor's account leave its organization.
func (a *Actor) Leave() {
	a.t.Helper()
	a.Call("LeaveOrganization", nil, nil)
}

// Remove removes a member from the actor's organization.
func (a *Actor) Remove(account string) {
	a.t.Helper()
	a.Call("RemoveAccountFromOrganization", map[string]any{"AccountId": account}, nil)
}
