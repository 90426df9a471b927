package sigv4

import (
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
	value := sum(key[:], stringToSign(canonical(r, s, empty, true), s, "20261102T080000Z"))
	r.Header["Authorization"] = []string{HMAC + " Credential=AKIDEXAMPLE/" + s.scope() + ", SignedHeaders=date;host, Signature=" + hex.EncodeToString(value)}
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
		if err := new(Verifier).Verify(r, s, "secret", epoch); (err == nil) != ok {
			t.Errorf("%s: %v", date, err)
		}
	}
}

// TestSigningKeysAreKeptWithinABound: and only those with which a request was verified, so
// that wrong signatures take no memory.
func TestSigningKeysAreKeptWithinABound(t *testing.T) {
	var v Verifier
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
	if n := len(v.keys.recent); n != 0 {
		t.Errorf("%d keys of wrong signatures are kept", n)
	}
	if err := v.Verify(r, s, "secret", epoch); err != nil || len(v.keys.recent) != 1 {
		t.Errorf("%v, %d keys", err, len(v.keys.recent))
	}
	for i := range 10 * generation {
		v.keys.put(scopedSecret{secret: fmt.Sprint(i)}, [32]byte{})
		if n := len(v.keys.recent) + len(v.keys.before); n > 2*generation {
			t.Fatalf("%d keys are kept", n)
		}
	}
	if _, kept := v.keys.get(scopedSecret{secret: fmt.Sprint(10*generation - generation)}); !kept {
		t.Error("a key of the last generation is not kept")
	}
}
