package iam_test

import (
	"strings"
	"testing"
)

// What clears a user away asks for these first. [AWS: the operations; known: the text]
func TestAUserHasNoCredentialsButKeysAndPasswords(t *testing.T) {
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
	f.run(
		do("DeactivateMFADevice", "UserName=ann SerialNumber=123456789", "NoSuchEntity: MFA Device invalid for user."),
		do("DeactivateMFADevice", "UserName=Bob SerialNumber=123456789", "NoSuchEntity: The user with name Bob cannot be found."),
		do("DeleteVirtualMFADevice", "SerialNumber=123456789", "NoSuchEntity: VirtualMFADevice with serial number 123456789 doesn't exist."),
		do("DeleteSigningCertificate", "UserName=ann CertificateId=AAAAAAAAAAAAAAAAAAAAAAAA", "NoSuchEntity: The Certificate with id AAAAAAAAAAAAAAAAAAAAAAAA cannot be found."),
	)
}

// Of a password the date is kept, and whether it has to be replaced. [AWS: the operations;
// seen: the texts]
func TestAUserHasAPassword(t *testing.T) {
	f := open(t)
	const missing = "NoSuchEntity: Login Profile for User Ann cannot be found."
	f.run(
		do("CreateUser", "UserName=Ann"),
		do("GetLoginProfile", "UserName=ann", missing), do("DeleteLoginProfile", "UserName=ann", missing),
		do("UpdateLoginProfile", "UserName=ann Password=other", missing),
		do("CreateLoginProfile", "UserName=ann", "ValidationError: 1 validation error detected: Value null at 'password'"),
		do("CreateLoginProfile", "UserName=Bob Password=secret", "NoSuchEntity: The user with name Bob cannot be found."),
		do("CreateLoginProfile", "UserName=ann Password=secret PasswordResetRequired=true",
			"<UserName>Ann</UserName><CreateDate>2026-11-02T08:00:00Z</CreateDate><PasswordResetRequired>true</PasswordResetRequired>"),
		do("CreateLoginProfile", "UserName=ann Password=secret", "EntityAlreadyExists: Login Profile for User Ann already exists."),
		do("UpdateLoginProfile", "UserName=ann Password=other"),
		do("GetLoginProfile", "UserName=ann", "<PasswordResetRequired>true</PasswordResetRequired>"),
		do("UpdateLoginProfile", "UserName=ann PasswordResetRequired=false"),
		do("GetLoginProfile", "UserName=ann", "<PasswordResetRequired>false</PasswordResetRequired>"),
		do("DeleteUser", "UserName=ann", "DeleteConflict: Cannot delete entity, must delete login profile first."),
		do("DeleteLoginProfile", "UserName=ann"), do("GetLoginProfile", "UserName=ann", missing), do("DeleteUser", "UserName=ann"),
	)
	for _, record := range f.records() {
		if strings.Contains(record, "secret") || strings.Contains(record, "other") {
			t.Errorf("a record has the password: %s", record)
		}
	}
}
