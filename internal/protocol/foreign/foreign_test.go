package foreign_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/protocol"
	"accord/internal/protocol/foreign"
)

// The forms are those of Smithy's protocols [AWS: Smithy protocols]; test/clients reads
// them with SDKs.
func TestTheErrorHasTheFormOfTheRequest(t *testing.T) {
	const text = `not <here> "yet"`
	tests := map[string]struct {
		service, method, url string
		header               map[string]string
		contentType, code    string
		body                 string
	}{
		"JSON 1.0": {
			"dynamodb", "POST", "/", map[string]string{"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"},
			"application/x-amz-json-1.0", "UnknownOperationException",
			`{"__type":"UnknownOperationException","message":"not <here> \"yet\"","Message":"not <here> \"yet\""}`,
		},
		"JSON 1.1": {
			"tagging", "POST", "/", map[string]string{"X-Amz-Target": "X.GetResources", "Content-Type": "application/x-amz-json-1.1; charset=utf-8"},
			"application/x-amz-json-1.1", "UnknownOperationException",
			`{"__type":"UnknownOperationException","message":"not <here> \"yet\"","Message":"not <here> \"yet\""}`,
		},
		"JSON of no version": {
			"sso", "POST", "/", map[string]string{"X-Amz-Target": "SWBExternalService.ListInstances"},
			"application/x-amz-json-1.1", "UnknownOperationException", `{"__type":"UnknownOperationException",`,
		},
		"REST with JSON": {
			"account", "POST", "/getContactInformation", map[string]string{"Content-Type": "application/json"},
			"application/json", "UnknownOperationException", `{"__type":"UnknownOperationException",`,
		},
		"REST of S3": {
			"s3", "GET", "/bucket/key?x=1", nil, "application/xml", "",
			`<Error><Code>NotImplemented</Code><Message>not &lt;here&gt; &#34;yet&#34;</Message><RequestId>id</RequestId></Error>`,
		},
		"REST with XML": {
			"route53", "GET", "/2013-04-01/hostedzone", nil, "text/xml", "",
			`<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>`,
		},
		"query": {
			"cloudformation", "POST", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, "text/xml", "",
			`<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>not &lt;here&gt; &#34;yet&#34;</Message></Error><RequestId>id</RequestId></ErrorResponse>`,
		},
		"query string": {"sqs", "GET", "/?Action=ListQueues", nil, "text/xml", "", `<ErrorResponse>`},
		"EC2": {
			"ec2", "POST", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "text/xml", "",
			`<Response><Errors><Error><Code>InvalidAction</Code><Message>not &lt;here&gt; &#34;yet&#34;</Message></Error></Errors><RequestID>id</RequestID></Response>`,
		},
		"CBOR": {
			"monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", map[string]string{"Smithy-Protocol": "rpc-v2-cbor"},
			"application/cbor", "", "\xa2\x66__type\x79\x00\x19UnknownOperationException\x67message\x70" + text,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.url, nil)
			for name, value := range test.header {
				r.Header.Set(name, value)
			}
			m := protocol.NewMessage(r, 1<<20, nil)
			defer m.Release()
			w := httptest.NewRecorder()
			foreign.For(m, test.service).WriteError(w, "id", &api.Operation{}, protocol.UnknownOperation(501, text))
			if got := w.Body.String(); w.Code != 501 || !strings.HasPrefix(got, test.body) {
				t.Errorf("%d %s\nwant %s", w.Code, got, test.body)
			}
			if got := w.Header().Get("Content-Type"); got != test.contentType {
				t.Errorf("content type %s", got)
			}
			if got := w.Result().Header["x-amzn-ErrorType"]; strings.Join(got, "") != test.code {
				t.Errorf("the header has the code %q", got)
			}
		})
	}
}

func TestLongTextsInCBOR(t *testing.T) {
	m := protocol.NewMessage(httptest.NewRequest("POST", "/", nil), 1, nil)
	m.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
	w := httptest.NewRecorder()
	text := strings.Repeat("x", 300)
	foreign.For(m, "").WriteError(w, "id", &api.Operation{}, protocol.UnknownOperation(501, text))
	if !strings.HasSuffix(w.Body.String(), "\x67message\x79\x01\x2c"+text) {
		t.Errorf("%q", w.Body)
	}
}
