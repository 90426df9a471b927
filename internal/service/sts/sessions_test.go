package sts_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
)

const (
	allowAll   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	management = "111122223333"
	member     = "444455556666"
	roleARN    = "arn:aws:iam::" + member + ":role/OrganizationAccountAccessRole"
)

var (
	root    = api.Caller{Account: management, Principal: "arn:aws:iam::" + management + ":root", UserID: management, Partition: "aws"}
	chained = api.Caller{
		Account: management, Principal: "arn:aws:sts::" + management + ":assumed-role/R/S", UserID: "AROAEXAMPLE:S", Partition: "aws",
		RoleARN: "arn:aws:iam::" + management + ":role/R", SourceIdentity: "jane", SessionCreated: time.Unix(0, 0),
		Session: &api.Session{Kind: api.RoleAssumed},
	}
)

// vending is a fixture with a member account to enter.
func vending(t *testing.T) fixture {
	t.Helper()
	f := open(t)
	if _, err := f.Register(t.Context(), member, "", ""); err != nil {
		t.Fatal(err)
	}
	return f
}

// as is the context of a caller. If that is a session, it is of the account as it is
// registered now.
func (f fixture) as(t *testing.T, caller api.Caller) context.Context {
	t.Helper()
	if !caller.SessionCreated.IsZero() {
		account, err := f.Register(t.Context(), ident.AccountID(caller.Account), "", "")
		if err == nil {
			account, err = f.Account(t.Context(), account.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		caller.Registration = account.Sequence
	}
	return api.WithCaller(t.Context(), caller)
}

func (f fixture) assume(t *testing.T, caller api.Caller, change func(*stsapi.AssumeRoleRequest)) (*stsapi.AssumeRoleResponse, error) {
	t.Helper()
	in := &stsapi.AssumeRoleRequest{RoleArn: new(roleARN), RoleSessionName: new("vending")}
	change(in)
	out, err := f.call(f.as(t, caller), in)
	if err != nil {
		return nil, err
	}
	return out.(*stsapi.AssumeRoleResponse), nil
}

func TestAssumeRoleIssuesASessionOfTheAccountOfTheRole(t *testing.T) {
	tests := map[string]struct {
		change func(*stsapi.AssumeRoleRequest)
		life   time.Duration
		arn    string
		source string
		packed int32
	}{
		"plain":           {func(*stsapi.AssumeRoleRequest) {}, time.Hour, ":assumed-role/OrganizationAccountAccessRole/vending", "", 0},
		"shortest":        {func(in *stsapi.AssumeRoleRequest) { in.DurationSeconds = new(int32(900)) }, 15 * time.Minute, "", "", 0},
		"longest":         {func(in *stsapi.AssumeRoleRequest) { in.DurationSeconds = new(int32(43200)) }, 12 * time.Hour, "", "", 0},
		"role with path":  {func(in *stsapi.AssumeRoleRequest) { in.RoleArn = new("arn:aws:iam::" + member + ":role/a/b/Deploy") }, time.Hour, ":assumed-role/Deploy/vending", "", 0},
		"source identity": {func(in *stsapi.AssumeRoleRequest) { in.SourceIdentity = new("jane") }, time.Hour, "", "jane", 0},
		"session policy":  {func(in *stsapi.AssumeRoleRequest) { in.Policy = new(allowAll) }, time.Hour, "", "", 6},
		"session tags": {func(in *stsapi.AssumeRoleRequest) {
			in.Tags = []stsapi.Tag{{Key: new("k"), Value: new(strings.Repeat("v", 100))}}
			in.TransitiveTagKeys = []string{"K"}
		}, time.Hour, "", "", 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := vending(t)
			out, err := f.assume(t, root, test.change)
			if err != nil {
				t.Fatal(err)
			}
			if until := out.Credentials.Expiration.Sub(f.clock.Now()); until != test.life {
				t.Errorf("they expire in %v, want %v", until, test.life)
			}
			if test.arn != "" && *out.AssumedRoleUser.Arn != "arn:aws:sts::"+member+test.arn {
				t.Errorf("the session is %s", *out.AssumedRoleUser.Arn)
			}
			if id := *out.AssumedRoleUser.AssumedRoleId; !strings.HasPrefix(id, "AROA") || len(id) != 21+len(":vending") {
				t.Errorf("the ID of the session is %s", id)
			}
			if got := out.SourceIdentity; (got == nil) != (test.source == "") || got != nil && *got != test.source {
				t.Errorf("the source identity is %v", got)
			}
			if got := out.PackedPolicySize; (got == nil) != (test.packed == 0) || got != nil && *got != test.packed {
				t.Errorf("the packed size is %d, want %d", *got, test.packed)
			}
			c := out.Credentials
			if !strings.HasPrefix(*c.AccessKeyId, "ASIA") || len(*c.AccessKeyId) != 20 || len(*c.SecretAccessKey) != 40 {
				t.Errorf("the key is %s, its secret %s", *c.AccessKeyId, *c.SecretAccessKey)
			}
			session, err := f.sessions.Open(*c.AccessKeyId, *c.SessionToken, f.clock.Now())
			if err != nil || session.Account != member || session.Principal != *out.AssumedRoleUser.Arn || session.RoleARN == "" {
				t.Errorf("%v, %+v", err, session)
			}
		})
	}
}

func TestARoleHasOneIDHoweverItsNameIsWritten(t *testing.T) {
	f := vending(t)
	var ids []string
	for _, role := range []string{"Deploy", "deploy", "path/Deploy", "Other"} {
		out, err := f.assume(t, root, func(in *stsapi.AssumeRoleRequest) { in.RoleArn = new("arn:aws:iam::" + member + ":role/" + role) })
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, *out.AssumedRoleUser.AssumedRoleId)
	}
	if ids[0] != ids[1] || ids[0] != ids[2] || ids[0] == ids[3] {
		t.Errorf("the IDs are %v", ids)
	}
}

