// Package sdk calls AWS, or a server that speaks its API, with the AWS SDK for Go: with the
// credentials, profiles, regions and endpoints that it finds as every AWS tool does, and with
// its adaptive retry.
package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"accord/internal/clone"
)

// Options say which server is called and who calls.
type Options struct {
	// Profile is one of the files of AWS; empty for the usual one.
	Profile string
	// Region is where calls are signed for; empty for the usual one.
	Region string
	// Endpoint is the URL of another server than AWS; empty for AWS.
	Endpoint string
	// Account calls another server without credentials, as a server does that takes the
	// account of the access key: empty to use the usual credentials.
	Account string
	// An access key calls instead, if there is one.
	AccessKeyID, SecretAccessKey, SessionToken string
}

// The attempts of a call: the SDK makes so many, with growing delays, and a server that
// throttles is asked so often again. Between them the adaptive retry lowers the rate of all
// calls.
const attempts, rounds = 4, 10

// NoCredentials is the error of a caller without credentials.
type NoCredentials struct{ Err error }

func (n *NoCredentials) Error() string {
	return "no credentials of AWS were found (variables, profile, single sign-on): " + n.Err.Error()
}

// Unwrap returns what the SDK says.
func (n *NoCredentials) Unwrap() error { return n.Err }

// Source calls a server.
type Source struct {
	organizations *organizations.Client
	sts           *sts.Client
}

// Open finds the credentials. It makes no call of AWS Organizations.
func Open(ctx context.Context, o Options) (*Source, error) {
	load := []func(*config.LoadOptions) error{
		config.WithLogger(logging.Nop{}),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewAdaptiveMode(func(a *retry.AdaptiveModeOptions) {
				a.StandardOptions = append(a.StandardOptions, func(s *retry.StandardOptions) {
					s.MaxAttempts = attempts
					// The attempts bound it; a quota of retries for all calls would end
					// long readings.
					s.RateLimiter = ratelimit.None
				})
			})
		}),
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.Account != "" {
		o.AccessKeyID, o.SecretAccessKey = o.Account, "import"
	}
	if o.AccessKeyID != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken)))
	}
	settings, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, fmt.Errorf("the settings of AWS: %w", err)
	}
	if settings.Region == "" {
		// Organizations is in one Region of a partition, and this is that of most.
		settings.Region = "us-east-1"
	}
	if _, err := settings.Credentials.Retrieve(ctx); err != nil {
		return nil, &NoCredentials{err}
	}
	if settings.HTTPClient == nil {
		// Only some settings, such as a bundle of certificates, bring a client.
		settings.HTTPClient = awshttp.NewBuildableClient()
	}
	settings.HTTPClient = bounded{steady(settings.HTTPClient)}
	return &Source{
		organizations: organizations.NewFromConfig(settings, func(c *organizations.Options) {
			at(o.Endpoint, &c.BaseEndpoint, &c.EndpointOptions.UseFIPSEndpoint, &c.EndpointOptions.UseDualStackEndpoint)
		}),
		sts: sts.NewFromConfig(settings, func(c *sts.Options) {
			at(o.Endpoint, &c.BaseEndpoint, &c.EndpointOptions.UseFIPSEndpoint, &c.EndpointOptions.UseDualStackEndpoint)
		}),
	}, nil
}

// at leads a client to an endpoint, if there is one. What variables and profiles say of the
// endpoints of a service, such as the variables of accord env, is stronger than those of all
// settings, and FIPS and dual stack are kinds of the endpoints of AWS.
func at(endpoint string, base **string, fips *aws.FIPSEndpointState, dual *aws.DualStackEndpointState) {
	if endpoint != "" {
		*base, *fips, *dual = aws.String(endpoint), aws.FIPSEndpointStateDisabled, aws.DualStackEndpointStateDisabled
	}
}

// Endpoint is the URL of the server that is called; empty for that of AWS.
func (s *Source) Endpoint() string { return aws.ToString(s.organizations.Options().BaseEndpoint) }

// fatal are the codes of errors after which no further call can succeed.
var fatal = map[string]bool{
	"ExpiredToken": true, "ExpiredTokenException": true, "UnrecognizedClientException": true, "InvalidClientTokenId": true,
	"SignatureDoesNotMatch": true, "InvalidSignatureException": true, "IncompleteSignatureException": true,
	"MissingAuthenticationTokenException": true, "RequestExpired": true,
}

