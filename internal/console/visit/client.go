package visit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/protocol/awsjson"
)

// Agent is the User-Agent of the console's calls.
const Agent = "accord-console"

// mostAnswered bounds an answer that is read, in bytes.
const mostAnswered = 16 << 20

// answer is an answer in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = cmp.Or(a.status, status) }

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(b) > mostAnswered {
		return 0, errors.New("console: the answer is too large")
	}
	return a.body.Write(b)
}

// read reads JSON into out, unless that is nil.
func (a *answer) read(out any) error {
	if out == nil {
		return nil
	}
	return json.Unmarshal(a.body.Bytes(), out)
}

// send runs a handler on a request that the person of the visit asks for. A fault can cut the
// connection, which panics.
func send(h http.Handler, r *http.Request) (_ *answer, err error) {
	a := &answer{header: http.Header{}}
	defer func() {
		if cut := recover(); cut == http.ErrAbortHandler { //nolint:errorlint // It is what panicked.
			err = &Failure{Status: http.StatusBadGateway, Message: "The connection was cut by an injected fault: whether the call was made is not known."}
		} else if cut != nil {
			panic(cut)
		}
	}()
	h.ServeHTTP(a, r)
	return a, nil
}

// newRequest is a request of this process for the person of a visit.
func (v *Visit) newRequest(method, target string, body []byte) (*http.Request, error) {
	r, err := v.newStream(method, target, bytes.NewReader(body))
	if err == nil {
		r.ContentLength = int64(len(body))
	}
	return r, err
}

// newStream is newRequest for a body of unknown length.
func (v *Visit) newStream(method, target string, body io.Reader) (*http.Request, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	r := &http.Request{
		Method: method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"User-Agent": {Agent}},
		Host: "localhost", RemoteAddr: v.RemoteAddr, Body: io.NopCloser(body), ContentLength: -1,
	}
	return r.WithContext(v.Context()), nil
}

// Admin asks the admin API, and reads its answer into out, unless that is nil. A person without
// its powers is refused.
func (v *Visit) Admin(method, target string, in, out any) error {
	if !v.Powers {
		return NeedsToken()
	}
	return v.askAdmin(method, target, in, out)
}

// Writes reports whether the admin API allows changes.
func (v *Visit) Writes() (bool, error) {
	var about struct {
		Writes bool `json:"adminWrites"`
	}
	err := v.Admin(http.MethodGet, "/info", nil, &about)
	return about.Writes, err
}

// CheckPolicy asks the admin API what the service would say of a policy of the account that the
// person acts as. That needs none of its powers: the answer says what the API would, and the
// quota that is in force for this account.
func (v *Visit) CheckPolicy(kind, content string, out any) error {
	if err := v.MayActAs(v.As); err != nil {
		return err
	}
	in := map[string]string{"account": string(v.As), "type": kind, "content": content}
	return v.askAdmin(http.MethodPost, "/policies/check", in, out)
}

func (v *Visit) askAdmin(method, target string, in, out any) error {
	body := []byte("{}")
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	return v.ask(method, target, bytes.NewReader(body), out)
}

// Send is Admin for a body that is sent as it is, while it arrives: a file of the person.
func (v *Visit) Send(method, target string, body io.Reader, out any) error {
	if !v.Powers {
		return NeedsToken()
	}
	return v.ask(method, target, body, out)
}

func (v *Visit) ask(method, target string, body io.Reader, out any) error {
	r, err := v.newStream(method, target, body)
	if err != nil {
		return err
	}
	a, err := send(v.Server.Admin, r)
	if err != nil {
		return err
	}
	if err := a.refused(); err != nil {
		return err
	}
	return a.read(out)
}

// refused is the error that the admin API answered with; nil for none.
func (a *answer) refused() error {
	if a.status == http.StatusOK {
		return nil
	}
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(a.body.Bytes(), &said) // An answer without a text has none.
	return &Failure{Status: a.status, Message: cmp.Or(said.Error, http.StatusText(a.status))}
}

// newCall is a call of an operation of Organizations, which is still to be signed, and its body.
func (v *Visit) newCall(operation string, in any) (*http.Request, []byte, error) {
	if in == nil {
		in = struct{}{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, nil, err
	}
	r, err := v.newRequest(http.MethodPost, "/", body)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set("X-Amz-Target", orgapi.TargetPrefix+"."+operation)
	return r, body, nil
}

// refusal is the exception that a call was answered with.
func refusal(a *answer, operation string, account ident.AccountID) *Failure {
	var said struct {
		Type    string `json:"__type"`
		Message string `json:"Message"`
		Lower   string `json:"message"`
		Reason  string `json:"Reason"`
	}
	_ = json.Unmarshal(a.body.Bytes(), &said) // An answer without a text has none.
	_, name, found := strings.Cut(said.Type, "#")
	if !found {
		name = said.Type
	}
	return &Failure{
		Status: a.status, Type: cmp.Or(name, a.header.Get("x-amzn-ErrorType"), http.StatusText(a.status)), Reason: said.Reason,
		Message: cmp.Or(said.Message, said.Lower), Operation: operation, As: string(account),
	}
}

// element is the text of the first element with a name in an answer in XML that this server
// wrote.
func element(text, name string) string {
	_, rest, _ := strings.Cut(text, "<"+name+">")
	value, _, _ := strings.Cut(rest, "</"+name+">")
	return html.UnescapeString(value)
}

// MayActAs refuses an account that the person of the visit cannot act as.
func (v *Visit) MayActAs(account ident.AccountID) error {
	switch {
	case !account.Valid():
		return &Failure{Status: http.StatusBadRequest, Field: "as", Message: "The ID of an account has twelve digits."}
	case v.Server.Strict && v.Owner != account:
		return &Failure{Status: http.StatusForbidden, Message: "This needs an access key of the account " + string(account) + ": sign in with it."}
	case !v.Server.Strict && !v.Powers:
		return NeedsToken()
	}
	return nil
}
