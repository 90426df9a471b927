package process

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// Client is a client of the Go SDK that calls the server as an account.
func (s *Server) Client(account string) *organizations.Client {
	return organizations.New(organizations.Options{
		BaseEndpoint: &s.URL,
		Region:       "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "anything"}, nil
		}),
	})
}
