package visit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"

	"accord/internal/ident"
)

// Happened is an event record as pages show it.
type Happened struct {
	Sequence int64
	At       time.Time
	// Name is that of the event, Words the same in words.
	Name, Words string
	// Kind is "call", "service" or "admin".
	Kind string
	// By is who did it; Account has the record.
	By      string
	Account ident.AccountID
	// Handshake is the one that it is about; empty without one.
	Handshake string
	// ID is that of the record; Caller the ARN of who did it, RequestID that of the call, and Address
	// where it came from.
	ID, Caller, RequestID, Address string
	// Source is the service that was called, such as "organizations", and Agent the client.
	Source, Agent string
	// Error is the exception of a call that failed, Message its text.
	Error, Message string
	// Request and Response are JSON; empty where the record has none.
	Request, Response string
	// Text is the record itself.
	Text string
}

// kinds are the words for the types of records.
var kinds = map[string]string{"AwsApiCall": "call", "AwsServiceEvent": "service", "AccordAdminCall": "admin"}

// Records lists records of changes by a query of the admin API.
func (v *Visit) Records(query string) ([]Happened, error) { return v.RecordsWith(query, "") }

// RecordsWith lists those of them that have a text: the others are not read.
func (v *Visit) RecordsWith(query, text string) ([]Happened, error) {
	var list struct {
		Records []struct {
			Sequence int64           `json:"sequence,string"`
			Record   json.RawMessage `json:"record"`
		} `json:"records"`
	}
	if err := v.Admin(http.MethodGet, "/records?"+query, nil, &list); err != nil {
		return nil, err
	}
	all := make([]Happened, 0, len(list.Records))
	for _, r := range list.Records {
		if !bytes.Contains(r.Record, []byte(text)) {
			continue
		}
		h, err := ReadRecord(r.Record)
		if err != nil {
			return nil, err
		}
		h.Sequence = r.Sequence
		all = append(all, h)
	}
	return all, nil
}

// ReadRecord reads one record.
func ReadRecord(text []byte) (Happened, error) {
	var r struct {
		At       time.Time       `json:"eventTime"`
		Name     string          `json:"eventName"`
		Type     string          `json:"eventType"`
		Account  string          `json:"recipientAccountId"`
		Source   string          `json:"eventSource"`
		Agent    string          `json:"userAgent"`
		ID       string          `json:"eventID"`
		CallID   string          `json:"requestID"`
		Address  string          `json:"sourceIPAddress"`
		Error    string          `json:"errorCode"`
		Message  string          `json:"errorMessage"`
		Request  json.RawMessage `json:"requestParameters"`
		Response json.RawMessage `json:"responseElements"`
		Identity struct {
			Account   string `json:"accountId"`
			ARN       string `json:"arn"`
			Principal string `json:"principalId"`
			Service   string `json:"invokedBy"`
		} `json:"userIdentity"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return Happened{}, err
	}
	h := Happened{
		At: r.At, Name: r.Name, Words: inWords(r.Name), Kind: cmp.Or(kinds[r.Type], r.Type),
		By: cmp.Or(person(r.Identity.ARN), service(r.Identity.Service), r.Identity.Account), Account: ident.AccountID(r.Account),
		Handshake: HandshakeIn(string(text), `"`), Text: string(text),
		ID: r.ID, Caller: r.Identity.ARN, RequestID: r.CallID, Address: r.Address,
		Agent: r.Agent, Error: r.Error, Message: r.Message, Request: orEmpty(r.Request), Response: orEmpty(r.Response),
	}
	h.Source, _, _ = strings.Cut(r.Source, ".")
	if h.Kind == "admin" {
		h.By = "admin API"
	}
	return h, nil
}

// orEmpty is JSON for reading; empty for null.
func orEmpty(text json.RawMessage) string {
	if len(text) == 0 || string(text) == "null" {
		return ""
	}
	return Indented(text)
}

// person is a principal without what all have in common: "user/bob of 111111111111".
func person(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	return strings.Replace(parts[5], "root", "root user", 1) + " of " + parts[4]
}

// service is a service that acted by itself.
func service(name string) string {
	if name == "" {
		return ""
	}
	return "the service"
}

// About is the same event on the page of the handshake that it is about, which needs no link.
func (h Happened) About(handshake string) Happened {
	h.Handshake = handshake
	return h
}

// inWords is the name of an operation as a sentence: "Create organizational unit".
func inWords(name string) string {
	var words strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			words.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		words.WriteRune(r)
	}
	return words.String()
}

// HandshakeIn is the ID of a handshake that follows a text; empty without one.
func HandshakeIn(text, after string) string {
	const digits = 32
	for {
		_, rest, found := strings.Cut(text, after+"h-")
		if !found {
			return ""
		}
		if len(rest) >= digits && strings.Trim(rest[:digits], "0123456789abcdef") == "" {
			return "h-" + rest[:digits]
		}
		text = rest
	}
}

// Indented is JSON for reading.
func Indented(text []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}
