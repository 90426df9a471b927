package pages

import (
	"cmp"
	"strings"
)

// snippet is a program that calls the server as it is pasted.
type snippet struct{ Name, Text string }

// snippets are the programs of clients: ENDPOINT and KEY stand for what differs. Each of them is
// run as it stands by the tests of clients.
var snippets = []snippet{
	{"boto3", `import boto3

organizations = boto3.client(
    "organizations", endpoint_url="ENDPOINT", region_name="us-east-1",
    aws_access_key_id="KEY", aws_secret_access_key="SECRET",
)
print(organizations.describe_organization()["Organization"]["Id"])
`},
	{"JavaScript", `import { DescribeOrganizationCommand, OrganizationsClient } from "@aws-sdk/client-organizations";

const organizations = new OrganizationsClient({
  endpoint: "ENDPOINT", region: "us-east-1",
  credentials: { accessKeyId: "KEY", secretAccessKey: "SECRET" },
});
const { Organization } = await organizations.send(new DescribeOrganizationCommand({}));
console.log(Organization.Id);
`},
	{"Go", `package main

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

func main() {
	client := organizations.New(organizations.Options{
		BaseEndpoint: aws.String("ENDPOINT"),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("KEY", "SECRET", ""),
	})
	out, err := client.DescribeOrganization(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(aws.ToString(out.Organization.Id))
}
`},
	{"Terraform provider", `provider "aws" {
  region     = "us-east-1"
  access_key = "KEY"
  secret_key = "SECRET"

  skip_metadata_api_check = true

  endpoints {
    organizations = "ENDPOINT"
    sts           = "ENDPOINT"
    iam           = "ENDPOINT"
  }
}

data "aws_organizations_organization" "this" {}

output "organization" {
  value = data.aws_organizations_organization.this.id
}
`},
}

// clientsOf are the programs for a server: with an account as the key, or, if that is empty, with
// a place for a key of the reader's.
func clientsOf(endpoint, account, secret string) []snippet {
	if account == "" {
		secret = "YOUR_SECRET_ACCESS_KEY"
	}
	replace := strings.NewReplacer("ENDPOINT", endpoint, "KEY", cmp.Or(account, "YOUR_ACCESS_KEY_ID"), "SECRET", secret)
	var all []snippet
	for _, s := range snippets {
		all = append(all, snippet{s.Name, strings.TrimSpace(replace.Replace(s.Text))})
	}
	return all
}
