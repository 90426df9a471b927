package sts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// How long sessions live when the caller does not say it, and how long at most when
// one role is assumed through another. [AWS: AssumeRole, GetSessionToken]
const (
	defaultDuration = time.Hour
	maxChained      = time.Hour
	maxRootSession  = time.Hour
)

// AssumeRole issues credentials that act for the account of the role.
func (s *Service) AssumeRole(ctx context.Context, in *stsapi.AssumeRoleRequest) (*stsapi.AssumeRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*stsapi.AssumeRoleResponse, error) {
		r, err := parseRole(*in.RoleArn, u.Caller.Partition())
		if err != nil {
			return nil, err
		}
		packed, err := packedSize(in)
		if err != nil {
			return nil, err
		}
		caller := &u.Caller.Identity
		duration := requested(in.DurationSeconds, defaultDuration)
		if isRoleSession(caller) && duration > maxChained {
			return nil, stsapi.ErrValidation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
		}
		account, err := u.AccountWithOrganization(r.account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		source, sourceErr := sourceIdentity(caller, in.SourceIdentity)
		if err != nil || !account.Account.State.CanSign() || !r.isIn(account.Organization) || sourceErr != nil {
			return nil, denied(caller, "sts:AssumeRole", *in.RoleArn)
		}
		session := identity.Session{
			Account:        r.account,
			Registration:   account.Account.Sequence,
			Principal:      "arn:" + string(r.partition) + ":sts::" + string(r.account) + ":assumed-role/" + r.name + "/" + *in.RoleSessionName,
			UserID:         s.sessions.RoleID(r.account, r.name) + ":" + *in.RoleSessionName,
			RoleARN:        *in.RoleArn,
			SourceIdentity: source,
		}
		credentials, err := s.issue(u.Reader, session, duration)
		if err != nil {
			return nil, err
		}
		out := &stsapi.AssumeRoleResponse{
			Credentials:      credentials,
			AssumedRoleUser:  &stsapi.AssumedRoleUser{AssumedRoleId: &session.UserID, Arn: &session.Principal},
			PackedPolicySize: packed,
		}
		if source != "" {
			out.SourceIdentity = &source
		}
		return out, nil
	})
}

// GetSessionToken issues credentials of the caller itself. Those of a root user last
// an hour at most. [AWS: API reference]
func (s *Service) GetSessionToken(ctx context.Context, in *stsapi.GetSessionTokenRequest) (*stsapi.GetSessionTokenResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*stsapi.GetSessionTokenResponse, error) {
		caller := &r.Caller.Identity
		if !caller.SessionCreated.IsZero() {
			return nil, stsapi.ErrAccessDenied("Cannot call GetSessionToken with session credentials")
		}
		session := identity.Session{
			Account: r.Caller.Account.ID, Registration: r.Caller.Account.Sequence, Principal: caller.Principal, UserID: caller.UserID,
		}
		credentials, err := s.issue(r, session, min(requested(in.DurationSeconds, defaultDuration), maxRootSession))
		if err != nil {
			return nil, err
		}
		return &stsapi.GetSessionTokenResponse{Credentials: credentials}, nil
	})
}

// issue returns credentials for a session that begins now.
func (s *Service) issue(r *operation.Reader, session identity.Session, life time.Duration) (*stsapi.Credentials, error) {
	session.Issued = r.Now().UTC().Truncate(time.Second)
	session.Expires = earlier(session.Issued.Add(life), lastInstant)
	c, err := s.sessions.Issue(r.Source, session)
	if err != nil {
		return nil, err
	}
	return &stsapi.Credentials{
		AccessKeyId:     &c.AccessKeyID,
		SecretAccessKey: &c.SecretAccessKey,
		SessionToken:    &c.Token,
		Expiration:      api.At(session.Expires),
	}, nil
}

// lastInstant is the last one that a clock shows and that RFC 3339 can write, in which
// the token and the answer have the end of a session.
var lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func requested(seconds *int32, otherwise time.Duration) time.Duration {
	if seconds == nil {
		return otherwise
	}
	return time.Duration(*seconds) * time.Second
}

func isRoleSession(c *api.Caller) bool { return c.RoleARN != "" }

var errSourceIdentity = errors.New("the source identity of a session cannot be changed")

