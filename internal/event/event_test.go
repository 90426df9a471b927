package event_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
)

const management ident.AccountID = "111111111111"

var (
	at     = time.Date(2020, 9, 16, 21, 20, 50, 123456000, time.UTC)
	caller = api.Caller{
		Account: "111111111111", Principal: "arn:aws:sts::111111111111:assumed-role/my-admin-role/my-session",
		UserID: "AROAEXAMPLE:my-session", Partition: "aws", AccessKeyID: "ASIAEXAMPLE", RequestID: "9a1f-request",
		SourceIP: "192.0.2.0", UserAgent: "aws-cli/2",
	}
)

// same compares the record on one line with a file of testdata.
func same(t *testing.T, file, record string) {
	t.Helper()
	if strings.ContainsAny(record, "\n\r") {
		t.Errorf("the record has a line break: %q", record)
	}
	want, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode(t, string(want)), decode(t, record)); diff != "" {
		t.Errorf("%s (-want +got):\n%s\nrecord: %s", file, diff, record)
	}
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return m
}

func ptr[T any](v T) *T { return &v }

// invitation is a handshake as an answer shows it.
func invitation() *orgapi.Handshake {
	return &orgapi.Handshake{
		Id: ptr("h-examplehandshakeid111"), Arn: ptr("arn:aws:organizations::111111111111:handshake/o-exampleorgid/invite/h-examplehandshakeid111"),
		Action: ptr(orgapi.ActionType("INVITE")), State: ptr(orgapi.HandshakeState("OPEN")),
		RequestedTimestamp: api.At(at), ExpirationTimestamp: api.At(at.Add(15 * 24 * time.Hour)),
		Parties: []orgapi.HandshakeParty{
			{Id: ptr("o-exampleorgid"), Type: ptr(orgapi.HandshakePartyType("ORGANIZATION"))},
			{Id: ptr("juan@example.com"), Type: ptr(orgapi.HandshakePartyType("EMAIL"))},
		},
		Resources: []orgapi.HandshakeResource{
			{Type: ptr(orgapi.HandshakeResourceType("ORGANIZATION")), Value: ptr("o-exampleorgid"), Resources: []orgapi.HandshakeResource{
				{Type: ptr(orgapi.HandshakeResourceType("MASTER_EMAIL")), Value: ptr("bill@example.com")},
			}},
			{Type: ptr(orgapi.HandshakeResourceType("NOTES")), Value: ptr("Join \"us\"\nnow")},
		},
	}
}

