package model

import (
	"strconv"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// Key is what is known of a condition key.
type Key struct {
	condition.Values
	Presence
}

// Presence says whether a request has a key.
type Presence int

// The presences.
const (
	Unknown Presence = iota
	Present
	Absent
)

// One is a key with one value.
func One(text string) Key { return Key{condition.One(text), Present} }

var unknown, absent = Key{}, Key{Presence: Absent}

// Question asks whether a principal may do something.
type Question struct {
	Principal *Principal
	Action    evaluate.Action
	// Resource is an ARN, or * for an action without one; AnyResource says that it is not
	// known, so that only policies for all resources decide.
	Resource    string
	AnyResource bool
	// Owner is the account that owns the resource; empty if it is not known.
	Owner ident.AccountID
	// Region is where the call goes; empty if it is not known. Calls of services that have
	// one endpoint for all Regions go to the primary one.
	Region string
	// Keys are further condition keys, in lower case, that win over what is known of the
	// principal.
	Keys map[string]Key
	// Complete says that a key that is not known is absent.
	Complete bool
}

// asked gives the condition keys of a question, as far as they are known.
type asked struct {
	*State
	*Question
}

var _ condition.Context = (*asked)(nil)

// optional is a key that is there if it has a value.
func optional(text string) Key {
	if text == "" {
		return absent
	}
	return One(text)
}

// known is the table of the global condition keys about which something is known, in lower
// case. [AWS: global condition context keys]
var known = map[string]func(a *asked) Key{
	"aws:principalarn":                func(a *asked) Key { return One(a.Principal.EntityARN) },
	"aws:principalaccount":            func(a *asked) Key { return One(string(a.Principal.Account)) },
	"aws:principaltype":               func(a *asked) Key { return optional(a.Principal.Kind.Type()) },
	"aws:principalorgid":              func(a *asked) Key { return ifMember(a, string(a.Organization.ID)) },
	"aws:principalorgmasteraccountid": func(a *asked) Key { return ifMember(a, string(a.Organization.Management)) },
	"aws:principalorgpaths":           func(a *asked) Key { return pathsOf(a, true, a.Principal.Account.Target()) },
	"aws:userid": func(a *asked) Key {
		if a.Principal.userID == "" {
			return unknown
		}
		return One(a.Principal.userID)
	},
	"aws:username": func(a *asked) Key { return optional(a.Principal.name) },
	// The principal calls itself, and not a service in its place.
	"aws:principalisawsservice":     func(*asked) Key { return One("false") },
	"aws:principalservicename":      func(*asked) Key { return absent },
	"aws:principalservicenameslist": func(*asked) Key { return absent },
	"aws:viaawsservice":             func(*asked) Key { return One("false") },
	"aws:calledvia":                 func(*asked) Key { return absent },
	"aws:calledviafirst":            func(*asked) Key { return absent },
	"aws:calledvialast":             func(*asked) Key { return absent },
	"aws:sourceaccount":             func(*asked) Key { return absent },
	"aws:sourcearn":                 func(*asked) Key { return absent },
	"aws:sourceorgid":               func(*asked) Key { return absent },
	"aws:sourceorgpaths":            func(*asked) Key { return absent },
	"aws:assumedroot":               func(*asked) Key { return absent },
	"aws:requestedregion": func(a *asked) Key {
		region := a.Region
		if primaryOnly(a.Action.Name) {
			region = a.Organization.Partition.PrimaryRegion()
		}
		if region == "" {
			return unknown
		}
		return One(region)
	},
	"aws:resourceaccount":  func(a *asked) Key { return ownerKey(a, string(a.Owner), string(a.Owner)) },
	"aws:resourceorgid":    func(a *asked) Key { return ownerKey(a, string(a.Organization.ID), "") },
	"aws:resourceorgpaths": func(a *asked) Key { return pathsOf(a, a.Owner != "", a.Owner.Target()) },
	"aws:currenttime":      func(a *asked) Key { return One(a.Organization.At.UTC().Format(time.RFC3339)) },
	"aws:epochtime":        func(a *asked) Key { return One(strconv.FormatInt(a.Organization.At.Unix(), 10)) },
}

// oneEndpoint are the services whose calls go to the primary Region, wherever the caller
// is. [AWS: service endpoints; example SCPs that deny by Region]
var oneEndpoint = map[string]bool{
	"organizations": true, "iam": true, "account": true, "route53": true, "cloudfront": true, "globalaccelerator": true,
	"shield": true, "support": true, "budgets": true, "ce": true, "cur": true, "aws-portal": true, "billing": true, "waf": true,
}

func primaryOnly(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return oneEndpoint[service]
}

func ifMember(a *asked, text string) Key {
	if a.Organization.Account(a.Principal.Account) == nil {
		return absent
	}
	return One(text)
}

func pathsOf(a *asked, isKnown bool, target ident.TargetID) Key {
	if !isKnown {
		return unknown
	}
	if _, below := a.parents[target]; !below {
		return absent
	}
	return Key{condition.List(a.Path(ident.AccountID(target))), Present}
}

// ownerKey is a key about the account that owns the resource: the second text is for an
// account outside of the organization.
func ownerKey(a *asked, text, outside string) Key {
	switch _, ours := a.parents[a.Owner.Target()]; {
	case a.Owner == "":
		return unknown
	case !ours && outside == "":
		return unknown
	case !ours:
		return One(outside)
	}
	return One(text)
}

// Value gives the values of a condition key.
func (a *asked) Value(key string) (condition.Values, bool) {
	found, is := a.Keys[key]
	if !is {
		found = a.value(key)
	}
	if found.Presence == Unknown && !a.Complete {
		return condition.Unknown(), false
	}
	return found.Values, found.Presence == Present
}

func (a *asked) value(key string) Key {
	if of := known[key]; of != nil {
		return of(a)
	}
	if name, is := strings.CutPrefix(key, "aws:principaltag/"); is {
		return a.tag(name)
	}
	return unknown
}

// tag is a tag of the principal. A session may have others, if the role allows them.
func (a *asked) tag(name string) Key {
	if a.Principal.openTags {
		return unknown
	}
	for _, tag := range a.Principal.tags {
		if strings.EqualFold(tag.Key, name) {
			return One(tag.Value)
		}
	}
	return absent
}
