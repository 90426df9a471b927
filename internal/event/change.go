package event

import (
	"encoding/json"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Change is a change that was made through the admin API. AWS has no such thing: the
// record has the form of its records, a source and a type of its own.
type Change struct {
	// ID is the UUID of the record.
	ID string
	At time.Time
	// Name is what was done, such as "MoveClock".
	Name string
	// AskedBy is who asked as far as it is known: "token", a user of this machine, or an
	// address. SourceIP and UserAgent describe the connection.
	AskedBy, SourceIP, UserAgent string
	// Parameters are the members of the request; addresses and names are masked.
	Parameters map[string]any
	// Account is the account that the change is about; empty for others.
	Account ident.AccountID
	// Partition is that of the server.
	Partition ident.Partition
}

// The constant members of a Change.
const (
	adminSource = "accord.admin"
	adminType   = "AccordAdminCall"
)

// maskedParameters are those that CloudTrail masks in CreateAccount. [AWS: example of
// CreateAccount]
var maskedParameters = []string{"email", "name"}

// JSON writes the record on one line.
func (c Change) JSON() string { return line(c.write) }

func (c Change) write(o *object) {
	o.text("eventVersion", version)
	o.open("userIdentity")
	o.text("type", "Unknown")
	o.text("principalId", c.AskedBy)
	o.close()
	o.text("eventTime", c.At.UTC().Format(eventTime))
	o.text("eventSource", adminSource)
	o.text("eventName", c.Name)
	o.text("awsRegion", c.Partition.PrimaryRegion())
	o.text("sourceIPAddress", c.SourceIP)
	o.text("userAgent", cut(c.UserAgent))
	o.bounded("requestParameters", c.appendParameters)
	o.null("responseElements")
	o.text("eventID", c.ID)
	o.flag("readOnly", false)
	o.text("eventType", adminType)
	o.flag("managementEvent", true)
	o.given("recipientAccountId", string(c.Account))
	o.text("eventCategory", category)
}

// appendParameters writes the members in alphabetical order.
func (c Change) appendParameters(b []byte) []byte {
	shown := map[string]any{}
	for name, value := range c.Parameters {
		shown[name] = value
	}
	for _, name := range maskedParameters {
		if shown[name] != nil {
			shown[name] = json.RawMessage(api.Masked)
		}
	}
	text := new(strings.Builder)
	e := json.NewEncoder(text)
	e.SetEscapeHTML(false)
	if err := e.Encode(shown); err != nil {
		return append(b, "{}"...)
	}
	return append(b, strings.TrimSpace(text.String())...)
}
