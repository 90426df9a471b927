package awsquery_test

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/protocol"
	"accord/internal/protocol/awsquery"
)

// service is the service of the generated fixture, whose model is in cmd/apigen.
type service interface {
	Assume(context.Context, *AssumeRequest) (*AssumeResponse, error)
	Forget(context.Context, *ForgetRequest) (*ForgetResponse, error)
}

func (*AssumeRequest) Operation() *api.Operation { return nil }
func (*ForgetRequest) Operation() *api.Operation { return nil }

func (*AssumeRequest) AppendEventJSON(b []byte) []byte { return b }
func (*ForgetRequest) AppendEventJSON(b []byte) []byte { return b }

func (*AssumeRequest) Validate() *api.Error { return nil }
func (*ForgetRequest) Validate() *api.Error { return nil }

var (
	table = map[string]*api.Operation{
		"Assume": api.Bind("Assume", service.Assume, api.Access{}, nil),
		"Forget": api.Bind("Forget", service.Forget, api.Access{}, nil),
	}
	query = awsquery.New("https://sts.example/doc/", "2011-06-15")
)

const formType = "application/x-www-form-urlencoded"

func ptr[T any](v T) *T { return &v }

func message(t testing.TB, method, url, media, body string) *protocol.Message {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	m := protocol.NewMessage(r, 1<<20, nil)
	t.Cleanup(m.Release)
	return m
}

func TestOperationIsFoundByActionAndVersion(t *testing.T) {
	const good = "Action=Assume&Version=2011-06-15"
	tests := map[string]struct {
		method, url, media, body string
		kind                     string // empty: the operation is found
		status                   int
		text                     string
	}{
		"form":                       {"POST", "/", formType + "; charset=utf-8", good, "", 0, ""},
		"query string":               {"GET", "/?" + good, "", "", "", 0, ""},
		"query string of a POST":     {"POST", "/?" + good, formType, "", "", 0, ""},
		"POST without a body":        {"POST", "/?" + good, "", "", "", 0, ""},
		"escaped value":              {"POST", "/", formType, "Action=%41ssume&Version=2011%2D06-15", "", 0, ""},
		"method":                     {"PUT", "/?" + good, formType, "", "UnknownOperationException", 405, "An operation is called with the method GET or POST."},
		"path":                       {"POST", "/x", formType, good, "UnknownOperationException", 404, "The operations of this service have the path /."},
		"no action":                  {"POST", "/", formType, "Version=2011-06-15", "MissingAction", 400, "The request must contain the parameter Action."},
		"empty body":                 {"POST", "/", formType, "", "MissingAction", 400, "The request must contain the parameter Action."},
		"no version":                 {"POST", "/", formType, "Action=Assume", "UnknownOperationException", 400, "Could not find operation Assume for version NO_VERSION_SPECIFIED"},
		"other version":              {"POST", "/", formType, "Action=Assume&Version=2010-05-08", "UnknownOperationException", 400, "Could not find operation Assume for version 2010-05-08"},
		"other operation":            {"POST", "/", formType, "Action=assume&Version=2011-06-15", "UnknownOperationException", 400, "Could not find operation assume for version 2011-06-15; did you mean Assume?"},
		"body that is no form":       {"POST", "/", "text/plain", good, "MissingAction", 400, "The request must contain the parameter Action."},
		"action in the query string": {"POST", "/?" + good, "application/json", "{}", "UnknownOperationException", 404, "The Content-Type of a request must be application/x-www-form-urlencoded."},
		"bad escape":                 {"POST", "/", formType, "Action=%zz", "SerializationException", 400, "A parameter of the request is not well-formed text."},
		"body too large":             {"POST", "/", formType, good + strings.Repeat("&", 1<<20), "RequestEntityTooLargeException", 413, "The body of the request exceeds 1048576 bytes."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			op, err := query.Operation(message(t, test.method, test.url, test.media, test.body), table)
			if test.kind == "" {
				if err != nil || op.Name != "Assume" {
					t.Fatalf("found %q, %v", op.Name, err)
				}
				return
			}
			var apiErr *api.Error
			if !errors.As(err, &apiErr) {
				t.Fatalf("got %v", err)
			}
			if apiErr.Type != test.kind || apiErr.Status != test.status || apiErr.Message != test.text {
				t.Errorf("got %d %v, want %d %s: %s", apiErr.Status, apiErr, test.status, test.kind, test.text)
			}
		})
	}
}

