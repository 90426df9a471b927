package stsapi_test

import (
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/stsapi"
)

const role = "arn:aws:iam::111122223333:role/R"

func TestABrokenConstraintIsAValidationError(t *testing.T) {
	for _, r := range []struct {
		in   api.Request
		want string
	}{
		{&stsapi.AssumeRoleRequest{RoleSessionName: new("s1")}, "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("s")},
			"Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new(strings.Repeat("s", 65))},
			"Value '" + strings.Repeat("s", 65) + "' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new(strings.Repeat("é<", 300_000))},
			"Value '" + strings.Repeat("é<", 85) + "…' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("a b")},
			`Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		},
		{
			&stsapi.GetSessionTokenRequest{DurationSeconds: new(int32(899))},
			"Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		},
		{
			&stsapi.GetSessionTokenRequest{DurationSeconds: new(int32(129601))},
			"Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("s1"), Tags: []stsapi.Tag{{Key: new("k"), Value: new("")}, {Key: new("")}}},
			"Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("s1"), PolicyArns: []stsapi.PolicyDescriptorType{{Arn: new("x")}}},
			"Value 'x' at 'policyArns.1.member.arn' failed to satisfy constraint: Member must have length greater than or equal to 20",
		},
		{
			&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("s1"), TransitiveTagKeys: make([]string, 51)},
			"Value '51' at 'transitiveTagKeys' failed to satisfy constraint: Member must have length less than or equal to 50",
		},
	} {
		err := r.in.Validate()
		if err == nil {
			t.Errorf("passed, want %s", r.want)
			continue
		}
		if want := "1 validation error detected: " + r.want; err.Type != "ValidationError" || err.Status != 400 || err.Message != want {
			t.Errorf("got %s (%d)\n%s\nwant\n%s", err.Type, err.Status, err.Message, want)
		}
	}
}

func TestValidRequestsPass(t *testing.T) {
	for _, in := range []api.Request{
		&stsapi.GetCallerIdentityRequest{},
		&stsapi.GetSessionTokenRequest{},
		&stsapi.GetSessionTokenRequest{DurationSeconds: new(int32(900)), SerialNumber: new("arn:aws:iam::1:mfa/x"), TokenCode: new("123456")},
		&stsapi.AssumeRoleRequest{RoleArn: new(role), RoleSessionName: new("s1"), Policy: new("{}"), TransitiveTagKeys: []string{"k"}},
		&stsapi.GetAccessKeyInfoRequest{AccessKeyId: new("ASIA0123456789ABCDEF")},
		&stsapi.DecodeAuthorizationMessageRequest{EncodedMessage: new("x")},
	} {
		if err := in.Validate(); err != nil {
			t.Errorf("%T: %v", in, err)
		}
	}
}

func TestExceptionsTravelByTheirCode(t *testing.T) {
	err := stsapi.ErrMalformedPolicyDocument()
	if err.Type != "MalformedPolicyDocument" || err.Status != 400 {
		t.Errorf("got %s (%d)", err.Type, err.Status)
	}
	if err := stsapi.ErrRegionDisabled(); err.Type != "RegionDisabledException" || err.Status != 403 {
		t.Errorf("got %s (%d)", err.Type, err.Status)
	}
	if !stsapi.Operations["AssumeRole"].MayReturn("PackedPolicyTooLarge") {
		t.Error("AssumeRole may not return PackedPolicyTooLarge")
	}
	if stsapi.Exception("MalformedPolicyDocument", "") == nil {
		t.Error("no exception of that code")
	}
}

func TestOperationsKnowTheirRequests(t *testing.T) {
	for name, op := range stsapi.Operations {
		if got := op.NewRequest().Operation().Name; got != name {
			t.Errorf("the request of %s is the input of %s", name, got)
		}
	}
}
