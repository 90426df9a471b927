package whatif_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

const (
	management ident.AccountID = "111111111111"
	root       ident.RootID    = "r-ab12"
	allowAll                   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	guardrail                  = `{"Version":"2012-10-17","Statement":[
{"Sid":"Regions","Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin*"}}},
{"Sid":"Logs","Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail","config:Delete*"],"Resource":"*"},
{"Sid":"Leave","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`
)

const noLogs = `{"Version":"2012-10-17","Statement":{"Sid":"Logs","Effect":"Deny","Action":["cloudtrail:*","ec2:CreateTags"],"Resource":"*"}}`

// organization has so many members in ten units, with a role and a user each.
func organization(members int) *model.Organization {
	o := &model.Organization{
		ID: "o-exampleorgid", Management: management, Root: root, Partition: ident.AWS, At: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		Enabled:  []org.PolicyType{policy.ServiceControl},
		Accounts: []model.Account{{ID: management, Parent: root.Parent(), Name: "management"}},
		Policies: []model.Policy{{ID: "p-guard001", Type: policy.ServiceControl, Name: "guard", Content: guardrail}},
	}
	for i := range 10 {
		id := ident.UnitID(fmt.Sprintf("ou-ab12-%08d", i))
		o.Units = append(o.Units, model.Unit{ID: id, Parent: root.Parent(), Name: fmt.Sprint("unit ", i)})
		o.Attachments = append(o.Attachments, model.Attachment{Target: id.Target(), Policy: "p-guard001"})
	}
	for i := range members {
		id := ident.AccountID(fmt.Sprintf("2%011d", i))
		o.Accounts = append(o.Accounts, model.Account{ID: id, Parent: o.Units[i%10].ID.Parent(), Name: fmt.Sprint("account ", i)})
		o.Identities = append(o.Identities,
			model.Identity{Account: id, Kind: iam.User, ID: fmt.Sprintf("AIDA%d", i), Name: "eva", Path: "/", Inline: []iam.InlinePolicy{{Name: "all", Document: allowAll}}},
			model.Identity{Account: id, Kind: iam.Role, ID: fmt.Sprintf("AROA%d", i), Name: "Deploy", Path: "/", Inline: []iam.InlinePolicy{{Name: "all", Document: allowAll}}})
	}
	return o
}

func attach(document string, targets ...string) change.Change {
	return change.Change{Attach: "new", Document: change.Document(document), Target: targets, File: "new.json"}
}

// BenchmarkWhatIf asks for 1,000 accounts, 2 principals each, about 250 actions, before and
// after a change of the root: one that changes a few answers, and one that changes all.
func BenchmarkWhatIf(b *testing.B) {
	o := organization(1000)
	for name, document := range map[string]string{"a few answers change": noLogs, "all answers change": `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := whatif.Run(b.Context(), o, whatif.Request{Changes: []change.Change{attach(document, "root")}, Actions: cloudtrail.Actions()[:250], Regions: []string{"eu-west-1"}})
				if err != nil || report.Summary.Denied == 0 {
					b.Fatal(err, report)
				}
			}
		})
	}
}

// BenchmarkRecords asks about 10,000 recorded calls.
func BenchmarkRecords(b *testing.B) {
	o := organization(100)
	var text bytes.Buffer
	for i := range 10_000 {
		fmt.Fprintf(&text, `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:s","arn":"arn:aws:sts::2%011[1]d:assumed-role/Deploy/s","accountId":"2%011[1]d","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA","arn":"arn:aws:iam::2%011[1]d:role/Deploy","accountId":"2%011[1]d","userName":"Deploy"},"attributes":{"creationDate":"2026-01-05T08:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-01-05T08:30:00Z","eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.31.0 md/Botocore#1.40 ua/2.1 os/linux","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]},"force":false},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}}]}},"requestID":"r-%[1]d","eventID":"e-%[1]d","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"2%011[1]d","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.eu-central-1.amazonaws.com"}}`+"\n", i%100)
	}
	b.ReportAllocs()
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		report, err := whatif.Run(b.Context(), o, whatif.Request{Changes: []change.Change{attach(guardrail, "root")}, Records: cloudtrail.Read(bytes.NewReader(text.Bytes()))})
		if err != nil || report.Calls.Asked != 10_000 {
			b.Fatal(err, report)
		}
	}
}
