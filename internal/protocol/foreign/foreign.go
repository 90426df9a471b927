// Package foreign answers calls of services that the server does not have, with an
// error in the protocol of the caller, so that each SDK can show its text. It knows no
// service but those whose protocol cannot be read from a request.
package foreign

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"accord/internal/api"
	"accord/internal/protocol"
)

// Protocol is the protocol of one request.
type Protocol struct{ form form }

var _ protocol.Protocol = (*Protocol)(nil)

// For returns the protocol that a request speaks, which is signed for a service.
func For(m *protocol.Message, service string) *Protocol {
	return &Protocol{formOf(m, service)}
}

// formOf finds the form of the answer. The headers name the RPC protocols, a form is
// the query protocol, and what is left is REST.
func formOf(m *protocol.Message, service string) form {
	switch media := m.MediaType(); {
	case m.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return cborForm
	case m.Header.Get("X-Amz-Target") != "" && strings.HasPrefix(media, "application/x-amz-json-1."):
		return jsonForm(media)
	case m.Header.Get("X-Amz-Target") != "":
		return jsonForm("application/x-amz-json-1.1")
	case media == "application/x-www-form-urlencoded" || m.URL.Query().Has("Action"):
		if service == "ec2" {
			return ec2Form
		}
		return queryForm
	}
	if form, ok := restXML[service]; ok {
		return form
	}
	return jsonForm("application/json")
}

// restXML are the services whose REST protocol has XML; that of all others has JSON.
// Each is named as in the credential scope. [AWS: interface models]
var restXML = map[string]form{"s3": s3Form, "s3express": s3Form, "cloudfront": queryForm, "route53": queryForm}

// Match reports false: the protocol is chosen by For.
func (*Protocol) Match(*protocol.Message) bool { return false }

var errNoOperation = errors.New("foreign: there is no operation")

// Operation finds none.
func (*Protocol) Operation(*protocol.Message, map[string]*api.Operation) (*api.Operation, error) {
	return nil, errNoOperation
}

// Asked is what the target or the parameter Action names.
func (*Protocol) Asked(m *protocol.Message) string {
	if target := m.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndexByte(target, '.')+1:]
	}
	parameters := m.URL.Query()
	if m.MediaType() == "application/x-www-form-urlencoded" && !parameters.Has("Action") {
		body, err := m.Bytes()
		if err != nil {
			return ""
		}
		parameters, _ = url.ParseQuery(string(body))
	}
	return parameters.Get("Action")
}

// Decode reads nothing.
func (*Protocol) Decode(*protocol.Message, api.Request) error { return errNoOperation }

// WriteResult sends nothing.
func (*Protocol) WriteResult(http.ResponseWriter, string, *api.Operation, any) error {
	return errNoOperation
}

// WriteError sends the error.
func (p *Protocol) WriteError(w http.ResponseWriter, requestID string, _ *api.Operation, e *api.Error) (code string, status int) {
	answer := protocol.NewAnswer()
	defer answer.Release()
	code = e.Type
	if p.form.code != "" {
		code = p.form.code
	}
	answer.Write(p.form.append(answer.AvailableBuffer(), code, e.Message, requestID))
	for name, value := range p.form.headers {
		w.Header()[name] = []string{value}
	}
	if p.form.errorHeader != "" {
		w.Header()[p.form.errorHeader] = []string{code}
	}
	answer.Send(w, e.Status, p.form.contentType, requestID)
	return code, e.Status
}
