package chart

import (
	"net/http"
	"strings"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// Kind is what a node of the tree is.
type Kind string

// The kinds.
const (
	Root    Kind = "root"
	Unit    Kind = "unit"
	Account Kind = "account"
)

// KindOf is the kind of the node with an ID.
func KindOf(id string) Kind {
	switch {
	case strings.HasPrefix(id, "r-"):
		return Root
	case strings.HasPrefix(id, "ou-"):
		return Unit
	}
	return Account
}

// Described is a unit as the API shows it.
type Described struct{ ID, Name, Path string }

// Member is an account as the API shows it to its organization.
type Member struct {
	ID, Name, Email, State, Arn, JoinedMethod string
	Paths                                     []string
	JoinedTimestamp                           visit.Instant
}

// Path are the IDs from the root to the account; none if they are not known.
func (m Member) Path() []string {
	if len(m.Paths) == 0 {
		return nil
	}
	return Path(m.Paths[0])
}

// Path are the IDs from the root to a unit or an account, of "o-…/r-…/ou-…/…/".
func Path(path string) []string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 2 {
		return nil
	}
	return parts[1:]
}

// Organization is an organization as the API shows it.
type Organization struct {
	ID         string          `json:"Id"`
	Management ident.AccountID `json:"MasterAccountId"`
	FeatureSet string
}

// Describe describes the organization of the account; nil for one that is in none.
func Describe(v *visit.Visit) (*Organization, error) {
	var described struct{ Organization Organization }
	err := v.Call("DescribeOrganization", nil, &described)
	if visit.Is(err, "AWSOrganizationsNotInUseException") {
		return nil, nil
	}
	return &described.Organization, err
}

// RootOf is the root of an organization as the API shows it.
type RootOf struct {
	ID, Name    string
	PolicyTypes []struct{ Type, Status string }
}

// Enabled are the policy types that are in force.
func (r RootOf) Enabled() (types []string) {
	for _, t := range r.PolicyTypes {
		if t.Status == "ENABLED" {
			types = append(types, t.Type)
		}
	}
	return types
}

// DescribeRoot reads the root of the organization; nil if there is none to see.
func DescribeRoot(v *visit.Visit) (*RootOf, error) {
	var list struct{ Roots []RootOf }
	if err := v.Call("ListRoots", nil, &list); err != nil || len(list.Roots) == 0 {
		return nil, err
	}
	return &list.Roots[0], nil
}

// DescribeUnit describes a unit.
func DescribeUnit(v *visit.Visit, id string) (Described, error) {
	var found struct{ OrganizationalUnit Described }
	err := v.Call("DescribeOrganizationalUnit", map[string]string{"OrganizationalUnitId": id}, &found)
	return found.OrganizationalUnit, err
}

// DescribeMember describes an account of the organization.
func DescribeMember(v *visit.Visit, id string) (Member, error) {
	var found struct{ Account Member }
	err := v.Call("DescribeAccount", map[string]string{"AccountId": id}, &found)
	return found.Account, err
}

// Policy is a policy as lists of the API show it.
type Policy struct {
	ID, Name, Type string
	AwsManaged     bool
}

// Short is the type of the policy in short.
func (p Policy) Short() string { return ShortType(p.Type) }

// shortTypes are policy types by how people call them.
var shortTypes = map[string]string{
	"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP", "AISERVICES_OPT_OUT_POLICY": "AI opt-out", "DECLARATIVE_POLICY_EC2": "EC2",
	"CHATBOT_POLICY": "Chat applications", "SECURITYHUB_POLICY": "Security Hub", "SECURITYHUB_CSPM_POLICY": "Security Hub CSPM", "GUARDDUTY_POLICY": "GuardDuty",
}

// ShortType is a policy type in short.
func ShortType(kind string) string {
	if short := shortTypes[kind]; short != "" {
		return short
	}
	return visit.Words(strings.TrimSuffix(kind, "_POLICY"))
}

// unlessDenied is an error apart from that of a member, which sees no tree.
func unlessDenied(err error) error {
	if visit.Is(err, "AccessDeniedException", "TooManyRequestsException") {
		return nil
	}
	return err
}

// errNoNode says that there is no such node.
var errNoNode = &visit.Failure{Status: http.StatusNotFound, Message: "The organization has no such root, unit or account."}

// orNoNode is the refusal of an ID that names nothing.
func orNoNode(err error) error {
	if visit.Is(err, "OrganizationalUnitNotFoundException", "ParentNotFoundException", "AccountNotFoundException", "InvalidInputException", "TargetNotFoundException") {
		return errNoNode
	}
	return err
}
