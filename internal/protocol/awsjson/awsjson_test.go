package awsjson_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/protocol"
	"accord/internal/protocol/awsjson"
)

// The service of these tests has one operation of each form.
type (
	service interface {
		Invite(context.Context, *inviteRequest) (*struct{}, error)
	}
	inviteRequest struct {
		Target *party    `json:"Target,omitzero"`
		Notes  *string   `json:"Notes,omitzero"`
		Limit  *int32    `json:"Limit,omitzero"`
		Dry    *bool     `json:"Dry,omitzero"`
		Start  *api.Time `json:"Start,omitzero"`
		Tags   []tag     `json:"Tags,omitzero"`
		States []state   `json:"States,omitzero"`
	}
	party struct {
		ID   *string `json:"Id,omitzero"`
		Type *string `json:"Type,omitzero"`
	}
	tag struct {
		Key   *string `json:"Key,omitzero"`
		Value *string `json:"Value,omitzero"`
	}
	state string
)

// Operation is not asked for: a protocol reads the table.
func (*inviteRequest) Operation() *api.Operation { return nil }

func (*inviteRequest) AppendEventJSON(b []byte) []byte { return b }

func (*inviteRequest) Validate() *api.Error { return nil }

var table = map[string]*api.Operation{
	"Invite": api.Bind("Invite", service.Invite, api.Access{}, nil),
}

const prefix = "Agreements20200101"

func message(t testing.TB, r *http.Request) *protocol.Message {
	t.Helper()
	m := protocol.NewMessage(r, 1<<20, nil)
	t.Cleanup(m.Release)
	return m
}

func TestOperationIsJudgedInOrder(t *testing.T) {
	const target, media = prefix + ".Invite", "application/x-amz-json-1.1"
	tests := map[string]struct {
		method, path string
		target       []string
		media        string
		status       int // 0: the operation is found
	}{
		"served":                     {"POST", "/", []string{target}, media, 0},
		"media type with charset":    {"POST", "/", []string{target}, "Application/X-Amz-JSON-1.1 ; charset=utf-8", 0},
		"query string is no concern": {"POST", "/?a=b", []string{target}, media, 0},
		"method first":               {"GET", "/x", nil, "", 405},
		"path before target":         {"POST", "/x", nil, "", 404},
		"target before media type":   {"POST", "/", nil, "text/plain", 400},
		"no target":                  {"POST", "/", nil, media, 400},
		"empty target":               {"POST", "/", []string{""}, media, 400},
		"unknown operation":          {"POST", "/", []string{prefix + ".Uninvite"}, media, 400},
		"operation in lower case":    {"POST", "/", []string{prefix + ".invite"}, media, 400},
		"other service":              {"POST", "/", []string{"Other.Invite"}, media, 400},
		"prefix without operation":   {"POST", "/", []string{prefix}, media, 400},
		"two targets":                {"POST", "/", []string{target, target}, media, 400},
		"no media type":              {"POST", "/", []string{target}, "", 404},
		"other media type":           {"POST", "/", []string{target}, "application/json", 404},
		"JSON 1.0":                   {"POST", "/", []string{target}, "application/x-amz-json-1.0", 404},
		"form":                       {"POST", "/", []string{target}, "application/x-www-form-urlencoded", 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, nil)
			r.Header["X-Amz-Target"] = test.target
			r.Header.Set("Content-Type", test.media)
			op, err := awsjson.New(prefix).Operation(message(t, r), table)
			if test.status == 0 {
				if err != nil || op.Name != "Invite" {
					t.Fatalf("found %q, %v; want Invite", op.Name, err)
				}
				return
			}
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Type != "UnknownOperationException" || apiErr.Status != test.status || apiErr.Message == "" {
				t.Fatalf("got %v, want UnknownOperationException with %d and a text", err, test.status)
			}
		})
	}
}

func TestMatchAsksForTheTargetOfTheService(t *testing.T) {
	for target, want := range map[string]bool{prefix + ".Any": true, "Other.Invite": false, "": false} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("X-Amz-Target", target)
		if got := awsjson.New(prefix + ".").Match(message(t, r)); got != want {
			t.Errorf("target %q: matches %v, want %v", target, got, want)
		}
	}
}

func decode(t testing.TB, body string) (*inviteRequest, error) {
	t.Helper()
	in := new(inviteRequest)
	err := awsjson.New(prefix).Decode(message(t, httptest.NewRequest("POST", "/", strings.NewReader(body))), in)
	return in, err
}

