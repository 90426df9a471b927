package clone

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"accord/internal/seed"
)

// Outputs, as far as they are read. Members have the names of the API, and the forms that a
// seed gives them: a server may answer anything.
type (
	organization struct {
		Id                      string `form:"organizationId"`
		FeatureSet              string `form:"featureSet"`
		MasterAccountId         string `form:"accountId"`
		Arn, MasterAccountEmail string
	}
	root struct {
		Id          string `form:"parentId"`
		PolicyTypes []struct{ Type, Status string }
	}
	unit struct {
		Id   string `form:"parentId"`
		Name string
	}
	account struct {
		Id              string `form:"accountId"`
		State           string `form:"accountState"`
		Status          string `form:"accountState"`
		JoinedMethod    string `form:"joinedMethod"`
		Name, Email     string
		JoinedTimestamp instant
		Paths           []string
	}
	policySummary struct {
		Id                      string `form:"policyId"`
		Name, Description, Type string
		AwsManaged              bool
	}
	policy struct {
		PolicySummary policySummary
		Content       string
	}
	resourcePolicy struct {
		ResourcePolicySummary struct {
			Id string `form:"policyId"`
		}
		Content string
	}
	target  struct{ TargetId string }
	tag     struct{ Key, Value string }
	service struct {
		ServicePrincipal                   string
		DateEnabled, DelegationEnabledDate instant
	}
	handshake struct {
		Id                                      string `form:"handshakeId"`
		State                                   string `form:"handshakeState"`
		Action                                  string
		Parties                                 []struct{ Id, Type string }
		RequestedTimestamp, ExpirationTimestamp instant
		Resources                               []resource
	}
	resource struct {
		Type, Value string
		Resources   []resource
	}
	creation struct {
		Id                                     string `form:"creationId"`
		State                                  string `form:"creationState"`
		FailureReason                          string `form:"failureReason"`
		AccountId                              string `form:"accountId"`
		AccountName                            string
		RequestedTimestamp, CompletedTimestamp instant
	}
	transfer struct {
		Id                           string `form:"transferId"`
		Status                       string `form:"transferStatus"`
		ActiveHandshakeId            string `form:"handshakeId"`
		Name                         string
		Source, Target               side
		StartTimestamp, EndTimestamp instant
	}
)

// side is one of the two of a transfer.
type side struct {
	ManagementAccountId string `form:"accountId"`
}

// state is the state of an account: servers that are older than State have Status alone.
func (a account) state() string {
	if a.State != "" {
		return a.State
	}
	return a.Status
}

// value is the value of the first resource of a type, nested ones included.
func value(of []resource, kind string) string {
	for _, r := range of {
		if r.Type == kind {
			return r.Value
		}
		if nested := value(r.Resources, kind); nested != "" {
			return nested
		}
	}
	return ""
}

// instant is a timestamp: a number of seconds on the wire, a text of the AWS CLI.
type instant struct{ time.Time }

// layouts are the forms in which the AWS CLI and the SDKs write timestamps.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999-0700", "2006-01-02T15:04:05.999999"}

func (i *instant) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if text[0] != '"' {
		return i.number(string(text))
	}
	var written string
	if err := json.Unmarshal(text, &written); err != nil {
		return err
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, written); err == nil {
			return i.set(at)
		}
	}
	return fmt.Errorf("%.80q is not a timestamp", written)
}

// maxSeconds is the last second of the year 9999, beyond which JSON has no form.
const maxSeconds = 253402300799

// number reads seconds since 1970 by their digits: a float64 would not keep milliseconds.
func (i *instant) number(text string) error {
	seconds, fraction, _ := strings.Cut(text, ".")
	whole, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || len(fraction) > 9 {
		approximate, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(approximate) > maxSeconds {
			return fmt.Errorf("%.80s is not a timestamp", text)
		}
		return i.set(time.UnixMilli(int64(math.Round(approximate * 1000))))
	}
	nanoseconds, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	if err != nil || whole < 0 || whole > maxSeconds {
		return fmt.Errorf("%.80s is not a timestamp", text)
	}
	return i.set(time.Unix(whole, int64(nanoseconds)))
}

// set takes an instant that a document can have.
func (i *instant) set(at time.Time) error {
	if _, err := seed.ParseWhen(at.UTC().Format(time.RFC3339Nano)); err != nil {
		return fmt.Errorf("the timestamp %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	i.Time = at.UTC()
	return nil
}

// when is the instant in a document; nil if the server did not say.
func (i instant) when() *seed.When {
	if i.IsZero() {
		return nil
	}
	return seed.At(i.Time)
}