func TestCallsAreRecordedAsTheDocumentationShows(t *testing.T) {
	calls := map[string]event.Call{
		"invite.json": {
			Operation: "InviteAccountToOrganization",
			Request: &orgapi.InviteAccountToOrganizationRequest{
				Target: &orgapi.HandshakeParty{Id: ptr("juan@example.com"), Type: ptr(orgapi.HandshakePartyType("EMAIL"))},
				Notes:  ptr("Join \"us\"\nnow"),
			},
			Response: &orgapi.InviteAccountToOrganizationResponse{Handshake: invitation()},
		},
		"create-account.json": {
			Operation: "CreateAccount",
			Request:   &orgapi.CreateAccountRequest{Email: ptr("jane@example.com"), AccountName: ptr("Production")},
			Response: &orgapi.CreateAccountResponse{CreateAccountStatus: &orgapi.CreateAccountStatus{
				Id: ptr("car-examplecreateaccountrequestid111"), AccountName: ptr("Production"),
				State: ptr(orgapi.CreateAccountState("IN_PROGRESS")), RequestedTimestamp: api.At(at),
			}},
		},
		"create-organizational-unit.json": {
			Operation: "CreateOrganizationalUnit",
			Request:   &orgapi.CreateOrganizationalUnitRequest{Name: ptr("OU-Developers-1"), ParentId: ptr("r-a1b2")},
			Response: &orgapi.CreateOrganizationalUnitResponse{OrganizationalUnit: &orgapi.OrganizationalUnit{
				Arn: ptr("arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-a1b2-examplefolder"), Id: ptr("ou-a1b2-examplefolder"),
				Name: ptr("OU-Developers-1"), Path: ptr("o-exampleorgid/r-a1b2/ou-a1b2-examplefolder/"),
			}},
		},
		"close-account.json": {
			Operation: "CloseAccount",
			Request:   &orgapi.CloseAccountRequest{AccountId: ptr("555555555555")},
			Response:  &orgapi.CloseAccountResponse{},
		},
		"describe-account.json": {
			Operation: "DescribeAccount", ReadOnly: true,
			Request: &orgapi.DescribeAccountRequest{AccountId: ptr("555555555555")},
		},
		"enable-all-features-refused.json": {
			Operation: "EnableAllFeatures",
			Request:   &orgapi.EnableAllFeaturesRequest{},
			Response:  (*orgapi.EnableAllFeaturesResponse)(nil),
			Error:     api.NewError("HandshakeConstraintViolationException", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES", "All features are already enabled."),
		},
	}
	for file, c := range calls {
		t.Run(file, func(t *testing.T) {
			c.ID, c.At, c.Caller = "c2c0-event", at, caller
			same(t, file, c.JSON())
		})
	}
}

func TestAFailedCallIsRecordedWithItsErrorAndNoAnswer(t *testing.T) {
	denied := api.NewError("AccessDeniedException", "", "You don't have permissions to access this resource.")
	record := decode(t, event.Call{Caller: caller, Operation: "ListAccounts", ReadOnly: true, Error: denied}.JSON())
	if record["errorCode"] != "AccessDeniedException" || record["errorMessage"] != denied.Message || record["responseElements"] != nil {
		t.Errorf("code %v, message %v, answer %v", record["errorCode"], record["errorMessage"], record["responseElements"])
	}
}

func TestTheIdentityFollowsThePrincipal(t *testing.T) {
	tests := map[string]map[string]any{
		"arn:aws:iam::111111111111:root":                    {"type": "Root"},
		"arn:aws:iam::111111111111:user/division/jane":      {"type": "IAMUser", "userName": "jane"},
		"arn:aws:sts::111111111111:federated-user/jane":     {"type": "FederatedUser"},
		"arn:aws:sts::111111111111:assumed-role/incomplete": {"type": "Unknown"},
		"arn:aws:iam::111111111111:something/else":          {"type": "Unknown"},
		"jane": {"type": "Unknown"},
		"arn:aws:sts::111111111111:assumed-role/admin/my-session": {"type": "AssumedRole", "sessionContext": map[string]any{
			"sessionIssuer": map[string]any{
				"type": "Role", "principalId": "AROAEXAMPLE", "arn": "arn:aws:iam::111111111111:role/admin",
				"accountId": "111111111111", "userName": "admin",
			},
		}},
	}
	session := caller
	session.Principal, session.RoleARN = "arn:aws:sts::111111111111:assumed-role/admin/my-session", "arn:aws:iam::111111111111:role/path/admin"
	session.SessionCreated, session.SourceIdentity = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), "jane"
	got := decode(t, event.Call{Caller: session}.JSON())["userIdentity"].(map[string]any)["sessionContext"]
	want := map[string]any{
		"sessionIssuer": map[string]any{
			"type": "Role", "principalId": "AROAEXAMPLE", "arn": session.RoleARN,
			"accountId": "111111111111", "userName": "admin",
		},
		"attributes":     map[string]any{"creationDate": "2026-11-02T08:00:00Z", "mfaAuthenticated": "false"},
		"sourceIdentity": "jane",
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("an issued session (-want +got):\n%s", diff)
	}
	for principal, want := range tests {
		c := caller
		c.Principal = principal
		want["principalId"], want["arn"] = c.UserID, principal
		want["accountId"], want["accessKeyId"] = c.Account, c.AccessKeyID
		got := decode(t, event.Call{Caller: c}.JSON())["userIdentity"]
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", principal, diff)
		}
	}
}

// fill sets every member of a structure, so deep as a record needs it.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		if depth < 4 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth)
		}
	case reflect.String:
		v.SetString("SECRET")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32:
		v.SetInt(7)
	case reflect.Struct:
		if t, is := v.Addr().Interface().(*api.Time); is {
			t.Time = at
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	}
}

// masks lists, within decoded JSON, the members whose text is masked, and checks
// that every member begins in lower case.
func masks(t *testing.T, path string, v any, found map[string]bool) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if unicode.IsUpper(rune(name[0])) {
				t.Errorf("%s.%s does not begin in lower case", path, name)
			}
			masks(t, path+"."+name, member, found)
		}
	case []any:
		for _, element := range v {
			masks(t, path, element, found)
		}
	case string:
		if v == "****" {
			found[path] = true
		}
	}
}

