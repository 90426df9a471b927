package server_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/server"
	"accord/internal/telemetry"
)

// credentials answers AssumeRole.
type credentials struct{ stsapi.Unimplemented }

func (credentials) AssumeRole(context.Context, *stsapi.AssumeRoleRequest) (*stsapi.AssumeRoleResponse, error) {
	return &stsapi.AssumeRoleResponse{Credentials: &stsapi.Credentials{
		AccessKeyId: ptr("ASIAEXAMPLE"), SecretAccessKey: ptr("hunter2"), SessionToken: ptr("hunter2"), Expiration: api.At(time.UnixMilli(0)),
	}}, nil
}

// debugging makes a server of the generated tables whose log shows bodies.
func debugging(b *fixture, c *server.Config) {
	awsServices(b, c)
	c.Services[0].Implementation, c.Services[1].Implementation = newListing(), credentials{}
	metrics, err := telemetry.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		b.t.Fatal(err)
	}
	log := telemetry.NewLog(telemetry.Unbuffered(b.log), telemetry.Options{Format: telemetry.JSON, Level: slog.LevelDebug})
	c.Telemetry = telemetry.NewRecorder(log, metrics)
}

// TestBodiesAreShownAtLevelDebug: bounded, and with secrets masked.
func TestBodiesAreShownAtLevelDebug(t *testing.T) {
	organizations := func(operation, body string) call {
		c := look()
		c.target, c.scope, c.body = "AWSOrganizationsV20161128."+operation, "organizations", body
		return c
	}
	role := form()
	role.scope = "sts"
	role.body = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=session&TokenCode=123456"
	for name, test := range map[string]struct {
		call          call
		input, answer string // or how it begins
	}{
		"addresses and names": {
			organizations("CreateAccount", `{"Email":"hunter2@example.com","AccountName":"hunter2","IamUserAccessToBilling":"ALLOW"}`),
			`{"accountName":"****","email":"****","iamUserAccessToBilling":"ALLOW","tags":[]}`,
			`{"Message":"CreateAccount is not implemented in this version.","__type":"NotImplementedException"}`,
		},
		"an address as an ID": {
			organizations("InviteAccountToOrganization", `{"Target":{"Type":"EMAIL","Id":"hunter2@example.com"},"Notes":"hunter2"}`),
			`{"notes":"****","target":{"id":"****","type":"EMAIL"}}`, `{"Message":"InviteAccountToOrganization`,
		},
		"a list": {
			organizations("ListAccounts", `{"MaxResults":20,"NextToken":"hunter2"}`), `{"maxResults":20,"nextToken":"****"}`,
			`{"Accounts":[{"Arn":"arn:aws:organizations::111122223333:account/o-exampleorgid/000000000001","Email":"****","Id":"000000000001","JoinedMethod":"CREATED"`,
		},
		"credentials": {role, `{"roleArn":"arn:aws:iam::111122223333:role/r","roleSessionName":"session","tokenCode":"****"}`, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>`},
		"a policy": {
			organizations("CreatePolicy", `{"Type":"TAG_POLICY","Name":"n","Description":"mail hunter2@example.com","Content":"{\"tags\":{\"@@assign\":1}}"}`),
			`{"content":"{\"tags\":{\"@@assign\":1}}","description":"mail ****","name":"****","type":"TAG_POLICY"}`, `{`,
		},
		"a refused member":   {organizations("DescribeAccount", `{"AccountId":"1"}`), `{"accountId":"1"}`, ""},
		"a body that is bad": {organizations("DescribeAccount", `{"AccountId":hunter2}`), "", `{"Message":"The request body is not valid JSON at byte 13.","__type":"SerializationException"}`},
		"a long body": {
			organizations("CreatePolicy", `{"Type":"TAG_POLICY","Name":"n","Description":"","Content":"`+strings.Repeat("x", 5000)+`"}`), `{"content":"xxx`, `{`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, debugging)
			test.call.header = map[string][]string{"X-Amz-Security-Token": {"hunter2"}}
			b.must(test.call)
			line := b.lines(1)[0]
			for body, want := range map[string]string{"input": test.input, "answer": test.answer} {
				got, _ := line[body].(string)
				if !strings.HasPrefix(got, want) || want == "" && got != "" {
					t.Errorf("%s is %s", body, got)
				}
				if len(got) > 2100 {
					t.Errorf("%s has %d bytes", body, len(got))
				}
			}
			for _, secret := range []string{"hunter2", "123456", "5ec7e7"} {
				if name != "a list" && strings.Contains(b.log.String(), secret) || strings.Contains(b.log.String(), "hunter2") {
					t.Errorf("the log holds %s:\n%s", secret, b.log)
				}
			}
		})
	}
}
