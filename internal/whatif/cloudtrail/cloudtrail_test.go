package cloudtrail_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

const role = `"userIdentity":{"type":"AssumedRole","principalId":"AROA:s","accountId":"222222222222","arn":"arn:aws:sts::222222222222:assumed-role/Deploy/s","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::222222222222:role/team/Deploy","accountId":"222222222222"}}}`

func event(source, name, more string) string {
	return fmt.Sprintf(`{"eventSource":"%s.amazonaws.com","eventName":"%s","awsRegion":"eu-west-1","recipientAccountId":"222222222222",%s%s}`, source, name, more, role)
}

func read(text []byte) (all []*cloudtrail.Record, err error) {
	for r, err := range cloudtrail.Read(bytes.NewReader(text)) {
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

// TestRecordsBecomeActionsOnResources. [iam-dataset; AWS: Service Authorization Reference;
// CloudTrail record contents]
func TestRecordsBecomeActionsOnResources(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{event("iam", "ListUsers", ""), "iam:ListUsers *"},
		{event("organizations", "LeaveOrganization", ""), "organizations:LeaveOrganization *"},
		{event("monitoring", "PutMetricAlarm", `"requestParameters":{"alarmName":"a"},`), "cloudwatch:PutMetricAlarm arn:aws:cloudwatch:eu-west-1:222222222222:alarm:a"},
		{event("lambda", "CreateFunction20150331", ""), "lambda:CreateFunction ?"},
		{event("s3", "GetObject", `"requestParameters":{"bucketName":"b","key":"k/1"},`), "s3:GetObject arn:aws:s3:::b/k/1"},
		{event("s3", "GetObject", `"requestParameters":{"bucketName":"b","key":"k","versionId":"1"},`), "s3:GetObjectVersion arn:aws:s3:::b/k"},
		{event("s3", "GetObject", `"requestParameters":{"bucketName":"b"},`), "s3:GetObject ?"},
		{event("ec2", "StopInstances", `"requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}},`), "ec2:StopInstances arn:aws:ec2:eu-west-1:222222222222:instance/i-1; ec2:StopInstances arn:aws:ec2:eu-west-1:222222222222:instance/i-2"},
		{event("sqs", "DeleteQueue", `"requestParameters":{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/222222222222/q"},`), "sqs:DeleteQueue arn:aws:sqs:eu-west-1:222222222222:q"},
		{event("iam", "CreateRole", `"requestParameters":{"roleName":"r"},`), "iam:CreateRole arn:aws:iam::222222222222:role/r"},
		{event("iam", "DeleteRole", `"requestParameters":{"roleName":"r"},`), "iam:DeleteRole ?"},
		{event("s3", "PutBucketReplication", ""), "s3:PutReplicationConfiguration ?; iam:PassRole ?"},
		{event("dynamodb", "BatchExecuteStatement", ""), "any: dynamodb:PartiQLDelete ?; dynamodb:PartiQLInsert ?; dynamodb:PartiQLSelect ?; dynamodb:PartiQLUpdate ?"},
	} {
		records, err := read([]byte(c.record))
		if err != nil || len(records) != 1 {
			t.Fatal(err)
		}
		call, skipped := cloudtrail.Map(records[0])
		if call == nil {
			t.Errorf("%s: %s", c.record, skipped)
			continue
		}
		var asked []string
		for _, a := range call.Asked {
			resource := a.Resource
			if a.AnyResource {
				resource = "?"
			}
			asked = append(asked, a.Action+" "+resource)
		}
		got := strings.Join(asked, "; ")
		if call.Any {
			got = "any: " + got
		}
		if got != c.want || call.Account != "222222222222" || call.Principal != "arn:aws:iam::222222222222:role/team/Deploy" {
			t.Errorf("%s:\n%s, by %s\nwant %s", c.record, got, call.Principal, c.want)
		}
	}
}

// TestARecordKnowsSomeConditionKeys: others stay unknown, and a service that calls for a
// principal hides its address. [AWS: global condition context keys; CloudTrail record contents]
func TestARecordKnowsSomeConditionKeys(t *testing.T) {
	keysOf := func(more string) map[string]model.Key {
		records, err := read([]byte(event("ec2", "CreateTags", more)))
		if err != nil {
			t.Fatal(err)
		}
		call, _ := cloudtrail.Map(records[0])
		return call.Keys
	}
	keys := keysOf(`"sourceIPAddress":"203.0.113.7","tlsDetails":{},"eventTime":"2026-01-05T08:30:00Z","requestParameters":{"tagSet":{"items":[{"key":"Team","value":"a"}]}},`)
	for key, want := range map[string]string{
		"aws:sourceip": "203.0.113.7", "aws:securetransport": "true", "aws:currenttime": "2026-01-05T08:30:00Z", "aws:requesttag/team": "a", "aws:userid": "AROA:s",
	} {
		if got := keys[key]; got.Presence != model.Present || fmt.Sprint(got) != fmt.Sprint(model.One(want)) {
			t.Errorf("%s: %+v, want %s", key, got, want)
		}
	}
	if keys["aws:sourcevpce"].Presence != model.Absent || keys["aws:resourceaccount"].Presence != model.Unknown {
		t.Errorf("%+v", keys)
	}
	keys = keysOf(`"sourceIPAddress":"10.0.0.7","vpcEndpointId":"vpce-1",`)
	if keys["aws:sourceip"].Presence != model.Absent || fmt.Sprint(keys["aws:vpcsourceip"]) != fmt.Sprint(model.One("10.0.0.7")) || fmt.Sprint(keys["aws:sourcevpce"]) != fmt.Sprint(model.One("vpce-1")) {
		t.Errorf("through an endpoint of a VPC: %+v", keys)
	}
	keys = keysOf(`"sourceIPAddress":"cloudformation.amazonaws.com",`)
	if keys["aws:sourceip"].Presence != model.Absent || keys["aws:calledvia"].Presence != model.Unknown || fmt.Sprint(keys["aws:viaawsservice"]) != fmt.Sprint(model.One("true")) {
		t.Errorf("by a service: %+v", keys)
	}
}

func TestFilesOfRecordsAreReadInAllForms(t *testing.T) {
	one, two := event("iam", "ListUsers", ""), event("iam", "ListRoles", "")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(`{"Records":[` + one + "," + two + `]}`))
	_ = w.Close()
	for _, text := range []string{one + "\n" + two + "\n", `{"Records":[` + one + "," + two + `]}`, " {\n\"Records\" : [" + one + "]}\n{\"Records\":[" + two + "]}", packed.String(),
		"[" + one + ",\n" + two + "]", `{"Events":[{"EventId":"1","CloudTrailEvent":` + quoted(one) + `},{"CloudTrailEvent":` + quoted(two) + `}]}`} {
		records, err := read([]byte(text))
		if err != nil || len(records) != 2 || records[1].EventName != "ListRoles" {
			t.Errorf("%.40q: %d records, %v", text, len(records), err)
		}
	}
	for text, want := range map[string]string{
		one + "\n{":                         "record 2, byte",
		one + "\n[]":                        "record 2, byte",
		`{"Records":[` + one:                "the file ends within a record",
		`{"a":1,"Records":[null]}`:          "it has no eventSource",
		`{"Records":[{"eventName":"x"}]}`:   "it has no eventSource: it is not a record of CloudTrail",
		`{"eventSource":"a","eventName":1}`: "eventName is a JSON number, which is not allowed there",
		"\x1f\x8bxx":                        "not valid gzip",
		"hello":                             "not valid JSON",
		"[5]":                               "record 1, byte 2: a JSON number is no record of CloudTrail",
		`{"Events":[{"EventId":"1"}]}`:      "it has no eventSource",
		`{"Records":[` + one + `],"x":1}`:   "the object of the records has another member",
		`{"eventSource":"` + strings.Repeat("x", 17<<20) + `"}`: "record 1, byte 0: the record is longer than 16 MiB",
	} {
		if _, err := read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

// quoted is a text as JSON.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestTheActionsAreNamedOnce(t *testing.T) {
	all := cloudtrail.Actions()
	for i, a := range all {
		if !strings.Contains(a.Name, ":") || a.Reason == "" || i > 0 && strings.EqualFold(all[i-1].Name, a.Name) {
			t.Errorf("%+v", a)
		}
	}
	if len(all) != 382 || !slices.ContainsFunc(all, func(a cloudtrail.Action) bool { return a.Name == "organizations:LeaveOrganization" }) {
		t.Errorf("%d actions", len(all))
	}
	named, err := cloudtrail.ParseActions("s3:GetObject, s3:getobject\n# a comment\norganizations:Leave*\n")
	if err != nil || len(named) != 2 || named[1].Name != "organizations:LeaveOrganization" || named[1].OnResources {
		t.Errorf("%+v, %v", named, err)
	}
}
