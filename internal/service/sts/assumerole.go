package sts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/event"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// How long a session of a role lasts when the caller does not say it, how long at most
// when one role is assumed through another, and how often the last use of a role is noted.
// [AWS: AssumeRole; assumed: the last]
const (
	defaultDuration = time.Hour
	maxChained      = time.Hour
	noteUseEvery    = time.Hour
)

// AssumeRole issues credentials of a role. Whether the trust policy and the policies of
// the caller allow it is decided before.
func (s *Service) AssumeRole(ctx context.Context, in *stsapi.AssumeRoleRequest) (*stsapi.AssumeRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*stsapi.AssumeRoleResponse, error) {
		caller := &u.Caller.Identity
		named, err := parseRole(*in.RoleArn, u.Caller.Partition())
		if err != nil {
			return nil, err
		}
		given := api.Session{Kind: api.RoleAssumed, Policy: operation.Deref(in.Policy)}
		if given.Tags, given.Transitive, err = sessionTags(caller, in.Tags, in.TransitiveTagKeys); err != nil {
			return nil, err
		}
		duration := requested(in.DurationSeconds, defaultDuration)
		if caller.Has(api.RoleAssumed) && duration > maxChained {
			return nil, stsapi.ErrValidation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
		}
		if err := checkPolicies(given.Policy, in.PolicyArns); err != nil {
			return nil, err
		}
		source, sourceErr := sourceIdentity(caller, in.SourceIdentity)
		session, err := s.sessionOf(u, named, *in.RoleSessionName, duration)
		if errors.Is(err, errNoRole) || sourceErr != nil {
			return nil, denied(caller, "sts:AssumeRole", *in.RoleArn)
		}
		if err != nil {
			return nil, err
		}
		if given.PolicyARNs, err = policies(u.View, named.Partition, session.Account, in.PolicyArns); err != nil {
			return nil, err
		}
		given.IssuerID = session.Session.IssuerID
		session.SourceIdentity, session.Session = source, given
		packed, err := packedSize(given)
		if err != nil {
			return nil, err
		}
		credentials, err := s.issue(u.Reader, session, duration)
		if err != nil {
			return nil, err
		}
		u.Concerns(event.Resource{ARN: session.RoleARN, Account: session.Account, Type: "AWS::IAM::Role"})
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

// errNoRole: there is no such role that can be assumed.
var errNoRole = errors.New("there is no such role")

// sessionOf is a session of a role, with what it has of the role.
func (s *Service) sessionOf(u *operation.Unit, named iam.Named, name string, duration time.Duration) (identity.Session, error) {
	none := identity.Session{}
	account, err := u.AccountWithOrganization(named.Account)
	if errors.Is(err, store.ErrNotFound) {
		return none, errNoRole
	}
	if err != nil {
		return none, err
	}
	// The partition of an account is that of its organization, if it is in one.
	if o := account.Organization; !account.Account.State.CanSign() || o != nil && o.Partition != named.Partition {
		return none, errNoRole
	}
	role, err := identities.Get(u.View, named.Account, iam.Role, named.Name)
	id := role.ID
	switch {
	case errors.Is(err, store.ErrNotFound):
		if u.Strict || !u.Behavior.AnyRole {
			return none, errNoRole
		}
		role = iam.Identity{Account: named.Account, Kind: iam.Role, Path: named.Path, Name: named.Name}
		id = s.sessions.RoleID(named.Account, named.Name)
	case err != nil:
		return none, err
	case role.Path != named.Path:
		return none, errNoRole
	case duration > time.Duration(role.MaxSession)*time.Second:
		return none, stsapi.ErrValidation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case u.Now().Sub(role.LastUsed) >= noteUseEvery:
		use := iam.LastUse{At: u.Now().Truncate(time.Second), Region: named.Partition.PrimaryRegion()}
		if err := identities.SetLastUsed(u.Tx, role.ID, use); err != nil {
			return none, err
		}
	}
	return identity.Session{
		Account:      named.Account,
		Registration: account.Account.Sequence,
		Principal:    iam.SessionARN(named.Partition, named.Account, role.Name, name),
		UserID:       id + ":" + name,
		RoleARN:      role.ARN(named.Partition),
		Session:      api.Session{IssuerID: role.ID},
	}, nil
}

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

// parseRole reads the ARN of a role, which may have a path. The partition is that of the
// caller: no role is assumed from another one. [AWS: AssumeRole]
func parseRole(arn string, partition ident.Partition) (iam.Named, error) {
	named, ok := iam.ParseARN(arn)
	if ok && named.Kind == iam.Role && named.Partition == partition && named.Account.Valid() && isRoleName(named.Name) {
		return named, nil
	}
	return iam.Named{}, stsapi.ErrValidation(fmt.Sprintf("%.256s is invalid", arn))
}

// isRoleName reports whether a role can have the name. [AWS: CreateRole]
func isRoleName(name string) bool {
	const special = "_+=,.@-"
	return 1 <= len(name) && len(name) <= 64 && strings.IndexFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(special, c))
	}) < 0
}
