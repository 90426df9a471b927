package sigv4_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"accord/internal/sigv4"
)

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

var epoch = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

const accessKey = "AKIDEXAMPLE"

// message is a request before it is signed.
type message struct {
	method, path, query, host, body string
	header                          http.Header
	token                           string
}

// post is a request of Organizations.
func post() message {
	return message{
		method: "POST", path: "/", host: "localhost:8016", body: `{"HandshakeId":"h-1"}`,
		header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"AWSOrganizationsV20161128.AcceptHandshake"}},
	}
}

// sign signs with the signer of the SDK, in the header or as a presigned URL, and returns
// the request as it arrives.
func (m message) sign(t interface{ Fatal(...any) }, presigned bool, at time.Time) sigv4.Request {
	u := &url.URL{Scheme: "http", Host: m.host, RawQuery: m.query}
	var err error
	if u.Path, err = url.PathUnescape(m.path); err != nil {
		t.Fatal(err)
	}
	u.RawPath = m.path
	r := &http.Request{Method: m.method, URL: u, Host: m.host, Header: m.header.Clone(), ContentLength: int64(len(m.body))}
	hash := sha256.Sum256([]byte(m.body))
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret, SessionToken: m.token}
	if presigned {
		signed, header, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, r, hex.EncodeToString(hash[:]), "sts", "eu-west-1", at)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = url.Parse(signed); err != nil {
			t.Fatal(err)
		}
		r.Header = header
	} else if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, hex.EncodeToString(hash[:]), "organizations", "us-east-1", at); err != nil {
		t.Fatal(err)
	}
	if r.ContentLength > 0 {
		r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
	}
	r.Header.Del("Host")
	return sigv4.Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Host: m.host, Header: r.Header, Body: []byte(m.body)}
}

// verify reads and verifies a request.
func verify(r sigv4.Request, now time.Time) error {
	s, err := sigv4.Read(r)
	if err != nil {
		return err
	}
	return sigv4.NewVerifier().Verify(r, s, secret, now)
}

// reasonOf is the reason of a refusal, empty for a request that is verified.
func reasonOf(t *testing.T, err error) sigv4.Reason {
	t.Helper()
	var refused *sigv4.Error
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%v is no *sigv4.Error", err)
	}
	if refused == nil {
		return ""
	}
	for _, word := range []string{secret, "AKIDEXAMPLE"} {
		if strings.Contains(refused.Text, word) {
			t.Errorf("the text shows %s: %s", word, refused.Text)
		}
	}
	return refused.Reason
}

// messages draws requests.
func messages(t *rapid.T) message {
	word := rapid.StringMatching(`[ -~äሴ]{0,8}`)
	name := rapid.StringMatching(`X-(Amz|My)-[A-Z][a-z]{1,8}`)
	m := message{
		method: rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method"),
		host:   rapid.SampledFrom([]string{"localhost:8016", "organizations.us-east-1.amazonaws.com", "[::1]:8016"}).Draw(t, "host"),
		path:   "/" + rapid.StringMatching(`([a-zA-Z0-9$~_-]|%20|%2F|%E1%88%B4){0,6}`).Draw(t, "path"),
		header: http.Header{},
		token:  rapid.StringMatching(`[A-Za-z0-9+/=]{0,20}`).Draw(t, "token"),
	}
	query := url.Values{}
	for range rapid.IntRange(0, 4).Draw(t, "parameters") {
		query.Add(rapid.StringMatching(`[a-zA-Z0-9 ~ä.]{1,6}`).Draw(t, "name"), word.Draw(t, "value"))
	}
	m.query = query.Encode()
	for range rapid.IntRange(0, 4).Draw(t, "headers") {
		m.header.Add(name.Draw(t, "header"), strings.TrimSpace(word.Draw(t, "value")))
	}
	if m.method == "POST" {
		m.body = rapid.String().Draw(t, "body")
	}
	return m
}

// TestWhatTheSDKSignsIsVerified: the signer of the AWS SDK for Go is the oracle, for the
// header and for presigned URLs. Any change of what is signed is refused.
func TestWhatTheSDKSignsIsVerified(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := messages(rt)
		presigned := rapid.Bool().Draw(rt, "presigned")
		signed := func() sigv4.Request { return m.sign(rt, presigned, epoch) }
		if err := verify(signed(), epoch); err != nil {
			rt.Fatalf("%+v: %v", signed(), err)
		}
		r := signed()
		what := alter(rt, &r)
		// Another key has another secret: that its ID is signed need not be.
		if s, err := sigv4.Read(r); err == nil && s.AccessKeyID != accessKey {
			return
		}
		if err := verify(r, epoch); err == nil {
			rt.Fatalf("verified with another %s: %+v, signed %+v", what, r, signed())
		}
	})
}