func TestUnknownNamesAreCut(t *testing.T) {
	_, err := query.Operation(message(t, "POST", "/", formType, "Action="+strings.Repeat("%C3%A9", 10_000)), table)
	if err == nil || len(err.Error()) > 500 {
		t.Errorf("the answer has %d bytes", len(err.Error()))
	}
}

func TestMatch(t *testing.T) {
	tests := map[string]struct {
		url, media, body string
		want             bool
	}{
		"own version":       {"/", formType, "Action=X&Version=2011-06-15", true},
		"no version":        {"/", formType, "Action=X", true},
		"other version":     {"/", formType, "Action=X&Version=2010-05-08", false},
		"form without body": {"/", formType, "", true},
		"query string":      {"/?Action=X", "", "", true},
		"JSON":              {"/", "application/x-amz-json-1.1", "{}", false},
	}
	for name, test := range tests {
		if got := query.Match(message(t, "POST", test.url, test.media, test.body)); got != test.want {
			t.Errorf("%s: matches %v, want %v", name, got, test.want)
		}
	}
}

func decode(t testing.TB, body string) (*AssumeRequest, error) {
	t.Helper()
	in := new(AssumeRequest)
	return in, query.Decode(message(t, "POST", "/", formType, body), in)
}

func TestDecodeReads(t *testing.T) {
	tests := map[string]struct {
		body string
		want AssumeRequest
	}{
		"nothing":             {"", AssumeRequest{}},
		"string":              {"RoleArn=a%20b+c%2B%26%3D%C3%A9", AssumeRequest{RoleArn: ptr("a b c+&=é")}},
		"empty string":        {"RoleArn=", AssumeRequest{RoleArn: ptr("")}},
		"name without equals": {"RoleArn", AssumeRequest{RoleArn: ptr("")}},
		"integer":             {"DurationSeconds=900", AssumeRequest{DurationSeconds: ptr(int32(900))}},
		"integer with zero":   {"DurationSeconds=01", AssumeRequest{DurationSeconds: ptr(int32(1))}},
		"integer with sign":   {"DurationSeconds=%2B1", AssumeRequest{DurationSeconds: ptr(int32(1))}},
		"booleans":            {"Dry=false", AssumeRequest{Dry: ptr(false)}},
		"time":                {"Since=2026-03-04T05:06:07Z", AssumeRequest{Since: api.At(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC))}},
		"structure":           {"Policy.arn=x", AssumeRequest{Policy: &Policy{Arn: ptr("x")}}},
		"list of structures":  {"Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c", AssumeRequest{Tags: []Tag{{Key: ptr("a"), Value: ptr("b")}, {Key: ptr("c")}}}},
		"order of numbers":    {"TransitiveTagKeys.member.10=j&TransitiveTagKeys.member.9=i&TransitiveTagKeys.member.1=a", AssumeRequest{TransitiveTagKeys: []string{"a", "i", "j"}}},
		"large number":        {"TransitiveTagKeys.member.2147483647=z", AssumeRequest{TransitiveTagKeys: []string{"z"}}},
		"empty list":          {"Tags=", AssumeRequest{Tags: []Tag{}}},
		"unknown":             {"Nope=1&Tags.item.1=x&Policy.other=1", AssumeRequest{Tags: []Tag{}, Policy: &Policy{}}},
		"unknown and deep":    {strings.Repeat("a.", 100_000) + "b=1", AssumeRequest{}},
		"separators alone":    {"&&&=&", AssumeRequest{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decode(t, test.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]string{
		"twice":                      "RoleArn=a&RoleArn=b",
		"twice through an escape":    "RoleArn=a&%52oleArn=b",
		"bad escape":                 "RoleArn=%4",
		"bad escape in a name":       "%zz=1",
		"invalid UTF-8":              "RoleArn=%ff",
		"NUL":                        "RoleArn=a%00",
		"NUL in a name":              "Role%00=a",
		"no number":                  "DurationSeconds=x",
		"empty number":               "DurationSeconds=",
		"spaces around a number":     "DurationSeconds=+1+",
		"fraction":                   "DurationSeconds=1.0",
		"exponent":                   "DurationSeconds=1e0",
		"number too large":           "DurationSeconds=2147483648",
		"underscore":                 "DurationSeconds=1_0",
		"capital boolean":            "Dry=True",
		"empty boolean":              "Dry=",
		"epoch time":                 "Since=1700000000",
		"time without zone":          "Since=2026-03-04T05:06:07",
		"value and members":          "RoleArn=a&RoleArn.b=c",
		"members of a value":         "RoleArn.b=c",
		"value of a list":            "Tags=a",
		"value of a structure":       "Policy=a",
		"too many":                   strings.Repeat("Nope=&", 10_001),
		"member zero":                "TransitiveTagKeys.member.0=a",
		"member without number":      "TransitiveTagKeys.member.x=a",
		"member with sign":           "TransitiveTagKeys.member.%2B1=a",
		"same member in two forms":   "TransitiveTagKeys.member.01=a",
		"number beyond all integers": "TransitiveTagKeys.member.99999999999999999999=a",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := decode(t, body)
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Type != "SerializationException" || apiErr.Status != 400 || apiErr.Message == "" {
				t.Fatalf("got %v, want SerializationException", err)
			}
		})
	}
}

