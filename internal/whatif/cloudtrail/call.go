package cloudtrail

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// Call is a recorded call as questions.
type Call struct {
	// Account is that of the principal, whose policies decide.
	Account ident.AccountID
	// Principal is its ARN in conditions; empty if the record does not say it.
	Principal string
	Kind      evaluate.PrincipalKind
	// Asked are the actions on their resources. All of them are needed, or if Any is set one that is not
	// known.
	Asked []Asked
	Any   bool
	// Region is where the call went, Owner the account that owns the resource, and Keys the
	// condition keys that the record knows.
	Region string
	Owner  ident.AccountID
	Keys   map[string]model.Key
	// Refused says that the call was denied when it was made; BySCP that a service control
	// policy denied it. Failed says that it failed in another way.
	Refused, BySCP, Failed bool
	// EventID and At are those of the record.
	EventID string
	At      time.Time
}

// Asked is one action on one resource.
type Asked struct {
	Action      string
	Resource    string
	AnyResource bool
}

// Skipped says why a record gives no question.
type Skipped string

// The reasons.
const (
	// NoCall is no call of an API, such as a sign-in to the console.
	NoCall Skipped = "not an API call"
	// NoPermission is a call that needs no permission.
	NoPermission Skipped = "needs no permission"
	// OfService is a call of a service or a service-linked role, which policies of an
	// organization do not bind.
	OfService Skipped = "by a service or a service-linked role"
	// NoPrincipal is a call without a principal of IAM, such as AssumeRoleWithSAML.
	NoPrincipal Skipped = "by no principal of IAM"
	// Repeated is the second record of a call across accounts.
	Repeated Skipped = "recorded twice"
	// NotSelected is a call of an account that is not asked about.
	NotSelected Skipped = "by an account that is not selected"
	// Unmapped is a record of which no action is known.
	Unmapped Skipped = "no action is known"
)

// kinds are the types of identities that are principals of IAM. [AWS: CloudTrail
// userIdentity element]
var kinds = map[string]evaluate.PrincipalKind{
	"Root": evaluate.Root, "IAMUser": evaluate.User, "AssumedRole": evaluate.Role, "Role": evaluate.Role,
	"FederatedUser": evaluate.FederatedUser, "AWSAccount": evaluate.Role,
}

// Map makes a call of a record, or says why there is none.
func Map(r *Record) (*Call, Skipped) {
	t := read()
	identity := &r.Identity
	kind, principal := kinds[identity.Type], identity.ARN
	switch {
	case t.asksNothing(r):
		return nil, NoCall
	case t.needsNoPermission(r.EventSource, r.EventName):
		return nil, NoPermission
	case identity.Type == "AWSService" || strings.Contains(identity.Session.Issuer.ARN, ":role/aws-service-role/"):
		return nil, OfService
	case kind == evaluate.Anonymous:
		return nil, NoPrincipal
	}
	c := &Call{Account: ident.AccountID(identity.Account), Kind: kind, Region: r.Region, EventID: r.EventID, At: r.EventTime}
	if issuer := identity.Session.Issuer; kind == evaluate.Role && issuer.ARN != "" {
		principal = issuer.ARN
		if issuer.Account != "" {
			c.Account = ident.AccountID(issuer.Account)
		}
	}
	if identity.Type == "AWSAccount" {
		principal = ""
	}
	if c.Principal = principal; !c.Account.Valid() {
		return nil, NoPrincipal
	}
	c.Owner = owner(r, c.Account)
	if c.Asked, c.Any = t.asked(r, c); len(c.Asked) == 0 {
		return nil, Unmapped
	}
	c.Keys = keysOf(r, c)
	c.outcome(r)
	return c, ""
}

// outcome reads how the call ended.
func (c *Call) outcome(r *Record) {
	code := r.ErrorCode
	c.Refused = code == "AccessDenied" || code == "AccessDeniedException" || strings.HasSuffix(code, "UnauthorizedOperation") || strings.Contains(code, "NotAuthorized")
	c.BySCP = c.Refused && strings.Contains(r.ErrorMessage, "service control policy")
	c.Failed = code != "" && !c.Refused
}

// owner is the account that owns the resource, as far as the record says it.
func owner(r *Record, caller ident.AccountID) ident.AccountID {
	for _, resource := range r.Resources {
		if resource.Account != "" {
			return ident.AccountID(resource.Account)
		}
	}
	if r.Recipient != "" && r.Recipient != string(caller) {
		return ident.AccountID(r.Recipient)
	}
	return caller
}

