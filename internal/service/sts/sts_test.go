package sts_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/ident"
	"accord/internal/service/sts"
)

type keys map[string]ident.AccountID

func (k keys) AccountOf(id string) ident.AccountID { return k[id] }

// accounts rejects callers with an error, or none.
type accounts struct{ err error }

func (a accounts) RequireAccount(context.Context) error { return a.err }

func call(ctx context.Context, t *testing.T, operation string, in api.Request) (any, error) {
	t.Helper()
	if fault := in.Validate(); fault != nil {
		return nil, fault
	}
	return stsapi.Operations[operation].Invoke(ctx, sts.New(keys{"AKIAIOSFODNN7EXAMPLE": "111122223333"}, accounts{}), in)
}

func ptr[T any](v T) *T { return &v }

func TestGetCallerIdentityTellsWhoCalls(t *testing.T) {
	for name, caller := range map[string]api.Caller{
		"root user":    {Account: "111122223333", Principal: "arn:aws:iam::111122223333:root", UserID: "111122223333"},
		"role session": {Account: "444455556666", Principal: "arn:aws:sts::444455556666:assumed-role/R/S", UserID: "AROAEXAMPLE:S"},
	} {
		got, err := call(api.WithCaller(t.Context(), caller), t, "GetCallerIdentity", &stsapi.GetCallerIdentityRequest{})
		want := &stsapi.GetCallerIdentityResponse{UserId: &caller.UserID, Account: &caller.Account, Arn: &caller.Principal}
		if diff := cmp.Diff(any(want), got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func TestGetAccessKeyInfoTellsWhoseKeyItIs(t *testing.T) {
	got, err := call(t.Context(), t, "GetAccessKeyInfo", &stsapi.GetAccessKeyInfoRequest{AccessKeyId: ptr("AKIAIOSFODNN7EXAMPLE")})
	if diff := cmp.Diff(any(&stsapi.GetAccessKeyInfoResponse{Account: ptr("111122223333")}), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for _, in := range []*stsapi.GetAccessKeyInfoRequest{{}, {AccessKeyId: ptr("short")}} {
		_, err := call(t.Context(), t, "GetAccessKeyInfo", in)
		var fault *api.Error
		if !errors.As(err, &fault) || fault.Type != "ValidationError" {
			t.Errorf("got %v, want ValidationError", err)
		}
	}
}

func TestSessionsAreNotBuilt(t *testing.T) {
	for operation, in := range map[string]api.Request{
		"AssumeRole":                 &stsapi.AssumeRoleRequest{RoleArn: ptr("arn:aws:iam::111122223333:role/R"), RoleSessionName: ptr("me")},
		"GetSessionToken":            &stsapi.GetSessionTokenRequest{},
		"DecodeAuthorizationMessage": &stsapi.DecodeAuthorizationMessageRequest{EncodedMessage: ptr("x")},
	} {
		_, err := call(t.Context(), t, operation, in)
		var fault *api.Error
		if !errors.As(err, &fault) || fault.Type != "NotImplementedException" || fault.Status != 501 {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

func TestAnAccountThatMayNotSignIsRejected(t *testing.T) {
	rejected := api.UnrecognizedClient()
	service := sts.New(keys{}, accounts{rejected})
	for operation, in := range map[string]api.Request{
		"GetCallerIdentity": &stsapi.GetCallerIdentityRequest{},
		"GetAccessKeyInfo":  &stsapi.GetAccessKeyInfoRequest{AccessKeyId: ptr("AKIAIOSFODNN7EXAMPLE")},
	} {
		if _, err := stsapi.Operations[operation].Invoke(t.Context(), service, in); !errors.Is(err, rejected) {
			t.Errorf("%s: %v", operation, err)
		}
	}
}