// Everything that the model calls sensitive is masked, but for what the
// documentation's examples show in clear: notes, parties, what handshakes are
// about, and the address of the management account.
func TestOnlyWhatTheExamplesShowIsInClear(t *testing.T) {
	found := map[string]bool{}
	for name, operation := range orgapi.Operations {
		if operation.Access.ReadOnly() {
			continue
		}
		request := operation.NewRequest()
		fill(reflect.ValueOf(request).Elem(), 0)
		masks(t, name, decode(t, event.Call{Operation: name, Request: request}.JSON())["requestParameters"], found)
	}
	for _, response := range []event.Members{
		&orgapi.CreateAccountResponse{}, &orgapi.CreateGovCloudAccountResponse{}, &orgapi.CreateOrganizationResponse{},
		&orgapi.InviteAccountToOrganizationResponse{}, &orgapi.InviteOrganizationToTransferResponsibilityResponse{},
		&orgapi.AcceptHandshakeResponse{}, &orgapi.CreatePolicyResponse{}, &orgapi.EnablePolicyTypeResponse{},
		&orgapi.TerminateResponsibilityTransferResponse{}, &orgapi.UpdateOrganizationalUnitResponse{},
	} {
		fill(reflect.ValueOf(response).Elem(), 0)
		name := reflect.TypeOf(response).Elem().Name()
		masks(t, name, decode(t, event.Call{Response: response}.JSON())["responseElements"], found)
	}
	want := []string{
		"CreateAccount.accountName", "CreateAccount.email",
		"CreateAccountResponse.createAccountStatus.accountName",
		"CreateGovCloudAccount.accountName", "CreateGovCloudAccount.email",
		"CreateGovCloudAccountResponse.createAccountStatus.accountName",
		"InviteOrganizationToTransferResponsibility.sourceName",
		"TerminateResponsibilityTransferResponse.responsibilityTransfer.name",
		"TerminateResponsibilityTransferResponse.responsibilityTransfer.source.managementAccountEmail",
		"TerminateResponsibilityTransferResponse.responsibilityTransfer.target.managementAccountEmail",
		"UpdateResponsibilityTransfer.name",
	}
	var got []string
	for path := range found {
		got = append(got, path)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("masked members (-want +got):\n%s", diff)
	}
}

func TestWhatIsTooLongForARecordIsLeftOut(t *testing.T) {
	c := event.Call{Caller: caller, Operation: "CreatePolicy", Request: &orgapi.CreatePolicyRequest{Content: ptr(strings.Repeat("x", 200<<10))}}
	if record := decode(t, c.JSON()); record["requestParameters"] != nil {
		t.Error("the parameters are there")
	}
}

// A caller can make these texts long. [AWS: CloudTrail record contents]
func TestWhatIsTooLongForATextIsCut(t *testing.T) {
	long := strings.Repeat("x", 1022) + "日本"
	c := event.Call{Caller: api.Caller{UserAgent: long}, Error: api.NewError("ValidationError", "", long)}
	if record := decode(t, c.JSON()); record["userAgent"] != long[:1022] || record["errorMessage"] != long[:1022] {
		t.Errorf("agent %v, message %v", record["userAgent"], record["errorMessage"])
	}
}

// detailsInOrder checks that the members of the details are in alphabetical order,
// as the library writes a map.
func detailsInOrder(t *testing.T, record string) {
	t.Helper()
	var r struct {
		Details json.RawMessage `json:"serviceEventDetails"`
	}
	if err := json.Unmarshal([]byte(record), &r); err != nil {
		t.Fatal(err)
	}
	if r.Details == nil {
		return
	}
	var decoded map[string]any
	d := json.NewDecoder(bytes.NewReader(r.Details))
	d.UseNumber()
	if err := d.Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Details) != string(want) {
		t.Errorf("details %s, want %s", r.Details, want)
	}
}