// asked are the actions of a record on their resources.
func (t *table) asked(r *Record, c *Call) (all []Asked, anyOf bool) {
	prefix := t.prefix(r.EventSource)
	if prefix == "" {
		return nil, false
	}
	event := t.eventName(r.EventSource, r.EventName)
	actions := []string{prefix + ":" + event}
	d := t.differences[eventKey{strings.ToLower(r.EventSource), strings.ToLower(event)}]
	if d != nil {
		actions, anyOf = d.Actions, d.Match == "any"
	}
	for _, action := range actions {
		// It has the resource of the action that it stands for.
		resources := t.resourcesOf(action, r, c.Owner)
		action = t.byParameter(action, r)
		for _, resource := range resources {
			all = append(all, Asked{action, resource, resource == ""})
		}
	}
	if d != nil {
		for _, action := range d.Also {
			all = append(all, Asked{Action: action, AnyResource: true})
		}
	}
	return all, anyOf
}

// byParameter is the action that a parameter makes of another one.
func (t *table) byParameter(action string, r *Record) string {
	for _, rule := range t.ParameterRules {
		if name, _ := strings.CutPrefix(rule.When, "requestParameters."); strings.EqualFold(rule.Action, action) && r.Parameters[name] != nil {
			return rule.Then
		}
	}
	return action
}

// keysOf are the condition keys that a record knows. [AWS: CloudTrail record contents;
// global condition context keys]
func keysOf(r *Record, c *Call) map[string]model.Key {
	absent := model.Key{Presence: model.Absent}
	keys := make(map[string]model.Key, 24)
	set := func(key, value string) {
		if value != "" {
			keys[key] = model.One(value)
		}
	}
	id := &r.Identity
	if c.Principal == "" {
		keys["aws:principalarn"], keys["aws:principaltype"], keys["aws:username"] = model.Key{}, model.Key{}, model.Key{}
	}
	keys["aws:userid"] = model.Key{}
	set("aws:userid", id.PrincipalID)
	if id.Type == "IAMUser" {
		if keys["aws:username"] = (model.Key{}); isShown(id.UserName) {
			set("aws:username", id.UserName)
		}
	}
	if _, err := netip.ParseAddr(r.SourceIP); err == nil {
		// Through an endpoint of a VPC, the address has another key.
		key, other := "aws:sourceip", "aws:vpcsourceip"
		if r.VPCEndpoint != "" {
			key, other = other, key
		}
		set(key, r.SourceIP)
		keys[other] = absent
	}
	if service := viaService(r); service != "" {
		// The service calls with the rights of the principal. Which others are in the chain
		// is not known.
		set("aws:viaawsservice", "true")
		keys["aws:sourceip"] = absent
		for _, key := range []string{"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"} {
			keys[key] = model.Key{}
		}
	}
	if r.TLS != nil {
		set("aws:securetransport", "true")
	}
	set("aws:useragent", r.UserAgent)
	if !r.EventTime.IsZero() {
		set("aws:currenttime", r.EventTime.UTC().Format(time.RFC3339))
		set("aws:epochtime", strconv.FormatInt(r.EventTime.Unix(), 10))
	}
	if a := id.Session.Attributes; a != nil {
		set("aws:multifactorauthpresent", a.MFA)
		set("aws:tokenissuetime", a.Created)
	} else if id.Type == "IAMUser" {
		keys["aws:multifactorauthpresent"], keys["aws:tokenissuetime"] = absent, absent
	}
	keys["aws:sourceidentity"] = absent
	set("aws:sourceidentity", id.Session.SourceIdentity)
	keys["aws:sourcevpce"] = absent
	set("aws:sourcevpce", r.VPCEndpoint)
	// Tags of sessions are in no record.
	if len(r.Resources) == 0 || r.Resources[0].Account == "" {
		for _, key := range []string{"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"} {
			keys[key] = model.Key{}
		}
	}
	addParameters(keys, r)
	return keys
}

// viaService is the service through which a principal called; empty for none.
func viaService(r *Record) string {
	for _, text := range []string{r.Identity.InvokedBy, r.SourceIP} {
		if strings.HasSuffix(text, ".amazonaws.com") || strings.HasSuffix(text, ".amazonaws.com.cn") {
			return text
		}
	}
	return ""
}
