package whatif_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

func named(t *testing.T, names ...string) []cloudtrail.Action {
	t.Helper()
	actions, err := cloudtrail.ActionsNamed(names)
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func ask(t *testing.T, o *model.Organization, r whatif.Request) *whatif.Report {
	t.Helper()
	report, err := whatif.Run(t.Context(), o, r)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestPrincipalsThatLoseTheSameAreInOneRow(t *testing.T) {
	o := organization(2)
	r := ask(t, o, whatif.Request{Changes: []change.Change{attach(noLogs, "root")}, Actions: named(t, "ec2:CreateTags", "s3:GetObject"), Regions: []string{"eu-west-1"}})
	if len(r.Rows) != 2 || r.Summary.Denied != 4 || r.Summary.Questions != 10 {
		t.Fatalf("%+v", r)
	}
	row := r.Rows[0]
	if !slices.Equal(row.Principals, []string{"arn:aws:iam::200000000000:user/eva", "arn:aws:iam::200000000000:role/Deploy"}) ||
		row.Before != whatif.Allowed || row.After != whatif.Denied || row.Statement.File != "new.json" || row.Statement.Sid != "Logs" {
		t.Errorf("%+v", row)
	}
}

// TestWhatIsNotKnownIsNamed: an answer that hangs on a key or on the resource is no denial.
func TestWhatIsNotKnownIsNamed(t *testing.T) {
	statement := func(more string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*",` + more + `}}`
	}
	for document, want := range map[string]struct {
		verdict whatif.Verdict
		keys    []string
	}{
		statement(`"Resource":"*"`): {whatif.Denied, nil},
		statement(`"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`):                                       {whatif.Depends, []string{"aws:SecureTransport"}},
		statement(`"Resource":"arn:aws:s3:::audit/*"`):                                                                         {whatif.Depends, []string{"resource"}},
		statement(`"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`):                        {whatif.Depends, []string{"aws:RequestedRegion"}},
		statement(`"Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Deploy"}}`):                  {whatif.Denied, nil},
		statement(`"Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}`):                       {whatif.Denied, nil},
		statement(`"Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-exampleorgid/r-ab12/*"}}`): {whatif.Denied, nil},
	} {
		o := organization(1)
		o.Attachments = nil
		r := ask(t, o, whatif.Request{Changes: []change.Change{attach(document, "200000000000")}, Actions: named(t, "s3:GetObject")})
		if len(r.Rows) != 1 || r.Rows[0].After != want.verdict || !slices.Equal(r.Rows[0].Keys, want.keys) {
			t.Errorf("%s: %+v", document, r.Rows)
		}
	}
	// A Region that is given decides.
	o := organization(1)
	o.Attachments = nil
	r := ask(t, o, whatif.Request{Changes: []change.Change{attach(statement(`"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`), "root")}, Actions: named(t, "s3:GetObject"), Regions: []string{"eu-west-1", "us-west-2"}})
	if r.Summary.Denied != 2 || r.Summary.Depends != 0 || r.Rows[0].Actions[0].Region != "us-west-2" {
		t.Errorf("%+v", r)
	}
}

// TestAnAccountThatMovesGetsThePoliciesOfItsNewParent, also where a policy that stays asks for the path.
func TestAnAccountThatMovesGetsThePoliciesOfItsNewParent(t *testing.T) {
	o := organization(1)
	o.Policies = append(o.Policies, model.Policy{ID: "p-path0001", Type: policy.ServiceControl, Name: "path", Content: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-ab12-00000001/"}}}}`})
	o.Attachments = append(o.Attachments, model.Attachment{Target: root.Target(), Policy: "p-path0001"})
	actions := named(t, "organizations:LeaveOrganization", "kms:Decrypt", "s3:GetObject")
	r := ask(t, o, whatif.Request{Changes: []change.Change{{Move: "200000000000", To: "root"}}, Actions: actions, Regions: []string{"eu-west-1"}})
	if r.Summary.Allowed != 2 || r.Summary.Denied != 0 || r.Rows[0].Statement.Sid != "Leave" || r.Rows[0].Statement.Target != "ou-ab12-00000000" {
		t.Errorf("to the root: %+v", r)
	}
	r = ask(t, o, whatif.Request{Changes: []change.Change{{Move: "200000000000", To: "ou-ab12-00000001"}}, Actions: actions, Regions: []string{"eu-west-1"}})
	if r.Summary.Denied != 2 || r.Summary.Allowed != 0 || r.Rows[0].Actions[0].Action != "kms:Decrypt" {
		t.Errorf("to another unit: %+v", r)
	}
}

func TestEffectivePoliciesAreCompared(t *testing.T) {
	o := organization(2)
	enable := change.Change{Enable: string(policy.Tag)}
	tags := attach(`{"tags":{"costcenter":{"tag_key":{"@@assign":"CostCenter"}}}}`, "root")
	r := ask(t, o, whatif.Request{Changes: []change.Change{enable, tags}, Actions: named(t, "s3:GetObject")})
	if len(r.Effective) != 1 || len(r.Effective[0].Accounts) != 3 || r.Summary.Invalid != 0 || !strings.Contains(r.Effective[0].Diff, `+      "tag_key": "CostCenter"`) {
		t.Fatalf("%+v", r.Effective)
	}
	// A type that is enabled has no effective policies until one is attached.
	if r = ask(t, o, whatif.Request{Changes: []change.Change{enable}, Actions: named(t, "s3:GetObject")}); len(r.Effective) > 0 {
		t.Errorf("nothing is attached: %+v", r.Effective)
	}
	// A plan without its parts is valid as a document, and not as an effective policy. [recorded]
	plan := attach(`{"plans":{"daily":{"regions":{"@@assign":["eu-west-1"]}}}}`, "200000000000")
	r = ask(t, o, whatif.Request{Changes: []change.Change{{Enable: string(policy.Backup)}, plan}, Actions: named(t, "s3:GetObject")})
	var invalid []whatif.Effective
	for _, e := range r.Effective {
		if e.NewlyInvalid {
			invalid = append(invalid, e)
		}
	}
	if len(invalid) != 1 || r.Summary.Invalid != 1 || !slices.Equal(invalid[0].Accounts, []ident.AccountID{"200000000000"}) || len(invalid[0].Errors) == 0 {
		t.Errorf("%+v, summary %+v", invalid, r.Summary)
	}
}

func record(event, identity, more string) string {
	source, name, _ := strings.Cut(event, ":")
	return fmt.Sprintf(`{"eventSource":%q,"eventName":%q,"awsRegion":"eu-west-1","recipientAccountId":"200000000000",%s"userIdentity":%s}`, source+".amazonaws.com", name, more, identity)
}

// TestRecordedCallsAreAskedAgain: those that were denied already never become denied, and
// each record is counted once. [AWS: CloudTrail userIdentity element; shared event IDs]
func TestRecordedCallsAreAskedAgain(t *testing.T) {
	const (
		role     = `{"type":"AssumedRole","accountId":"200000000000","arn":"arn:aws:sts::200000000000:assumed-role/Deploy/s","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::200000000000:role/Deploy","accountId":"200000000000"}}}`
		linked   = `{"type":"AssumedRole","accountId":"200000000000","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::200000000000:role/aws-service-role/x.amazonaws.com/X","accountId":"200000000000"}}}`
		manager  = `{"type":"Root","accountId":"111111111111","arn":"arn:aws:iam::111111111111:root"}`
		stranger = `{"type":"AWSAccount","accountId":"200000000000","principalId":"AROA"}`
	)
	text := strings.Join([]string{
		record("ec2:CreateTags", role, ""),
		record("ec2:CreateTags", role, `"errorCode":"Client.UnauthorizedOperation","errorMessage":"… with an explicit deny in a service control policy",`),
		record("ec2:CreateTags", role, `"errorCode":"Client.InvalidID",`),
		record("ec2:DescribeInstances", role, ""),
		record("ec2:CreateTags", linked, ""),
		record("ec2:CreateTags", manager, ""),
		record("sts:GetCallerIdentity", role, ""),
		record("signin:ConsoleLogin", role, `"eventType":"AwsConsoleSignIn",`),
		record("ec2:CreateTags", `{"type":"WebIdentityUser"}`, ""),
		record("ec2:CreateTags", stranger, `"sharedEventID":"s-1",`),
		record("ec2:CreateTags", role, `"sharedEventID":"s-1",`),
		record("ec2:CreateTags", stranger, `"sharedEventID":"s-2",`),
		strings.Replace(record("x:Y", role, ""), "x.amazonaws.com", "example.org", 1),
	}, "\n")
	r := ask(t, organization(1), whatif.Request{Changes: []change.Change{attach(noLogs, "root")}, Records: cloudtrail.Read(strings.NewReader(text))})
	c := r.Calls
	if c.Records != 13 || c.Asked != 5 || c.Refused != 1 || c.BySCP != 1 || c.Failed != 1 || c.Outside != 1 || r.Summary.Denied != 4 {
		t.Errorf("%+v, %+v", c, r.Summary)
	}
	for reason, want := range map[cloudtrail.Skipped]int{
		cloudtrail.OfService: 1, cloudtrail.NoPermission: 1, cloudtrail.NoCall: 1, cloudtrail.NoPrincipal: 1, cloudtrail.Repeated: 1, cloudtrail.Unmapped: 1,
	} {
		if c.Skipped[reason] != want {
			t.Errorf("%s: %d, want %d", reason, c.Skipped[reason], want)
		}
	}
	if c.Unmapped["example.org Y"] != 1 {
		t.Errorf("unmapped: %v", c.Unmapped)
	}
}

// TestRecordsHaveNoTags: what hangs on those of the principal depends.
func TestRecordsHaveNoTags(t *testing.T) {
	const user = `{"type":"IAMUser","accountId":"200000000000","userName":"eva","arn":"arn:aws:iam::200000000000:user/eva"}`
	tagged := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}}}`
	o := organization(1)
	o.Identities[0].Tags = []org.Tag{{Key: "team", Value: "red"}}
	r := ask(t, o, whatif.Request{Changes: []change.Change{attach(tagged, "root")}, Records: cloudtrail.Read(strings.NewReader(record("ec2:CreateTags", user, "")))})
	if r.Summary.Depends != 1 || r.Summary.Denied != 0 || !slices.Equal(r.Rows[0].Keys, []string{"aws:PrincipalTag/team"}) {
		t.Errorf("%+v", r)
	}
}

func TestARunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := whatif.Run(ctx, organization(1), whatif.Request{Changes: []change.Change{attach(noLogs, "root")}, Actions: cloudtrail.Actions()}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestTheOrganizationStaysAsItIs(t *testing.T) {
	o := organization(1)
	before := fmt.Sprintf("%+v", o)
	ask(t, o, whatif.Request{Actions: named(t, "s3:GetObject"), Changes: []change.Change{
		{Update: "p-guard001", Document: noLogs}, {Unit: "ou-new", Name: "New", To: "root"}, {Move: "200000000000", To: "ou-new"},
		{Detach: "p-guard001", Target: change.Targets{"ou-ab12-00000000"}}, attach(noLogs, "ou-new"), {Disable: string(policy.ServiceControl)},
	}})
	if after := fmt.Sprintf("%+v", o); after != before {
		t.Errorf("it is\n%s\nwas\n%s", after, before)
	}
}
