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

// A call that acts on a role of another account has a record there too, which says no more of
// the caller than its ID and its account. [AWS: logging IAM and AWS STS API calls with
// CloudTrail, example cross-account events]
func TestTheOwnerOfAResourceGetsARecordOfItsOwn(t *testing.T) {
	c := event.Call{
		ID: "one", Caller: caller, Source: "sts.amazonaws.com", Operation: "AssumeRole", Shared: "both",
		Resources: []event.Resource{{ARN: "arn:aws:iam::222222222222:role/R", Account: "222222222222", Type: "AWS::IAM::Role"}},
	}
	const resources = `"resources":[{"accountId":"222222222222","type":"AWS::IAM::Role","ARN":"arn:aws:iam::222222222222:role/R"}]`
	own := c.JSON()
	c.ID, c.Recipient = "two", "222222222222"
	for record, wants := range map[string][]string{
		own: {`"arn":"` + caller.Principal + `"`, `"eventID":"one"`, resources, `"recipientAccountId":"` + caller.Account + `"`, `"sharedEventID":"both"`},
		c.JSON(): {
			`"userIdentity":{"type":"AWSAccount","principalId":"` + caller.UserID + `","accountId":"` + caller.Account + `"}`, `"eventID":"two"`,
			resources, `"recipientAccountId":"222222222222"`, `"sharedEventID":"both"`,
		},
	} {
		for _, want := range wants {
			if !strings.Contains(record, want) {
				t.Errorf("%s is not in %s", want, record)
			}
		}
	}
}

// [AWS: track privileged tasks, the example of AssumeRoot]
func TestARecordMarksWhoAsksForARootUser(t *testing.T) {
	session := caller
	session.Principal, session.UserID = "arn:aws:sts::111111111111:assumed-role/R/S", "AROAEXAMPLE:S"
	session.Session = &api.Session{Kind: api.RoleAssumed}
	for operation, want := range map[string]bool{"AssumeRoot": true, "AssumeRole": false} {
		if got := (event.Call{Caller: session, Operation: operation}).JSON(); strings.Contains(got, `"assumedRoot":"true"`) != want {
			t.Errorf("%s: %s", operation, got)
		}
	}
}
