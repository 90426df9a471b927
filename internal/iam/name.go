package iam

import (
	"strings"

	"accord/internal/ident"
)

// Named is what an ARN of IAM names. Policies of AWS belong to the account "aws".
type Named struct {
	Partition ident.Partition
	Account   ident.AccountID
	Kind      Kind
	// Path begins and ends with a slash.
	Path, Name string
}

// AWS is the account of the managed policies of AWS in their ARNs.
const AWS ident.AccountID = "aws"

// ParseARN reads the ARN of an identity or of a managed policy. It reports false for all
// that is none; whether the name is one that IAM permits is another question.
func ParseARN(arn string) (Named, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || parts[3] != "" {
		return Named{}, false
	}
	kind, rest, ok := strings.Cut(parts[5], "/")
	end := strings.LastIndexByte(rest, '/') + 1
	n := Named{ident.Partition(parts[1]), ident.AccountID(parts[4]), Kind(kind), "/" + rest[:end], rest[end:]}
	return n, ok && n.Name != "" && (n.Account.Valid() || n.Account == AWS)
}

// ParseRootUser reads the ID of an account, or the ARN of its root user in a partition, and
// returns the account. [AWS: AssumeRoot]
func ParseRootUser(principal string, p ident.Partition) (ident.AccountID, bool) {
	account := ident.AccountID(principal)
	if !account.Valid() {
		account = ident.AccountID(strings.TrimSuffix(strings.TrimPrefix(principal, "arn:"+string(p)+":iam::"), ":root"))
	}
	return account, account.Valid() && (string(account) == principal || principal == p.RootUserARN(account))
}
