package entity

import (
	"errors"
	"fmt"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// CheckDocument rejects the document of an identity-based policy that cannot be stored.
func CheckDocument(document string) error { return Malformed(policy.CheckIdentity(document)) }

// Malformed is the error of a document that was rejected; nil for one that was not.
func Malformed(r *policy.Rejection) error {
	if r == nil {
		return nil
	}
	e := iamapi.ErrMalformedPolicyDocument().Saying(r.Message)
	if r.Diagnostic != nil {
		e = e.About("PolicyDocument", r.Diagnostic.Error())
	}
	return e
}

// InlinePolicy reads an inline policy of an identity of the caller's account.
func InlinePolicy(r *operation.Reader, k iam.Kind, owner, name string) (iam.InlinePolicy, error) {
	i, err := Find(r, k, owner)
	if err != nil {
		return iam.InlinePolicy{}, err
	}
	p, err := identities.InlinePolicy(r.View, i.ID, name)
	if errors.Is(err, store.ErrNotFound) {
		return p, noInlinePolicy(k, name)
	}
	return p, err
}

func noInlinePolicy(k iam.Kind, name string) error {
	return NoSuch(iamapi.TextNoSuchEntityInlinePolicy, k, name)
}

// InlinePolicyNames lists a page of the names of the inline policies of an identity.
func InlinePolicyNames(r *operation.Reader, k iam.Kind, owner string) ([]string, *string, error) {
	i, err := Find(r, k, owner)
	if err != nil {
		return nil, nil, err
	}
	all, err := identities.InlinePolicies(r.View, i.ID)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, len(all))
	for n, p := range all {
		names[n] = p.Name
	}
	return Whole(r, names, iam.Key)
}

// PutInlinePolicy adds or replaces an inline policy, within the size that all inline
// policies of an identity may have together.
func PutInlinePolicy(u *operation.Unit, k iam.Kind, owner string, p iam.InlinePolicy) error {
	i, err := FindToChange(u, k, owner)
	if err != nil {
		return err
	}
	if err := CheckDocument(p.Document); err != nil {
		return err
	}
	all, err := identities.InlinePolicies(u.View, i.ID)
	if err != nil {
		return err
	}
	size := policy.SizeWithoutSpace(p.Document)
	for _, other := range all {
		if iam.Key(other.Name) != iam.Key(p.Name) {
			size += policy.SizeWithoutSpace(other.Document)
		}
	}
	if err := requireSize(u, kinds[k].size, size, string(k), i.Name); err != nil {
		return err
	}
	return identities.PutInlinePolicy(u.Tx, i, p)
}

// requireSize rejects documents that are larger than a quota.
func requireSize(u *operation.Unit, name quota.Name, size int, of, called string) error {
	limit, err := Limit(u.Reader, name)
	if err != nil || int64(size) <= limit {
		return err
	}
	return iamapi.ErrLimitExceeded().Saying(fmt.Sprintf(iamapi.TextLimitExceededPolicySize, limit, of, called)).RaisedBy("--quota " + string(name))
}

// RequireTrustSize rejects a trust policy that is too large.
func RequireTrustSize(u *operation.Unit, role, document string) error {
	return requireSize(u, quota.IAMTrustPolicySize, policy.SizeWithoutSpace(document), "assume role policy of role", role)
}

// RequirePolicySize rejects a managed policy that is too large.
func RequirePolicySize(u *operation.Unit, name, document string) error {
	return requireSize(u, quota.IAMManagedPolicySize, policy.SizeWithoutSpace(document), "policy", name)
}

// DeleteInlinePolicy deletes an inline policy.
func DeleteInlinePolicy(u *operation.Unit, k iam.Kind, owner, name string) error {
	i, err := FindToChange(u, k, owner)
	if err != nil {
		return err
	}
	if _, err := identities.InlinePolicy(u.View, i.ID, name); errors.Is(err, store.ErrNotFound) {
		return noInlinePolicy(k, name)
	} else if err != nil {
		return err
	}
	return identities.DeleteInlinePolicy(u.Tx, i, name)
}

// Policy is a managed policy of the caller's account or of AWS.
type Policy struct {
	iam.ManagedPolicy
	// AWS is the policy in the table of AWS; nil for one of a customer.
	AWS *managed.Policy
	ARN string
}

