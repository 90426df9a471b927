package main

import "testing"

func TestNamesFollowTheirPlace(t *testing.T) {
	for value, want := range map[string]string{
		"INVITE":                 "Invite",
		"SERVICE_CONTROL_POLICY": "ServiceControlPolicy",
		"DECLARATIVE_POLICY_EC2": "DeclarativePolicyEc2",
		"S3_POLICY":              "S3Policy",
		"LocalManagedPolicy":     "LocalManagedPolicy",
		"user-managed":           "UserManaged",
		"AWS":                    "Aws",
	} {
		if got := camel(value); got != want {
			t.Errorf("camel(%s) = %s, want %s", value, got, want)
		}
	}
	for name, want := range map[string]string{
		"HandshakeId":              "handshakeId",
		"AWSOrganizationsNotInUse": "awsOrganizationsNotInUse",
		"IAMUserAccessToBilling":   "iamUserAccessToBilling",
		"ListAWSServiceAccess":     "listAWSServiceAccess",
		"X":                        "x",
		"arnType":                  "arnType",
	} {
		if got := unexported(name); got != want {
			t.Errorf("unexported(%s) = %s, want %s", name, got, want)
		}
	}
	if got := exported("arn"); got != "Arn" {
		t.Errorf("exported(arn) = %s", got)
	}
}