// alter changes one byte of a signed request, and says of what.
func alter(t *rapid.T, r *sigv4.Request) string {
	flip := func(text string, what string) string {
		b := []byte(text)
		b[rapid.IntRange(0, len(b)-1).Draw(t, what)]++
		return string(b)
	}
	switch rapid.IntRange(0, 4).Draw(t, "part") {
	case 0:
		r.Method = flip(r.Method, "method")
		return "method"
	case 1:
		r.Body = append(bytes.Clone(r.Body), 'x')
		return "body"
	case 2:
		r.Host = flip(r.Host, "host")
		return "host"
	case 3:
		if s, err := sigv4.Read(*r); err == nil && !s.Presigned {
			names := slices.Sorted(maps.Keys(r.Header))
			name := rapid.SampledFrom(slices.DeleteFunc(names, func(n string) bool { return r.Header[n][0] == "" })).Draw(t, "name")
			r.Header[name] = slices.Clone(r.Header[name])
			r.Header[name][0] = flip(r.Header[name][0], "value")
			return "header " + name
		}
		fallthrough
	default:
		r.Path += "x"
		return "path"
	}
}

// FuzzVerify: what is read of arbitrary bytes is refused, without a panic, unless the
// signer of the SDK made it.
func FuzzVerify(f *testing.F) {
	signed := post().sign(f, false, epoch)
	f.Add("POST", "/", "", "localhost:8016", signed.Header["Authorization"][0], "X-Amz-Date", "20261102T080000Z", `{}`)
	presigned := message{method: "GET", path: "/", host: "h", query: "Action=GetCallerIdentity", header: http.Header{}}.sign(f, true, epoch)
	f.Add("GET", "/", presigned.Query, "h", "", "X-Amz-Security-Token", "t", "")
	f.Add("GET", "//./%", "%zz&a=%+;=&X-Amz-Algorithm", "", "AWS4-HMAC-SHA256 Credential=a/20261102/r/s/aws4_request, SignedHeaders=;, Signature=0", "", " ", "\x00")
	f.Fuzz(func(t *testing.T, method, path, query, host, authorization, name, value, body string) {
		r := sigv4.Request{
			Method: method, Path: path, Query: query, Host: host, Body: []byte(body),
			Header: map[string][]string{name: {value, value}, "Authorization": {authorization}},
		}
		s, err := sigv4.Read(r)
		if err != nil {
			return
		}
		if s.AccessKeyID == "" || s.Service == "" || s.Value == "" || len(s.Date) != 8 || s.SignedHeaders == "" {
			t.Errorf("accepted %+v", s)
		}
		if err := sigv4.NewVerifier().Verify(r, s, "another secret", epoch); err == nil {
			t.Errorf("verified %+v", r)
		}
	})
}

// [AWS: IAM User Guide, troubleshooting signature version 4; seen: the texts]
func TestASignatureIsOfItsTime(t *testing.T) {
	const minute = time.Minute
	get := message{method: "GET", path: "/", host: "h", query: "Action=GetCallerIdentity", header: http.Header{}}
	brief := get
	brief.query += "&X-Amz-Expires=60"
	for name, test := range map[string]struct {
		request sigv4.Request
		now     time.Duration
		want    sigv4.Reason
		text    string
	}{
		"now":                      {post().sign(t, false, epoch), 0, "", ""},
		"15 minutes old":           {post().sign(t, false, epoch), 15 * minute, "", ""},
		"15 minutes early":         {post().sign(t, false, epoch), -15 * minute, "", ""},
		"older":                    {post().sign(t, false, epoch), 15*minute + time.Second, sigv4.Wrong, "Signature expired: 20261102T080000Z is now earlier than 20261102T080001Z (20261102T081501Z - 15 min.)"},
		"earlier":                  {post().sign(t, false, epoch), -15*minute - time.Second, sigv4.Wrong, "Signature not yet current: 20261102T080000Z is still later than 20261102T075959Z (20261102T074459Z + 15 min.)"},
		"presigned":                {get.sign(t, true, epoch), 15 * minute, "", ""},
		"presigned, older":         {get.sign(t, true, epoch), 16 * minute, sigv4.Wrong, "Signature expired: 20261102T080000Z is now earlier than 20261102T080100Z (20261102T081600Z - 15 min.)"},
		"presigned for a minute":   {brief.sign(t, true, epoch), 16 * minute, "", ""},
		"presigned for less":       {brief.sign(t, true, epoch), 16*minute + time.Second, sigv4.Expired, "Request has expired."},
		"presigned for the future": {brief.sign(t, true, epoch), -16 * minute, sigv4.Wrong, "Signature not yet current: 20261102T080000Z is still later than 20261102T075900Z (20261102T074400Z + 15 min.)"},
	} {
		err := verify(test.request, epoch.Add(test.now))
		if got := reasonOf(t, err); got != test.want || test.text != "" && !strings.HasSuffix(err.Error(), test.text) {
			t.Errorf("%s: %v, want %s %s", name, err, test.want, test.text)
		}
	}
}

