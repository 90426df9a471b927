package behavior_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/behavior"
)

const day = 24 * time.Hour

// documented is this test's own copy of the published table: name, values and
// default.
var documented = []struct {
	name   string
	kind   behavior.Kind
	values string
	by     string
}{
	{"wire-style", behavior.Choice, "documented native", "documented"},
	{"invite-during-enable-all-features", behavior.Choice, "refuse allow", "refuse"},
	{"direct-transfer", behavior.Choice, "off on", "off"},
	{"fidelity", behavior.Choice, "documented native", "documented"},
	{"create-account", behavior.Choice, "asynchronous synchronous", "asynchronous"},
	{"account-creation-delay", behavior.Duration, "", "0s"},
	{"account-closure-delay", behavior.Duration, "", "0s"},
	{"created-account-state", behavior.Choice, "active pending-activation", "active"},
	{"created-account-wait", behavior.Duration, "", "0s"},
	{"destination-organization-wait", behavior.Duration, "", "0s"},
	{"membership-change-wait", behavior.Duration, "", "0s"},
	{"standalone-readiness", behavior.Choice, "lenient strict", "lenient"},
	{"finalizing-time", behavior.Duration, "", "0s"},
	{"email-verification", behavior.Choice, "off on", "off"},
	{"any-role", behavior.Choice, "on off", "on"},
	{"partition", behavior.Choice, "auto aws aws-cn aws-us-gov aws-iso aws-iso-b aws-iso-e aws-iso-f aws-eusc", "auto"},
	{"partition-features", behavior.Choice, "off on", "off"},
	{"govcloud-pairing", behavior.Choice, "all marked", "all"},
	{"account-status", behavior.Choice, "shown omitted", "shown"},
	{"scp-on-create", behavior.Choice, "off on", "off"},
	{"enforce-policies", behavior.Choice, "on off", "on"},
	{"policy-type-service-access", behavior.Choice, "on off", "on"},
	{"policy-content-checks", behavior.Choice, "strict lenient", "strict"},
	{"scp-language", behavior.Choice, "2025 pre-2025", "2025"},
	{"service-principals", behavior.Choice, "listed any", "listed"},
	{"xss-check", behavior.Choice, "obvious off", "obvious"},
	{"tag-policy-enforcement", behavior.Choice, "off on", "off"},
	{"effective-policy-delay", behavior.Duration, "", "0s"},
	{"throttling", behavior.Choice, "off aws", "off"},
	{"throttling-factor", behavior.Number, "", "1"},
	{"quota-profile", behavior.Choice, "2026 2024", "2026"},
	{"invitation-lifetime", behavior.Duration, "", "360h"},
	{"all-features-lifetime", behavior.Duration, "", "2160h"},
	{"handshake-retention", behavior.Duration, "", "720h"},
	{"closed-account-retention", behavior.Duration, "", "2160h"},
	{"account-request-retention", behavior.Duration, "", "2160h"},
	{"email-link-lifetime", behavior.Duration, "", "24h"},
}

// standard is this test's own copy of the defaults, as the code reads them.
var standard = behavior.Set{
	WireStyle:               api.Documented,
	AccountStatusShown:      true,
	EnforcePolicies:         true,
	AnyRole:                 true,
	PolicyTypeServiceAccess: true,
	XSSCheck:                true,
	ThrottlingFactor:        1,
	QuotaProfile:            "2026",
	InvitationLifetime:      15 * day,
	AllFeaturesLifetime:     90 * day,
	HandshakeRetention:      30 * day,
	ClosedAccountRetention:  90 * day,
	AccountRequestRetention: 90 * day,
	EmailLinkLifetime:       day,
}

func TestTableHoldsEveryDocumentedBehavior(t *testing.T) {
	table := map[string]behavior.Behavior{}
	for _, behavior := range behavior.Table() {
		if _, twice := table[behavior.Name]; twice {
			t.Errorf("behavior %s appears twice", behavior.Name)
		}
		table[behavior.Name] = behavior
		if behavior.Meaning == "" {
			t.Errorf("behavior %s has no meaning", behavior.Name)
		}
	}
	for _, want := range documented {
		behavior, ok := table[want.name]
		if !ok {
			t.Errorf("behavior %s is missing", want.name)
			continue
		}
		if behavior.Kind != want.kind || behavior.Default != want.by || strings.Join(behavior.Values, " ") != want.values {
			t.Errorf("behavior %s is a %s of %v, default %s; want a %s of %s, default %s",
				want.name, behavior.Kind, behavior.Values, behavior.Default, want.kind, want.values, want.by)
		}
		delete(table, want.name)
	}
	for name := range table {
		t.Errorf("behavior %s is not documented", name)
	}
}