// PolicyByARN reads a managed policy of AWS or of the caller's account; the error is
// store.ErrNotFound for one that does not exist.
func PolicyByARN(r *operation.Reader, arn string) (Policy, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || !strings.HasPrefix(parts[5], "policy/") {
		return Policy{}, iamapi.ErrInvalidInput().Saying(fmt.Sprintf(iamapi.TextInvalidInputPolicyARN, arn))
	}
	rest := strings.TrimPrefix(parts[5], "policy")
	path, name := rest[:strings.LastIndexByte(rest, '/')+1], rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case parts[1] != string(r.Caller.Partition()):
	case parts[4] == "aws":
		if p := managed.ByName(path, name); p != nil {
			return Policy{ManagedPolicy: p.ManagedPolicy, AWS: p, ARN: p.ARN(r.Caller.Partition())}, nil
		}
	case parts[4] == string(r.Caller.Account.ID):
		p, err := identities.Policy(r.View, r.Caller.Account.ID, name)
		if err == nil && p.Path != path {
			err = store.ErrNotFound
		}
		return Policy{ManagedPolicy: p, ARN: p.ARN(r.Caller.Partition())}, err
	}
	return Policy{}, store.ErrNotFound
}

// PolicyByID reads a managed policy that is attached, or a permissions boundary.
func PolicyByID(r *operation.Reader, id string) (Policy, error) {
	if p := managed.ByID(id); p != nil {
		return Policy{ManagedPolicy: p.ManagedPolicy, AWS: p, ARN: p.ARN(r.Caller.Partition())}, nil
	}
	p, err := identities.PolicyByID(r.View, id)
	return Policy{ManagedPolicy: p, ARN: p.ARN(r.Caller.Partition())}, err
}

// attachable is PolicyByARN for a policy that is to be attached, or to be a boundary;
// missing is the text for one that does not exist.
func attachable(r *operation.Reader, arn, missing string) (Policy, error) {
	p, err := PolicyByARN(r, arn)
	if errors.Is(err, store.ErrNotFound) {
		return p, NoSuch(missing, arn)
	}
	return p, err
}

// Attach attaches a managed policy; one that is attached stays so.
func Attach(u *operation.Unit, k iam.Kind, owner, arn string) error {
	i, err := FindToChange(u, k, owner)
	if err != nil {
		return err
	}
	p, err := attachable(u.Reader, arn, iamapi.TextNoSuchEntityPolicyToAttach)
	if err != nil {
		return err
	}
	if p.AWS != nil && strings.HasPrefix(p.Path, "/aws-service-role/") {
		return iamapi.ErrPolicyNotAttachable()
	}
	there, err := identities.Attached(u.View, i.ID)
	if err != nil {
		return err
	}
	for _, id := range there {
		if id == p.ID {
			return nil
		}
	}
	if err := RequireWithin(u, kinds[k].attached, int64(len(there))+1); err != nil {
		return err
	}
	return identities.Attach(u.Tx, i, p.ID, p.Name)
}

// Detach detaches a managed policy.
func Detach(u *operation.Unit, k iam.Kind, owner, arn string) error {
	i, err := FindToChange(u, k, owner)
	if err != nil {
		return err
	}
	p, err := PolicyByARN(u.Reader, arn)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	there, readErr := identities.Attached(u.View, i.ID)
	if readErr != nil {
		return readErr
	}
	for _, id := range there {
		if err == nil && id == p.ID {
			return identities.Detach(u.Tx, i, id)
		}
	}
	return NoSuch(iamapi.TextNoSuchEntityPolicy, arn)
}

// Attached lists a page of the managed policies of an identity.
func Attached(r *operation.Reader, k iam.Kind, owner string, prefix *string) ([]iamapi.AttachedPolicy, *string, error) {
	i, err := Find(r, k, owner)
	if err != nil {
		return nil, nil, err
	}
	all, err := AttachedPolicies(r, i.ID)
	if err != nil {
		return nil, nil, err
	}
	all = Below(all, prefix, func(p Policy) string { return p.Path })
	shown, next, err := Whole(r, all, func(p Policy) string { return iam.Key(p.Name) + " " + p.Path })
	return ShowAttached(shown), next, err
}

// AttachedPolicies are all managed policies of an identity, by their names.
func AttachedPolicies(r *operation.Reader, owner string) ([]Policy, error) {
	ids, err := identities.Attached(r.View, owner)
	if err != nil {
		return nil, err
	}
	all := make([]Policy, len(ids))
	for n, id := range ids {
		if all[n], err = PolicyByID(r, id); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ShowAttached shows managed policies as what they are attached to.
func ShowAttached(policies []Policy) []iamapi.AttachedPolicy {
	shown := make([]iamapi.AttachedPolicy, len(policies))
	for n, p := range policies {
		shown[n] = iamapi.AttachedPolicy{PolicyName: new(p.Name), PolicyArn: new(p.ARN)}
	}
	return shown
}
