package sigv4_test

import (
	"testing"
	"time"

	"accord/internal/sigv4"
)

// TestWhatIsSignedHereIsVerified, and the control: each part that the signature covers.
func TestWhatIsSignedHereIsVerified(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	request := func() sigv4.Request {
		return sigv4.Request{Method: "POST", Path: "/", Host: "localhost", Body: []byte(`{}`), Header: map[string][]string{
			"X-Amz-Date": {sigv4.DateOf(now)}, "X-Amz-Target": {"Service.Operation"}, "Content-Type": {"application/x-amz-json-1.1"},
		}}
	}
	authorization, ok := sigv4.Sign(request(), "AKIAEXAMPLE", "secret", "us-east-1", "organizations")
	if !ok {
		t.Fatal("it is not signed")
	}
	for name, test := range map[string]struct {
		change func(r *sigv4.Request)
		secret string
		right  bool
	}{
		"as it was":        {func(*sigv4.Request) {}, "secret", true},
		"another secret":   {func(*sigv4.Request) {}, "Secret", false},
		"another body":     {func(r *sigv4.Request) { r.Body = []byte(`{ }`) }, "secret", false},
		"another target":   {func(r *sigv4.Request) { r.Header["X-Amz-Target"] = []string{"Service.Other"} }, "secret", false},
		"another host":     {func(r *sigv4.Request) { r.Host = "example.com" }, "secret", false},
		"a further header": {func(r *sigv4.Request) { r.Header["X-Amz-Other"] = []string{"1"} }, "secret", false},
	} {
		r := request()
		test.change(&r)
		r.Header["Authorization"] = []string{authorization}
		s, err := sigv4.Read(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := sigv4.NewVerifier().Verify(r, s, test.secret, now); (err == nil) != test.right {
			t.Errorf("%s: %v", name, err)
		}
	}
	undated := request()
	delete(undated.Header, "X-Amz-Date")
	if _, ok := sigv4.Sign(undated, "AKIAEXAMPLE", "secret", "us-east-1", "organizations"); ok {
		t.Error("a request without a date is signed")
	}
}
