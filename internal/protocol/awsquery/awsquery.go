// Package awsquery speaks the query protocol of IAM and STS: the operation and
// its members as form parameters, the answer as XML.
//
// The generated types read themselves from a form and write themselves as XML; the
// package knows no operation or exception of any service.
package awsquery

import (
	"fmt"
	"net/http"

	"accord/internal/api"
	"accord/internal/protocol"
)

const (
	xmlType = "text/xml"
	// methods are those that may carry an operation.
	methods = http.MethodGet + ", " + http.MethodPost
)

// Protocol is the query protocol for one service.
type Protocol struct{ namespace, version string }

var _ protocol.Protocol = (*Protocol)(nil)

// New returns the protocol of the service with the XML namespace and the API
// version, e.g. "https://sts.amazonaws.com/doc/2011-06-15/" and "2011-06-15".
func New(namespace, version string) *Protocol {
	return &Protocol{namespace: namespace, version: version}
}

// Match reports whether the request carries parameters for this version, or for
// none in particular.
func (p *Protocol) Match(m *protocol.Message) bool {
	if m.MediaType() != formType && !m.URL.Query().Has("Action") {
		return false
	}
	version, found, err := parameter(m, "Version")
	return err != nil || !found || version == p.version
}

// Operation finds the operation that the parameters Action and Version name.
func (p *Protocol) Operation(m *protocol.Message, table map[string]*api.Operation) (*api.Operation, error) {
	if m.Method != http.MethodPost && m.Method != http.MethodGet {
		return nil, protocol.WrongMethod("GET or POST")
	}
	if m.URL.Path != "/" {
		return nil, protocol.WrongPath()
	}
	name, found, err := parameter(m, "Action")
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, api.NewError(missingAction, "", "The request must contain the parameter Action.")
	}
	version, found, err := parameter(m, "Version")
	if err != nil {
		return nil, err
	}
	if !found {
		version = "NO_VERSION_SPECIFIED"
	}
	op, ok := table[name]
	suggestion := ""
	if !ok {
		suggestion = protocol.Suggestion(name, table)
	}
	if !ok || version != p.version {
		return nil, protocol.UnknownOperation(http.StatusBadRequest, notFound(name, version)+suggestion)
	}
	// A presigned POST carries everything in the query string, and no body.
	if m.Method == http.MethodPost && m.ContentLength != 0 && m.MediaType() != formType {
		return nil, protocol.WrongMediaType(formType)
	}
	return op, nil
}

// Asked is the parameter Action.
func (p *Protocol) Asked(m *protocol.Message) string {
	name, _, err := parameter(m, "Action")
	if err != nil {
		return ""
	}
	return name
}

// Decode reads the parameters into the request, which ignores those that it does not
// know. The text of an error names the parameter, but never quotes its value, because
// that may be a secret.
func (p *Protocol) Decode(m *protocol.Message, into api.Request) error {
	request, ok := into.(input)
	if !ok {
		return fmt.Errorf("%T cannot be read from a form", into)
	}
	form, err := readForm(m)
	if err != nil {
		return err
	}
	request.ReadForm(form)
	if parameter := form.Invalid(); parameter != "" {
		return protocol.Serialization(fmt.Sprintf("The parameter %s has the wrong type.", parameter)).About(parameter, "has the wrong type")
	}
	return nil
}

// WriteResult sends 200 with the answer in its two wrappers; an operation
// without output has no inner one. [AWS: query protocol]
func (p *Protocol) WriteResult(w http.ResponseWriter, requestID string, op *api.Operation, out any) error {
	answer := protocol.NewAnswer()
	defer answer.Release()
	response := op.Name + "Response"
	b, err := appendResult(appendOpening(answer.AvailableBuffer(), response, p.namespace), out)
	if err != nil {
		return err
	}
	b = append(b, "<ResponseMetadata>"...)
	b = appendElement(b, "RequestId", requestID)
	b = append(b, "</ResponseMetadata>"...)
	answer.Write(appendClosing(b, response))
	answer.Send(w, http.StatusOK, xmlType, requestID)
	return nil
}

// WriteError sends the error by its short code.
func (p *Protocol) WriteError(w http.ResponseWriter, requestID string, op *api.Operation, e *api.Error) (code string, status int) {
	f := formOf(e, op.Name, p.version)
	blame := "Sender"
	if f.status >= http.StatusInternalServerError {
		blame = "Receiver"
	}
	answer := protocol.NewAnswer()
	defer answer.Release()
	b := appendOpening(answer.AvailableBuffer(), "ErrorResponse", p.namespace)
	b = append(b, "<Error>"...)
	b = appendElement(b, "Type", blame)
	b = appendElement(b, "Code", f.code)
	b = appendElement(b, "Message", f.text)
	b = append(b, "</Error>"...)
	b = appendElement(b, "RequestId", requestID)
	answer.Write(appendClosing(b, "ErrorResponse"))
	if f.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", methods)
	}
	answer.Send(w, f.status, xmlType, requestID)
	return f.code, f.status
}
