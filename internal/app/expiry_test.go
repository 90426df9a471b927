package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"accord/internal/app"
	"accord/internal/app/apptest"
)

// signedAt signs a request with credentials at an instant, as a presigned URL if it has a
// life in seconds.
func signedAt(t *testing.T, c credentials, at time.Time, life string) func(*http.Request) {
	return func(r *http.Request) {
		t.Helper()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		sum := sha256.Sum256(body)
		hash, service := hex.EncodeToString(sum[:]), "sts"
		if r.Header.Get("X-Amz-Target") != "" {
			service = "organizations"
		}
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableHeaderHoisting = true })
		if life == "" {
			if err := signer.SignHTTP(t.Context(), c.aws(), r, hash, service, "us-east-1", at); err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return
		}
		r.URL.RawQuery = url.Values{"X-Amz-Expires": {life}}.Encode()
		signed, header, err := signer.PresignHTTP(t.Context(), c.aws(), r, hash, service, "us-east-1", at)
		if err == nil {
			r.URL, err = url.Parse(signed)
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range header {
			if name != "Host" {
				r.Header[name] = values
			}
		}
		r.RequestURI = r.URL.RequestURI()
	}
}

// TestASignatureIsOfItsTime by the clock of the machine, in both protocols: up to fifteen
// minutes in both directions, a presigned URL fifteen minutes more than it says. [AWS: common errors,
// RequestExpired; seen: the texts]
func TestASignatureIsOfItsTime(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	f := fixture{apptest.Open(t, apptest.Config(t, strictSettings()...), app.Options{MachineTime: func() time.Time { return now }}), t}
	defer f.close()
	_, key := f.rootKey()
	const fits, early, late, over = "", "Signature not yet current", "Signature expired", "Request has expired."
	for name, test := range map[string]struct {
		at         time.Duration
		life       string
		json, form string
		text       string
	}{
		"now":                           {0, "", fits, fits, ""},
		"15 minutes ago":                {-15 * time.Minute, "", fits, fits, ""},
		"longer ago":                    {-15*time.Minute - time.Second, "", "InvalidSignatureException", "SignatureDoesNotMatch", late},
		"15 minutes ahead":              {15 * time.Minute, "", fits, fits, ""},
		"further ahead":                 {15*time.Minute + time.Second, "", "InvalidSignatureException", "SignatureDoesNotMatch", early},
		"a URL for an hour":             {-75 * time.Minute, "3600", fits, fits, ""},
		"a URL for an hour, too late":   {-75*time.Minute - time.Second, "3600", "RequestExpiredException", "RequestExpired", over},
		"a URL for a minute":            {-16 * time.Minute, "60", fits, fits, ""},
		"a URL for a minute, too late":  {-16*time.Minute - time.Second, "60", "RequestExpiredException", "RequestExpired", over},
		"a URL that is too early":       {15*time.Minute + time.Second, "3600", "InvalidSignatureException", "SignatureDoesNotMatch", early},
		"a URL for more than is served": {0, "604801", "IncompleteSignatureException", "IncompleteSignature", "X-Amz-Expires"},
	} {
		organizations, sts := f.both(credentials{}, signedAt(t, key, now.Add(test.at), test.life))
		if test.json == fits {
			// Whose signature is right is told that it has no organization.
			if organizations.Code != "AWSOrganizationsNotInUseException" || sts != (refusal{Status: http.StatusOK}) {
				t.Errorf("%s: %+v, %+v", name, organizations, sts)
			}
			continue
		}
		status := http.StatusForbidden
		if test.form != "SignatureDoesNotMatch" {
			status = http.StatusBadRequest
		}
		if organizations.Status != http.StatusBadRequest || organizations.Code != test.json || !strings.Contains(organizations.Text, test.text) {
			t.Errorf("%s: Organizations answers %+v", name, organizations)
		}
		if sts.Status != status || sts.Code != test.form || !strings.Contains(sts.Text, test.text) {
			t.Errorf("%s: STS answers %+v", name, sts)
		}
	}
}
