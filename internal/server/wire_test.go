package server_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/server"
)

const invalidToken = "The security token included in the request is invalid."

const wrongSignature = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestProtocolErrors(t *testing.T) {
	b := start(t)
	const unknown, missing, incomplete, serialization = "UnknownOperationException", "MissingAuthenticationTokenException", "IncompleteSignatureException", "SerializationException"
	any := "*" // The text is ours and not part of the contract.
	tests := []struct {
		name   string
		change func(*call)
		status int
		kind   string
		text   string
	}{
		{"no target", func(c *call) { c.target = "" }, 400, unknown, "The header X-Amz-Target must be Things. and the name of an operation."},
		{"unknown target", func(c *call) { c.target = "Things.Lock" }, 400, unknown, `There is no operation "Lock"; did you mean Look?`},
		{"other prefix", func(c *call) { c.target = "Other.Look" }, 400, unknown, any},
		{"other path", func(c *call) { c.path = "/things" }, 404, unknown, any},
		{"GET", func(c *call) { c.method, c.body = "GET", "" }, 405, unknown, "An operation is called with the method POST."},
		{"PUT", func(c *call) { c.method = "PUT" }, 405, unknown, any},
		{"OPTIONS", func(c *call) { c.method = "OPTIONS" }, 405, unknown, any},
		{"JSON 1.0", func(c *call) { c.media = "application/x-amz-json-1.0" }, 404, unknown, "The Content-Type of a request must be application/x-amz-json-1.1."},
		{"no content type", func(c *call) { c.media = "" }, 404, unknown, any},
		{"not JSON", func(c *call) { c.body = "hello" }, 400, serialization, any},
		{"not an object", func(c *call) { c.body = "[]" }, 400, serialization, any},
		{"duplicate member", func(c *call) { c.body = `{"Name":"a","Name":"b"}` }, 400, serialization, any},
		{"invalid UTF-8", func(c *call) { c.body = "{\"Name\":\"\xff\"}" }, 400, serialization, any},
		{"NUL", func(c *call) { c.body = `{"Name":"\u0000"}` }, 400, serialization, any},
		{"wrong JSON type", func(c *call) { c.body = `{"Name":1}` }, 400, serialization, any},
		{"nesting of 101", func(c *call) { c.body = `{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}` }, 400, serialization, any},
		{"second document", func(c *call) { c.body = `{}{}` }, 400, serialization, any},
		{"gzip", func(c *call) {
			c.body, c.header = "\x1f\x8b\x08\x00", http.Header{"Content-Encoding": {"gzip"}}
		}, 400, serialization, any},
		{"empty body", func(c *call) { c.body = "" }, 400, "InvalidInputException", any},
		{"body null", func(c *call) { c.body = "null" }, 400, "InvalidInputException", any},
		{"one byte over 1 MiB", func(c *call) { c.body = `{"Name":"n"}` + strings.Repeat(" ", 1<<20+1-12) }, 413, "RequestEntityTooLargeException", any},
		{"unsigned", func(c *call) { c.key = "" }, 400, missing, "Missing Authentication Token"},
		{"basic authorization", func(c *call) {
			c.key, c.header = "", http.Header{"Authorization": {"Basic dGVzdDp0ZXN0"}}
		}, 400, incomplete, any},
		{"no signature", func(c *call) {
			c.key, c.header = "", http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=111122223333/20261121/us-east-1/things/aws4_request, SignedHeaders=host"}}
		}, 400, incomplete, any},
		{"closed account", func(c *call) { c.key = "999999999999" }, 400, "UnrecognizedClientException", invalidToken},
		{"unknown scope", func(c *call) { c.scope = "s3" }, 400, "InvalidSignatureException", wrongSignature},
		{"scope of the other service", func(c *call) { c.scope = "tokens" }, 400, "InvalidSignatureException", wrongSignature},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := look()
			test.change(&c)
			a := b.must(c)
			if a.status != test.status || a.field("__type") != test.kind || test.text != any && a.field("Message") != test.text || test.text == any && a.field("Message") == "" {
				t.Errorf("%d %s, want %d %s %q", a.status, a.body, test.status, test.kind, test.text)
			}
			if got := a.header.Get("Content-Type"); got != "application/x-amz-json-1.1" {
				t.Errorf("content type %q", got)
			}
			if !uuid.MatchString(a.header.Get("X-Amzn-RequestId")) || a.header.Get("X-Amzn-ErrorType") != test.kind {
				t.Errorf("headers %v", a.header)
			}
			if allow := a.header.Get("Allow"); (allow == "POST") != (test.status == 405) {
				t.Errorf("allows %q", allow)
			}
		})
	}
	if n := b.invocations(); n != 0 {
		t.Errorf("an operation ran %d times", n)
	}
}

