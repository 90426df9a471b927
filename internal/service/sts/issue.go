package sts

import (
	"errors"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/identity"
	"accord/internal/service/operation"
)

// issue returns credentials for a session that begins now.
func (s *Service) issue(r *operation.Reader, session identity.Session, life time.Duration) (*stsapi.Credentials, error) {
	session.Issued = r.Now().UTC().Truncate(time.Second)
	session.Expires = earlier(session.Issued.Add(life), lastInstant)
	c, err := s.sessions.Issue(r.Source, session)
	if errors.Is(err, identity.ErrTooLarge) {
		return nil, stsapi.ErrPackedPolicyTooLarge()
	}
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