// The texts that AWS documents or is widely quoted with; others are ours.
func TestAssumeRoleRefuses(t *testing.T) {
	const denied = "User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: "
	role := func(arn string) func(*stsapi.AssumeRoleRequest) {
		return func(in *stsapi.AssumeRoleRequest) { in.RoleArn = &arn }
	}
	policy := func(text string) func(*stsapi.AssumeRoleRequest) {
		return func(in *stsapi.AssumeRoleRequest) { in.Policy = &text }
	}
	tags := func(keys ...string) func(*stsapi.AssumeRoleRequest) {
		return func(in *stsapi.AssumeRoleRequest) {
			for _, key := range keys {
				in.Tags = append(in.Tags, stsapi.Tag{Key: &key, Value: new("")})
			}
			in.TransitiveTagKeys = []string{"a"}
		}
	}
	tests := map[string]struct {
		caller api.Caller
		change func(*stsapi.AssumeRoleRequest)
		code   string
		text   string
	}{
		"no such account": {root, role("arn:aws:iam::999988887777:role/R"), "AccessDenied", denied + "arn:aws:iam::999988887777:role/R"},
		"closed account":  {root, role("arn:aws:iam::777788889999:role/R"), "AccessDenied", denied + "arn:aws:iam::777788889999:role/R"},
		"no ARN of a role": {
			root, role("arn:aws:iam::" + member + ":user/jane"), "ValidationError", "arn:aws:iam::444455556666:user/jane is invalid",
		},
		"no name":           {root, role("arn:aws:iam::" + member + ":role/a/"), "ValidationError", "is invalid"},
		"malformed account": {root, role("arn:aws:iam::4444:role/Deploy"), "ValidationError", "is invalid"},
		"too short": {
			root, func(in *stsapi.AssumeRoleRequest) { in.DurationSeconds = new(int32(899)) }, "ValidationError",
			"1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		},
		"too long": {
			root, func(in *stsapi.AssumeRoleRequest) { in.DurationSeconds = new(int32(43201)) }, "ValidationError",
			"Member must have value less than or equal to 43200",
		},
		"too long for a chain": {
			chained, func(in *stsapi.AssumeRoleRequest) { in.DurationSeconds = new(int32(3601)) }, "ValidationError",
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
		},
		"name of a session": {
			root, func(in *stsapi.AssumeRoleRequest) { in.RoleSessionName = new("a b") }, "ValidationError",
			"Member must satisfy regular expression pattern",
		},
		"another source identity": {
			chained, func(in *stsapi.AssumeRoleRequest) { in.SourceIdentity = new("john") }, "AccessDenied", "sts:AssumeRole",
		},
		"policy that is not JSON": {root, policy("{"), "MalformedPolicyDocument", ""},
		"policy that is none":     {root, policy("{}"), "MalformedPolicyDocument", ""},
		"policy too long":         {root, policy(`{"Statement":"` + strings.Repeat("x", 2048) + `"}`), "ValidationError", "'policy'"},
		"too many policies": {root, func(in *stsapi.AssumeRoleRequest) {
			in.PolicyArns = make([]stsapi.PolicyDescriptorType, 11)
		}, "ValidationError", "'policyArns'"},
		"too much": {root, func(in *stsapi.AssumeRoleRequest) {
			for i := range 50 {
				in.Tags = append(in.Tags, stsapi.Tag{Key: new(fmt.Sprint(i)), Value: new(rand.Text() + rand.Text() + rand.Text())})
			}
		}, "PackedPolicyTooLarge", ""},
		"tag twice":       {root, tags("a", "A"), "InvalidParameterValue", "Duplicate tag keys"},
		"tag not present": {root, tags("b"), "InvalidParameterValue", "transitive"},
	}
	f := vending(t)
	if _, err := f.Register(t.Context(), "777788889999", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := f.UpdateAccount(t.Context(), "777788889999", provider.AccountUpdate{State: new(org.Suspended)}); err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := f.assume(t, test.caller, test.change)
			var answer *api.Error
			if !errors.As(err, &answer) || answer.Type != test.code || !strings.Contains(answer.Message, test.text) {
				t.Errorf("got %v, want %s: %s", err, test.code, test.text)
			}
		})
	}
}