func TestProtocolErrorsOfTheQueryProtocol(t *testing.T) {
	b := start(t)
	tests := []struct {
		name   string
		change func(*call)
		status int
		code   string
	}{
		{"unknown action", func(c *call) { c.body = "Action=Nope&Version=2020-01-01" }, 400, "InvalidAction"},
		{"other version", func(c *call) { c.body = "Action=Look&Version=1999-01-01" }, 400, "InvalidAction"},
		{"no action", func(c *call) { c.body = "" }, 400, "MissingAction"},
		{"path", func(c *call) { c.path = "/x" }, 404, "InvalidAction"},
		{"method", func(c *call) { c.method = "DELETE" }, 405, "InvalidAction"},
		{"parameter twice", func(c *call) { c.body += "&Name=m" }, 400, "MalformedInput"},
		{"too large", func(c *call) { c.body += strings.Repeat("&", 1<<20) }, 413, "RequestEntityTooLarge"},
		{"unsigned", func(c *call) { c.key = "" }, 403, "MissingAuthenticationToken"},
		{"closed account", func(c *call) { c.key = "999999999999" }, 403, "InvalidClientTokenId"},
		{"unknown scope", func(c *call) { c.scope = "s3" }, 403, "SignatureDoesNotMatch"},
		{"scope of the other service", func(c *call) { c.scope = "things" }, 403, "SignatureDoesNotMatch"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := form()
			test.change(&c)
			a := b.must(c)
			var got struct {
				Code string `xml:"Error>Code"`
				ID   string `xml:"RequestId"`
			}
			if err := xml.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatalf("%s: %v", a.body, err)
			}
			if a.status != test.status || got.Code != test.code || got.ID != a.header.Get("X-Amzn-RequestId") || a.header.Get("Content-Type") != "text/xml" {
				t.Errorf("%d %s %v, want %d %s", a.status, a.body, a.header, test.status, test.code)
			}
		})
	}
}

// Each row fails two checks; the error is that of the earlier step.
func TestOrderOfChecks(t *testing.T) {
	b := start(t)
	tests := []struct {
		name   string
		change func(*call)
		want   string
	}{
		{"route before decode", func(c *call) { c.target, c.body = "Things.Nope", "x" }, "UnknownOperationException"},
		{"route before authenticate", func(c *call) { c.target, c.key = "Things.Nope", "" }, "UnknownOperationException"},
		{"decode before authenticate", func(c *call) { c.body, c.key = "x", "" }, "SerializationException"},
		{"size before authenticate", func(c *call) { c.body, c.key = strings.Repeat(" ", 1<<20+1), "" }, "RequestEntityTooLargeException"},
		{"authenticate before fault", func(c *call) { c.key = "" }, "MissingAuthenticationTokenException"},
		{"account before fault", func(c *call) { c.key = "999999999999" }, "UnrecognizedClientException"},
		{"fault before validate", func(c *call) { c.body = "{}" }, "TooManyRequestsException"},
	}
	if _, err := b.faults.Add(ruleOf(`{"exception":"TooManyRequestsException"}`)); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		c := look()
		test.change(&c)
		if a := b.must(c); a.field("__type") != test.want {
			t.Errorf("%s: %s, want %s", test.name, a.body, test.want)
		}
	}
	b.faults.Clear()
	c := look()
	c.body = "{}"
	if a := b.must(c); a.field("__type") != "InvalidInputException" || b.invocations() != 0 {
		t.Errorf("validate before invoke: %s, %d invocations", a.body, b.invocations())
	}
	c.key = "999999999999"
	if a := b.must(c); a.field("__type") != "UnrecognizedClientException" {
		t.Errorf("account before validate: %s", a.body)
	}
	b.when(fails(api.NotImplemented("Look")))
	c = look()
	registered := len(b.accounts.registered())
	if a := b.must(c); a.field("__type") != "NotImplementedException" || len(b.accounts.registered()) != registered+2 {
		t.Errorf("account before an operation that is not implemented: %s", a.body)
	}
}

