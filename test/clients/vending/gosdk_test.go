package vending_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accord/test/process"
	"accord/test/require"
)

// patience bounds the wait for the end of an asynchronous request.
const patience = 5 * time.Minute

// vendor calls as a management account.
type vendor struct {
	t *testing.T
	*organizations.Client
}

// must makes a call that has to succeed.
func must[I, O any](v vendor, call func(context.Context, *I, ...func(*organizations.Options)) (*O, error), in I) *O {
	v.t.Helper()
	out, err := call(v.t.Context(), &in)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

// fails makes a call that has to fail with an exception of the SDK, which it
// returns.
func fails[E error, I, O any](v vendor, call func(context.Context, *I, ...func(*organizations.Options)) (*O, error), in I) E {
	v.t.Helper()
	_, err := call(v.t.Context(), &in)
	var exception E
	if !errors.As(err, &exception) {
		v.t.Fatalf("%T: %v, want %T", in, err, exception)
	}
	return exception
}

// create asks for an account and waits until the request has ended. The SDK has no
// waiter for it.
func (v vendor) create(in organizations.CreateAccountInput) *types.CreateAccountStatus {
	v.t.Helper()
	status := must(v, v.CreateAccount, in).CreateAccountStatus
	if status.State != types.CreateAccountStateInProgress || status.AccountId != nil {
		v.t.Fatalf("at first the request is %s, with the account %s", status.State, aws.ToString(status.AccountId))
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for end := time.After(patience); status.State == types.CreateAccountStateInProgress; {
		select {
		case <-ticker.C:
		case <-end:
			v.t.Fatal("the request does not end")
		}
		status = must(v, v.DescribeCreateAccountStatus,
			organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id}).CreateAccountStatus
	}
	if status.CompletedTimestamp.Before(*status.RequestedTimestamp) {
		v.t.Errorf("the request ended at %v, before %v", status.CompletedTimestamp, status.RequestedTimestamp)
	}
	return status
}

// pages is what all paginators of the SDK have in common.
type pages[O any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*organizations.Options)) (*O, error)
}

