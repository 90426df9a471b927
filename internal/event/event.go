// Package event writes audit records: one line of JSON for each call and for
// each thing that the service does by itself, in the form of AWS CloudTrail.
//
// It is pure: it turns values into text. Who stores the records and where they
// go is not its business, and it knows no rule of the service.
package event

import (
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// MessageKind is the kind of the letters that carry records.
const MessageKind = "record"

// The constant members. [AWS: CloudTrail examples of Organizations; calls are
// recorded in us-east-1 only, as for every global service]
const (
	version  = "1.08"
	region   = "us-east-1"
	category = "Management"

	organizations = "organizations.amazonaws.com"
	iam           = "iam.amazonaws.com"
)

// eventTime is the form of the instant of a record.
const eventTime = "2006-01-02T15:04:05Z"

// Call is one request to the API that passed the check of its signature.
type Call struct {
	// ID is the UUID of the record.
	ID string
	At time.Time
	// Caller is who called; the record is for its account.
	Caller api.Caller
	// Source is the service that was called, e.g. "organizations.amazonaws.com",
	// which an empty one stands for.
	Source string
	// Operation is the name of the operation.
	Operation string
	// ReadOnly is true for an operation that changes nothing.
	ReadOnly bool
	// Request and Response are generated structures, or nil.
	Request, Response any
	// Error is what the caller was told, in the wire style in which it was sent;
	// nil for a call that succeeded.
	Error *api.Error
	// Denied is true for a call that the permissions of its principal refused.
	Denied bool
}

// JSON writes the record on one line. [AWS: "Logging AWS Organizations API calls
// with CloudTrail"]
func (c Call) JSON() string {
	o := open(make([]byte, 0, 2048))
	o.text("eventVersion", version)
	o.key("userIdentity")
	o.b = appendIdentity(o.b, c.Caller)
	o.text("eventTime", c.At.UTC().Format(eventTime))
	o.text("eventSource", orDefault(c.Source))
	o.text("eventName", c.Operation)
	o.text("awsRegion", region)
	o.text("sourceIPAddress", c.Caller.SourceIP)
	o.text("userAgent", c.Caller.UserAgent)
	if c.Error != nil {
		o.text("errorCode", c.errorCode())
		o.given("errorMessage", c.Error.Message)
	}
	o.key("requestParameters")
	o.b = appendMembers(o.b, c.Request)
	o.key("responseElements")
	// Reads are recorded without their answers, and refusals have none.
	if c.ReadOnly || c.Error != nil {
		o.b = append(o.b, "null"...)
	} else {
		o.b = appendMembers(o.b, c.Response)
	}
	o.given("requestID", c.Caller.RequestID)
	o.text("eventID", c.ID)
	o.flag("readOnly", c.ReadOnly)
	o.text("eventType", "AwsApiCall")
	o.flag("managementEvent", true)
	o.text("recipientAccountId", c.Caller.Account)
	o.text("eventCategory", category)
	return string(o.close())
}

// errorCode is the name of the exception. Denials by the permissions of the
// principal have a name of their own in records. (seen in published detections)
func (c Call) errorCode() string {
	if c.Denied {
		return "AccessDenied"
	}
	return c.Error.Type
}

// Service is something that the service did by itself.
type Service struct {
	// ID is the UUID of the record.
	ID string
	At time.Time
	// Source is the service that acted; an empty one stands for
	// "organizations.amazonaws.com".
	Source string
	Name   string
	// Management is the account that the record is for: a management account,
	// apart from records about a role in a member.
	Management ident.AccountID
	// Details are the serviceEventDetails; nil for none.
	Details map[string]any
}

// JSON writes the record on one line. [AWS: CloudTrail example of
// CreateAccountResult]
func (s Service) JSON() string {
	o := open(make([]byte, 0, 1024))
	o.text("eventVersion", version)
	o.key("userIdentity")
	identity := open(o.b)
	identity.text("accountId", string(s.Management))
	identity.text("invokedBy", organizations)
	o.b = identity.close()
	o.text("eventTime", s.At.UTC().Format(eventTime))
	o.text("eventSource", orDefault(s.Source))
	o.text("eventName", s.Name)
	o.text("awsRegion", region)
	o.text("sourceIPAddress", organizations)
	o.text("userAgent", organizations)
	o.key("requestParameters")
	o.b = append(o.b, "null"...)
	o.key("responseElements")
	o.b = append(o.b, "null"...)
	o.text("eventID", s.ID)
	o.flag("readOnly", false)
	o.text("eventType", "AwsServiceEvent")
	o.flag("managementEvent", true)
	o.text("recipientAccountId", string(s.Management))
	if s.Details != nil {
		o.key("serviceEventDetails")
		o.b = appendMembers(o.b, s.Details)
	}
	o.text("eventCategory", category)
	return string(o.close())
}

func orDefault(source string) string {
	if source == "" {
		return organizations
	}
	return source
}
