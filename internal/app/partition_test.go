package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"accord/internal/app/apptest"
	"accord/internal/ident"
	"accord/test/postgres"
)

var partitionOfARN = regexp.MustCompile(`arn:([^:"<]*):`)

// ask calls an operation with a request that is signed for a Region, and returns the
// body of the answer.
func (f fixture) ask(region, account, operation, body string) string {
	f.t.Helper()
	r := request(account, operation, body)
	r.Header.Set("Authorization", apptest.AuthorizationIn(region, account, "organizations"))
	return f.answer(r)
}

// whoIs calls GetCallerIdentity.
func (f fixture) whoIs(region, account string) string {
	f.t.Helper()
	return f.answer(token(region, account, "GetCallerIdentity"))
}

// token is a request to STS.
func token(region, account, action string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Version=2011-06-15&Action="+action))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", apptest.AuthorizationIn(region, account, "sts"))
	return r
}

func (f fixture) answer(r *http.Request) string {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		f.t.Fatalf("%s: %s", r.Header.Get("X-Amz-Target"), w.Body)
	}
	return w.Body.String()
}

// assumeIn calls AssumeRole in a Region, and returns the body of the answer.
func (f fixture) assumeIn(region, account, role string) string {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, token(region, account, "AssumeRole&RoleSessionName=setup&RoleArn="+role))
	return w.Body.String()
}

// element is the text of an element of an answer in XML.
func element(t *testing.T, answer, name string) string {
	t.Helper()
	_, rest, _ := strings.Cut(answer, "<"+name+">")
	text, _, ok := strings.Cut(rest, "</"+name+">")
	if !ok {
		t.Fatalf("there is no %s in %s", name, answer)
	}
	return text
}

// field is the first member of a name in an answer.
func field(t *testing.T, answer, name string) string {
	t.Helper()
	found := regexp.MustCompile(`"` + name + `": ?"([^"]*)"`).FindStringSubmatch(answer)
	if found == nil {
		t.Fatalf("there is no %s in %s", name, answer)
	}
	return found[1]
}

// in checks that a text holds ARNs, all of one partition.
func in(t *testing.T, want ident.Partition, text string) {
	t.Helper()
	found := partitionOfARN.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		t.Errorf("there is no ARN in %s", text)
	}
	for _, arn := range found {
		if arn[1] != string(want) {
			t.Errorf("not in %s: %s", want, text)
			return
		}
	}
}

// elsewhere is a Region of another partition.
func elsewhere(p ident.Partition) string {
	if p == ident.AWSUSGov {
		return "cn-north-1"
	}
	return "us-gov-west-1"
}

// [AWS: Service Authorization Reference, arn:${Partition}:…; assumed: that the Region of
// the credential scope of CreateOrganization decides, and later ones nothing]
func TestThePartitionOfAnOrganizationIsFixedWhenItIsMade(t *testing.T) {
	for _, p := range ident.Partitions() {
		t.Run(string(p), func(t *testing.T) {
			folder := t.TempDir()
			journal := filepath.Join(folder, "journal.ndjson")
			c := apptest.Config(t, "store", "sqlite:"+filepath.Join(folder, "accord.db"), "journal", journal,
				"clock", "virtual", "behavior", "create-account=synchronous")
			f := open(t, c)
			in(t, p, f.whoIs(p.PrimaryRegion(), alice))
			in(t, p, f.ask(p.PrimaryRegion(), alice, "CreateOrganization", `{}`))
			f.close()

			// From here on every request names another partition.
			f = open(t, c)
			lives(t, f, f, p)
			// What is left in the outbox goes to the journal.
			f.close()

			text, err := os.ReadFile(journal)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				var record struct{ RecipientAccountID, EventName, ErrorCode, AWSRegion string }
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatal(err)
				}
				if record.ErrorCode == "ValidationError" {
					// It repeats the ARN that was sent.
					continue
				}
				if record.RecipientAccountID == alice && (record.AWSRegion != p.PrimaryRegion() ||
					slices.ContainsFunc(partitionOfARN.FindAllStringSubmatch(line, -1), func(arn []string) bool { return arn[1] != string(p) })) {
					t.Errorf("a record is not of %s: %s", p, line)
				}
			}
			for _, name := range []string{"CreateOrganization", "DescribeOrganization", "GetCallerIdentity", "AccountJoinedOrganization", "CreateServiceLinkedRole", "CreateAccountResult"} {
				if !strings.Contains(string(text), `"eventName":"`+name+`"`) {
					t.Errorf("no record of %s", name)
				}
			}
		})
	}
}

