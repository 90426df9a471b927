package quota_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/quota"
)

// general is this test's own copy of the documented quotas that are not of one
// policy type: name, number of a small organization, what the profile 2024 makes
// of it, and the error.
var general = []struct {
	name       quota.Name
	kebab      string
	now, older int64
	exception  string
	reason     string
}{
	{quota.AccountsPerOrganization, "accounts-per-organization", 10, 10, "ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"},
	{quota.InvitationsPerDay, "invitations-per-day", 20, 20, "HandshakeConstraintViolationException", "HANDSHAKE_RATE_LIMIT_EXCEEDED"},
	{quota.AccountCreationsInProgress, "account-creations-in-progress", 5, 5, "TooManyRequestsException", ""},
	{quota.AccountCreationsPerDay, "account-creations-per-day", math.MaxInt64, math.MaxInt64, "ConstraintViolationException", "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"},
	{quota.AccountClosuresPer30Days, "account-closures-per-30-days", 250, 10, "ConstraintViolationException", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"},
	{quota.AccountClosuresInProgress, "account-closures-in-progress", 3, 3, "ConstraintViolationException", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"},
	{quota.FeatureMigrationAccounts, "feature-migration-accounts", 5000, 5000, "ConstraintViolationException", "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED"},
	{quota.UnitsPerOrganization, "units-per-organization", 2000, 1000, "ConstraintViolationException", "OU_NUMBER_LIMIT_EXCEEDED"},
	{quota.UnitDepth, "unit-depth", 5, 5, "ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED"},
	{quota.TagsPerResource, "tags-per-resource", 50, 50, "ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED"},
	{quota.DelegationPolicySize, "delegation-policy-size", 40000, 40000, "InvalidInputException", "MAX_LENGTH_EXCEEDED"},
	{quota.DelegatedAdministratorsPerService, "delegated-administrators-per-service", 5, 5, "ConstraintViolationException", "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED"},
	{quota.TransfersInbound, "transfers-inbound", 1000, 1000, "ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION"},
	{quota.TransfersOutbound, "transfers-outbound", 1, 1, "ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION"},
	{quota.TransferChainLength, "transfer-chain-length", 1, 1, "ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION"},
	{quota.TransfersTotal, "transfers-total", 1000, 1000, "ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION"},
	{quota.AccountsRegistered, "accounts-registered", 100_000, 100_000, "UnrecognizedClientException", ""},
	{quota.IAMUsers, "iam-users", 5000, 5000, "LimitExceeded", "UsersPerAccount"},
	{quota.IAMGroups, "iam-groups", 300, 300, "LimitExceeded", "GroupsPerAccount"},
	{quota.IAMRoles, "iam-roles", 1000, 1000, "LimitExceeded", "RolesPerAccount"},
	{quota.IAMPolicies, "iam-policies", 1500, 1500, "LimitExceeded", "PoliciesPerAccount"},
	{quota.IAMInstanceProfiles, "iam-instance-profiles", 1000, 1000, "LimitExceeded", "InstanceProfilesPerAccount"},
	{quota.IAMAccessKeysPerUser, "iam-access-keys-per-user", 2, 2, "LimitExceeded", "AccessKeysPerUser"},
	{quota.IAMGroupsPerUser, "iam-groups-per-user", 10, 10, "LimitExceeded", "GroupsPerUser"},
	{quota.IAMPoliciesPerUser, "iam-policies-per-user", 10, 10, "LimitExceeded", "PoliciesPerUser"},
	{quota.IAMPoliciesPerRole, "iam-policies-per-role", 10, 10, "LimitExceeded", "PoliciesPerRole"},
	{quota.IAMPoliciesPerGroup, "iam-policies-per-group", 10, 10, "LimitExceeded", "PoliciesPerGroup"},
	{quota.IAMPolicyVersions, "iam-policy-versions", 5, 5, "LimitExceeded", "VersionsPerPolicy"},
	{quota.IAMManagedPolicySize, "iam-managed-policy-size", 6144, 6144, "LimitExceeded", "PolicySize"},
	{quota.IAMUserPolicySize, "iam-user-policy-size", 2048, 2048, "LimitExceeded", "UserPolicySize"},
	{quota.IAMRolePolicySize, "iam-role-policy-size", 10240, 10240, "LimitExceeded", "RolePolicySize"},
	{quota.IAMGroupPolicySize, "iam-group-policy-size", 5120, 5120, "LimitExceeded", "GroupPolicySize"},
	{quota.IAMTrustPolicySize, "iam-trust-policy-size", 2048, 2048, "LimitExceeded", "ACLSizePerRole"},
	{quota.IAMTags, "iam-tags-per-resource", 50, 50, "LimitExceeded", "TagsPerResource"},
}

// perType is this test's own copy of the figures of policy types, with the older
// ones of the two authorization types.
var perType = []struct {
	typeName                              org.PolicyType
	short                                 string
	stored, size, attached                int64
	olderStored, olderSize, olderAttached int64
}{
	{"SERVICE_CONTROL_POLICY", "service-control", 10000, 10240, 10, 1000, 5120, 5},
	{"RESOURCE_CONTROL_POLICY", "resource-control", 2000, 5120, 5, 1000, 5120, 5},
	{"TAG_POLICY", "tag", 1000, 10000, 10, 1000, 10000, 10},
	{"BACKUP_POLICY", "backup", 1000, 10000, 10, 1000, 10000, 10},
	{"AISERVICES_OPT_OUT_POLICY", "aiservices-opt-out", 1000, 2500, 5, 1000, 2500, 5},
	{"CHATBOT_POLICY", "chatbot", 1000, 10000, 5, 1000, 10000, 5},
	{"DECLARATIVE_POLICY_EC2", "declarative-ec2", 1000, 10000, 10, 1000, 10000, 10},
	{"SECURITYHUB_POLICY", "securityhub", 1000, 10000, 10, 1000, 10000, 10},
	{"SECURITYHUB_CSPM_POLICY", "securityhub-cspm", 1000, 10000, 10, 1000, 10000, 10},
	{"INSPECTOR_POLICY", "inspector", 1000, 10000, 10, 1000, 10000, 10},
	{"UPGRADE_ROLLOUT_POLICY", "upgrade-rollout", 1000, 10000, 10, 1000, 10000, 10},
	{"BEDROCK_POLICY", "bedrock", 1000, 10000, 10, 1000, 10000, 10},
	{"S3_POLICY", "s3", 1000, 10000, 10, 1000, 10000, 10},
	{"NETWORK_SECURITY_DIRECTOR_POLICY", "network-security-director", 1000, 10000, 10, 1000, 10000, 10},
	{"GUARDDUTY_POLICY", "guardduty", 1000, 10000, 10, 1000, 10000, 10},
}

func set(t *testing.T, profile string, settings map[string]string) *quota.Set {
	t.Helper()
	s, err := quota.New(profile, settings)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTableHoldsEveryDocumentedQuota(t *testing.T) {
	now, older := set(t, "2026", nil), set(t, "2024", nil)
	listed := map[quota.Name]bool{}
	for _, q := range quota.Quotas() {
		if listed[q.Name] {
			t.Errorf("quota %s appears twice", q.Name)
		}
		listed[q.Name] = true
		if q.Counts == "" || q.Published == "" || !q.Default.Exists() || len(q.Errors) == 0 {
			t.Errorf("quota %s is incomplete: %+v", q.Name, q)
		}
	}
	check := func(name quota.Name, kebab string, wantNow, wantOlder int64) {
		t.Helper()
		if string(name) != kebab {
			t.Errorf("quota %s is named %s", kebab, name)
		}
		if got := now.Of(name, quota.Facts{}); got != wantNow {
			t.Errorf("quota %s is %d, want %d", name, got, wantNow)
		}
		if got := older.Of(name, quota.Facts{}); got != wantOlder {
			t.Errorf("quota %s in the profile 2024 is %d, want %d", name, got, wantOlder)
		}
		if !listed[name] {
			t.Errorf("quota %s is not listed", name)
		}
		delete(listed, name)
	}
	for _, q := range general {
		check(q.name, q.kebab, q.now, q.older)
	}
	var types []org.PolicyType
	for _, q := range perType {
		types = append(types, q.typeName)
		check(quota.Policies(q.typeName), "policies-"+q.short, q.stored, q.olderStored)
		check(quota.PolicySize(q.typeName), "policy-size-"+q.short, q.size, q.olderSize)
		check(quota.Attachments(q.typeName), "attachments-"+q.short, q.attached, q.olderAttached)
	}
	for name := range listed {
		t.Errorf("quota %s is documented nowhere", name)
	}
	if diff := cmp.Diff(types, definedTypes()); diff != "" {
		t.Errorf("policy types: -want +got\n%s", diff)
	}
}

func definedTypes() (types []org.PolicyType) {
	for _, d := range policy.Types {
		types = append(types, d.Type)
	}
	return types
}

func TestErrorIsTheDocumentedOne(t *testing.T) {
	check := func(name quota.Name, operation string, limit int64, exception, reason string) {
		t.Helper()
		got := name.ErrorFor(operation, limit)
		if got.Exception != exception || got.Reason != reason {
			t.Errorf("%s at %d for %s gives %+v, want %s %s", name, limit, operation, got, exception, reason)
		}
	}
	for _, q := range general {
		check(q.name, "AnyOperation", q.now, q.exception, q.reason)
	}
	for _, q := range perType {
		check(quota.Policies(q.typeName), "CreatePolicy", q.stored, "ConstraintViolationException", "POLICY_NUMBER_LIMIT_EXCEEDED")
		check(quota.PolicySize(q.typeName), "UpdatePolicy", q.size, "ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED")
		check(quota.Attachments(q.typeName), "AttachPolicy", q.attached, "ConstraintViolationException", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
	}
}

func TestAccountQuotaIsAHandshakeConstraintForInvitations(t *testing.T) {
	for operation, want := range map[string]string{
		"InviteAccountToOrganization": "HandshakeConstraintViolationException",
		"AcceptHandshake":             "HandshakeConstraintViolationException",
		"CreateAccount":               "ConstraintViolationException",
		"CreateGovCloudAccount":       "ConstraintViolationException",
	} {
		got := quota.AccountsPerOrganization.ErrorFor(operation, 10)
		if got.Exception != want || got.Reason != "ACCOUNT_NUMBER_LIMIT_EXCEEDED" {
			t.Errorf("%s: %+v, want %s", operation, got, want)
		}
	}
}

func TestSecondAdministratorGetsAnErrorOfItsOwn(t *testing.T) {
	for limit, want := range map[int64]string{
		0: "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
		1: "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
		2: "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
	} {
		got := quota.DelegatedAdministratorsPerService.ErrorFor("RegisterDelegatedAdministrator", limit)
		if got.Reason != want {
			t.Errorf("at %d: %s, want %s", limit, got.Reason, want)
		}
	}
}

func TestOnlyTheDelegationPolicyHasAReasonOfItsOwnNatively(t *testing.T) {
	for _, q := range quota.Quotas() {
		want := ""
		if q.Name == quota.DelegationPolicySize {
			want = "MAX_LENGTH_EXCEEDED:CONTENT"
		}
		for _, r := range q.Errors {
			if r.NativeReason != want {
				t.Errorf("%s: native reason %q, want %q", q.Name, r.NativeReason, want)
			}
		}
	}
}

func TestClosuresGrowWithTheMembers(t *testing.T) {
	for _, test := range []struct {
		profile string
		members int64
		want    int64
	}{
		{"2026", 0, 250}, {"2026", 1254, 250}, {"2026", 1255, 251}, {"2026", 1259, 251}, {"2026", 1260, 252},
		{"2026", 4999, 999}, {"2026", 5000, 1000}, {"2026", 50000, 1000}, {"2026", math.MaxInt64, 1000},
		{"2024", 0, 10}, {"2024", 109, 10}, {"2024", 110, 11}, {"2024", 9999, 999}, {"2024", 50000, 1000},
	} {
		s := set(t, test.profile, nil)
		// 2026: all members; 2024: those that are ACTIVE. [AWS: quotas of the two years]
		facts := quota.Facts{Members: test.members}
		if test.profile == "2024" {
			facts = quota.Facts{Members: 2 * test.members, ActiveMembers: test.members}
		}
		if got := s.Of(quota.AccountClosuresPer30Days, facts); got != test.want {
			t.Errorf("profile %s, %d members: %d, want %d", test.profile, test.members, got, test.want)
		}
	}
}

func TestInvitationsFollowTheAccountQuota(t *testing.T) {
	own := quota.AccountsPerOrganization
	for _, test := range []struct {
		settings map[string]string
		facts    quota.Facts
		want     int64
	}{
		{nil, quota.Facts{}, 20},
		{map[string]string{"accounts-per-organization": "3"}, quota.Facts{}, 20},
		{map[string]string{"accounts-per-organization": "21"}, quota.Facts{}, 21},
		{map[string]string{"accounts-per-organization": "unlimited"}, quota.Facts{}, quota.Unlimited},
		{map[string]string{"accounts-per-organization": "500", "invitations-per-day": "7"}, quota.Facts{}, 7},
		{nil, quota.Facts{Overrides: map[quota.Name]int64{own: 400}}, 400},
		{map[string]string{"invitations-per-day": "7"}, quota.Facts{Overrides: map[quota.Name]int64{own: 400}}, 7},
		{nil, quota.Facts{Overrides: map[quota.Name]int64{own: 400, quota.InvitationsPerDay: 0}}, 0},
	} {
		s := set(t, "2026", test.settings)
		if got := s.Of(quota.InvitationsPerDay, test.facts); got != test.want {
			t.Errorf("%v, %v: %d, want %d", test.settings, test.facts, got, test.want)
		}
	}
}

// [AWS: the page of each service on Organizations; assumed: securityhub, macie,
// detective, fms, the other two of License Manager, and 5 for services without a row]
func TestServicesTakeTheirNumberOfDelegatedAdministrators(t *testing.T) {
	for service, want := range map[string]int64{
		"guardduty": 1, "securityhub": 1, "macie": 1, "detective": 1, "inspector2": 1, "auditmanager": 1, "fms": 1,
		"securitylake": 1, "license-manager": 1, "license-manager.member-account": 1,
		"license-manager-linux-subscriptions": 1, "selfservicereporting.managedservices": 1,
		"cloudtrail": 3, "servicecatalog": 50, "member.org.stacksets.cloudformation": 5, "storage-lens.s3": 5,
		"malware-protection.guardduty": 5, "config": 5, "sso": 5, "": 5,
	} {
		s := set(t, "2026", nil)
		for _, name := range []string{service, service + ".amazonaws.com"} {
			if got := s.Of(quota.DelegatedAdministratorsPerService, quota.Facts{Service: name}); got != want {
				t.Errorf("%q: %d, want %d", name, got, want)
			}
		}
		all := set(t, "2026", map[string]string{"delegated-administrators-per-service": "3"})
		if got := all.Of(quota.DelegatedAdministratorsPerService, quota.Facts{Service: service}); got != 3 {
			t.Errorf("%q with a number set: %d, want 3", service, got)
		}
	}
}

func TestSetNumberReplacesFormulaAndProfile(t *testing.T) {
	s := set(t, "2024", map[string]string{
		"account-closures-per-30-days": "2", "units-per-organization": "0", "unit-depth": "unlimited", "policies-service-control": "7",
	})
	facts := quota.Facts{Members: 50000}
	for name, want := range map[quota.Name]int64{
		quota.AccountClosuresPer30Days:              2,
		quota.UnitsPerOrganization:                  0,
		quota.UnitDepth:                             quota.Unlimited,
		quota.Policies("SERVICE_CONTROL_POLICY"):    7,
		quota.PolicySize("SERVICE_CONTROL_POLICY"):  5120,
		quota.Attachments("SERVICE_CONTROL_POLICY"): 5,
	} {
		if got := s.Of(name, facts); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
}

func TestOrganizationsOwnNumberWins(t *testing.T) {
	s := set(t, "2026", map[string]string{"units-per-organization": "7"})
	facts := quota.Facts{Overrides: map[quota.Name]int64{quota.UnitsPerOrganization: 2, quota.AccountClosuresPer30Days: 0}}
	for name, want := range map[quota.Name]int64{
		quota.UnitsPerOrganization: 2, quota.AccountClosuresPer30Days: 0, quota.UnitDepth: 5,
	} {
		if got := s.Of(name, facts); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
}

func TestUnknownQuotaAllowsNothing(t *testing.T) {
	s := set(t, "2026", nil)
	name := quota.Policies("NO_SUCH_POLICY")
	if got := s.Of(name, quota.Facts{}); got != 0 {
		t.Errorf("%s is %d", name, got)
	}
	if _, ok := quota.Find(name); ok {
		t.Errorf("%s was found", name)
	}
	if got := name.ErrorFor("CreatePolicy", 0); got.Exception != "" {
		t.Errorf("%s gives %+v", name, got)
	}
}

func TestErrorNamesQuotaValueAndWhatIsAllowed(t *testing.T) {
	const number = "a whole number of 0 or more, or unlimited"
	for _, test := range []struct{ name, value, want string }{
		{"unit-depth", "deep", `quota unit-depth: "deep" is not allowed; allowed: ` + number},
		{"unit-depth", "", `quota unit-depth: "" is not allowed; allowed: ` + number},
		{"unit-depth", "-1", `quota unit-depth: "-1" is not allowed; allowed: ` + number},
		{"unit-depth", "+1", `quota unit-depth: "+1" is not allowed; allowed: ` + number},
		{"unit-depth", "5.0", `quota unit-depth: "5.0" is not allowed; allowed: ` + number},
		{"unit-depth", "9223372036854775808", `quota unit-depth: "9223372036854775808" is not allowed; allowed: ` + number},
		{"unit-depth", "Unlimited", `quota unit-depth: "Unlimited" is not allowed; allowed: ` + number},
		{"account-per-organization", "5", `unknown quota "account-per-organization"; did you mean accounts-per-organization or units-per-organization?`},
		{"policies-scp", "5", `unknown quota "policies-scp"; did you mean policies-s3, policies-tag or policies-backup?`},
		{"colors", "5", `unknown quota "colors"; docs/settings.md lists all names`},
	} {
		_, err := quota.New("2026", map[string]string{test.name: test.value})
		if err == nil || err.Error() != test.want {
			t.Errorf("New: %s=%s: got %v\nwant %s", test.name, test.value, err, test.want)
		}
		_, _, err = quota.ParseOverride(test.name, test.value)
		if err == nil || err.Error() != test.want {
			t.Errorf("ParseOverride: %s=%s: got %v\nwant %s", test.name, test.value, err, test.want)
		}
	}
}

func TestAllErrorsAreReportedTogether(t *testing.T) {
	_, err := quota.New("2026", map[string]string{"unit-depth": "deep", "colors": "5", "tags-per-resource": "9"})
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.Contains(err.Error(), "colors") || !strings.Contains(err.Error(), "unit-depth") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownProfileIsRejected(t *testing.T) {
	_, err := quota.New("2025", nil)
	if want := `quota profile "2025" is not allowed; allowed: 2026 or 2024`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOfAllocatesNothing(t *testing.T) {
	s := set(t, "2026", nil)
	facts := quota.Facts{Members: 2000, Service: "guardduty.amazonaws.com", Overrides: map[quota.Name]int64{quota.UnitDepth: 3}}
	for _, q := range quota.Quotas() {
		if n := testing.AllocsPerRun(100, func() { s.Of(q.Name, facts) }); n != 0 {
			t.Errorf("%s: %v allocations", q.Name, n)
		}
	}
	for _, typeName := range definedTypes() {
		if n := testing.AllocsPerRun(100, func() { quota.PolicySize(typeName) }); n != 0 {
			t.Errorf("name for %s: %v allocations", typeName, n)
		}
	}
}

// FuzzParseOverride holds that what is taken is a number of 0 or more of a known
// quota, and that it prints as it was written.
func FuzzParseOverride(f *testing.F) {
	f.Add("unit-depth", "5")
	f.Add("unit-depth", "unlimited")
	f.Add("units-depth", "0x10")
	f.Add("policies-", "-0")
	f.Add("tags-per-resource", "9223372036854775807")
	f.Fuzz(func(t *testing.T, name, value string) {
		got, number, err := quota.ParseOverride(name, value)
		if err != nil {
			if got != "" || number != 0 {
				t.Errorf("%s %d beside an error", got, number)
			}
			return
		}
		if _, ok := quota.Find(got); !ok || string(got) != name || number < 0 {
			t.Errorf("%s=%s gives %s %d", name, value, got, number)
		}
		if value != "unlimited" && strings.TrimLeft(value, "0") != strings.TrimLeft(strconv.FormatInt(number, 10), "0") {
			t.Errorf("%s=%s gives %d", name, value, number)
		}
	})
}