// sourceIdentity is the source identity of a new session. It stays when one role is
// assumed through another, and cannot be changed. [AWS: AssumeRole]
func sourceIdentity(caller *api.Caller, given *string) (string, error) {
	switch {
	case given == nil:
		return caller.SourceIdentity, nil
	case caller.SourceIdentity != "" && *given != caller.SourceIdentity:
		return "", errSourceIdentity
	}
	return *given, nil
}

// denied is the answer for a role that the caller may not assume, and for one that
// does not exist: callers cannot tell them apart. [seen widely]
func denied(caller *api.Caller, action, resource string) error {
	return stsapi.ErrAccessDenied(fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", caller.Principal, action, resource))
}

// role is what the ARN of a role says.
type role struct {
	partition ident.Partition
	account   ident.AccountID
	// name is without the path.
	name string
}

// isIn reports whether the role can be one of an account of the organization, which is
// nil for an account in none.
func (r role) isIn(o *org.Organization) bool { return o == nil || o.Partition == r.partition }

// parseRole reads the ARN of a role, which may have a path. The partition is that of the
// caller: no role is assumed from another one. [AWS: AssumeRole]
func parseRole(arn string, partition ident.Partition) (role, error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 {
		path, ok := strings.CutPrefix(parts[5], "role/")
		r := role{partition: ident.Partition(parts[1]), account: ident.AccountID(parts[4]), name: path[strings.LastIndex(path, "/")+1:]}
		if ok && parts[0] == "arn" && r.partition == partition && parts[2] == "iam" && parts[3] == "" &&
			r.account.Valid() && isRoleName(r.name) {
			return r, nil
		}
	}
	return role{}, stsapi.ErrValidation(fmt.Sprintf("%.256s is invalid", arn))
}

// isRoleName reports whether a role can have the name. [AWS: CreateRole]
func isRoleName(name string) bool {
	const special = "_+=,.@-"
	return 1 <= len(name) && len(name) <= 64 && strings.IndexFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(special, c))
	}) < 0
}

// Limits of what a session is given. [AWS: AssumeRole]
const (
	maxPolicy     = 2048
	maxPolicyARNs = 10
	// packedBytes is how many bytes are 100 percent. [assumed]
	packedBytes = 4096
)

// packedSize checks the policies and tags of a session, and returns how many percent
// of the allowed size they take; nil without any. They are not stored: they limit no
// call yet.
func packedSize(in *stsapi.AssumeRoleRequest) (*int32, error) {
	if err := checkTags(in); err != nil {
		return nil, err
	}
	if len(in.PolicyArns) > maxPolicyARNs {
		return nil, stsapi.ErrValidation(fmt.Sprintf("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicyARNs))
	}
	size := 0
	if in.Policy != nil {
		if len(*in.Policy) > maxPolicy {
			return nil, stsapi.ErrValidation(fmt.Sprintf("1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicy))
		}
		var document map[string]any
		if err := json.Unmarshal([]byte(*in.Policy), &document); err != nil || document["Statement"] == nil {
			return nil, stsapi.ErrMalformedPolicyDocument()
		}
		size += len(*in.Policy)
	}
	for _, p := range in.PolicyArns {
		if p.Arn != nil {
			size += len(*p.Arn)
		}
	}
	for _, t := range in.Tags {
		size += len(*t.Key) + len(*t.Value)
	}
	switch {
	case size == 0:
		return nil, nil
	case size > packedBytes:
		return nil, stsapi.ErrPackedPolicyTooLarge()
	}
	percent := int32((size*100 + packedBytes - 1) / packedBytes)
	return &percent, nil
}

// checkTags checks the rules between the tags of a session. [AWS: session tags; the
// texts are assumed]
func checkTags(in *stsapi.AssumeRoleRequest) error {
	keys := map[string]bool{}
	for _, t := range in.Tags {
		key := strings.ToLower(*t.Key)
		if keys[key] {
			return stsapi.ErrInvalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		keys[key] = true
	}
	for _, key := range in.TransitiveTagKeys {
		if !keys[strings.ToLower(key)] {
			return stsapi.ErrInvalidParameter("The specified transitive tag key must be included in the requested tags.")
		}
	}
	return nil
}
