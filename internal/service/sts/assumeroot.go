package sts

import (
	"context"
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/service/iam/rootaccess"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// rootSession is how long a session of a root user lasts, and the longest that it may.
// [AWS: AssumeRoot]
const rootSession = 15 * time.Minute

// AssumeRoot issues credentials of the root user of a member, for one task. [AWS:
// AssumeRoot; recorded: the texts of the errors, and that a refusal gives no reason]
func (s *Service) AssumeRoot(ctx context.Context, in *stsapi.AssumeRootRequest) (*stsapi.AssumeRootResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*stsapi.AssumeRootResponse, error) {
		caller, partition := &u.Caller.Identity, u.Caller.Partition()
		target, ok := iam.ParseRootUser(*in.TargetPrincipal, partition)
		if !ok {
			return nil, stsapi.ErrValidation("Request must contain a valid target principal")
		}
		task := in.TaskPolicyArn.Arn
		switch {
		case task == nil:
			return nil, stsapi.ErrValidation("1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null")
		case !iam.IsRootTask(*task, partition):
			return nil, stsapi.ErrValidation("Request must contain valid AWS managed task policy ARN")
		}
		registration, err := rootOf(u.Reader, target)
		if errors.Is(err, errNoRootSession) {
			return nil, denied(caller, "sts:AssumeRoot", partition.RootUserARN(target))
		}
		if err != nil {
			return nil, err
		}
		policy, err := policyID(u.View, partition, target, *task)
		if err != nil {
			return nil, err
		}
		credentials, err := s.issue(u.Reader, identity.Session{
			Account: target, Registration: registration, Principal: partition.RootUserARN(target), UserID: string(target),
			SourceIdentity: caller.SourceIdentity,
			Session:        api.Session{Kind: api.RootAssumed, PolicyARNs: []string{policy}},
		}, requested(in.DurationSeconds, rootSession))
		if err != nil {
			return nil, err
		}
		out := &stsapi.AssumeRootResponse{Credentials: credentials}
		if caller.SourceIdentity != "" {
			out.SourceIdentity = &caller.SourceIdentity
		}
		return out, nil
	})
}

// errNoRootSession: the caller gets no session of the root user.
var errNoRootSession = errors.New("there is no session of this root user")

// rootOf finds the account whose root user a caller asks for, a member of its organization
// that is not the management account, and returns the number of its registration. The
// organization has to permit sessions, and the caller to manage root users. [AWS:
// AssumeRoot; recorded: the management account]
func rootOf(r *operation.Reader, id ident.AccountID) (registration int64, err error) {
	err = rootaccess.Require(r)
	var refused *api.Error
	if errors.As(err, &refused) {
		return 0, errNoRootSession
	}
	if err != nil {
		return 0, err
	}
	o := r.Caller.Organization
	permitted, err := identities.HasRootAccess(r.View, o.ID, iam.RootSessions)
	if err != nil {
		return 0, err
	}
	a, err := r.Account(id)
	if !permitted || errors.Is(err, store.ErrNotFound) || err == nil && (!a.In(o.ID) || o.ManagedBy(id) || !a.State.CanSign()) {
		return 0, errNoRootSession
	}
	return a.Sequence, err
}