func TestDecodeReads(t *testing.T) {
	nested := func(levels int) string {
		return `{"Unknown":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	tests := map[string]struct {
		body string
		want *inviteRequest
	}{
		"empty body":       {"", &inviteRequest{}},
		"white space":      {" \r\n\t", &inviteRequest{}},
		"null":             {"null", &inviteRequest{}},
		"empty object":     {"{}", &inviteRequest{}},
		"members":          {`{"Notes":"n","Limit":20,"Dry":false,"Target":{"Id":"1","Type":"ACCOUNT"}}`, &inviteRequest{Notes: new("n"), Limit: new(int32(20)), Dry: new(false), Target: &party{ID: new("1"), Type: new("ACCOUNT")}}},
		"unknown member":   {`{"Nope":{"a":[1,{}]},"Notes":"n"}`, &inviteRequest{Notes: new("n")}},
		"another case":     {`{"notes":"n","NOTES":"n"}`, &inviteRequest{}},
		"null is absent":   {`{"Notes":null,"Tags":null,"Target":null,"Limit":null,"Start":null}`, &inviteRequest{}},
		"lists":            {`{"Tags":[{"Key":"k","Value":""}],"States":["OPEN","X"]}`, &inviteRequest{Tags: []tag{{Key: new("k"), Value: new("")}}, States: []state{"OPEN", "X"}}},
		"empty list":       {`{"Tags":[]}`, &inviteRequest{Tags: []tag{}}},
		"time":             {`{"Start":1.4829524592571E9}`, &inviteRequest{Start: api.At(time.UnixMilli(1482952459257).UTC())}},
		"escapes":          {`{"Notes":"\u00e9\\u0000\"{[\ud83d\ude00"}`, &inviteRequest{Notes: new("é\\u0000\"{[😀")}},
		"deepest nesting":  {nested(100), &inviteRequest{}},
		"space around":     {" {\n\"Notes\" : \"n\" }\r\n", &inviteRequest{Notes: new("n")}},
		"line separators":  {"{\"Notes\":\"\u2028\"}", &inviteRequest{Notes: new("\u2028")}},
		"brackets in text": {`{"Notes":"` + strings.Repeat("[", 200) + `"}`, &inviteRequest{Notes: new(strings.Repeat("[", 200))}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decode(t, test.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]string{
		"text":                        `hello`,
		"truncated":                   `{"Notes":"n"`,
		"array":                       `[]`,
		"string":                      `"x"`,
		"number":                      `1`,
		"true":                        `true`,
		"second document":             `{} {}`,
		"second document null":        `null null`,
		"garbage behind":              `{}x`,
		"duplicate member":            `{"Notes":"a","Notes":"b"}`,
		"duplicate through an escape": `{"Notes":"a","\u004eotes":"b"}`,
		"duplicate unknown member":    `{"x":1,"x":2}`,
		"duplicate below":             `{"Target":{"Id":"1","Id":"2"}}`,
		"invalid UTF-8":               "{\"Notes\":\"\xff\"}",
		"invalid UTF-8 in a name":     "{\"\xc0\xaf\":1}",
		"surrogate alone":             `{"Notes":"\ud800"}`,
		"UTF-16":                      "\xfe\xff\x00{\x00}",
		"byte order mark":             "\xef\xbb\xbf{}",
		"NUL escaped":                 `{"Notes":"a\u0000b"}`,
		"NUL in an unknown member":    `{"x":"\u0000"}`,
		"NUL in a name":               `{"\u0000":1}`,
		"NUL behind a backslash":      `{"Notes":"\\\u0000"}`,
		"NUL raw":                     "{\"Notes\":\"\x00\"}",
		"NUL behind the document":     "{}\x00",
		"control character":           "{\"Notes\":\"\n\"}",
		"number for a string":         `{"Notes":1}`,
		"string for a number":         `{"Limit":"20"}`,
		"fraction for an integer":     `{"Limit":20.5}`,
		"zero fraction":               `{"Limit":20.0}`,
		"exponent for an integer":     `{"Limit":2e1}`,
		"integer too large":           `{"Limit":99999999999}`,
		"number of a megabyte":        `{"Limit":` + strings.Repeat("9", 1<<20-20) + `}`,
		"string for a boolean":        `{"Dry":"true"}`,
		"object for a list":           `{"Tags":{}}`,
		"list for an object":          `{"Target":[]}`,
		"string for a list":           `{"States":"OPEN"}`,
		"number in a list":            `{"States":["OPEN",1]}`,
		"string for a time":           `{"Start":"2020-01-01T00:00:00Z"}`,
		"time out of range":           `{"Start":1e300}`,
		"NaN":                         `{"Start":NaN}`,
		"Infinity":                    `{"Start":Infinity}`,
		"leading zero":                `{"Limit":020}`,
		"comment":                     `{/* */}`,
		"trailing comma":              `{"Notes":"n",}`,
		"single quotes":               `{'Notes':'n'}`,
		"nesting of 101":              `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
		"nesting of 100,000":          strings.Repeat(`{"x":`, 100_000),
		"brackets without end":        strings.Repeat("[", 1<<20),
		"gzip":                        "\x1f\x8b\x08\x00\x00\x00\x00\x00",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := decode(t, body)
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Type != "SerializationException" || apiErr.Status != 400 {
				t.Fatalf("got %v, want SerializationException with 400", err)
			}
			if apiErr.Message == "" || len(apiErr.Message) > 120 {
				t.Errorf("text %q is not short", apiErr.Message)
			}
		})
	}
}