// Call makes one call, with as many attempts as it takes.
func (s *Source) Call(ctx context.Context, operation string, in clone.Input) (json.RawMessage, error) {
	call, known := calls[operation]
	if !known {
		return nil, fmt.Errorf("%s is none of the operations that are called", operation)
	}
	input, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var answered smithy.APIError
	for range rounds {
		var output json.RawMessage
		if output, err = call(ctx, s, input); err == nil {
			return output, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, errTooLong) {
			return nil, errTooLong
		}
		// The SDK calls an answer without a code so.
		if !errors.As(err, &answered) || answered.ErrorCode() == "UnknownError" {
			return nil, withoutCode(err)
		}
		told := &clone.APIError{Code: short(answered.ErrorCode()), Message: short(answered.ErrorMessage())}
		if fatal[answered.ErrorCode()] {
			return nil, errors.New(told.Error())
		}
		if _, throttled := retry.DefaultThrottleErrorCodes[answered.ErrorCode()]; !throttled {
			if status := failure(err); status != 0 {
				return nil, fmt.Errorf("the server fails, also when it is asked again: HTTP %d %s", status, told.Error())
			}
			return nil, told
		}
	}
	return nil, fmt.Errorf("the server throttles the calls, also after %d attempts: %w", attempts*rounds, err)
}

// maxShown bounds what a server says in an error.
const maxShown = 500

// short is a text of a server on one line, no longer than a person reads.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return text
}

// withoutCode is an error without a code of the API. An answer of HTTP is one of a server that
// does not have the operation.
func withoutCode(err error) error {
	var unanswered *url.Error
	if errors.As(err, &unanswered) {
		return fmt.Errorf("%s does not answer: %w", unanswered.URL, unanswered.Err)
	}
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() < http.StatusMultipleChoices {
		return err
	}
	if response.HTTPStatusCode() < http.StatusBadRequest {
		return fmt.Errorf("the server leads to another address (HTTP %d), where no call goes", response.HTTPStatusCode())
	}
	status := response.HTTPStatusCode()
	if status < http.StatusBadRequest {
		return fmt.Errorf("HTTP %d %s: the answer is not one of the API", status, http.StatusText(status))
	}
	return &clone.APIError{Code: fmt.Sprintf("HTTP %d %s", status, http.StatusText(status)), Message: "the answer is not one of the API", Status: failure(err)}
}

// failure is the status of HTTP of a server that failed, as against one that refuses or that
// says that it does not have the operation; else 0.
func failure(err error) int {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() < http.StatusInternalServerError || response.HTTPStatusCode() == http.StatusNotImplemented {
		return 0
	}
	return response.HTTPStatusCode()
}

// calls has a function for each operation.
var calls = map[string]func(ctx context.Context, s *Source, in []byte) (json.RawMessage, error){
	"GetCallerIdentity":                   of(identities, (*sts.Client).GetCallerIdentity),
	"DescribeOrganization":                of(organization, (*organizations.Client).DescribeOrganization),
	"DescribePolicy":                      of(organization, (*organizations.Client).DescribePolicy),
	"DescribeResourcePolicy":              of(organization, (*organizations.Client).DescribeResourcePolicy),
	"ListAWSServiceAccessForOrganization": of(organization, (*organizations.Client).ListAWSServiceAccessForOrganization),
	"ListAccounts":                        of(organization, (*organizations.Client).ListAccounts),
	"ListAccountsForParent":               of(organization, (*organizations.Client).ListAccountsForParent),
	"ListCreateAccountStatus":             of(organization, (*organizations.Client).ListCreateAccountStatus),
	"ListDelegatedAdministrators":         of(organization, (*organizations.Client).ListDelegatedAdministrators),
	"ListDelegatedServicesForAccount":     of(organization, (*organizations.Client).ListDelegatedServicesForAccount),
	"ListHandshakesForAccount":            of(organization, (*organizations.Client).ListHandshakesForAccount),
	"ListHandshakesForOrganization":       of(organization, (*organizations.Client).ListHandshakesForOrganization),
	"ListInboundResponsibilityTransfers":  of(organization, (*organizations.Client).ListInboundResponsibilityTransfers),
	"ListOrganizationalUnitsForParent":    of(organization, (*organizations.Client).ListOrganizationalUnitsForParent),
	"ListOutboundResponsibilityTransfers": of(organization, (*organizations.Client).ListOutboundResponsibilityTransfers),
	"ListPolicies":                        of(organization, (*organizations.Client).ListPolicies),
	"ListPoliciesForTarget":               of(organization, (*organizations.Client).ListPoliciesForTarget),
	"ListRoots":                           of(organization, (*organizations.Client).ListRoots),
	"ListTagsForResource":                 of(organization, (*organizations.Client).ListTagsForResource),
	"ListTargetsForPolicy":                of(organization, (*organizations.Client).ListTargetsForPolicy),
}

func organization(s *Source) *organizations.Client { return s.organizations }

func identities(s *Source) *sts.Client { return s.sts }

// of makes a function of JSON of a method of a client: the types of the SDK have the names
// of the API.
func of[C, I, O, F any](client func(*Source) *C, method func(c *C, ctx context.Context, in *I, options ...func(*F)) (*O, error)) func(ctx context.Context, s *Source, in []byte) (json.RawMessage, error) {
	return func(ctx context.Context, s *Source, in []byte) (json.RawMessage, error) {
		var input I
		if err := json.Unmarshal(in, &input); err != nil {
			return nil, err
		}
		output, err := method(client(s), ctx, &input)
		if err != nil {
			return nil, err
		}
		return json.Marshal(output)
	}
}
