package sdk_test

import (
	"os"
	"path/filepath"
	"testing"

	"accord/accordtest"
	"accord/internal/clone"
	"accord/internal/clone/sdk"
)

// A user of accord env has variables that lead the tools of AWS to one server, and reads
// another one. Without an endpoint, the variables lead.
func TestTheEndpointIsStrongerThanTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		name string
		lead func(t *testing.T, url string) sdk.Options
	}{
		{"variable of the service", func(t *testing.T, url string) sdk.Options {
			t.Setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", url)
			return sdk.Options{Account: management}
		}},
		{"variable of all services", func(t *testing.T, url string) sdk.Options {
			t.Setenv("AWS_ENDPOINT_URL", url)
			return sdk.Options{Account: management}
		}},
		{"profile", func(t *testing.T, url string) sdk.Options {
			name := filepath.Join(t.TempDir(), "config")
			content := "[profile other]\nservices = there\n[services there]\norganizations =\n  endpoint_url = " + url + "\n"
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_CONFIG_FILE", name)
			return sdk.Options{Account: management, Profile: "other"}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			noProfiles(t)
			here, there := accordtest.Start(t), accordtest.Start(t)
			here.As(management).CreateOrganization("ALL")
			options := c.lead(t, there.URL())
			if _, err := describe(t, options); err == nil {
				t.Fatal("control: the environment does not lead to the other server")
			}
			options.Endpoint = here.URL()
			if _, err := describe(t, options); err != nil {
				t.Errorf("the other server was called: %v", err)
			}
			// What belongs to endpoints of AWS does not keep from another server.
			t.Setenv("AWS_USE_FIPS_ENDPOINT", "true")
			t.Setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
			if _, err := describe(t, options); err != nil {
				t.Errorf("with FIPS and dual stack: %v", err)
			}
		})
	}
}

func describe(t *testing.T, o sdk.Options) ([]byte, error) {
	t.Helper()
	s, err := sdk.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Call(t.Context(), "DescribeOrganization", clone.Input{})
}
