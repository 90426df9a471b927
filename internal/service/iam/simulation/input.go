package simulation

import (
	"fmt"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
)

// invalid is the error of an input, by a format of its texts.
func invalid(format string, args ...any) error {
	return iamapi.ErrInvalidInput().Saying(fmt.Sprintf(format, args...))
}

// compiled reads the policies of a list of the input: of this kind, named after the
// parameter. Format is that of the error of one that is not valid, with its number.
func compiled(list []string, kind evaluate.Kind, parameter, format string) ([]*evaluate.Named, error) {
	policies := make([]*evaluate.Named, len(list))
	for i, content := range list {
		if policy.CheckSimulated(content) != nil {
			return nil, invalid(format, i+1)
		}
		p, diagnostic := evaluate.Compile(content, kind)
		if diagnostic != nil {
			return nil, invalid(format, i+1)
		}
		policies[i] = &evaluate.Named{Name: fmt.Sprintf("%s.%d", parameter, i+1), Policy: p}
	}
	return policies, nil
}

// Names of parameters, which the answer gives as the IDs of their policies. [recorded]
const (
	policyInput    = "PolicyInputList"
	boundaryInput  = "PermissionsBoundaryPolicyInputList"
	resourceSource = "ResourcePolicy"
)

func identityInput(list []string) ([]*evaluate.Named, error) {
	return compiled(list, evaluate.Identity, policyInput, iamapi.TextInvalidInputPolicyInput)
}

// boundary reads the permissions boundary of the input; there is at most one. [recorded]
func boundary(list []string) (evaluate.Limit, error) {
	if len(list) > 1 {
		return evaluate.Limit{}, invalid(iamapi.TextInvalidInputBoundaries)
	}
	policies, err := compiled(list, evaluate.Boundary, boundaryInput, iamapi.TextInvalidInputBoundaryInput)
	return evaluate.Limit{Applies: len(policies) > 0, Policies: policies}, err
}

// levels reads the SCPs of the input, from the root to the account. A level without any
// would allow nothing, and is an error. [recorded; assumed: levels count from 1]
func levels(list []iamapi.OrderedOrganizationPolicyType) ([]evaluate.Level, error) {
	out := make([]evaluate.Level, len(list))
	for i, level := range list {
		if len(level.ServiceControlPolicyInputList) == 0 {
			return nil, invalid(iamapi.TextInvalidInputEmptyLevel, i+1)
		}
		format := strings.Replace(iamapi.TextInvalidInputLevelInput, "index %d", fmt.Sprintf("index %d", i+1), 1)
		policies, err := compiled(level.ServiceControlPolicyInputList, evaluate.ServiceControl, "OrderedOrganizationPolicyInputList", format)
		if err != nil {
			return nil, err
		}
		out[i].Policies = policies
	}
	return out, nil
}

// checkActions rejects actions without a name. Any other text is an action, known or not.
// [recorded]
func checkActions(names []string) error {
	for _, name := range names {
		if !strings.Contains(name, ":") {
			return invalid(iamapi.TextInvalidInputActionWithoutName)
		}
	}
	return nil
}

// checkResources rejects resources that are neither * nor an ARN. [recorded]
func checkResources(arns []string) error {
	for _, arn := range arns {
		if parts, n := condition.SplitARN(arn); arn != anyResource && (n < len(parts) || parts[0] != "arn" || parts[2] == "") {
			return invalid(iamapi.TextInvalidInputResourceNames, arn)
		}
	}
	return nil
}

// caller reads the caller of a simulation: a user, a group or a role. [AWS:
// SimulateCustomPolicy]
func caller(arn string) (evaluate.Principal, error) {
	named, ok := iam.ParseARN(arn)
	if !ok {
		return evaluate.Principal{}, invalid(iamapi.TextInvalidInputSuppliedContent, "CallerArn must be the ARN of a user, a group or a role")
	}
	return principal(named.Kind, named.Account, arn)
}

// principal is a user, a group or a role as a caller. The policies of resources name a role,
// and not a session, that is simulated.
func principal(kind iam.Kind, account ident.AccountID, arn string) (evaluate.Principal, error) {
	kinds := map[iam.Kind]evaluate.PrincipalKind{iam.User: evaluate.User, iam.Group: evaluate.User, iam.Role: evaluate.Role}
	known, ok := kinds[kind]
	if !ok {
		return evaluate.Principal{}, invalid(iamapi.TextInvalidInputSuppliedContent, "CallerArn must be the ARN of a user, a group or a role")
	}
	return evaluate.Principal{Kind: known, ARN: arn, Account: account}, nil
}

// owner reads the account that owns the resources: the ARN of its root user. [recorded: an
// ID alone is rejected; assumed: the text]
func owner(arn string) (ident.AccountID, error) {
	parts, n := condition.SplitARN(arn)
	if account := ident.AccountID(parts[4]); n == len(parts) && parts[0] == "arn" && parts[2] == "iam" && parts[5] == "root" && account.Valid() {
		return account, nil
	}
	return "", invalid(iamapi.TextInvalidInputSuppliedContent, "ResourceOwner must be the ARN of the root user of an account, such as arn:aws:iam::111122223333:root")
}

// resourcePolicy reads the policy that all resources are taken to have. [recorded; assumed:
// the texts]
func resourcePolicy(content string) (*evaluate.Named, error) {
	if rejected := policy.CheckAttached(content); rejected != nil {
		return nil, invalid(iamapi.TextInvalidInputSuppliedContent, "ResourcePolicy: "+rejected.Diagnostic.Error())
	}
	p, diagnostic := evaluate.Compile(content, evaluate.Resource)
	if diagnostic != nil {
		return nil, invalid(iamapi.TextInvalidInputSuppliedContent, "ResourcePolicy: "+diagnostic.Error())
	}
	return &evaluate.Named{Name: resourceSource, Policy: p}, nil
}
