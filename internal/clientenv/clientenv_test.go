package clientenv_test

import (
	"slices"
	"testing"

	"accord/internal/clientenv"
)

func TestEnvironReplacesAndRemoves(t *testing.T) {
	base := []string{"PATH=/bin", "AWS_PROFILE=production", "AWS_ACCESS_KEY_ID=AKIA", "AWS_SESSION_TOKEN=t", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "AWS_MAX_ATTEMPTS=1"}
	before := slices.Clone(base)
	got := clientenv.Environ(base, clientenv.Server{Endpoint: "http://127.0.0.1:8016", CABundle: "ca.pem"}.Variables("111111111111"))
	want := []string{
		"PATH=/bin", "AWS_MAX_ATTEMPTS=1",
		"AWS_ENDPOINT_URL_ORGANIZATIONS=http://127.0.0.1:8016", "AWS_ENDPOINT_URL_STS=http://127.0.0.1:8016", "AWS_ENDPOINT_URL_IAM=http://127.0.0.1:8016",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=111111111111", "AWS_SECRET_ACCESS_KEY=anything",
		"AWS_CA_BUNDLE=ca.pem", "NODE_EXTRA_CA_CERTS=ca.pem", "AWS_ENDPOINT_URL=http://127.0.0.1:8016",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !slices.Equal(base, before) {
		t.Errorf("the environment of the caller changed: %q", base)
	}
}

func TestOtherServicesKeepTheirEndpoint(t *testing.T) {
	set := clientenv.Server{Endpoint: "http://127.0.0.1:8016"}.Variables("111111111111")
	for base, want := range map[string]string{
		"AWS_ENDPOINT_URL=http://localhost:4566": "AWS_ENDPOINT_URL=http://localhost:4566",
		"AWS_ENDPOINT_URL=":                      "AWS_ENDPOINT_URL=http://127.0.0.1:8016",
	} {
		if got := clientenv.Environ([]string{base}, set); !slices.Contains(got, want) {
			t.Errorf("%s: %q", base, got)
		}
	}
}