func TestTheSourceIdentityStaysInAChain(t *testing.T) {
	f := vending(t)
	for _, given := range []*string{nil, new("jane")} {
		out, err := f.assume(t, chained, func(in *stsapi.AssumeRoleRequest) { in.SourceIdentity = given })
		if err != nil || out.SourceIdentity == nil || *out.SourceIdentity != "jane" {
			t.Errorf("%v, %+v", err, out)
		}
	}
}

// [AWS: GetSessionToken]
func TestGetSessionTokenIssuesASessionOfTheCaller(t *testing.T) {
	f := open(t)
	for seconds, want := range map[int32]time.Duration{0: time.Hour, 900: 15 * time.Minute, 129600: time.Hour} {
		in := &stsapi.GetSessionTokenRequest{}
		if seconds > 0 {
			in.DurationSeconds = &seconds
		}
		got, err := f.call(api.WithCaller(t.Context(), root), in)
		if err != nil {
			t.Fatal(err)
		}
		c := got.(*stsapi.GetSessionTokenResponse).Credentials
		session, err := f.sessions.Open(*c.AccessKeyId, *c.SessionToken, f.clock.Now())
		if err != nil || session.Principal != root.Principal || session.UserID != management || session.RoleARN != "" {
			t.Errorf("%v, %+v", err, session)
		}
		if until := c.Expiration.Sub(f.clock.Now()); until != want {
			t.Errorf("%d s: they expire in %v", seconds, until)
		}
	}
	f.clock.Set(time.Date(9999, 12, 31, 23, 30, 0, 0, time.UTC))
	got, err := f.call(f.as(t, root), &stsapi.GetSessionTokenRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if c := got.(*stsapi.GetSessionTokenResponse).Credentials; c.Expiration.Year() != 9999 {
		t.Errorf("a session of the last hour ends at %v", c.Expiration)
	}
	_, err = f.call(f.as(t, chained), &stsapi.GetSessionTokenRequest{})
	var answer *api.Error
	if !errors.As(err, &answer) || answer.Type != "AccessDenied" || answer.Message != "Cannot call GetSessionToken with session credentials" {
		t.Error(err)
	}
}
