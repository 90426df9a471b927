package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"accord/internal/app"
	"accord/internal/app/apptest"
	"accord/test/require"
)

// TestThrottlingLimitsTheRateOfCalls of an account and of an organization, by the clock of
// the service. [AWS: DescribeOrganization 1 a second and 2 at once; ListRoots 1 and 3 for
// an organization]
func TestThrottlingLimitsTheRateOfCalls(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "throttling=aws", "clock", "virtual"))
	defer f.close()
	f.must(bob, "AcceptHandshake", `{"HandshakeId": "`+f.invite()+`"}`)
	refused := func(account, operation, body string) bool {
		t.Helper()
		answer, exception := f.try(account, operation, body)
		if exception != "" && (exception != "TooManyRequestsException" ||
			answer["Message"] != "You have sent too many requests in too short a period of time. Try again later.") {
			t.Fatalf("%s: %v", operation, answer)
		}
		return exception != ""
	}
	// Before the input is looked at, and each account for itself.
	for n, want := range []bool{false, false, true} {
		if got := refused(alice, "DescribeOrganization", `{}`); got != want {
			t.Errorf("call %d is refused: %t", n+1, got)
		}
	}
	if refused(bob, "DescribeOrganization", `{}`) {
		t.Error("the calls of one account count for another")
	}
	if err := f.Clock.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if refused(alice, "DescribeOrganization", `{}`) || !refused(alice, "DescribeOrganization", `{}`) {
		t.Error("after a second not one call goes through")
	}
	f.must(alice, "RegisterDelegatedAdministrator", `{"AccountId": "`+bob+`", "ServicePrincipal": "`+f.trusted("config.amazonaws.com")+`"}`)
	through := 0
	for _, account := range []string{alice, bob, alice, bob} {
		if !refused(account, "ListRoots", `{}`) {
			through++
		}
	}
	if through != 3 {
		t.Errorf("%d calls of an organization go through, want 3", through)
	}
	if metrics := f.response("GET", "/metrics", "").Body.String(); !strings.Contains(metrics, `accord_calls_throttled_total{scope="account"} 2`) ||
		!strings.Contains(metrics, `accord_calls_throttled_total{scope="organization"} 1`) {
		t.Error("the metric does not count the refusals")
	}
	if err := f.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if refused(alice, "CreateOrganization", `{}`) {
		t.Error("a reset does not fill the buckets")
	}
}

// trusted enables a service for the organization of alice.
func (f fixture) trusted(principal string) string {
	f.must(alice, "EnableAWSServiceAccess", `{"ServicePrincipal": "`+principal+`"}`)
	return principal
}

// TestWithoutTheBehaviorNothingIsThrottled is the control of the test above.
func TestWithoutTheBehaviorNothingIsThrottled(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	f.must(alice, "CreateOrganization", `{}`)
	for range 50 {
		f.must(alice, "DescribeOrganization", `{}`)
	}
}

// TestRetryingClientsGetThroughTheLimits, in both modes of the SDKs.
func TestRetryingClientsGetThroughTheLimits(t *testing.T) {
	require.Full(t)
	c := apptest.Config(t, "behavior", "throttling=aws", "behavior", "throttling-factor=20", "clock", "system")
	f := fixture{apptest.Open(t, c, app.Options{}), t}
	defer f.close()
	apptest.Listen(t, f.App)
	f.must(alice, "CreateOrganization", `{}`)
	for mode, retryer := range map[string]func() aws.Retryer{
		"standard": func() aws.Retryer { return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = 30 }) },
		"adaptive": func() aws.Retryer {
			return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
				o.StandardOptions = append(o.StandardOptions, func(o *retry.StandardOptions) { o.MaxAttempts = 30 })
			})
		},
	} {
		client := organizations.New(organizations.Options{
			BaseEndpoint: aws.String("http://" + f.Address()), Region: "us-east-1",
			Retryer: retryer(), Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: alice, SecretAccessKey: "any"}, nil
			}),
		})
		// Half more than a full bucket has.
		for range 60 {
			if _, err := client.DescribeOrganization(context.Background(), nil); err != nil {
				t.Fatalf("%s: %v", mode, err)
			}
		}
	}
	if metrics := f.response("GET", "/metrics", "").Body.String(); !strings.Contains(metrics, "accord_calls_throttled_total{") {
		t.Error("no call was refused: this test shows nothing")
	}
}
