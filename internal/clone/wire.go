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

// Outputs, as far as they are read. Members have the names of the API.
type (
	organization struct {
		Id, Arn, FeatureSet, MasterAccountId, MasterAccountEmail string
	}
	root struct {
		Id          string
		PolicyTypes []struct{ Type, Status string }
	}
	unit struct {
		Id, Name string
	}
	account struct {
		Id, Name, Email, Status, State, JoinedMethod string
		JoinedTimestamp                              instant
		Paths                                        []string
	}
	policySummary struct {
		Id, Name, Description, Type string
		AwsManaged                  bool
	}
	policy struct {
		PolicySummary policySummary
		Content       string
	}
	resourcePolicy struct {
		ResourcePolicySummary struct{ Id string }
		Content               string
	}
	target  struct{ TargetId string }
	tag     struct{ Key, Value string }
	service struct {
		ServicePrincipal                   string
		DateEnabled, DelegationEnabledDate instant
	}
	handshake struct {
		Id, State, Action                       string
		Parties                                 []struct{ Id, Type string }
		RequestedTimestamp, ExpirationTimestamp instant
		Resources                               []resource
	}
	resource struct {
		Type, Value string
		Resources   []resource
	}
	creation struct {
		Id, AccountName, State, FailureReason, AccountId string
		RequestedTimestamp, CompletedTimestamp           instant
	}
	transfer struct {
		Id, Name, Status, ActiveHandshakeId string
		Source, Target                      struct{ ManagementAccountId string }
		StartTimestamp, EndTimestamp        instant
	}
)

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
			i.Time = at.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is not a timestamp", written)
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
			return fmt.Errorf("%s is not a timestamp", text)
		}
		i.Time = time.UnixMilli(int64(math.Round(approximate * 1000))).UTC()
		return nil
	}
	nanoseconds, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	if err != nil || whole < 0 || whole > maxSeconds {
		return fmt.Errorf("%s is not a timestamp", text)
	}
	i.Time = time.Unix(whole, int64(nanoseconds)).UTC()
	return nil
}

// when is the instant in a document; nil if the server did not say.
func (i instant) when() *seed.When {
	if i.IsZero() {
		return nil
	}
	return &seed.When{At: i.Time}
}
