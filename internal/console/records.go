package console

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"

	"accord/internal/ident"
)

// happened is an event record as pages show it.
type happened struct {
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
	// Text is the record itself.
	Text string
}

// kinds are the words for the types of records.
var kinds = map[string]string{"AwsApiCall": "call", "AwsServiceEvent": "service", "AccordAdminCall": "admin"}

// records lists records of changes by a query of the admin API.
func (v *visit) records(query string) ([]happened, error) {
	var list struct {
		Records []struct {
			Sequence int64           `json:"sequence,string"`
			Record   json.RawMessage `json:"record"`
		} `json:"records"`
	}
	if err := v.admin(http.MethodGet, "/records?"+query, nil, &list); err != nil {
		return nil, err
	}
	all := make([]happened, 0, len(list.Records))
	for _, r := range list.Records {
		h, err := readRecord(r.Record)
		if err != nil {
			return nil, err
		}
		h.Sequence = r.Sequence
		all = append(all, h)
	}
	return all, nil
}

func readRecord(text []byte) (happened, error) {
	var r struct {
		At       time.Time `json:"eventTime"`
		Name     string    `json:"eventName"`
		Type     string    `json:"eventType"`
		Account  string    `json:"recipientAccountId"`
		Identity struct {
			Account   string `json:"accountId"`
			ARN       string `json:"arn"`
			Principal string `json:"principalId"`
			Service   string `json:"invokedBy"`
		} `json:"userIdentity"`
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return happened{}, err
	}
	h := happened{
		At: r.At, Name: r.Name, Words: inWords(r.Name), Kind: cmp.Or(kinds[r.Type], r.Type),
		By: cmp.Or(person(r.Identity.ARN), service(r.Identity.Service), r.Identity.Account), Account: ident.AccountID(r.Account),
		Handshake: handshakeIn(string(text), `"`), Text: string(text),
	}
	if h.Kind == "admin" {
		h.By = "admin API"
	}
	return h, nil
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
func (h happened) About(handshake string) happened {
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

// handshakeIn is the ID of a handshake that follows a text; empty without one.
func handshakeIn(text, after string) string {
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
