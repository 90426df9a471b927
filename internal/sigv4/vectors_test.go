package sigv4

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"
)

// suite is AWS's test suite of signers.
type suite struct {
	Source, AccessKeyID, SecretAccessKey, Region, Service, Date string
	Vectors                                                     []vector
}

type vector struct{ Name, Request, CanonicalRequest, StringToSign, Authorization, SignedRequest string }

func readSuite(t *testing.T) suite {
	t.Helper()
	text, err := os.ReadFile("testdata/aws4_testsuite.json")
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Vectors) != 34 {
		t.Fatalf("%d vectors", len(s.Vectors))
	}
	return s
}

// parse reads a request of the suite, whose targets no HTTP parser takes.
func parse(t *testing.T, text string) Request {
	t.Helper()
	line, rest, _ := strings.Cut(text, "\n")
	head, body, _ := strings.Cut(rest, "\n\n")
	method, target, _ := strings.Cut(strings.TrimSuffix(line, " HTTP/1.1"), " ")
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(head + "\n\n"))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Method: method, Host: header.Get("Host"), Header: header, Body: []byte(body)}
	header.Del("Host")
	r.Path, r.Query, _ = strings.Cut(target, "?")
	return r
}

// TestTheSuiteOfAWS: every request of the suite has its canonical request and string to
// sign, and is verified. [AWS: Signature Version 4 test suite, as botocore keeps it]
func TestTheSuiteOfAWS(t *testing.T) {
	s := readSuite(t)
	now, err := time.Parse(basicFormat, s.Date)
	if err != nil {
		t.Fatal(err)
	}
	verifier := NewVerifier()
	for _, v := range s.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			r := parse(t, v.SignedRequest)
			signature, err := Read(r)
			if err != nil {
				t.Fatal(err)
			}
			if signature.AccessKeyID != s.AccessKeyID || signature.Region != s.Region || signature.Service != s.Service {
				t.Errorf("read %+v", signature)
			}
			request, _ := appendCanonical(nil, r, signature, []byte(v.CanonicalRequest[strings.LastIndexByte(v.CanonicalRequest, '\n')+1:]), true)
			if string(request) != v.CanonicalRequest {
				t.Errorf("canonical request\n%s\nwant\n%s", request, v.CanonicalRequest)
			}
			if got := appendStringToSign(nil, signature, s.Date, sha256.Sum256(request)); string(got) != v.StringToSign {
				t.Errorf("string to sign\n%s\nwant\n%s", got, v.StringToSign)
			}
			err = verifier.Verify(r, signature, s.SecretAccessKey, now)
			if (err != nil) != (v.Name == unequal) {
				t.Error(err)
			}
			if verifier.Verify(r, signature, s.SecretAccessKey+"x", now) == nil {
				t.Error("verified with another secret")
			}
		})
	}
}

// unequal is the vector whose published signature is the one of get-vanilla, which has no
// session token: it has to be refused.
const unequal = "get-vanilla-with-session-token"
