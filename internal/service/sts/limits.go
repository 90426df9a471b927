package sts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Limits of what a session is given. [AWS: AssumeRole, IAM and STS quotas]
const (
	maxPolicy     = 2048
	maxPolicyARNs = 10
	maxTags       = 50
	// packedBytes is how many bytes are 100 percent: what fits into a token
	// beside the longest names. [assumed: AWS publishes no number]
	packedBytes = 2000
)

// checkPolicies checks the policies of a session. [AWS: AssumeRole; assumed: the texts of
// the limits]
func checkPolicies(document string, given []stsapi.PolicyDescriptorType) error {
	if len(given) > maxPolicyARNs {
		return stsapi.ErrValidation(fmt.Sprintf("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicyARNs))
	}
	if len(document) > maxPolicy {
		return stsapi.ErrValidation(fmt.Sprintf("1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicy))
	}
	if document == "" {
		return nil
	}
	if rejected := policy.CheckSession(document); rejected != nil {
		e := stsapi.ErrMalformedPolicyDocument().Saying(rejected.Message)
		if rejected.Diagnostic != nil {
			e = e.About("Policy", rejected.Diagnostic.Error())
		}
		return e
	}
	return nil
}

// policies returns the IDs of the managed policies that limit a session: those of AWS and
// of the account of the session. [AWS: AssumeRole; assumed: the answer to others]
func policies(v *store.View, partition ident.Partition, account ident.AccountID, given []stsapi.PolicyDescriptorType) ([]string, error) {
	var ids []string
	for _, g := range given {
		if g.Arn == nil {
			continue
		}
		id, err := policyID(v, partition, account, *g.Arn)
		if errors.Is(err, store.ErrNotFound) {
			return nil, stsapi.ErrMalformedPolicyDocument().Saying(fmt.Sprintf("Policy %s does not exist.", *g.Arn))
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// policyID is the ID of a managed policy, or store.ErrNotFound.
func policyID(v *store.View, partition ident.Partition, account ident.AccountID, arn string) (string, error) {
	named, ok := iam.ParseARN(arn)
	switch {
	case !ok || named.Kind != iam.Policy || named.Partition != partition:
	case named.Account == iam.AWS:
		if p := managed.ByName(named.Path, named.Name); p != nil {
			return p.ID, nil
		}
	case named.Account == account:
		p, err := identities.Policy(v, account, named.Name)
		if err == nil && p.Path != named.Path {
			err = store.ErrNotFound
		}
		return p.ID, err
	}
	return "", store.ErrNotFound
}

// sessionTags returns the tags of a new session, and the keys of those that go on to the
// next one: the transitive tags of the caller's session, and those of the request, which
// cannot replace them. [AWS: session tags; the first two texts are assumed]
func sessionTags(caller *api.Caller, given []stsapi.Tag, transitive []string) (tags []api.ContextKey, keys []string, err error) {
	if caller.Has(api.RoleAssumed) {
		keys = slices.Clone(caller.Session.Transitive)
		for _, tag := range caller.Session.Tags {
			if containsKey(keys, tag.Name) {
				tags = append(tags, tag)
			}
		}
	}
	inherited := len(tags)
	for _, tag := range given {
		same := func(t api.ContextKey) bool { return strings.EqualFold(t.Name, *tag.Key) }
		switch {
		case slices.ContainsFunc(tags[:inherited], same):
			return nil, nil, stsapi.ErrInvalidParameter("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		case slices.ContainsFunc(tags[inherited:], same):
			return nil, nil, stsapi.ErrInvalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		tags = append(tags, api.ContextKey{Name: *tag.Key, Value: *tag.Value})
	}
	if len(tags) > maxTags {
		return nil, nil, stsapi.ErrInvalidParameter(fmt.Sprintf("A session has at most %d tags.", maxTags))
	}
	for _, key := range transitive {
		if !slices.ContainsFunc(tags[inherited:], func(t api.ContextKey) bool { return strings.EqualFold(t.Name, key) }) {
			return nil, nil, stsapi.ErrInvalidParameter("The specified transitive tag key must be included in the requested tags.")
		}
		keys = append(keys, key)
	}
	return tags, keys, nil
}

func containsKey(keys []string, name string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, name) })
}

// packedSize is how many percent of their limit the policies and tags of a session take;
// nil without any.
func packedSize(s api.Session) (*int32, error) {
	size, err := identity.PackedSize(s)
	switch {
	case err != nil || size == 0:
		return nil, err
	case size > packedBytes:
		return nil, stsapi.ErrPackedPolicyTooLarge()
	}
	percent := int32((size*100 + packedBytes - 1) / packedBytes)
	return &percent, nil
}