// all collects the entries of all pages.
func all[O, T any](v vendor, p pages[O], entries func(*O) []T) []T {
	v.t.Helper()
	var list []T
	for p.HasMorePages() {
		page, err := p.NextPage(v.t.Context())
		if err != nil {
			v.t.Fatal(err)
		}
		list = append(list, entries(page)...)
	}
	return list
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.Account{}, types.Tag{}, types.Parent{}, types.PolicyTargetSummary{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const guardrail = `{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]
}`

func TestTheGoSDKVendsAnAccount(t *testing.T) {
	require.Full(t)
	v := vendor{t, process.Start(t).Client(management)}

	// The landing zone: an organization with guardrails, and a unit for each stage.
	organization := must(v, v.CreateOrganization, organizations.CreateOrganizationInput{}).Organization
	root := must(v, v.ListRoots, organizations.ListRootsInput{}).Roots[0].Id
	units := map[string]*string{}
	names := []string{"Development", "Production", "Sandbox"}
	for _, name := range names {
		units[name] = must(v, v.CreateOrganizationalUnit, organizations.CreateOrganizationalUnitInput{
			ParentId: root, Name: &name, Tags: []types.Tag{{Key: aws.String("stage"), Value: &name}},
		}).OrganizationalUnit.Id
	}
	fails[*types.DuplicateOrganizationalUnitException](v, v.CreateOrganizationalUnit,
		organizations.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String("Sandbox")})
	var listed []string
	for _, unit := range all(v, organizations.NewListOrganizationalUnitsForParentPaginator(v,
		&organizations.ListOrganizationalUnitsForParentInput{ParentId: root, MaxResults: aws.Int32(1)}),
		func(page *organizations.ListOrganizationalUnitsForParentOutput) []types.OrganizationalUnit {
			return page.OrganizationalUnits
		}) {
		listed = append(listed, *unit.Name)
	}
	want(t, "units", listed, names)
	policy := must(v, v.CreatePolicy, organizations.CreatePolicyInput{
		Name: aws.String("StayInTheOrganization"), Description: aws.String("Members do not leave"),
		Type: types.PolicyTypeServiceControlPolicy, Content: aws.String(guardrail),
	}).Policy
	want(t, "the policy", *policy.Content, guardrail)
	id := policy.PolicySummary.Id
	fails[*types.MalformedPolicyDocumentException](v, v.CreatePolicy, organizations.CreatePolicyInput{
		Name: aws.String("Broken"), Description: aws.String(""),
		Type: types.PolicyTypeServiceControlPolicy, Content: aws.String(`{"Statement": {}`),
	})

	// The account.
	status := v.create(organizations.CreateAccountInput{
		AccountName: aws.String("Payments"), Email: aws.String("payments@example.com"),
		RoleName: aws.String("Administrator"), IamUserAccessToBilling: types.IAMUserAccessToBillingDeny,
		Tags: []types.Tag{{Key: aws.String("cost-center"), Value: aws.String("1234")}},
	})
	want(t, "the request", status.State, types.CreateAccountStateSucceeded)
	account := status.AccountId
	again := v.create(organizations.CreateAccountInput{
		AccountName: aws.String("Payments"), Email: aws.String("PAYMENTS@example.com"),
	})
	want(t, "the second request", again.State, types.CreateAccountStateFailed)
	want(t, "its reason", again.FailureReason, types.CreateAccountFailureReasonEmailAlreadyExists)
	failures := all(v, organizations.NewListCreateAccountStatusPaginator(v,
		&organizations.ListCreateAccountStatusInput{States: []types.CreateAccountState{types.CreateAccountStateFailed}}),
		func(page *organizations.ListCreateAccountStatusOutput) []types.CreateAccountStatus {
			return page.CreateAccountStatuses
		})
	if len(failures) != 1 || *failures[0].Id != *again.Id {
		t.Errorf("failed requests: %v", failures)
	}

	// Its place.
	want(t, "its first parent", must(v, v.ListParents, organizations.ListParentsInput{ChildId: account}).Parents,
		[]types.Parent{{Id: root, Type: types.ParentTypeRoot}})
	move := organizations.MoveAccountInput{AccountId: account, SourceParentId: root, DestinationParentId: units["Production"]}
	must(v, v.MoveAccount, move)
	move.DestinationParentId = units["Sandbox"]
	fails[*types.AccountNotFoundException](v, v.MoveAccount, move)
	move.SourceParentId, move.DestinationParentId = units["Production"], units["Production"]
	fails[*types.DuplicateAccountException](v, v.MoveAccount, move)

	// Its tags.
	tags := []types.Tag{
		{Key: aws.String("cost-center"), Value: aws.String("5678")},
		{Key: aws.String("owner"), Value: aws.String("payments")},
	}
	must(v, v.TagResource, organizations.TagResourceInput{ResourceId: account, Tags: tags})

	// Its guardrail: first the type has to be there.
	attachment := organizations.AttachPolicyInput{PolicyId: id, TargetId: account}
	fails[*types.PolicyTypeNotEnabledException](v, v.AttachPolicy, attachment)
	must(v, v.EnablePolicyType, organizations.EnablePolicyTypeInput{RootId: root, PolicyType: types.PolicyTypeServiceControlPolicy})
	must(v, v.AttachPolicy, attachment)
	fails[*types.DuplicatePolicyAttachmentException](v, v.AttachPolicy, attachment)

	// What everybody sees of it.
	described := must(v, v.DescribeAccount, organizations.DescribeAccountInput{AccountId: account}).Account
	arn := "arn:aws:organizations::" + management + ":account/" + *organization.Id + "/" + *account
	want(t, "the account", *described, types.Account{
		Id: account, Arn: &arn, Name: aws.String("Payments"), Email: aws.String("payments@example.com"),
		JoinedMethod: types.AccountJoinedMethodCreated, JoinedTimestamp: described.JoinedTimestamp,
		State: types.AccountStateActive, Status: types.AccountStatusActive,
		Paths: []string{*organization.Id + "/" + *root + "/" + *units["Production"] + "/" + *account + "/"},
	})
	want(t, "the accounts of its unit", all(v, organizations.NewListAccountsForParentPaginator(v,
		&organizations.ListAccountsForParentInput{ParentId: units["Production"]}),
		func(page *organizations.ListAccountsForParentOutput) []types.Account { return page.Accounts }),
		[]types.Account{*described})
	want(t, "its tags", must(v, v.ListTagsForResource, organizations.ListTagsForResourceInput{ResourceId: account}).Tags, tags)
	var attached []string
	for _, p := range all(v, organizations.NewListPoliciesForTargetPaginator(v, &organizations.ListPoliciesForTargetInput{
		TargetId: account, Filter: types.PolicyTypeServiceControlPolicy, MaxResults: aws.Int32(1),
	}), func(page *organizations.ListPoliciesForTargetOutput) []types.PolicySummary { return page.Policies }) {
		attached = append(attached, *p.Name)
	}
	want(t, "its policies", attached, []string{"FullAWSAccess", "StayInTheOrganization"})
	want(t, "the targets of the policy", must(v, v.ListTargetsForPolicy, organizations.ListTargetsForPolicyInput{PolicyId: id}).Targets,
		[]types.PolicyTargetSummary{{TargetId: account, Arn: &arn, Name: aws.String("Payments"), Type: types.TargetTypeAccount}})

	// The way back.
	fails[*types.PolicyInUseException](v, v.DeletePolicy, organizations.DeletePolicyInput{PolicyId: id})
	must(v, v.DetachPolicy, organizations.DetachPolicyInput{PolicyId: id, TargetId: account})
	last := fails[*types.ConstraintViolationException](v, v.DetachPolicy,
		organizations.DetachPolicyInput{PolicyId: aws.String("p-FullAWSAccess"), TargetId: account})
	want(t, "the last policy", last.Reason, types.ConstraintViolationExceptionReasonMinPolicyTypeAttachmentLimitExceeded)
	must(v, v.DeletePolicy, organizations.DeletePolicyInput{PolicyId: id})
	must(v, v.RemoveAccountFromOrganization, organizations.RemoveAccountFromOrganizationInput{AccountId: account})
	for _, unit := range units {
		must(v, v.DeleteOrganizationalUnit, organizations.DeleteOrganizationalUnitInput{OrganizationalUnitId: unit})
	}
	must(v, v.DeleteOrganization, organizations.DeleteOrganizationInput{})
	fails[*types.AWSOrganizationsNotInUseException](v, v.ListAccounts, organizations.ListAccountsInput{})
}