func ExampleServer_Steps() {
	s, err := server.New(server.Config{Services: []server.Service{{Name: "things"}}, InternalError: exception("ServiceException", "")})
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Join(s.Steps(), " → "))
	// Output: observe → route → origin → recall → decode → authenticate → throttle → fault → validate → invoke
}

func TestCallsAreAnswered(t *testing.T) {
	b := start(t)
	presigned := "/?" + url.Values{
		"Action": {"Look"}, "Version": {"2020-01-01"}, "Name": {"n"}, "X-Amz-Algorithm": {"AWS4-HMAC-SHA256"},
		"X-Amz-Credential": {"111122223333/20261121/us-east-1/tokens/aws4_request"}, "X-Amz-SignedHeaders": {"host"}, "X-Amz-Signature": {"5ec7e7"},
	}.Encode()
	tests := map[string]struct {
		call call
		want string
	}{
		"JSON":                   {look(), `{"Name":"n"}`},
		"form":                   {form(), `<LookResponse xmlns="https://tokens.example/doc/"><LookResult><Name>n</Name></LookResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></LookResponse>`},
		"presigned":              {call{method: "GET", path: presigned}, `<LookResponse xmlns="https://tokens.example/doc/"><LookResult><Name>n</Name></LookResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></LookResponse>`},
		"as large as allowed":    {func() call { c := look(); c.body += strings.Repeat(" ", 1<<20-12); return c }(), `{"Name":"n"}`},
		"key that is no account": {func() call { c := look(); c.key = "test"; return c }(), `{"Name":"n"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := b.must(test.call)
			want := strings.ReplaceAll(test.want, "%s", a.header.Get("X-Amzn-RequestId"))
			if a.status != 200 || a.body != want || !uuid.MatchString(a.header.Get("X-Amzn-RequestId")) || a.header.Get("Content-Length") != fmt.Sprint(len(want)) {
				t.Errorf("%d %s %v, want 200 %s", a.status, a.body, a.header, want)
			}
		})
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	b := start(t)
	seen := map[string]bool{}
	for range 20 {
		seen[b.must(look()).header.Get("X-Amzn-RequestId")] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d ids for 20 requests", len(seen))
	}
}

func TestWireStyle(t *testing.T) {
	for style, want := range map[api.WireStyle]string{api.Documented: "INPUT_REQUIRED", api.Native: "INPUT_REQUIRED:NAME"} {
		b := start(t, func(_ *fixture, c *server.Config) { c.Style = style })
		c := look()
		c.body = ""
		if a := b.must(c); a.field("Reason") != want {
			t.Errorf("%s, want %s", a.body, want)
		}
		if line := b.lines(1)[0]; line["reason"] != want {
			t.Errorf("logged %v, want what was sent: %s", line, want)
		}
	}
}

func TestARefusedFirstCallRegisters(t *testing.T) {
	b := start(t)
	for _, test := range []struct {
		call       call
		registered []ident.AccountID
	}{
		{func() call { c := look(); c.target = "Things.Nope"; return c }(), nil},
		{func() call { c := look(); c.scope = "s3"; return c }(), nil},
		{func() call { c := look(); c.body = "{}"; return c }(), []ident.AccountID{"111122223333"}},
		{func() call { c := look(); c.key = "test"; return c }(), []ident.AccountID{"111122223333", "000000000000"}},
	} {
		b.must(test.call)
		if diff := cmp.Diff(test.registered, b.accounts.registered()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
