// Package awsjson speaks JSON 1.1, the protocol of AWS Organizations: the
// operation in the header X-Amz-Target, members and answers as one JSON object.
//
// What a request may look like is here; no exception or member of any service.
package awsjson

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"accord/internal/api"
	"accord/internal/protocol"
)

// ContentType is the media type of requests and answers.
const ContentType = "application/x-amz-json-1.1"

// Protocol is JSON 1.1 for one service.
type Protocol struct{ prefix string }

var _ protocol.Encoder = (*Protocol)(nil)

// New returns the protocol of the service whose targets begin with prefix and a
// dot, e.g. "AWSOrganizationsV20161128".
func New(prefix string) *Protocol {
	return &Protocol{prefix: strings.TrimSuffix(prefix, ".") + "."}
}

// Match reports whether the target of the request is one of this service.
func (p *Protocol) Match(m *protocol.Message) bool {
	_, ok := p.target(m)
	return ok
}

// target returns what follows the prefix in the target.
func (p *Protocol) target(m *protocol.Message) (string, bool) {
	targets := m.Header["X-Amz-Target"]
	if len(targets) != 1 {
		return "", false
	}
	return strings.CutPrefix(targets[0], p.prefix)
}

// Operation finds the operation that the target names.
func (p *Protocol) Operation(m *protocol.Message, table map[string]*api.Operation) (*api.Operation, error) {
	if m.Method != http.MethodPost {
		return nil, protocol.WrongMethod(http.MethodPost)
	}
	if m.URL.Path != "/" {
		return nil, protocol.WrongPath()
	}
	name, ok := p.target(m)
	if !ok {
		return nil, protocol.UnknownOperation(http.StatusBadRequest, "The header X-Amz-Target must be "+p.prefix+" and the name of an operation.")
	}
	op, ok := table[name]
	if !ok {
		return nil, protocol.UnknownOperation(http.StatusBadRequest, fmt.Sprintf("There is no operation %.64q%s", name, protocol.Suggestion(name, table)))
	}
	if m.MediaType() != ContentType {
		return nil, protocol.WrongMediaType(ContentType)
	}
	return op, nil
}

// Asked is what follows the prefix in the target, or all of another target.
func (p *Protocol) Asked(m *protocol.Message) string {
	return strings.TrimPrefix(m.Header.Get("X-Amz-Target"), p.prefix)
}

// Decode reads the body into the request.
func (p *Protocol) Decode(m *protocol.Message, into api.Request) error {
	body, err := m.Bytes()
	if err != nil {
		return err
	}
	if apiErr := decode(body, into); apiErr != nil {
		return apiErr
	}
	return nil
}

// WriteResult sends 200 with the answer; {} when there is none.
func (p *Protocol) WriteResult(w http.ResponseWriter, requestID string, _ *api.Operation, out any) error {
	answer := protocol.NewAnswer()
	defer answer.Release()
	if err := encode(answer, out); err != nil {
		return err
	}
	answer.Send(w, http.StatusOK, ContentType, requestID)
	return nil
}

// Encode returns the answer; {} when there is none.
func (p *Protocol) Encode(out any) ([]byte, error) {
	answer := protocol.NewAnswer()
	defer answer.Release()
	if err := encode(answer, out); err != nil {
		return nil, err
	}
	return bytes.Clone(answer.Bytes()), nil
}

// WriteEncoded sends 200 with an answer that Encode returned.
func (p *Protocol) WriteEncoded(w http.ResponseWriter, requestID string, body []byte) {
	protocol.Send(w, http.StatusOK, ContentType, requestID, body)
}

// WriteError sends the exception by its bare name, with its text and, where the
// exception has one, its reason. [recorded]
func (p *Protocol) WriteError(w http.ResponseWriter, requestID string, _ *api.Operation, e *api.Error) (code string, status int) {
	answer := protocol.NewAnswer()
	defer answer.Release()
	answer.Write(appendError(answer.AvailableBuffer(), e))
	w.Header()["x-amzn-ErrorType"] = []string{e.Type}
	if e.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	answer.Send(w, e.Status, ContentType, requestID)
	return e.Type, e.Status
}

// appendError appends the body of an error.
func appendError(b []byte, e *api.Error) []byte {
	b = api.AppendString(append(b, `{"__type":`...), e.Type)
	if e.Message != "" {
		b = api.AppendString(append(b, `,"Message":`...), e.Message)
	}
	if e.Reason != "" {
		b = api.AppendString(append(b, `,"Reason":`...), e.Reason)
	}
	return append(b, '}')
}
