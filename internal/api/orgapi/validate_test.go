package orgapi_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

func TestEveryOperationHasAValidRequest(t *testing.T) {
	for name, op := range orgapi.Operations {
		make, ok := valid[name]
		if !ok {
			t.Errorf("no request for %s", name)
			continue
		}
		in := make()
		if got, want := reflect.TypeOf(in), reflect.TypeOf(op.NewRequest()); got != want {
			t.Errorf("%s: request is %v, want %v", name, got, want)
		}
		if got := in.Operation().Name; got != name {
			t.Errorf("the request of %s is the input of %s", name, got)
		}
		if err := in.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// refused checks that a request gives an InvalidInputException with these
// reasons, and its catalogue text, in both styles.
func refused(t *testing.T, in api.Request, documented, native string) {
	t.Helper()
	err := in.Validate()
	if documented == "" {
		if err != nil {
			t.Errorf("got %v (native %q), want it to pass", err, err.In(api.Native).Reason)
		}
		return
	}
	if err == nil {
		t.Errorf("passed, want %s", documented)
		return
	}
	for style, want := range map[api.WireStyle]string{api.Documented: documented, api.Native: native} {
		got := err.In(style)
		if got.Type != "InvalidInputException" || got.Status != 400 || got.Reason != want {
			t.Errorf("style %v: got %s %q (%d), want %q", style, got.Type, got.Reason, got.Status, want)
		}
		bare, _, _ := strings.Cut(want, ":")
		if text := orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReason(bare)).Message; got.Message != text || text == "" {
			t.Errorf("style %v: text %q, want %q", style, got.Message, text)
		}
	}
}

// generic is a row whose native reason is the documented one with its member.
func generic(t *testing.T, in api.Request, native string) {
	t.Helper()
	documented, _, _ := strings.Cut(native, ":")
	refused(t, in, documented, native)
}

// with returns the valid request of the operation with members set from JSON,
// as a client sends them. A member that is null is absent.
func with(t *testing.T, operation, members string) api.Request {
	t.Helper()
	in := valid[operation]()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(members), &fields); err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(in).Elem()
	for name, raw := range fields {
		f := v.FieldByName(name)
		if !f.IsValid() {
			t.Fatalf("%s has no member %s", operation, name)
		}
		f.SetZero()
		if err := json.Unmarshal(raw, f.Addr().Interface()); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func TestAnAbsentRequiredMemberIsNamed(t *testing.T) {
	rows := []struct{ operation, member, documented, native string }{
		{"AcceptHandshake", "HandshakeId", "INPUT_REQUIRED", "INPUT_REQUIRED:HANDSHAKE_ID"},
		{"AttachPolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"AttachPolicy", "TargetId", "INPUT_REQUIRED", "INPUT_REQUIRED:TARGET_ID"},
		{"CancelHandshake", "HandshakeId", "INPUT_REQUIRED", "INPUT_REQUIRED:HANDSHAKE_ID"},
		{"CloseAccount", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"CreateAccount", "Email", "INPUT_REQUIRED", "INPUT_REQUIRED:EMAIL"},
		{"CreateAccount", "AccountName", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_NAME"},
		{"CreateGovCloudAccount", "Email", "INPUT_REQUIRED", "INPUT_REQUIRED:EMAIL"},
		{"CreateGovCloudAccount", "AccountName", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_NAME"},
		{"CreateOrganizationalUnit", "ParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:PARENT_ID"},
		{"CreateOrganizationalUnit", "Name", "INPUT_REQUIRED", "INPUT_REQUIRED:NAME"},
		{"CreatePolicy", "Content", "INPUT_REQUIRED", "INPUT_REQUIRED:CONTENT"},
		{"CreatePolicy", "Description", "INPUT_REQUIRED", "INPUT_REQUIRED:DESCRIPTION"},
		{"CreatePolicy", "Name", "INPUT_REQUIRED", "INPUT_REQUIRED:NAME"},
		{"CreatePolicy", "Type", "INPUT_REQUIRED", "INPUT_REQUIRED:TYPE"},
		{"DeclineHandshake", "HandshakeId", "INPUT_REQUIRED", "INPUT_REQUIRED:HANDSHAKE_ID"},
		{"DeleteOrganizationalUnit", "OrganizationalUnitId", "INPUT_REQUIRED", "INPUT_REQUIRED:ORGANIZATIONAL_UNIT_ID"},
		{"DeletePolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"DeregisterDelegatedAdministrator", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"DeregisterDelegatedAdministrator", "ServicePrincipal", "INPUT_REQUIRED", "INPUT_REQUIRED:SERVICE_PRINCIPAL"},
		{"DescribeAccount", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"DescribeCreateAccountStatus", "CreateAccountRequestId", "INPUT_REQUIRED", "INPUT_REQUIRED:CREATE_ACCOUNT_REQUEST_ID"},
		{"DescribeEffectivePolicy", "PolicyType", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_TYPE"},
		{"DescribeHandshake", "HandshakeId", "INPUT_REQUIRED", "INPUT_REQUIRED:HANDSHAKE_ID"},
		{"DescribeOrganizationalUnit", "OrganizationalUnitId", "INPUT_REQUIRED", "INPUT_REQUIRED:ORGANIZATIONAL_UNIT_ID"},
		{"DescribePolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"DescribeResponsibilityTransfer", "Id", "INPUT_REQUIRED", "INPUT_REQUIRED:ID"},
		{"DetachPolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"DetachPolicy", "TargetId", "INPUT_REQUIRED", "INPUT_REQUIRED:TARGET_ID"},
		{"DisableAWSServiceAccess", "ServicePrincipal", "INPUT_REQUIRED", "INPUT_REQUIRED:SERVICE_PRINCIPAL"},
		{"DisablePolicyType", "RootId", "INPUT_REQUIRED", "INPUT_REQUIRED:ROOT_ID"},
		{"DisablePolicyType", "PolicyType", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_TYPE"},
		{"EnableAWSServiceAccess", "ServicePrincipal", "INPUT_REQUIRED", "INPUT_REQUIRED:SERVICE_PRINCIPAL"},
		{"EnablePolicyType", "RootId", "INPUT_REQUIRED", "INPUT_REQUIRED:ROOT_ID"},
		{"EnablePolicyType", "PolicyType", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_TYPE"},
		{"InviteAccountToOrganization", "Target", "INPUT_REQUIRED", "INVALID_PATTERN"},
		{"InviteOrganizationToTransferResponsibility", "Type", "INPUT_REQUIRED", "INPUT_REQUIRED:TYPE"},
		{"InviteOrganizationToTransferResponsibility", "Target", "INPUT_REQUIRED", "INVALID_PATTERN"},
		{"InviteOrganizationToTransferResponsibility", "StartTimestamp", "INPUT_REQUIRED", "INPUT_REQUIRED:START_TIMESTAMP"},
		{"InviteOrganizationToTransferResponsibility", "SourceName", "INPUT_REQUIRED", "INPUT_REQUIRED:SOURCE_NAME"},
		{"ListAccountsForParent", "ParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:PARENT_ID"},
		{"ListAccountsWithInvalidEffectivePolicy", "PolicyType", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_TYPE"},
		{"ListChildren", "ParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:PARENT_ID"},
		{"ListChildren", "ChildType", "INPUT_REQUIRED", "INPUT_REQUIRED:CHILD_TYPE"},
		{"ListDelegatedServicesForAccount", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"ListEffectivePolicyValidationErrors", "AccountId", "TARGET_NOT_SUPPORTED", "TARGET_NOT_SUPPORTED"},
		{"ListEffectivePolicyValidationErrors", "PolicyType", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_TYPE"},
		{"ListInboundResponsibilityTransfers", "Type", "INPUT_REQUIRED", "INPUT_REQUIRED:TYPE"},
		{"ListOrganizationalUnitsForParent", "ParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:PARENT_ID"},
		{"ListOutboundResponsibilityTransfers", "Type", "INPUT_REQUIRED", "INPUT_REQUIRED:TYPE"},
		{"ListParents", "ChildId", "INPUT_REQUIRED", "INPUT_REQUIRED:CHILD_ID"},
		{"ListPolicies", "Filter", "INPUT_REQUIRED", "INPUT_REQUIRED:FILTER"},
		{"ListPoliciesForTarget", "TargetId", "INPUT_REQUIRED", "INPUT_REQUIRED:TARGET_ID"},
		{"ListPoliciesForTarget", "Filter", "INPUT_REQUIRED", "INPUT_REQUIRED:FILTER"},
		{"ListTagsForResource", "ResourceId", "INPUT_REQUIRED", "INPUT_REQUIRED:RESOURCE_ID"},
		{"ListTargetsForPolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"MoveAccount", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"MoveAccount", "SourceParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:SOURCE_PARENT_ID"},
		{"MoveAccount", "DestinationParentId", "INPUT_REQUIRED", "INPUT_REQUIRED:DESTINATION_PARENT_ID"},
		{"PutResourcePolicy", "Content", "INPUT_REQUIRED", "INPUT_REQUIRED:CONTENT"},
		{"RegisterDelegatedAdministrator", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"RegisterDelegatedAdministrator", "ServicePrincipal", "INPUT_REQUIRED", "INPUT_REQUIRED:SERVICE_PRINCIPAL"},
		{"RemoveAccountFromOrganization", "AccountId", "INPUT_REQUIRED", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"TagResource", "ResourceId", "INPUT_REQUIRED", "INPUT_REQUIRED:RESOURCE_ID"},
		{"TagResource", "Tags", "INPUT_REQUIRED", "INPUT_REQUIRED:TAGS"},
		{"TerminateResponsibilityTransfer", "Id", "INPUT_REQUIRED", "INPUT_REQUIRED:ID"},
		{"UntagResource", "ResourceId", "INPUT_REQUIRED", "INPUT_REQUIRED:RESOURCE_ID"},
		{"UntagResource", "TagKeys", "INPUT_REQUIRED", "INPUT_REQUIRED:TAG_KEYS"},
		{"UpdateOrganizationalUnit", "OrganizationalUnitId", "INPUT_REQUIRED", "INPUT_REQUIRED:ORGANIZATIONAL_UNIT_ID"},
		{"UpdatePolicy", "PolicyId", "INPUT_REQUIRED", "INPUT_REQUIRED:POLICY_ID"},
		{"UpdateResponsibilityTransfer", "Id", "INPUT_REQUIRED", "INPUT_REQUIRED:ID"},
		{"UpdateResponsibilityTransfer", "Name", "INPUT_REQUIRED", "INPUT_REQUIRED:NAME"},
	}
	named := make(map[string]bool)
	for _, r := range rows {
		named[r.operation+"."+r.member] = true
		t.Run(r.operation+"."+r.member, func(t *testing.T) {
			refused(t, with(t, r.operation, `{"`+r.member+`": null}`), r.documented, r.native)
		})
	}

	// The table above is complete: a member that no row names may be absent.
	for name, make := range valid {
		v := reflect.ValueOf(make()).Elem()
		for i := range v.NumField() {
			member := v.Type().Field(i).Name
			if named[name+"."+member] {
				continue
			}
			in := make()
			reflect.ValueOf(in).Elem().Field(i).SetZero()
			if err := in.Validate(); err != nil {
				t.Errorf("%s without %s: %v", name, member, err)
			}
		}
	}
}

func TestTheFirstAbsentMemberIsReportedBeforeAnyBadValue(t *testing.T) {
	generic(t, with(t, "CreateAccount", `{"Email": null, "AccountName": null}`), "INPUT_REQUIRED:EMAIL")
	generic(t, with(t, "CreateAccount", `{"Email": "x", "AccountName": null}`), "INPUT_REQUIRED:ACCOUNT_NAME")
	generic(t, with(t, "MoveAccount", `{"AccountId": "x", "SourceParentId": null, "DestinationParentId": null}`), "INPUT_REQUIRED:SOURCE_PARENT_ID")
	generic(t, with(t, "TagResource", `{"ResourceId": "x", "Tags": [{"Key": "k"}]}`), "INPUT_REQUIRED:TAGS_1_MEMBER_VALUE")
	generic(t, with(t, "MoveAccount", `{"AccountId": "x", "SourceParentId": "x"}`), "INVALID_PATTERN:ACCOUNT_ID")
	// Rules between members come after every value.
	generic(t, with(t, "CreateAccount", `{"IamUserAccessToBilling": "x", "Tags": [{"Key": "a", "Value": ""}, {"Key": "a", "Value": ""}]}`), "INVALID_ENUM:IAM_USER_ACCESS_TO_BILLING")
	refused(t, with(t, "CreateAccount", `{"RoleName": "AWSServiceRoleForX", "Tags": [{"Key": "aws:a", "Value": ""}]}`),
		"INVALID_SYSTEM_TAGS_PARAMETER", "INVALID_SYSTEM_TAGS_PARAMETER")
	// Length comes before pattern.
	generic(t, with(t, "AcceptHandshake", `{"HandshakeId": "`+strings.Repeat("!", 35)+`"}`), "MAX_LENGTH_EXCEEDED:HANDSHAKE_ID")
}

func TestValuesAreCheckedAgainstTheirShape(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	wide := func(n int) string { return strings.Repeat("é", n) }
	rows := []struct{ operation, member, value, native string }{
		{"AcceptHandshake", "HandshakeId", "", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"AcceptHandshake", "HandshakeId", "h-1234567", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"AcceptHandshake", "HandshakeId", "h-12345678", ""},
		{"AcceptHandshake", "HandshakeId", "h-ABCDEFGH", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"AcceptHandshake", "HandshakeId", "h-12345678\n", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"CancelHandshake", "HandshakeId", "x", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"DeclineHandshake", "HandshakeId", "x", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"DescribeHandshake", "HandshakeId", "x", "INVALID_PATTERN:HANDSHAKE_ID"},
		{"RemoveAccountFromOrganization", "AccountId", "11112222333", "INVALID_PATTERN:ACCOUNT_ID"},
		{"RemoveAccountFromOrganization", "AccountId", "1111222233333", "MAX_LENGTH_EXCEEDED:ACCOUNT_ID"},
		{"RemoveAccountFromOrganization", "AccountId", "000000000000", ""},
		{"MoveAccount", "AccountId", "x", "INVALID_PATTERN:ACCOUNT_ID"},
		{"MoveAccount", "SourceParentId", account, "INVALID_PATTERN:SOURCE_PARENT_ID"},
		{"MoveAccount", "DestinationParentId", "r-AB12", "INVALID_PATTERN:DESTINATION_PARENT_ID"},
		{"DescribeAccount", "AccountId", "x", "INVALID_PATTERN:ACCOUNT_ID"},
		{"CloseAccount", "AccountId", "", "INVALID_PATTERN:ACCOUNT_ID"},
		{"CreateOrganization", "FeatureSet", "SOME", "INVALID_ENUM:FEATURE_SET"},
		{"CreateOrganization", "FeatureSet", "", "INVALID_ENUM:FEATURE_SET"},
		{"CreateOrganization", "FeatureSet", "all", "INVALID_ENUM:FEATURE_SET"},
		{"CreateOrganization", "FeatureSet", "CONSOLIDATED_BILLING", ""},
		{"CreateOrganizationalUnit", "ParentId", "x" + root, "INVALID_PATTERN:PARENT_ID"},
		{"CreateOrganizationalUnit", "ParentId", root + "!", "INVALID_PATTERN:PARENT_ID"},
		{"CreateOrganizationalUnit", "ParentId", "x" + unit, "INVALID_PATTERN:PARENT_ID"},
		{"CreateOrganizationalUnit", "ParentId", unit + "!", "INVALID_PATTERN:PARENT_ID"},
		{"CreateOrganizationalUnit", "ParentId", unit, ""},
		{"CreateOrganizationalUnit", "Name", "", "MIN_LENGTH_EXCEEDED:NAME"},
		{"CreateOrganizationalUnit", "Name", wide(129), "MAX_LENGTH_EXCEEDED:NAME"},
		{"CreateOrganizationalUnit", "Name", wide(128), ""},
		{"UpdateOrganizationalUnit", "OrganizationalUnitId", root, "INVALID_PATTERN:ORGANIZATIONAL_UNIT_ID"},
		{"UpdateOrganizationalUnit", "Name", "", "MIN_LENGTH_EXCEEDED:NAME"},
		{"UpdateOrganizationalUnit", "Name", " ", ""},
		{"UpdateOrganizationalUnit", "Name", long(129), "MAX_LENGTH_EXCEEDED:NAME"},
		{"DeleteOrganizationalUnit", "OrganizationalUnitId", "x", "INVALID_PATTERN:ORGANIZATIONAL_UNIT_ID"},
		{"DescribeOrganizationalUnit", "OrganizationalUnitId", "", "INVALID_PATTERN:ORGANIZATIONAL_UNIT_ID"},
		{"ListOrganizationalUnitsForParent", "ParentId", "x", "INVALID_PATTERN:PARENT_ID"},
		{"ListAccountsForParent", "ParentId", "x", "INVALID_PATTERN:PARENT_ID"},
		{"ListChildren", "ParentId", "x", "INVALID_PATTERN:PARENT_ID"},
		{"ListChildren", "ChildType", "ROOT", "INVALID_ENUM:CHILD_TYPE"},
		{"ListChildren", "ChildType", "ORGANIZATIONAL_UNIT", ""},
		{"ListParents", "ChildId", root, "INVALID_PATTERN:CHILD_ID"},
		{"ListParents", "ChildId", account + "3", "INVALID_PATTERN:CHILD_ID"},
		{"ListParents", "ChildId", unit, ""},
		{"CreateAccount", "Email", "a@b.c", "MIN_LENGTH_EXCEEDED:EMAIL"},
		{"CreateAccount", "Email", long(60) + "@b.co", "MAX_LENGTH_EXCEEDED:EMAIL"},
		{"CreateAccount", "Email", "dev.example.com", "INVALID_PATTERN:EMAIL"},
		{"CreateAccount", "AccountName", "", "MIN_LENGTH_EXCEEDED:ACCOUNT_NAME"},
		{"CreateAccount", "AccountName", long(51), "MAX_LENGTH_EXCEEDED:ACCOUNT_NAME"},
		{"CreateAccount", "AccountName", "Dév", "INVALID_PATTERN:ACCOUNT_NAME"},
		{"CreateAccount", "AccountName", " ~", ""},
		{"CreateAccount", "RoleName", long(65), "MAX_LENGTH_EXCEEDED:ROLE_NAME"},
		{"CreateAccount", "RoleName", long(64), ""},
		{"CreateAccount", "IamUserAccessToBilling", "allow", "INVALID_ENUM:IAM_USER_ACCESS_TO_BILLING"},
		{"CreateGovCloudAccount", "AccountName", "\t", "INVALID_PATTERN:ACCOUNT_NAME"},
		{"DescribeCreateAccountStatus", "CreateAccountRequestId", "car-1234567", "INVALID_PATTERN:CREATE_ACCOUNT_REQUEST_ID"},
		{"DescribeCreateAccountStatus", "CreateAccountRequestId", "car-12345678", ""},
		{"InviteAccountToOrganization", "Notes", wide(1025), "MAX_LENGTH_EXCEEDED:NOTES"},
		{"InviteAccountToOrganization", "Notes", wide(1024), ""},
		{"InviteAccountToOrganization", "Notes", "", ""},
		{"InviteOrganizationToTransferResponsibility", "Notes", long(1025), "MAX_LENGTH_EXCEEDED:NOTES"},
		{"InviteOrganizationToTransferResponsibility", "SourceName", "", "MIN_LENGTH_EXCEEDED:SOURCE_NAME"},
		{"InviteOrganizationToTransferResponsibility", "SourceName", "é", "INVALID_PATTERN:SOURCE_NAME"},
		{"InviteOrganizationToTransferResponsibility", "Type", "TAX", "INVALID_ENUM:TYPE"},
		{"UpdateResponsibilityTransfer", "Name", long(129), "MAX_LENGTH_EXCEEDED:NAME"},
		{"DescribeResponsibilityTransfer", "Id", "rt-ABCD1234", "INVALID_PATTERN:ID"},
		{"TerminateResponsibilityTransfer", "Id", "rt-1", "INVALID_PATTERN:ID"},
		{"ListInboundResponsibilityTransfers", "Id", "rt-1", "INVALID_PATTERN:ID"},
		{"ListOutboundResponsibilityTransfers", "Type", "billing", "INVALID_ENUM:TYPE"},
		{"CreatePolicy", "Content", "", "MIN_LENGTH_EXCEEDED:CONTENT"},
		{"CreatePolicy", "Description", wide(513), "MAX_LENGTH_EXCEEDED:DESCRIPTION"},
		{"CreatePolicy", "Description", wide(512), ""},
		{"CreatePolicy", "Name", "", "MIN_LENGTH_EXCEEDED:NAME"},
		{"CreatePolicy", "Name", long(129), "MAX_LENGTH_EXCEEDED:NAME"},
		// Any character will do, not only ASCII. [AWS: naming guidelines]
		{"CreatePolicy", "Name", strings.Repeat("策", 127) + "\n", ""},
		{"CreatePolicy", "Name", strings.Repeat("😀", 129), "MAX_LENGTH_EXCEEDED:NAME"},
		{"UpdatePolicy", "Name", "Größe 😀 #1%", ""},
		{"CreatePolicy", "Type", "SCP", "INVALID_ENUM:TYPE"},
		{"UpdatePolicy", "Name", "", "MIN_LENGTH_EXCEEDED:NAME"},
		{"UpdatePolicy", "Description", "", ""},
		{"DeletePolicy", "PolicyId", long(131), "MAX_LENGTH_EXCEEDED:POLICY_ID"},
		{"ListPolicies", "Filter", "SCP", "INVALID_ENUM:FILTER"},
		{"ListPoliciesForTarget", "Filter", "", "INVALID_ENUM:FILTER"},
		{"EnablePolicyType", "RootId", unit, "INVALID_PATTERN:ROOT_ID"},
		{"EnablePolicyType", "PolicyType", "SCP", "INVALID_ENUM:POLICY_TYPE"},
		{"DisablePolicyType", "PolicyType", "SCP", "INVALID_ENUM:POLICY_TYPE"},
		{"PutResourcePolicy", "Content", "", "MIN_LENGTH_EXCEEDED:CONTENT"},
		{"EnableAWSServiceAccess", "ServicePrincipal", "", "MIN_LENGTH_EXCEEDED:SERVICE_PRINCIPAL"},
		{"EnableAWSServiceAccess", "ServicePrincipal", "a b", "INVALID_PATTERN:SERVICE_PRINCIPAL"},
		{"ListDelegatedAdministrators", "ServicePrincipal", long(129), "MAX_LENGTH_EXCEEDED:SERVICE_PRINCIPAL"},
		{"TagResource", "ResourceId", "o-a1b2c3d4e5", "INVALID_PATTERN:RESOURCE_ID"},
		{"TagResource", "ResourceId", "x" + account, "INVALID_PATTERN:RESOURCE_ID"},
		// [seen: RoadieHQ/roadie-backstage-plugins#1391]
		{"ListTagsForResource", "ResourceId", "arn:aws:organizations::" + account + ":account/o-a1b2c3d4e5/" + account, "INVALID_PATTERN:RESOURCE_ID"},
		{"TagResource", "ResourceId", root, ""},
		{"TagResource", "ResourceId", unit, ""},
		{"TagResource", "ResourceId", "p-a1b2c3d4", ""},
		{"TagResource", "ResourceId", "rt-ABCD_123", ""},
	}
	for _, r := range rows {
		value, err := json.Marshal(r.value)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(r.operation+"."+r.member, func(t *testing.T) {
			generic(t, with(t, r.operation, `{"`+r.member+`": `+string(value)+`}`), r.native)
		})
	}
}

func TestAValidRequestIsCheckedWithoutAllocating(t *testing.T) {
	tags := []orgapi.Tag{{Key: new("team"), Value: new("x")}, {Key: new("stage"), Value: new("dev")}}
	rich := []api.Request{
		&orgapi.CreateAccountRequest{Email: new(email), AccountName: new("Dev"), RoleName: new("Role"), Tags: tags},
		&orgapi.InviteAccountToOrganizationRequest{Target: party("EMAIL", email), Notes: new("é"), Tags: tags},
		&orgapi.ListHandshakesForAccountRequest{Filter: &orgapi.HandshakeFilter{ActionType: new(orgapi.ActionTypeInvite)}, MaxResults: new(int32(5))},
		&orgapi.ListCreateAccountStatusRequest{States: []*orgapi.CreateAccountState{new(orgapi.CreateAccountState("FAILED"))}, NextToken: new("t")},
		&orgapi.UntagResourceRequest{ResourceId: new(account), TagKeys: []*string{new("a"), new("b")}},
	}
	for _, make := range valid {
		rich = append(rich, make())
	}
	for _, in := range rich {
		if n := testing.AllocsPerRun(20, func() {
			if err := in.Validate(); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%T: %v allocations", in, n)
		}
	}
}

// FuzzValidate holds that no request that can be decoded makes a check panic,
// and that a refusal is one that the operation declares.
func FuzzValidate(f *testing.F) {
	names := make([]string, 0, len(orgapi.Operations))
	for name := range orgapi.Operations {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		body, err := json.Marshal(valid[name]())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint(i), body)
	}
	f.Add(uint(slices.Index(names, "InviteAccountToOrganization")), []byte(`{"Target":{"Type":"EMAIL"},"Tags":[{"Key":"aws:\u0130"}]}`))
	f.Add(uint(slices.Index(names, "TerminateResponsibilityTransfer")), []byte(`{"Id":"rt-00000000","EndTimestamp":-1e9}`))
	f.Fuzz(func(t *testing.T, i uint, body []byte) {
		op := orgapi.Operations[names[i%uint(len(names))]]
		in := op.NewRequest()
		if json.Unmarshal(body, in) != nil {
			return
		}
		if err := in.Validate(); err != nil && !op.MayReturn(err.Type) {
			t.Errorf("%s does not declare %s", op.Name, err.Type)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	for _, operation := range []string{"DescribeHandshake", "ListPoliciesForTarget", "TagResource"} {
		in := valid[operation]()
		b.Run(operation, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := in.Validate(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