func TestDefaultIsTheDocumentedOne(t *testing.T) {
	if diff := cmp.Diff(standard, behavior.Default()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, settings := range []map[string]string{nil, {}} {
		got, err := behavior.Parse(settings)
		if err != nil || got != standard {
			t.Errorf("Parse(%v) = %+v, %v", settings, got, err)
		}
	}
}

func TestDefaultsMayBeWrittenOut(t *testing.T) {
	settings := map[string]string{}
	for _, behavior := range documented {
		settings[behavior.name] = behavior.by
	}
	got, err := behavior.Parse(settings)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(standard, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEachBehaviorChangesItsOwnField(t *testing.T) {
	for _, test := range []struct {
		name, value string
		change      func(*behavior.Set)
	}{
		{"wire-style", "native", func(r *behavior.Set) { r.WireStyle = api.Native }},
		{"invite-during-enable-all-features", "allow", func(r *behavior.Set) { r.InviteDuringEnableAllFeatures = true }},
		{"direct-transfer", "on", func(r *behavior.Set) { r.DirectTransfer = true }},
		{"create-account", "synchronous", func(r *behavior.Set) { r.CreateAccountSynchronous = true }},
		{"account-creation-delay", "2s", func(r *behavior.Set) { r.AccountCreationDelay = 2 * time.Second }},
		{"account-closure-delay", "1h30m", func(r *behavior.Set) { r.AccountClosureDelay = 90 * time.Minute }},
		{"created-account-state", "pending-activation", func(r *behavior.Set) { r.CreatedAccountPendingActivation = true }},
		{"created-account-wait", "96h", func(r *behavior.Set) { r.CreatedAccountWait = 4 * day }},
		{"destination-organization-wait", "168h", func(r *behavior.Set) { r.DestinationOrganizationWait = 7 * day }},
		{"membership-change-wait", "1m", func(r *behavior.Set) { r.MembershipChangeWait = time.Minute }},
		{"standalone-readiness", "strict", func(r *behavior.Set) { r.StandaloneReadinessStrict = true }},
		{"finalizing-time", "1h", func(r *behavior.Set) { r.FinalizingTime = time.Hour }},
		{"email-verification", "on", func(r *behavior.Set) { r.EmailVerification = true }},
		{"partition", "aws-cn", func(r *behavior.Set) { r.Partition = "aws-cn" }},
		{"partition-features", "on", func(r *behavior.Set) { r.PartitionFeatures = true }},
		{"govcloud-pairing", "marked", func(r *behavior.Set) { r.GovCloudPairingMarked = true }},
		{"account-status", "omitted", func(r *behavior.Set) { r.AccountStatusShown = false }},
		{"scp-on-create", "on", func(r *behavior.Set) { r.SCPOnCreate = true }},
		{"enforce-policies", "off", func(r *behavior.Set) { r.EnforcePolicies = false }},
		{"any-role", "off", func(r *behavior.Set) { r.AnyRole = false }},
		{"policy-type-service-access", "off", func(r *behavior.Set) { r.PolicyTypeServiceAccess = false }},
		{"policy-content-checks", "lenient", func(r *behavior.Set) { r.PolicyContentChecksLenient = true }},
		{"scp-language", "pre-2025", func(r *behavior.Set) { r.SCPLanguagePre2025 = true }},
		{"service-principals", "any", func(r *behavior.Set) { r.ServicePrincipalsAny = true }},
		{"xss-check", "off", func(r *behavior.Set) { r.XSSCheck = false }},
		{"tag-policy-enforcement", "on", func(r *behavior.Set) { r.TagPolicyEnforcement = true }},
		{"effective-policy-delay", "3s", func(r *behavior.Set) { r.EffectivePolicyDelay = 3 * time.Second }},
		{"throttling", "aws", func(r *behavior.Set) { r.Throttling = true }},
		{"throttling-factor", "2.5", func(r *behavior.Set) { r.ThrottlingFactor = 2.5 }},
		{"quota-profile", "2024", func(r *behavior.Set) { r.QuotaProfile = "2024" }},
		{"invitation-lifetime", "1h", func(r *behavior.Set) { r.InvitationLifetime = time.Hour }},
		{"all-features-lifetime", "360h", func(r *behavior.Set) { r.AllFeaturesLifetime = 15 * day }},
		{"handshake-retention", "0s", func(r *behavior.Set) { r.HandshakeRetention = 0 }},
		{"closed-account-retention", "1s", func(r *behavior.Set) { r.ClosedAccountRetention = time.Second }},
		{"account-request-retention", "2s", func(r *behavior.Set) { r.AccountRequestRetention = 2 * time.Second }},
		{"email-link-lifetime", "3s", func(r *behavior.Set) { r.EmailLinkLifetime = 3 * time.Second }},
	} {
		want := standard
		test.change(&want)
		got, err := behavior.Parse(map[string]string{test.name: test.value})
		if err != nil {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s=%s: -want +got\n%s", test.name, test.value, diff)
		}
	}
}

func TestFidelityNativeSetsThreeBehaviors(t *testing.T) {
	got, err := behavior.Parse(map[string]string{"fidelity": "native"})
	if err != nil {
		t.Fatal(err)
	}
	want := standard
	want.WireStyle, want.InviteDuringEnableAllFeatures, want.DirectTransfer = api.Native, true, true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSingleBehaviorWinsOverFidelity(t *testing.T) {
	for name, test := range map[string]struct {
		value  string
		change func(*behavior.Set)
	}{
		"wire-style":                        {"documented", func(r *behavior.Set) { r.WireStyle = api.Documented }},
		"invite-during-enable-all-features": {"refuse", func(r *behavior.Set) { r.InviteDuringEnableAllFeatures = false }},
		"direct-transfer":                   {"off", func(r *behavior.Set) { r.DirectTransfer = false }},
	} {
		want := standard
		want.WireStyle, want.InviteDuringEnableAllFeatures, want.DirectTransfer = api.Native, true, true
		test.change(&want)
		got, err := behavior.Parse(map[string]string{"fidelity": "native", name: test.value})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	got, err := behavior.Parse(map[string]string{"fidelity": "documented", "direct-transfer": "on"})
	if err != nil || !got.DirectTransfer {
		t.Errorf("fidelity=documented with direct-transfer=on: %+v, %v", got, err)
	}
}

func TestErrorNamesBehaviorValueAndWhatIsAllowed(t *testing.T) {
	const duration = "a duration of 0s or more, such as 15d, 1d12h or 90m"
	for _, test := range []struct{ name, value, want string }{
		{"direct-transfer", "maybe", `behavior direct-transfer: "maybe" is not allowed; allowed: off or on`},
		{"direct-transfer", "ON", `behavior direct-transfer: "ON" is not allowed; allowed: off or on`},
		{"direct-transfer", "", `behavior direct-transfer: "" is not allowed; allowed: off or on`},
		{"invitation-lifetime", "15 d", `behavior invitation-lifetime: "15 d" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "15", `behavior invitation-lifetime: "15" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "-1s", `behavior invitation-lifetime: "-1s" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "9999999h", `behavior invitation-lifetime: "9999999h" is not allowed; allowed: ` + duration},
		{"throttling-factor", "0", `behavior throttling-factor: "0" is not allowed; allowed: a number greater than 0, such as 0.5 or 20`},
		{"throttling-factor", "NaN", `behavior throttling-factor: "NaN" is not allowed; allowed: a number greater than 0, such as 0.5 or 20`},
		{"throttling-factor", "Inf", `behavior throttling-factor: "Inf" is not allowed; allowed: a number greater than 0, such as 0.5 or 20`},
		{"wire-stile", "native", `unknown behavior "wire-stile"; did you mean wire-style?`},
	} {
		_, err := behavior.Parse(map[string]string{test.name: test.value})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s=%s: got %v\nwant %s", test.name, test.value, err, test.want)
		}
	}
}

func TestAllErrorsAreReportedTogether(t *testing.T) {
	got, err := behavior.Parse(map[string]string{
		"direct-transfer": "maybe", "scp-on-create": "on", "finalizing-time": "soon", "zzz": "1", "aaa": "1",
	})
	if err == nil {
		t.Fatal("no error")
	}
	var names []string
	for _, line := range strings.Split(err.Error(), "\n") {
		for _, name := range []string{"direct-transfer", "finalizing-time", "aaa", "zzz", "scp-on-create"} {
			if strings.Contains(line, name) {
				names = append(names, name)
			}
		}
	}
	if want := []string{"direct-transfer", "finalizing-time", "aaa", "zzz"}; !slices.Equal(names, want) {
		t.Errorf("errors reported: %v, want %v\n%v", names, want, err)
	}
	if got != (behavior.Set{}) {
		t.Errorf("behaviors beside an error: %+v", got)
	}
}

func TestTableCannotBeChangedFromOutside(t *testing.T) {
	behavior.Table()[0].Name = "other"
	if got := behavior.Table()[0].Name; got == "other" {
		t.Error("a caller renamed a behavior")
	}
}

// FuzzParse holds that no value makes Parse panic, or lets a field out of its
// range.
func FuzzParse(f *testing.F) {
	for _, behavior := range behavior.Table() {
		f.Add(behavior.Name, behavior.Default)
	}
	f.Add("invitation-lifetime", "-1ns")
	f.Add("wire-stile", "native")
	f.Fuzz(func(t *testing.T, name, value string) {
		r, err := behavior.Parse(map[string]string{name: value})
		if err != nil {
			if r != (behavior.Set{}) {
				t.Errorf("behaviors beside an error: %+v", r)
			}
			return
		}
		if r.InvitationLifetime < 0 || r.FinalizingTime < 0 || r.QuotaProfile == "" || !(0 < r.ThrottlingFactor && r.ThrottlingFactor <= 1e6) {
			t.Errorf("%s=%s gives %+v", name, value, r)
		}
	})
}