// TestASignedRequestThatIsChangedIsRefused: what an attacker can do with a request that
// he has seen.
func TestASignedRequestThatIsChangedIsRefused(t *testing.T) {
	const wrong, incomplete = sigv4.Wrong, sigv4.Incomplete
	sts := func() sigv4.Request {
		return message{method: "GET", path: "/", host: "h", query: "Action=GetCallerIdentity&Version=2011-06-15", header: http.Header{}, token: "token"}.sign(t, true, epoch)
	}
	authorization := func(from, to string) func(*sigv4.Request) {
		return func(r *sigv4.Request) {
			r.Header["Authorization"] = []string{strings.Replace(r.Header["Authorization"][0], from, to, 1)}
		}
	}
	query := func(from, to string) func(*sigv4.Request) {
		return func(r *sigv4.Request) { r.Query = strings.Replace(r.Query, from, to, 1) }
	}
	header := func(name string, values ...string) func(*sigv4.Request) {
		return func(r *sigv4.Request) { r.Header[name] = values }
	}
	for name, test := range map[string]struct {
		request sigv4.Request
		change  func(*sigv4.Request)
		want    sigv4.Reason
	}{
		"nothing":                         {post().sign(t, false, epoch), func(*sigv4.Request) {}, ""},
		"a header that is not signed":     {post().sign(t, false, epoch), header("User-Agent", "x"), ""},
		"a trace that is not signed":      {post().sign(t, false, epoch), header("X-Amzn-Trace-Id", "x"), ""},
		"tampered body":                   {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Body[2]++ }, wrong},
		"tampered header":                 {post().sign(t, false, epoch), header("X-Amz-Target", "AWSOrganizationsV20161128.LeaveOrganization"), wrong},
		"second value of a header":        {post().sign(t, false, epoch), header("X-Amz-Target", "AWSOrganizationsV20161128.AcceptHandshake", "x"), wrong},
		"unsigned header of AWS":          {post().sign(t, false, epoch), header("X-Amz-User-Agent", "x"), wrong},
		"another method":                  {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Method = "PUT" }, wrong},
		"another host":                    {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Host = "evil" }, wrong},
		"no host":                         {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Host = "" }, wrong},
		"host that is not signed":         {post().sign(t, false, epoch), authorization(";host;", ";"), wrong},
		"signed headers in another order": {post().sign(t, false, epoch), authorization("content-type;host", "host;content-type"), wrong},
		"signed header twice":             {post().sign(t, false, epoch), authorization("host;", "host;host;"), wrong},
		"signed headers in capitals":      {post().sign(t, false, epoch), authorization("host;", "Host;"), wrong},
		"another region":                  {post().sign(t, false, epoch), authorization("us-east-1", "eu-west-1"), wrong},
		"another service":                 {post().sign(t, false, epoch), authorization("/organizations/", "/sts/"), wrong},
		"another day in the scope":        {post().sign(t, false, epoch), authorization("/20261102/", "/20261101/"), wrong},
		"another date":                    {post().sign(t, false, epoch), header("X-Amz-Date", "20261102T080001Z"), wrong},
		"two dates":                       {post().sign(t, false, epoch), header("X-Amz-Date", "20261102T080000Z", "20261102T080000Z"), incomplete},
		"no date":                         {post().sign(t, false, epoch), func(r *sigv4.Request) { delete(r.Header, "X-Amz-Date") }, incomplete},
		"malformed date":                  {post().sign(t, false, epoch), header("X-Amz-Date", "2026-11-02T08:00:00Z"), incomplete},
		"no such date":                    {post().sign(t, false, epoch), header("X-Amz-Date", "20261302T080000Z"), incomplete},
		"another algorithm":               {post().sign(t, false, epoch), authorization("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261102/us-east-1/", "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20261102/"), wrong},
		"two session tokens":              {post().sign(t, false, epoch), header("X-Amz-Security-Token", "a", "b"), incomplete},
		"unsigned payload":                {post().sign(t, false, epoch), header("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), wrong},
		"presigned":                       {sts(), func(*sigv4.Request) {}, ""},
		"presigned, another action":       {sts(), query("GetCallerIdentity", "AssumeRole"), wrong},
		"presigned, doubled action":       {sts(), query("Action=", "Action=AssumeRole&Action="), wrong},
		"presigned, doubled signature":    {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Signature=0" }, incomplete},
		"presigned, doubled credential":   {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Credential=0" }, incomplete},
		"presigned, doubled date":         {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Date=20261102T080000Z" }, incomplete},
		"presigned, doubled token":        {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Security-Token=x" }, incomplete},
		"presigned, token in both places": {sts(), header("X-Amz-Security-Token", "x"), incomplete},
		"presigned, malformed escape":     {sts(), func(r *sigv4.Request) { r.Query += "&a=%zz" }, incomplete},
		"presigned, for longer":           {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Expires=604800" }, wrong},
		"presigned, forever":              {sts(), func(r *sigv4.Request) { r.Query += "&X-Amz-Expires=604801" }, incomplete},
		"presigned, with a body":          {sts(), func(r *sigv4.Request) { r.Body = []byte("Action=AssumeRole") }, wrong},
		"signed in both places":           {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Query = sts().Query }, incomplete},
	} {
		r := test.request
		test.change(&r)
		if err := verify(r, epoch); reasonOf(t, err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// TestASessionTokenNeedsNoSignature: signers may add it after they have signed. [AWS:
// Signature Version 4 test suite, post-sts-header-after; IAM User Guide]
func TestASessionTokenNeedsNoSignature(t *testing.T) {
	get := message{method: "GET", path: "/", host: "h", query: "Action=GetCallerIdentity", header: http.Header{}}
	for name, test := range map[string]struct {
		request sigv4.Request
		change  func(*sigv4.Request)
	}{
		"header, in the header":   {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Header["X-Amz-Security-Token"] = []string{"t/+="} }},
		"header, in the query":    {post().sign(t, false, epoch), func(r *sigv4.Request) { r.Query = "X-Amz-Security-Token=t%2F%2B%3D" }},
		"presigned, in the query": {get.sign(t, true, epoch), func(r *sigv4.Request) { r.Query += "&X-Amz-Security-Token=t%2F%2B%3D" }},
		"presigned, in a header":  {get.sign(t, true, epoch), func(r *sigv4.Request) { r.Header["X-Amz-Security-Token"] = []string{"t/+="} }},
	} {
		test.change(&test.request)
		s, err := sigv4.Read(test.request)
		if err != nil || s.Token != "t/+=" {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
		if err := verify(test.request, epoch); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheHashOfThePayloadIsThatOfTheBody: a request may say it, and must not say another
// one. [AWS: IAM User Guide; assumed: a wrong hash that is signed]
func TestTheHashOfThePayloadIsThatOfTheBody(t *testing.T) {
	hash := sha256.Sum256([]byte(post().body))
	for said, want := range map[string]sigv4.Reason{
		hex.EncodeToString(hash[:]):          "",
		"UNSIGNED-PAYLOAD":                   sigv4.Wrong,
		"STREAMING-AWS4-HMAC-SHA256-PAYLOAD": sigv4.Wrong,
		strings.Repeat("0", 64):              sigv4.Wrong,
	} {
		m := post()
		m.header.Set("X-Amz-Content-Sha256", said)
		if err := verify(m.sign(t, false, epoch), epoch); reasonOf(t, err) != want {
			t.Errorf("%s: %v", said, err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	r := post().sign(b, false, epoch)
	v := sigv4.NewVerifier()
	b.ReportAllocs()
	for b.Loop() {
		s, err := sigv4.Read(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(r, s, secret, epoch); err != nil {
			b.Fatal(err)
		}
	}
}