func TestDecodeErrorsQuoteNoValue(t *testing.T) {
	for _, body := range []string{`{"Limit":"swordfish"}`, `{"Target":"swordfish"}`, `{"Notes":"swordfish" swordfish}`, `{"Start":"swordfish"}`, `{"swordfish":1,"swordfish":2}`} {
		_, err := decode(t, body)
		if err == nil {
			t.Fatalf("%s was read", body)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "swordfish") {
				t.Errorf("%s: the error quotes the value: %v", body, e)
			}
		}
	}
}

func TestDecodeNamesTheMember(t *testing.T) {
	_, err := decode(t, `{"Target":{"Id":7}}`)
	if err == nil || !strings.Contains(err.Error(), "The member Target/Id has the wrong type.") {
		t.Errorf("got %v", err)
	}
}

func TestWriteResult(t *testing.T) {
	handshake := func(h orgapi.Handshake) any { return &orgapi.DescribeHandshakeResponse{Handshake: &h} }
	tests := map[string]struct {
		out  any
		body string
	}{
		"no output":          {nil, `{}`},
		"empty output":       {&orgapi.CloseAccountResponse{}, `{}`},
		"nothing set":        {&orgapi.DescribeHandshakeResponse{}, `{}`},
		"empty list is sent": {&orgapi.ListRootsResponse{Roots: []orgapi.Root{}}, `{"Roots":[]}`},
		"false is sent":      {&orgapi.ListPoliciesResponse{Policies: []orgapi.PolicySummary{{AwsManaged: new(false)}}}, `{"Policies":[{"AwsManaged":false}]}`},
		"time":               {handshake(orgapi.Handshake{RequestedTimestamp: api.At(time.UnixMilli(1789289180272))}), `{"Handshake":{"RequestedTimestamp":1789289180.272}}`},
		"text as it is":      {handshake(orgapi.Handshake{Id: new(`<é&"\`)}), `{"Handshake":{"Id":"<é&\"\\"}}`},
		"recursive": {handshake(orgapi.Handshake{Resources: []orgapi.HandshakeResource{{Value: new("o"), Resources: []orgapi.HandshakeResource{{Value: new("m")}}}}}),
			`{"Handshake":{"Resources":[{"Value":"o","Resources":[{"Value":"m"}]}]}}`},
		"text that is not UTF-8 is mended": {handshake(orgapi.Handshake{Id: new("a\xff")}), `{"Handshake":{"Id":"a` + "\ufffd" + `"}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := awsjson.New(prefix).WriteResult(w, "id-1", table["Invite"], test.out); err != nil {
				t.Fatal(err)
			}
			if w.Code != 200 || w.Body.String() != test.body {
				t.Errorf("%d %s, want 200 %s", w.Code, w.Body, test.body)
			}
			want := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-RequestId": {"id-1"}, "Content-Length": w.Header()["Content-Length"]}
			if diff := cmp.Diff(want, w.Header()); diff != "" {
				t.Errorf("headers (-want +got)\n%s", diff)
			}
		})
	}
}

func TestWriteResultSendsNothingWhenItFails(t *testing.T) {
	w := httptest.NewRecorder()
	if err := awsjson.New(prefix).WriteResult(w, "id-1", table["Invite"], make(chan int)); err == nil {
		t.Fatal("a channel was encoded")
	}
	if w.Body.Len() != 0 || len(w.Header()) != 0 {
		t.Errorf("sent %v %q", w.Header(), w.Body)
	}
}

func TestWriteError(t *testing.T) {
	tests := map[string]struct {
		err  *api.Error
		body string
	}{
		"with reason":    {api.NewError("InvalidInputException", "INVALID_PATTERN", "Text <&>."), `{"__type":"InvalidInputException","Message":"Text <&>.","Reason":"INVALID_PATTERN"}`},
		"without reason": {api.NewError("HandshakeNotFoundException", "", "Text."), `{"__type":"HandshakeNotFoundException","Message":"Text."}`},
		"without text":   {&api.Error{Type: "UnknownOperationException", Status: 404}, `{"__type":"UnknownOperationException"}`},
		"internal":       {&api.Error{Type: "ServiceException", Status: 500, Message: "m"}, `{"__type":"ServiceException","Message":"m"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			awsjson.New(prefix).WriteError(w, "id-1", new(api.Operation), test.err)
			if w.Code != test.err.Status || w.Body.String() != test.body {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, test.err.Status, test.body)
			}
			h := w.Header()
			want := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-RequestId": {"id-1"}, "x-amzn-ErrorType": {test.err.Type}, "Content-Length": h["Content-Length"]}
			if diff := cmp.Diff(want, h); diff != "" {
				t.Errorf("headers (-want +got)\n%s", diff)
			}
		})
	}
	w := httptest.NewRecorder()
	awsjson.New(prefix).WriteError(w, "id-1", new(api.Operation), protocol.UnknownOperation(405, ""))
	if w.Header().Get("Allow") != "POST" {
		t.Errorf("405 allows %q, want POST", w.Header().Get("Allow"))
	}
}
