package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// signed is a request that is signed here, with a date in the header Date.
func signed(date, secret string) Request {
	r := Request{Method: "POST", Path: "/", Host: "h", Header: map[string][]string{"Date": {date}}}
	s := Signature{Date: "20261102", Region: "us-east-1", Service: "sts", SignedHeaders: "date;host"}
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	key := scopedSecret{secret, s.Date, s.Region, s.Service}.signingKey()
	canonical, _ := appendCanonical(nil, r, s, []byte(empty), true)
	value := key.appendSum(nil, appendStringToSign(nil, s, "20261102T080000Z", sha256.Sum256(canonical)))
	r.Header["Authorization"] = []string{HMAC + " Credential=AKIDEXAMPLE/20261102/us-east-1/sts/aws4_request, SignedHeaders=date;host, Signature=" + hex.EncodeToString(value)}
	return r
}

// TestADateHeaderDatesASignature: clients may sign Date instead of X-Amz-Date. [AWS: IAM
// User Guide]
func TestADateHeaderDatesASignature(t *testing.T) {
	for date, ok := range map[string]bool{
		"20261102T080000Z":              true,
		"Mon, 02 Nov 2026 08:00:00 GMT": true,
		"Mon, 02 Nov 2026 08:00:01 GMT": false,
		"Monday":                        false,
	} {
		r := signed(date, "secret")
		s, err := Read(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := NewVerifier().Verify(r, s, "secret", epoch); (err == nil) != ok {
			t.Errorf("%s: %v", date, err)
		}
	}
}

// TestSigningKeysAreKeptWithinABound: only those with which a request was verified, so that
// wrong signatures take no memory; and one that is used stays, however many others there are.
func TestSigningKeysAreKeptWithinABound(t *testing.T) {
	v := NewVerifier()
	r := signed("20261102T080000Z", "secret")
	s, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := v.Verify(r, s, fmt.Sprint("wrong", i), epoch); err == nil {
			t.Fatal("verified with another secret")
		}
	}
	if n := v.keys.Len(); n != 0 {
		t.Errorf("%d keys of wrong signatures are kept", n)
	}
	if err := v.Verify(r, s, "secret", epoch); err != nil || v.keys.Len() != 1 {
		t.Errorf("%v, %d keys", err, v.keys.Len())
	}
	used := scopedSecret{"secret", s.Date, s.Region, s.Service}
	const bound = keysBytes / keyBytes
	for i := range 3 * bound {
		v.keys.Put(scopedSecret{secret: fmt.Sprint(i)}, nil, keyBytes)
		if _, kept := v.keys.Get(used); !kept || v.keys.Len() > bound {
			t.Fatalf("after %d others, %d keys are kept, the one that is used: %v", i, v.keys.Len(), kept)
		}
	}
}
