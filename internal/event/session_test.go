package event_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/event"
)

// [AWS: CloudTrail userIdentity element; track privileged tasks; assumed: that of a
// federated user of a root user]
func TestARecordNamesTheIssuerOfASession(t *testing.T) {
	session := caller
	session.SessionCreated = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		principal string
		session   api.Session
		want      string
	}{
		{"arn:aws:iam::111111111111:user/jane", api.Session{Kind: api.UserSession, IssuerID: "AIDAEXAMPLE"}, `{"attributes":{"creationDate":"2026-11-02T08:00:00Z","mfaAuthenticated":"false"}}`},
		{"arn:aws:sts::111111111111:federated-user/bob", api.Session{Kind: api.FederatedIssued, IssuerID: "AIDAEXAMPLE", IssuerARN: "arn:aws:iam::111111111111:user/jane"},
			`{"sessionIssuer":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111111111111:user/jane","accountId":"111111111111","userName":"jane"},"attributes":{"creationDate":"2026-11-02T08:00:00Z","mfaAuthenticated":"false"}}`},
		{"arn:aws:iam::111111111111:root", api.Session{Kind: api.RootAssumed}, `{"attributes":{"creationDate":"2026-11-02T08:00:00Z","mfaAuthenticated":"false"},"assumedRoot":"true"}`},
	} {
		c := session
		c.Principal, c.Session = test.principal, &test.session
		if got := (event.Call{Caller: c}).JSON(); !strings.Contains(got, `"sessionContext":`+test.want) {
			t.Errorf("%s: %s", test.session.Kind, got)
		}
	}
}
