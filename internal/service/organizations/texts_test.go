package organizations_test

import (
	"errors"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/quota"
)

// text is the message of the error that a call gets.
func (a actor) text(operation string, in api.Request) string {
	a.w.t.Helper()
	err := a.call(operation, in)
	var told *api.Error
	if !errors.As(err, &told) {
		a.w.t.Fatalf("%s: %v", operation, err)
	}
	return told.Message
}

// An error of a quota has the text that an injected one has.
func TestQuotaErrorsHaveTheTextOfTheModel(t *testing.T) {
	for _, q := range quota.Quotas() {
		for _, e := range q.Errors {
			// A quota of the server rejects the caller, which every service does.
			// Those of IAM are raised by the operations of IAM.
			if !q.OfServer && !strings.HasPrefix(string(q.Name), "iam-") && orgapi.Exception(e.Exception, e.Reason).Message == "" {
				t.Errorf("%s: %s %s has no text", q.Name, e.Exception, e.Reason)
			}
		}
	}
	w := newFixture(t, "units-per-organization 0", "account-creations-in-progress 0", "accounts-per-organization 1")
	a := w.as(alice).plant()
	for operation, c := range map[string]struct {
		in   api.Request
		want string
	}{
		"CreateOrganizationalUnit": {
			&orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("n")},
			orgapi.Exception("ConstraintViolationException", "OU_NUMBER_LIMIT_EXCEEDED").Message,
		},
		// Without its final period. [seen in public issues]
		"InviteAccountToOrganization": {
			&orgapi.InviteAccountToOrganizationRequest{Target: &orgapi.HandshakeParty{Id: new(bob), Type: new(orgapi.HandshakePartyTypeAccount)}},
			"You have exceeded the allowed number of AWS accounts",
		},
	} {
		if got := a.text(operation, c.in); got != c.want {
			t.Errorf("%s: %q, want %q", operation, got, c.want)
		}
	}
}

// [seen: boto/boto3#4565; aws-samples/iam-identity-center-team#355;
// hashicorp/terraform-provider-aws#26797, #29382; AWS: INVALID_SYNTAX_POLICY_ID]
func TestTextsThatWereSeen(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.trust(config)
	register := delegating(alice, config)
	if got, want := a.text("RegisterDelegatedAdministrator", &register),
		"You cannot register management account/yourself as delegated administrator for your organization."; got != want {
		t.Errorf("registering the management account: %q, want %q", got, want)
	}
	a.enable(scp)
	if got, want := a.text("DetachPolicy", &orgapi.DetachPolicyRequest{PolicyId: new(full), TargetId: &a.root}),
		"You cannot remove the last policy attached to the specified target. You must have at least one attached at all times."; got != want {
		t.Errorf("detaching the last policy: %q, want %q", got, want)
	}
	if got, want := a.text("DescribePolicy", &orgapi.DescribePolicyRequest{PolicyId: new("p-1")}), "You specified an invalid policy ID."; got != want {
		t.Errorf("a malformed policy ID: %q, want %q", got, want)
	}
	target, policy := new("nonsense"), new("p-12345678")
	for operation, in := range map[string]api.Request{
		"AttachPolicy":            &orgapi.AttachPolicyRequest{PolicyId: policy, TargetId: target},
		"DetachPolicy":            &orgapi.DetachPolicyRequest{PolicyId: policy, TargetId: target},
		"ListPoliciesForTarget":   &orgapi.ListPoliciesForTargetRequest{TargetId: target, Filter: new(orgapi.PolicyTypeTagPolicy)},
		"DescribeEffectivePolicy": &orgapi.DescribeEffectivePolicyRequest{TargetId: target, PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy)},
	} {
		if got, want := a.text(operation, in), "You provided a value that does not match the required pattern."; got != want {
			t.Errorf("%s: %q, want %q", operation, got, want)
		}
	}
}
