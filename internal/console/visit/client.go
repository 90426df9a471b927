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
	"accord/internal/api/stsapi"
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

// Call calls an operation of Organizations as the principal of the visit, and reads the answer
// into out, unless that is nil.
func (v *Visit) Call(operation string, in, out any) error {
	return v.CallAs(v.As, operation, in, out)
}

// CallAs calls an operation as the root user of an account, or, if it is that of the visit, as its
// principal; in strict mode as the access key that was signed in with, which has to be of this
// account.
func (v *Visit) CallAs(account ident.AccountID, operation string, in, out any) error {
	if err := v.MayActAs(account); err != nil {
		return err
	}
	if in == nil {
		in = struct{}{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := v.newRequest(http.MethodPost, "/", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set("X-Amz-Target", orgapi.TargetPrefix+"."+operation)
	if err := v.sign(r, body, account); err != nil {
		return err
	}
	a, err := send(v.Server.API, r)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		refused := refusal(a, operation, account)
		if account == v.As && v.By != "" {
			refused.As += " " + v.By
			v.forget(refused)
		}
		return refused
	}
	return a.read(out)
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

// sign signs a call of Organizations: as the principal of the visit, or as the root user of
// another account.
func (v *Visit) sign(r *http.Request, body []byte, account ident.AccountID) error {
	if v.Server.Strict {
		return v.Server.Sign(v.Context(), r, body, v.Key, "")
	}
	if account == v.As {
		switch p, err := v.principal(); {
		case err != nil:
			return err
		case p != nil:
			return v.signAsPrincipal(r, body, p)
		}
	}
	v.signAsRoot(r, account, orgapi.ServiceName)
	return nil
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

// WhoIs asks STS whose access key it is, by a call that the key with this secret signs.
func (v *Visit) WhoIs(key, secret string) (account ident.AccountID, arn string, err error) {
	body := []byte(url.Values{"Action": {"GetCallerIdentity"}, "Version": {stsapi.APIVersion}}.Encode())
	r, err := v.newRequest(http.MethodPost, "/", body)
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if err := v.Server.Sign(v.Context(), r, body, key, secret); err != nil {
		return "", "", err
	}
	a, err := send(v.Server.API, r)
	if err != nil {
		return "", "", err
	}
	text := a.body.String()
	if a.status != http.StatusOK {
		return "", "", &Failure{
			Status: http.StatusUnauthorized, Field: "key", Operation: "GetCallerIdentity",
			Type: element(text, "Code"), Message: element(text, "Message"),
		}
	}
	return ident.AccountID(element(text, "Account")), element(text, "Arn"), nil
}

// element is the text of the first element with a name in an answer in XML that this server
// wrote.
func element(text, name string) string {
	_, rest, _ := strings.Cut(text, "<"+name+">")
	value, _, _ := strings.Cut(rest, "</"+name+">")
	return html.UnescapeString(value)
}
