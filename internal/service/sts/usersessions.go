package sts

import (
	"context"
	"fmt"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/identity"
	"accord/internal/service/operation"
)

// How long the sessions of users last when the caller does not say it, and those of root
// users at most. [AWS: GetSessionToken, GetFederationToken]
const (
	userDuration   = 12 * time.Hour
	maxRootSession = time.Hour
)

// GetSessionToken issues credentials of the caller itself. [AWS: API reference]
func (s *Service) GetSessionToken(ctx context.Context, in *stsapi.GetSessionTokenRequest) (*stsapi.GetSessionTokenResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*stsapi.GetSessionTokenResponse, error) {
		session, duration, err := ofUser(r, api.UserSession, in.DurationSeconds)
		if err != nil {
			return nil, err
		}
		caller := &r.Caller.Identity
		session.Principal, session.UserID = caller.Principal, caller.UserID
		credentials, err := s.issue(r, session, duration)
		if err != nil {
			return nil, err
		}
		return &stsapi.GetSessionTokenResponse{Credentials: credentials}, nil
	})
}

// GetFederationToken issues credentials of a federated user, who may do what both the
// policies of the caller and the session policies allow. [AWS: API reference]
func (s *Service) GetFederationToken(ctx context.Context, in *stsapi.GetFederationTokenRequest) (*stsapi.GetFederationTokenResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*stsapi.GetFederationTokenResponse, error) {
		session, duration, err := ofUser(r, api.FederatedIssued, in.DurationSeconds)
		if err != nil {
			return nil, err
		}
		caller, given := &r.Caller.Identity, &session.Session
		if given.Tags, _, err = sessionTags(caller, in.Tags, nil); err != nil {
			return nil, err
		}
		given.IssuerARN, given.Policy = caller.Principal, operation.Deref(in.Policy)
		if err := checkPolicies(given.Policy, in.PolicyArns); err != nil {
			return nil, err
		}
		if given.PolicyARNs, err = policies(r.View, r.Caller.Partition(), session.Account, in.PolicyArns); err != nil {
			return nil, err
		}
		packed, err := packedSize(*given)
		if err != nil {
			return nil, err
		}
		session.Principal = "arn:" + caller.Partition + ":sts::" + caller.Account + ":federated-user/" + *in.Name
		session.UserID = caller.Account + ":" + *in.Name
		credentials, err := s.issue(r, session, duration)
		if err != nil {
			return nil, err
		}
		return &stsapi.GetFederationTokenResponse{
			Credentials:      credentials,
			FederatedUser:    &stsapi.FederatedUser{FederatedUserId: &session.UserID, Arn: &session.Principal},
			PackedPolicySize: packed,
		}, nil
	})
}

// ofUser is a session that a user or a root user asks for with long-lived credentials, and
// how long it lasts.
func ofUser(r *operation.Reader, kind api.SessionKind, seconds *int32) (identity.Session, time.Duration, error) {
	caller := &r.Caller.Identity
	if caller.Session != nil {
		return identity.Session{}, 0, stsapi.ErrAccessDenied(fmt.Sprintf("Cannot call %s with session credentials", kind))
	}
	session := identity.Session{
		Account: r.Caller.Account.ID, Registration: r.Caller.Account.Sequence, Session: api.Session{Kind: kind},
	}
	duration := requested(seconds, userDuration)
	if caller.IsRootUser() {
		return session, min(duration, maxRootSession), nil
	}
	session.Session.IssuerID = caller.UserID
	return session, duration, nil
}