// lives lets the organization of alice do all that shows ARNs, on two servers.
func lives(t *testing.T, first, second fixture, p ident.Partition) {
	t.Helper()
	other := elsewhere(p)
	show := func(f fixture, account, operation, body string) string {
		t.Helper()
		answer := f.ask(other, account, operation, body)
		in(t, p, answer)
		return answer
	}
	show(second, alice, "DescribeOrganization", `{}`)
	in(t, p, second.whoIs(other, alice))
	root := field(t, show(first, alice, "ListRoots", `{}`), "Id")
	show(first, alice, "EnablePolicyType", `{"RootId": "`+root+`", "PolicyType": "SERVICE_CONTROL_POLICY"}`)
	unit := field(t, show(first, alice, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "Unit"}`), "Id")
	show(first, alice, "DescribeOrganizationalUnit", `{"OrganizationalUnitId": "`+unit+`"}`)
	first.ask(other, alice, "CreateAccount", `{"Email": "one@example.com", "AccountName": "One"}`)
	show(second, alice, "ListAccounts", `{}`)
	policy := field(t, show(first, alice, "CreatePolicy", `{"Type": "SERVICE_CONTROL_POLICY", "Name": "Deny", "Description": "",
		"Content": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}}"}`), "Id")
	show(first, alice, "ListPolicies", `{"Filter": "SERVICE_CONTROL_POLICY"}`)
	show(first, alice, "DescribePolicy", `{"PolicyId": "p-FullAWSAccess"}`)
	first.ask(other, alice, "AttachPolicy", `{"PolicyId": "`+policy+`", "TargetId": "`+unit+`"}`)
	show(second, alice, "ListPoliciesForTarget", `{"TargetId": "`+unit+`", "Filter": "SERVICE_CONTROL_POLICY"}`)
	show(second, alice, "ListTargetsForPolicy", `{"PolicyId": "`+policy+`"}`)

	// An account of no organization is where it calls.
	in(t, ident.PartitionOf(other), second.whoIs(other, bob))
	handshake := field(t, show(first, alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+bob+`", "Type": "ACCOUNT"}}`), "Id")
	show(second, bob, "DescribeHandshake", `{"HandshakeId": "`+handshake+`"}`)
	show(second, bob, "AcceptHandshake", `{"HandshakeId": "`+handshake+`"}`)
	in(t, p, second.whoIs(other, bob))
	session := first.assumeIn(other, alice, p.RoleARN(bob, "OrganizationAccountAccessRole"))
	in(t, p, session)
	by := token(other, element(t, session, "AccessKeyId"), "GetCallerIdentity")
	apptest.SignWith(t, by, "Version=2011-06-15&Action=GetCallerIdentity", other, "sts", aws.Credentials{
		AccessKeyID: element(t, session, "AccessKeyId"), SecretAccessKey: element(t, session, "SecretAccessKey"), SessionToken: element(t, session, "SessionToken"),
	})
	in(t, p, second.answer(by))
	foreign := ident.PartitionOf(other).RoleARN(bob, "OrganizationAccountAccessRole")
	if answer := first.assumeIn(other, alice, foreign); !strings.Contains(answer, "<Code>ValidationError</Code>") {
		t.Errorf("a role of another partition: %s", answer)
	}
	// The account is in an organization of another partition than the caller's.
	const dave = "444444444444"
	if answer := first.assumeIn(other, dave, foreign); !strings.Contains(answer, "<Code>AccessDenied</Code>") {
		t.Errorf("a role of an account of another partition: %s", answer)
	}
	show(second, alice, "DescribeAccount", `{"AccountId": "`+bob+`"}`)
	show(first, alice, "PutResourcePolicy", `{"Content": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"`+bob+`\"}, \"Action\": \"organizations:ListAccounts\", \"Resource\": \"*\"}}"}`)
	show(second, alice, "DescribeResourcePolicy", `{}`)
	first.ask(other, alice, "EnableAWSServiceAccess", `{"ServicePrincipal": "sso.amazonaws.com"}`)
	first.ask(other, alice, "RegisterDelegatedAdministrator", `{"AccountId": "`+bob+`", "ServicePrincipal": "sso.amazonaws.com"}`)
	show(first, alice, "ListDelegatedAdministrators", `{}`)

	// The other side of a transfer has its own partition.
	const carol = "333333333333"
	in(t, ident.PartitionOf(other), second.ask(other, carol, "CreateOrganization", `{}`))
	transfer := field(t, show(first, alice, "InviteOrganizationToTransferResponsibility",
		`{"Type": "BILLING", "Target": {"Id": "`+carol+`", "Type": "ACCOUNT"}, "StartTimestamp": 1796083200, "SourceName": "Carol"}`), "Id")
	show(second, carol, "AcceptHandshake", `{"HandshakeId": "`+transfer+`"}`)
	show(first, alice, "ListInboundResponsibilityTransfers", `{"Type": "BILLING"}`)
	in(t, ident.PartitionOf(other), first.ask(other, carol, "ListOutboundResponsibilityTransfers", `{"Type": "BILLING"}`))
	show(second, alice, "ListHandshakesForOrganization", `{}`)
}

func TestSeveralServersAgreeOnThePartition(t *testing.T) {
	c := apptest.Config(t, "store", postgres.URL(t), "clock", "virtual", "behavior", "create-account=synchronous")
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	in(t, ident.AWSChina, first.ask("cn-north-1", alice, "CreateOrganization", `{}`))
	lives(t, first, second, ident.AWSChina)
}

func TestTheNextOrganizationOfAnAccountMayHaveAnotherPartition(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	for _, p := range []ident.Partition{ident.AWSChina, ident.AWS, ident.AWSUSGov} {
		in(t, p, f.ask(p.PrimaryRegion(), alice, "CreateOrganization", `{}`))
		f.ask("us-east-1", alice, "DeleteOrganization", `{}`)
	}
	in(t, ident.AWSISO, f.whoIs("us-iso-east-1", alice))
}

func TestTheBehaviorFixesThePartition(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "partition=aws-us-gov"))
	defer f.close()
	in(t, ident.AWSUSGov, f.whoIs("cn-north-1", bob))
	in(t, ident.AWSUSGov, f.ask("cn-north-1", alice, "CreateOrganization", `{}`))
	in(t, ident.AWSUSGov, f.whoIs("us-east-1", alice))
}
