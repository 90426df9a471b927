package identity

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Session is the identity of temporary credentials.
type Session struct {
	// Account is the account that the credentials act for.
	Account ident.AccountID `json:"account"`
	// Registration is the number of the account's registration.
	Registration int64 `json:"registration"`
	// Principal and UserID are the ARN and the unique ID of the session.
	Principal string `json:"principal"`
	UserID    string `json:"userId"`
	// RoleARN is the role of the session; empty for a session of a user.
	RoleARN string `json:"role,omitempty"`
	// SourceIdentity is the name that the caller of AssumeRole gave; it may be empty.
	SourceIdentity string `json:"sourceIdentity,omitempty"`
	// Issued and Expires are the limits of its life.
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
	// Session is what decides and limits its calls.
	Session api.Session `json:"session"`
}

// kind is the kind of principal that calls with the session. Sessions of users and of
// root users are what their principals are.
func (s Session) kind() api.PrincipalKind {
	switch {
	case s.RoleARN != "":
		return api.RoleSession
	case strings.HasSuffix(s.Principal, ":root"):
		return api.RootUser
	case strings.Contains(s.Principal, ":federated-user/"):
		return api.FederatedUser
	}
	return api.IAMUser
}

// In a token a session is JSON, which is compressed if it has policies or tags: without
// them a call reads it faster as it is.

// pack returns a session as it is in a token.
func pack(session Session) ([]byte, error) {
	text, err := json.Marshal(session)
	if err != nil || len(session.Session.Policy)+len(session.Session.PolicyARNs)+len(session.Session.Tags) == 0 {
		return text, err
	}
	return compressed(text)
}

// unpack returns the session of a token that was verified.
func unpack(body []byte) (Session, error) {
	var session Session
	if len(body) > 0 && body[0] == compressedMark {
		text, err := io.ReadAll(flate.NewReader(bytes.NewReader(body[1:])))
		if err != nil {
			return session, err
		}
		body = text
	}
	return session, json.Unmarshal(body, &session)
}

// PackedSize is the number of bytes that the policies and tags of a session take in its
// token, where they are compressed; zero if it has none. [AWS: IAM and STS quotas, the
// packed binary format]
func PackedSize(s api.Session) (int, error) {
	if len(s.Policy)+len(s.PolicyARNs)+len(s.Tags) == 0 {
		return 0, nil
	}
	text, err := json.Marshal(api.Session{Policy: s.Policy, PolicyARNs: s.PolicyARNs, Tags: s.Tags, Transitive: s.Transitive})
	if err != nil {
		return 0, err
	}
	packed, err := compressed(text)
	return len(packed), err
}

// compressedMark stands in front of what is compressed; JSON begins with a brace.
const compressedMark = 'z'

func compressed(text []byte) ([]byte, error) {
	out := bytes.NewBuffer([]byte{compressedMark})
	w, err := flate.NewWriter(out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