func TestDecodeNamesTheParameterNotItsValue(t *testing.T) {
	_, err := decode(t, "Tags.member.3.Key.x=swordfish")
	if err == nil || !strings.Contains(err.Error(), "The parameter Tags.member.3.Key has the wrong type.") || strings.Contains(err.Error(), "swordfish") {
		t.Errorf("got %v", err)
	}
}

func TestDecodeReadsTheQueryStringOfAGet(t *testing.T) {
	in := new(AssumeRequest)
	if err := query.Decode(message(t, "GET", "/?Action=Assume&RoleArn=r&X-Amz-Signature=s", "", ""), in); err != nil || *in.RoleArn != "r" {
		t.Errorf("read %v, %v", in, err)
	}
}

const envelope = `<AssumeResponse xmlns="https://sts.example/doc/">%<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></AssumeResponse>`

func TestWriteResult(t *testing.T) {
	tests := map[string]struct {
		op     string
		out    any
		result string
	}{
		"members in order": {"Assume", &AssumeResponse{Credentials: &Credentials{AccessKeyId: ptr("A"), Expiration: api.At(time.Date(2026, 3, 4, 5, 6, 7, 8e8, time.UTC))}, PackedPolicySize: ptr(int32(6)), Done: ptr(false)},
			"<AssumeResult><Credentials><AccessKeyId>A</AccessKeyId><Expiration>2026-03-04T05:06:07Z</Expiration></Credentials><PackedPolicySize>6</PackedPolicySize><Done>false</Done></AssumeResult>"},
		"lists":       {"Assume", &AssumeResponse{Names: []string{"a", "b"}, Tags: []Tag{{Key: ptr("k")}}}, "<AssumeResult><Names><member>a</member><member>b</member></Names><Tags><member><Key>k</Key></member></Tags></AssumeResult>"},
		"empty list":  {"Assume", &AssumeResponse{Names: []string{}}, "<AssumeResult><Names></Names></AssumeResult>"},
		"empty":       {"Assume", &AssumeResponse{}, "<AssumeResult></AssumeResult>"},
		"escaped":     {"Assume", &AssumeResponse{Names: []string{"<&>\"'\x00"}}, "<AssumeResult><Names><member>&lt;&amp;&gt;&#34;&#39;\ufffd</member></Names></AssumeResult>"},
		"no output":   {"Forget", &ForgetResponse{}, ""},
		"nil output":  {"Forget", (*ForgetResponse)(nil), ""},
		"none at all": {"Forget", nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := query.WriteResult(w, "id-1", table[test.op], test.out); err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(strings.Replace(envelope, "%", test.result, 1), "AssumeResponse", test.op+"Response")
			if w.Code != 200 || w.Body.String() != want {
				t.Errorf("%d\n%s\nwant 200\n%s", w.Code, w.Body, want)
			}
			headers := http.Header{"Content-Type": {"text/xml"}, "X-Amzn-RequestId": {"id-1"}, "Content-Length": w.Header()["Content-Length"]}
			if diff := cmp.Diff(headers, w.Header()); diff != "" {
				t.Errorf("headers (-want +got)\n%s", diff)
			}
		})
	}
}

func TestWriteResultSendsNothingWhenItFails(t *testing.T) {
	w := httptest.NewRecorder()
	if err := query.WriteResult(w, "id-1", table["Assume"], &struct{ C []chan int }{[]chan int{nil}}); err == nil {
		t.Fatal("a channel was encoded")
	}
	if w.Body.Len() != 0 || len(w.Header()) != 0 {
		t.Errorf("sent %v %q", w.Header(), w.Body)
	}
}

