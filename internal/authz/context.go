package authz

import (
	"strconv"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
	"accord/internal/store/identities"
)

var _ condition.Context = (*request)(nil)

// globals is the table of the global condition keys that Accord knows, in lower case. A
// key without a value is not in the request. [AWS: global condition context keys]
var globals = map[string]func(r *request) string{
	"aws:principalarn":     (*request).principalARN,
	"aws:principalaccount": func(r *request) string { return r.Caller.Account },
	"aws:principalorgid":   func(r *request) string { return string(r.organizationID()) },
	"aws:principalorgmasteraccountid": func(r *request) string {
		if r.Organization == nil {
			return ""
		}
		return string(r.Organization.Management)
	},
	"aws:principaltype":         func(r *request) string { return r.principal.Kind.Type() },
	"aws:principalisawsservice": func(*request) string { return "false" },
	"aws:viaawsservice":         func(*request) string { return "false" },
	"aws:userid":                func(r *request) string { return r.Caller.UserID },
	"aws:username": func(r *request) string {
		if r.principal.Kind != evaluate.User {
			return ""
		}
		return nameIn(r.principal.ARN)
	},
	"aws:resourceaccount": func(r *request) string { return string(r.resourceAccount()) },
	"aws:resourceorgid": func(r *request) string {
		if r.on.ours {
			return string(r.organizationID())
		}
		_, o := r.ownership()
		if o == nil {
			return ""
		}
		return string(o.ID)
	},
	"aws:requestedregion": func(r *request) string { return ident.Partition(r.Caller.Partition).PrimaryRegion() },
	"aws:sourceip":        func(r *request) string { return r.Caller.SourceIP },
	"aws:useragent":       func(r *request) string { return cutKey(r.Caller.UserAgent) },
	"aws:referer":         func(r *request) string { return cutKey(r.Caller.Referer) },
	"aws:assumedroot": func(r *request) string {
		if !r.Caller.Has(api.RootAssumed) {
			return ""
		}
		return "true"
	},
	"aws:securetransport": func(r *request) string { return strconv.FormatBool(r.Caller.Secure) },
	"aws:sourceidentity":  func(r *request) string { return r.Caller.SourceIdentity },
	"aws:currenttime":     func(r *request) string { return r.View.Now().UTC().Format(time.RFC3339) },
	"aws:epochtime":       func(r *request) string { return strconv.FormatInt(r.View.Now().Unix(), 10) },
	"aws:tokenissuetime": func(r *request) string {
		if r.Caller.SessionCreated.IsZero() {
			return ""
		}
		return r.Caller.SessionCreated.UTC().Format(time.RFC3339)
	},
	// Only temporary credentials have it, and there are no devices.
	"aws:multifactorauthpresent": func(r *request) string {
		if r.Caller.SessionCreated.IsZero() {
			return ""
		}
		return "false"
	},
}

// passing are the condition keys in which requests of the same credentials with the same
// input differ. All others follow from the credentials, the input and the state.
var passing = map[string]bool{
	"aws:sourceip": true, "aws:useragent": true, "aws:referer": true, "aws:securetransport": true, "aws:currenttime": true, "aws:epochtime": true,
}

// longestKey bounds what a client can make long, in bytes: matching takes the time of text
// times patterns.
const longestKey = 1024

func cutKey(text string) string { return text[:min(len(text), longestKey)] }

// ownership is resourceOwner for a condition key. A failure ends the call.
func (r *request) ownership() (*org.Account, *org.Organization) {
	account, o, err := r.resourceOwner()
	if err != nil {
		r.failed = err
	}
	return account, o
}

// Value gives the value of a condition key.
func (r *request) Value(key string) (condition.Values, bool) {
	if value, known := globals[key]; known {
		r.once = r.once || passing[key]
		text := value(r)
		return condition.One(text), text != ""
	}
	switch key {
	case "aws:principalorgpaths":
		if r.Account.Membership == nil {
			return condition.Values{}, false
		}
		return condition.List(r.Account.Membership.ParentPath), true
	case "aws:resourceorgpaths":
		owner, _ := r.ownership()
		if owner == nil || owner.Membership == nil {
			return condition.Values{}, false
		}
		return condition.List(owner.Membership.ParentPath), true
	case "aws:tagkeys":
		return condition.List(r.subject.TagKeys...), len(r.subject.TagKeys) > 0
	}
	if name, is := strings.CutPrefix(key, "aws:requesttag/"); is {
		return find(r.subject.Tags, name)
	}
	if name, is := strings.CutPrefix(key, "aws:principaltag/"); is {
		return tagOf(r.principalTags(), name)
	}
	if name, is := strings.CutPrefix(key, "aws:resourcetag/"); is {
		return tagOf(r.resourceTags(), name)
	}
	if name, is := strings.CutPrefix(key, "iam:resourcetag/"); is && (strings.Contains(r.on.arn, ":user/") || strings.Contains(r.on.arn, ":role/")) {
		// The older name for the tags of users and roles. [AWS: condition keys of IAM]
		return tagOf(r.resourceTags(), name)
	}
	if value, known := find(r.on.keys, key); known {
		return value, true
	}
	if value, known := find(r.subject.Keys, key); known {
		return value, true
	}
	if value, known := r.ofAssumption(key); known {
		return value, true
	}
	return r.directionOf(key)
}

// directions are the directions of the operations that name no transfer, from the side of
// the caller: an organization that invites another one to transfer receives.
var directions = map[string]string{
	"InviteOrganizationToTransferResponsibility": "inbound",
	"ListInboundResponsibilityTransfers":         "inbound",
	"ListOutboundResponsibilityTransfers":        "outbound",
}

func (r *request) directionOf(key string) (condition.Values, bool) {
	direction, known := directions[r.Operation.Name]
	return condition.One(direction), known && strings.EqualFold(key, transferDirectionKey)
}

// principalARN is the ARN of the user, of the root user, or of the role of a session.
func (r *request) principalARN() string {
	if r.principal.Kind == evaluate.Role && r.Caller.RoleARN != "" {
		return r.Caller.RoleARN
	}
	return r.Caller.Principal
}

func (r *request) principalTags() []org.Tag {
	if r.identity == nil {
		return nil
	}
	return r.identity.tags
}

// resourceTags reads the tags of the resource. A failure ends the call.
func (r *request) resourceTags() []org.Tag {
	var tags []org.Tag
	var err error
	switch {
	case r.on.iamID != "":
		tags, err = identities.Tags(r.View, r.on.iamID)
	case r.on.tagged.id != "":
		tags, err = r.View.Tags(r.on.tagged.organization, r.on.tagged.id)
	}
	if err != nil {
		r.failed = err
	}
	return tags
}

// ofAssumption gives the condition keys that only calls of STS have.
func (r *request) ofAssumption(key string) (condition.Values, bool) {
	if key != "sts:transitivetagkeys" {
		return condition.Values{}, false
	}
	var keys []string
	if given, has := r.Input.(interface{ TransitiveKeys() []string }); has {
		keys = given.TransitiveKeys()
	}
	if r.Caller.Has(api.RoleAssumed) {
		keys = append(keys[:len(keys):len(keys)], r.Caller.Session.Transitive...)
	}
	return condition.List(keys...), len(keys) > 0
}
