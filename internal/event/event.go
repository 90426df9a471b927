// Package event writes event records: one line of JSON for each call and for
// each event of the service itself, in the form of AWS CloudTrail.
//
// It is pure: it turns values into text. It stores and sends nothing, and it
// knows no rule of the service. Requests and answers write themselves; their
// form is generated from the model.
package event

import (
	"cmp"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// MessageKind is the kind of the outbox messages that carry event records.
const MessageKind = "record"

// The constant members. awsRegion is constant in a partition: records of global services
// are in its primary Region. [AWS: CloudTrail examples of Organizations; assumed outside
// of aws]
const (
	version  = "1.08"
	category = "Management"

	organizations = "organizations.amazonaws.com"
	iam           = "iam.amazonaws.com"
)

// Call is one request to the API that passed the check of its signature.
type Call struct {
	// ID is the UUID of the record.
	ID string
	At time.Time
	// Caller sent the request; the record is for its account.
	Caller api.Caller
	// Source is the service that was called, e.g. "organizations.amazonaws.com",
	// which is the default.
	Source string
	// Operation is the name of the operation.
	Operation string
	// ReadOnly is true for an operation whose records say that it changes nothing.
	ReadOnly bool
	// Request and Response are nil where there is none; the answers of reads are not
	// recorded.
	Request, Response Members
	// Error is the answer to a call that failed, in the wire style in which it was sent;
	// nil for a call that succeeded.
	Error *api.Error
	// Resources are what the call acts on, where records name it.
	Resources []Resource
	// Recipient is the account that the record is for, if it is not that of the caller: it
	// owns a resource, and learns of the caller only who it is. Shared is the UUID that both
	// records have in common; empty for a call with one record.
	Recipient ident.AccountID
	Shared    string
}

// Resource is a resource in the record of a call.
type Resource struct {
	ARN     string
	Account ident.AccountID
	// Type is that of AWS CloudFormation, such as "AWS::IAM::Role".
	Type string
}

// JSON writes the record on one line. [AWS: "Logging AWS Organizations API calls
// with CloudTrail"]
func (c Call) JSON() string { return line(c.write) }

func (c Call) write(o *object) {
	o.text("eventVersion", version)
	if c.Recipient != "" {
		writeForeigner(o, c.Caller)
	} else {
		writeIdentity(o, c.Caller, c.Operation == "AssumeRoot")
	}
	o.text("eventTime", c.At.UTC().Format(eventTime))
	o.text("eventSource", cmp.Or(c.Source, organizations))
	o.text("eventName", c.Operation)
	o.text("awsRegion", ident.Partition(c.Caller.Partition).PrimaryRegion())
	o.text("sourceIPAddress", c.Caller.SourceIP)
	o.text("userAgent", cut(c.Caller.UserAgent))
	if c.Error != nil {
		o.text("errorCode", cmp.Or(c.Error.Recorded, c.Error.Type))
		o.given("errorMessage", cut(c.Error.Message))
	}
	o.members("requestParameters", c.Request)
	if c.Error != nil {
		o.null("responseElements")
	} else {
		o.members("responseElements", c.Response)
	}
	o.given("requestID", c.Caller.RequestID)
	o.text("eventID", c.ID)
	o.flag("readOnly", c.ReadOnly)
	if len(c.Resources) > 0 {
		o.objects("resources", len(c.Resources), func(i int) {
			o.text("accountId", string(c.Resources[i].Account))
			o.text("type", c.Resources[i].Type)
			o.text("ARN", c.Resources[i].ARN)
		})
	}
	o.text("eventType", "AwsApiCall")
	o.flag("managementEvent", true)
	o.text("recipientAccountId", cmp.Or(string(c.Recipient), c.Caller.Account))
	o.given("sharedEventID", c.Shared)
	o.text("eventCategory", category)
}

// Service is something that the service did by itself.
type Service struct {
	// ID is the UUID of the record.
	ID string
	At time.Time
	// Source is the service that acted; the default is
	// "organizations.amazonaws.com".
	Source string
	Name   string
	// Management is the account that the record is for: a management account,
	// apart from records about a role in a member.
	Management ident.AccountID
	// Partition is that of the account's organization.
	Partition ident.Partition
	// Shared is the UUID that the records of one event for several accounts have in
	// common; empty for an event with one record.
	Shared string
	// header has the members that differ between events; the zero value is the
	// common one.
	header header
	// details writes the members of the serviceEventDetails, in alphabetical order;
	// nil for none.
	details func(o *object)
}

// header has the members in which the examples of service events differ. [AWS:
// orgs_cloudtrail-integration]
type header struct {
	// internal is the newer header: version 1.11, and "AWS Internal" as invoker,
	// address and agent.
	internal bool
	// byService: the identity is a service and has no account.
	byService bool
	readOnly  bool
}

const (
	internalVersion = "1.11"
	internalAgent   = "AWS Internal"
)

// JSON writes the record on one line. [AWS: CloudTrail example of
// CreateAccountResult]
func (s Service) JSON() string { return line(s.write) }

func (s Service) write(o *object) {
	version, agent := version, organizations
	if s.header.internal {
		version, agent = internalVersion, internalAgent
	}
	o.text("eventVersion", version)
	o.open("userIdentity")
	if s.header.byService {
		o.text("type", "AWSService")
	} else {
		o.text("accountId", string(s.Management))
	}
	o.text("invokedBy", agent)
	o.close()
	o.text("eventTime", s.At.UTC().Format(eventTime))
	o.text("eventSource", cmp.Or(s.Source, organizations))
	o.text("eventName", s.Name)
	o.text("awsRegion", s.Partition.PrimaryRegion())
	o.text("sourceIPAddress", agent)
	o.text("userAgent", agent)
	o.null("requestParameters")
	o.null("responseElements")
	o.text("eventID", s.ID)
	o.flag("readOnly", s.header.readOnly)
	o.text("eventType", "AwsServiceEvent")
	o.flag("managementEvent", true)
	o.text("recipientAccountId", string(s.Management))
	o.given("sharedEventID", s.Shared)
	if s.details != nil {
		o.bounded("serviceEventDetails", func(b []byte) []byte {
			details := object{append(b, '{')}
			s.details(&details)
			details.close()
			return details.b
		})
	}
	o.text("eventCategory", category)
}
