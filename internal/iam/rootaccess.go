package iam

import (
	"time"

	"accord/internal/ident"
)

// RootAccessFeature is a feature by which the management account of an organization, or the
// delegated administrator of IAM, manages the root users of members.
type RootAccessFeature string

// The features. [AWS: centralize root access for member accounts]
const (
	RootCredentialsManagement RootAccessFeature = "RootCredentialsManagement"
	RootSessions              RootAccessFeature = "RootSessions"
)

// ServicePrincipal is that of IAM, which needs trusted access for these features.
const ServicePrincipal = "iam.amazonaws.com"

// rootTaskPath is the path of the managed policies that say what a session of AssumeRoot is
// for.
const rootTaskPath = "/root-task/"

// rootTasks are their names. [AWS: AssumeRoot]
var rootTasks = map[string]bool{
	"IAMAuditRootUserCredentials": true, "IAMCreateRootUserPassword": true, "IAMDeleteRootUserCredentials": true,
	"S3UnlockBucketPolicy": true, "SQSUnlockQueuePolicy": true,
}

// IsRootTask reports whether an ARN names a policy for AssumeRoot in a partition.
func IsRootTask(arn string, p ident.Partition) bool {
	named, ok := ParseARN(arn)
	return ok && named.Partition == p && named.Account == AWS && named.Kind == Policy && named.Path == rootTaskPath && rootTasks[named.Name]
}

// LoginProfile is the password of a user for the console, of which only the date is kept.
type LoginProfile struct {
	Account ident.AccountID
	// User is the ID of the user; empty for the root user.
	User string
	// Created is zero for a root user that has none.
	Created time.Time
	// ResetRequired says that the user has to choose another one at the next sign-in.
	ResetRequired bool
}
