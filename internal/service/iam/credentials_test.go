package iam_test

import "testing"

// What clears a user away asks for these first. [AWS: the operations; known: the text]
func TestAUserHasNoCredentialsButAccessKeys(t *testing.T) {
	f := open(t)
	f.run(do("CreateUser", "UserName=Ann"))
	for operation, list := range map[string]string{
		"ListMFADevices": "MFADevices", "ListSSHPublicKeys": "SSHPublicKeys", "ListSigningCertificates": "Certificates",
		"ListServiceSpecificCredentials": "ServiceSpecificCredentials",
	} {
		empty := "<" + list + "></" + list + "><IsTruncated>false</IsTruncated>"
		f.run(
			do(operation, "UserName=ann", empty),
			do(operation, "", empty),
			do(operation, "UserName=Bob", "NoSuchEntity: The user with name Bob cannot be found."),
		)
	}
	f.run(do("ListVirtualMFADevices", "AssignmentStatus=Assigned", "<VirtualMFADevices></VirtualMFADevices>"))
	for _, operation := range []string{"GetLoginProfile", "DeleteLoginProfile"} {
		f.run(
			do(operation, "UserName=ann", "NoSuchEntity: Login Profile for User Ann cannot be found."),
			do(operation, "UserName=Bob", "NoSuchEntity: The user with name Bob cannot be found."),
		)
	}
}
