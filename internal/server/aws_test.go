package server_test

import (
	"context"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/faults"
	"accord/internal/protocol/awsjson"
	"accord/internal/protocol/awsquery"
	"accord/internal/server"
)

// identities is the one operation of STS that every client begins with.
type identities struct{ stsapi.Unimplemented }

func (identities) GetCallerIdentity(ctx context.Context, _ *stsapi.GetCallerIdentityRequest) (*stsapi.GetCallerIdentityResponse, error) {
	caller := api.CallerOf(ctx)
	return &stsapi.GetCallerIdentityResponse{UserId: &caller.UserID, Account: &caller.Account, Arn: &caller.Principal}, nil
}

// awsServices makes a server of the generated tables.
func awsServices(b *fixture, c *server.Config) {
	b.faults = faults.NewTable(faults.Service{Name: orgapi.ServiceName, Operations: orgapi.Operations, Exception: orgapi.Exception})
	c.Faults = b.faults
	c.Services = []server.Service{
		{Name: orgapi.ServiceName, Protocol: awsjson.New(orgapi.TargetPrefix), Operations: orgapi.Operations, Implementation: orgapi.Unimplemented{}},
		{Name: stsapi.ServiceName, Protocol: awsquery.New(stsapi.Namespace, stsapi.APIVersion), Operations: stsapi.Operations, Implementation: identities{}},
	}
}

func TestEveryOperationOfOrganizationsIsRouted(t *testing.T) {
	b := start(t, awsServices)
	for name := range orgapi.Operations {
		c := look()
		c.target, c.scope, c.body = "AWSOrganizationsV20161128."+name, "organizations", "{}"
		a := b.must(c)
		// A request without required members reaches the operation, which is not implemented.
		notBuilt := a.status == 501 && a.field("__type") == "NotImplementedException" && a.field("Message") != ""
		invalid := a.status == 400 && a.field("__type") == "InvalidInputException" && a.field("Reason") != ""
		if !notBuilt && !invalid {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestSTS(t *testing.T) {
	b := start(t, awsServices)
	tests := map[string]struct {
		body   string
		status int
		want   string
	}{
		"GetCallerIdentity": {"Action=GetCallerIdentity&Version=2011-06-15", 200, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>111122223333</UserId><Account>111122223333</Account><Arn>arn:aws:iam::111122223333:root</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>%</RequestId></ResponseMetadata></GetCallerIdentityResponse>`},
		"not built":         {"Action=DecodeAuthorizationMessage&Version=2011-06-15&EncodedMessage=x", 400, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation DecodeAuthorizationMessage for version 2011-06-15</Message></Error><RequestId>%</RequestId></ErrorResponse>`},
		"invalid":           {"Action=AssumeRole&Version=2011-06-15", 400, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>1 validation error detected: Value null at &#39;roleArn&#39; failed to satisfy constraint: Member must not be null</Message></Error><RequestId>%</RequestId></ErrorResponse>`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := form()
			c.scope, c.body = "sts", test.body
			a := b.must(c)
			if want := strings.Replace(test.want, "%", a.header.Get("X-Amzn-RequestId"), 1); a.status != test.status || a.body != want {
				t.Errorf("%d\n%s\nwant %d\n%s", a.status, a.body, test.status, want)
			}
		})
	}
}