func TestServiceEventsAreRecordedAsTheDocumentationShows(t *testing.T) {
	member := org.Account{
		ID: "444455556666", ClosureRequested: at, ClosedAt: at.Add(3 * time.Second),
		Membership: &org.Membership{Organization: "o-exampleorgid", Method: org.Invited, Joined: at},
	}
	creation := org.Creation{
		ID: "car-examplecreateaccountrequestid111", AccountName: "Production", Email: "jane@example.com", State: org.Succeeded,
		Requested: at, Completed: at.Add(3 * time.Second), Account: "444455556666",
	}
	twin, failed := creation, creation
	twin.GovCloudAccount = "777788889999"
	failed.State, failed.FailureReason, failed.Account = org.Failed, "EMAIL_ALREADY_EXISTS", ""
	transfer := event.Transfer{
		ID: "rt-12345678", Chain: []ident.TransferID{"rt-12345678", "rt-87654321"}, Requester: "222222222222", Type: "BILLING", Status: "ACCEPTED",
		Source: "222222222222", Target: management, Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
	}
	withdrawn := transfer
	withdrawn.Chain, withdrawn.Status, withdrawn.Requester = []ident.TransferID{"rt-12345678"}, "WITHDRAWN", management
	withdrawn.End = time.Date(2026, 10, 31, 23, 59, 59, 999000000, time.UTC)

	invalid := event.Validation{
		Account: member.ID, Path: "o-exampleorgid/r-a1b2/444455556666/", Evaluated: at, PolicyType: "BACKUP_POLICY",
		Errors: []event.ValidationError{{
			Code: "KEY_REQUIRED", Message: "'regions' is missing", PathToError: "plans/ledger", ContributingPolicies: []string{"p-12345678"},
		}},
	}
	valid := invalid
	valid.Valid, valid.Errors = true, nil

	const id = "c2c0-event"
	for file, s := range map[string]event.Service{
		"effective-policy-invalid.json":       event.EffectivePolicyValidation(id, management, invalid, at),
		"effective-policy-valid.json":         event.EffectivePolicyValidation(id, management, valid, at),
		"create-account-result.json":          event.CreateAccountResult(id, management, creation),
		"create-account-result-govcloud.json": event.CreateAccountResult(id, management, twin),
		"create-account-result-failed.json":   event.CreateAccountResult(id, management, failed),
		"close-account-result.json":           event.CloseAccountResult(id, management, member),
		"joined.json":                         event.AccountJoinedOrganization(id, management, member),
		"departed.json":                       event.AccountDepartedOrganization(id, management, "o-exampleorgid", member.ID, event.Cleaned, at),
		"role-created.json":                   event.RoleCreated(id, at, member.ID),
		"transfer-accepted.json":              event.ResponsibilityTransferAccepted(id, "5a3d-shared", management, transfer, at),
		"transfer-terminated.json":            event.ResponsibilityTransferTerminated(id, "5a3d-shared", "222222222222", withdrawn, at),
	} {
		t.Run(file, func(t *testing.T) {
			s.Partition = ident.AWS
			same(t, file, s.JSON())
			detailsInOrder(t, s.JSON())
		})
	}
}

// Whatever callers send, a record stays one line of JSON that says what was sent.
func FuzzRecordsHoldAnyText(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c", "line\nbreak\r\ttab", "\x00\x1f\x7f", "ünïcode \U0001F600", "\u0085\u2028\u2029", "\xff\xfe broken \xc3", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := event.Call{Operation: "TagResource", Caller: api.Caller{UserAgent: s, Principal: s}, Request: &orgapi.TagResourceRequest{
			ResourceId: &s, Tags: []orgapi.Tag{{Key: &s, Value: &s}},
		}}
		record := c.JSON()
		if strings.ContainsAny(record, "\n\r\u0085\u2028\u2029\x7f") || !utf8.ValidString(record) {
			t.Errorf("not one line of UTF-8: %q", record)
		}
		want := string([]rune(s))
		if got := decode(t, record)["userAgent"]; len(s) <= 1<<10 && got != want {
			t.Errorf("the record says %q instead of %q", got, want)
		}
	})
}

func BenchmarkCall(b *testing.B) {
	c := event.Call{
		ID: "c2c0-event", At: at, Caller: caller, Operation: "InviteAccountToOrganization",
		Request:  &orgapi.InviteAccountToOrganizationRequest{Notes: ptr("Join us")},
		Response: &orgapi.InviteAccountToOrganizationResponse{Handshake: invitation()},
	}
	for b.Loop() {
		_ = c.JSON()
	}
}