func TestWriteError(t *testing.T) {
	tests := map[string]struct {
		err              *api.Error
		status           int
		blame, code, msg string
	}{
		"exception of the service": {api.NewError("MalformedPolicyDocument", "", "m <"), 400, "Sender", "MalformedPolicyDocument", "m <"},
		"with a status of its own": {&api.Error{Type: "NoSuchEntity", Status: 404, Message: "m"}, 404, "Sender", "NoSuchEntity", "m"},
		"unsigned":                 {api.NewError("MissingAuthenticationTokenException", "", "Missing Authentication Token"), 403, "Sender", "MissingAuthenticationToken", "Request is missing Authentication Token"},
		"unknown key":              {api.NewError("UnrecognizedClientException", "", "t"), 403, "Sender", "InvalidClientTokenId", "t"},
		"wrong signature":          {api.NewError("InvalidSignatureException", "", "t"), 403, "Sender", "SignatureDoesNotMatch", "t"},
		"incomplete signature":     {api.NewError("IncompleteSignatureException", "", "t"), 400, "Sender", "IncompleteSignature", "t"},
		"expired session":          {api.NewError("ExpiredTokenException", "", "t"), 403, "Sender", "ExpiredToken", "t"},
		"denied":                   {api.NewError("AccessDeniedException", "", "t"), 403, "Sender", "AccessDenied", "t"},
		"throttled":                {api.NewError("TooManyRequestsException", "", "t"), 400, "Sender", "Throttling", "t"},
		"unreadable":               {protocol.Serialization("t"), 400, "Sender", "MalformedInput", "t"},
		"unknown operation":        {protocol.UnknownOperation(400, "t"), 400, "Sender", "InvalidAction", "t"},
		"not built":                {api.NotImplemented("Assume"), 400, "Sender", "InvalidAction", "Could not find operation Assume for version 2011-06-15"},
		"internal":                 {&api.Error{Type: "ServiceException", Status: 500, Message: "t"}, 500, "Receiver", "InternalFailure", "t"},
		"wrong method":             {protocol.UnknownOperation(405, ""), 405, "Sender", "InvalidAction", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			query.WriteError(w, "id-1", table["Assume"], test.err)
			var got struct {
				XMLName xml.Name `xml:"https://sts.example/doc/ ErrorResponse"`
				Error   struct{ Type, Code, Message string }
				ID      string `xml:"RequestId"`
			}
			if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", w.Body, err)
			}
			if w.Code != test.status || got.Error.Type != test.blame || got.Error.Code != test.code || got.Error.Message != test.msg || got.ID != "id-1" {
				t.Errorf("%d %+v, want %d %s %s %q", w.Code, got, test.status, test.blame, test.code, test.msg)
			}
			if allow := w.Header().Get("Allow"); (allow == "GET, POST") != (test.status == 405) {
				t.Errorf("allows %q", allow)
			}
		})
	}
}

// FuzzDecode holds that no body makes the decoder panic, that a refusal is
// always the client's, and that a value that was read is the one that an
// independent parser finds.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "RoleArn=a&DurationSeconds=1&Dry=true", "Tags.member.1.Key=a&Tags.member.2.Value=b", "Tags=", "a..b=1", ".=1",
		"Tags.member.1=1", "TransitiveTagKeys.member.1.x=2", "Policy.arn=%00", "Policy=x", "Since=2026-03-04T05:06:07+25:00", "RoleArn=%ff", "%=%", "RoleArn=a;b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		in, err := decode(t, body)
		if err != nil {
			var apiErr *api.Error
			if !errors.As(err, &apiErr) || apiErr.Status >= 500 {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		// The standard parser refuses a bare semicolon, which is plain text here.
		if values, err := url.ParseQuery(strings.ReplaceAll(body, ";", "%3B")); in.RoleArn != nil && (err != nil || values.Get("RoleArn") != *in.RoleArn) {
			t.Errorf("%q was read as %q, not %q (%v)", body, *in.RoleArn, values.Get("RoleArn"), err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	m := message(b, "POST", "/", formType, "Action=Assume&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2FR&DurationSeconds=900&Tags.member.1.Key=a&Tags.member.1.Value=b")
	b.ReportAllocs()
	for b.Loop() {
		if err := query.Decode(m, new(AssumeRequest)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteResult(b *testing.B) {
	out := &AssumeResponse{Credentials: &Credentials{AccessKeyId: ptr("ASIAEXAMPLE"), Expiration: api.At(time.UnixMilli(1789289180272))}, Names: []string{"a", "b"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := query.WriteResult(httptest.NewRecorder(), "id", table["Assume"], out); err != nil {
			b.Fatal(err)
		}
	}
}
