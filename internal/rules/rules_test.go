package rules_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/rules"
)

const day = 24 * time.Hour

// documented is this test's own copy of the published table: name, values and
// default.
var documented = []struct {
	name   string
	kind   rules.Kind
	values string
	by     string
}{
	{"wire-style", rules.Choice, "documented native", "documented"},
	{"invite-during-enable-all-features", rules.Choice, "refuse allow", "refuse"},
	{"direct-transfer", rules.Choice, "off on", "off"},
	{"fidelity", rules.Choice, "documented native", "documented"},
	{"create-account", rules.Choice, "asynchronous synchronous", "asynchronous"},
	{"account-creation-delay", rules.Duration, "", "0s"},
	{"account-closure-delay", rules.Duration, "", "0s"},
	{"created-account-state", rules.Choice, "active pending-activation", "active"},
	{"created-account-wait", rules.Duration, "", "0s"},
	{"destination-organization-wait", rules.Duration, "", "0s"},
	{"membership-change-wait", rules.Duration, "", "0s"},
	{"standalone-readiness", rules.Choice, "lenient strict", "lenient"},
	{"finalizing-time", rules.Duration, "", "0s"},
	{"email-verification", rules.Choice, "off on", "off"},
	{"govcloud-pairing", rules.Choice, "all marked", "all"},
	{"account-status", rules.Choice, "shown omitted", "shown"},
	{"scp-on-create", rules.Choice, "off on", "off"},
	{"policy-type-service-access", rules.Choice, "on off", "on"},
	{"policy-content-checks", rules.Choice, "strict lenient", "strict"},
	{"scp-language", rules.Choice, "2025 pre-2025", "2025"},
	{"service-principals", rules.Choice, "listed any", "listed"},
	{"tag-policy-enforcement", rules.Choice, "off on", "off"},
	{"effective-policy-delay", rules.Duration, "", "0s"},
	{"quota-profile", rules.Choice, "2026 2024", "2026"},
	{"throttling", rules.Choice, "off on", "off"},
	{"throttling-factor", rules.Number, "", "1"},
	{"invitation-lifetime", rules.Duration, "", "360h"},
	{"all-features-lifetime", rules.Duration, "", "2160h"},
	{"handshake-retention", rules.Duration, "", "720h"},
	{"closed-account-retention", rules.Duration, "", "2160h"},
	{"account-request-retention", rules.Duration, "", "2160h"},
	{"email-link-lifetime", rules.Duration, "", "24h"},
}

// standard is this test's own copy of the defaults, as the code reads them.
var standard = rules.Rules{
	WireStyle:               api.Documented,
	AccountStatusShown:      true,
	PolicyTypeServiceAccess: true,
	QuotaProfile:            "2026",
	ThrottlingFactor:        1,
	InvitationLifetime:      15 * day,
	AllFeaturesLifetime:     90 * day,
	HandshakeRetention:      30 * day,
	ClosedAccountRetention:  90 * day,
	AccountRequestRetention: 90 * day,
	EmailLinkLifetime:       day,
}

func TestTableHoldsEveryDocumentedRule(t *testing.T) {
	table := map[string]rules.Rule{}
	for _, rule := range rules.Table() {
		if _, twice := table[rule.Name]; twice {
			t.Errorf("rule %s stands twice", rule.Name)
		}
		table[rule.Name] = rule
		if rule.Meaning == "" {
			t.Errorf("rule %s has no meaning", rule.Name)
		}
	}
	for _, want := range documented {
		rule, ok := table[want.name]
		if !ok {
			t.Errorf("rule %s is missing", want.name)
			continue
		}
		if rule.Kind != want.kind || rule.Default != want.by || strings.Join(rule.Values, " ") != want.values {
			t.Errorf("rule %s is a %s of %v, default %s; want a %s of %s, default %s",
				want.name, rule.Kind, rule.Values, rule.Default, want.kind, want.values, want.by)
		}
		delete(table, want.name)
	}
	for name := range table {
		t.Errorf("rule %s is documented nowhere", name)
	}
}

func TestDefaultIsTheDocumentedOne(t *testing.T) {
	if diff := cmp.Diff(standard, rules.Default()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, settings := range []map[string]string{nil, {}} {
		got, err := rules.Parse(settings)
		if err != nil || got != standard {
			t.Errorf("Parse(%v) = %+v, %v", settings, got, err)
		}
	}
}

func TestDefaultsMayBeWrittenOut(t *testing.T) {
	settings := map[string]string{}
	for _, rule := range documented {
		settings[rule.name] = rule.by
	}
	got, err := rules.Parse(settings)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(standard, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEachRuleChangesItsOwnField(t *testing.T) {
	for _, test := range []struct {
		name, value string
		change      func(*rules.Rules)
	}{
		{"wire-style", "native", func(r *rules.Rules) { r.WireStyle = api.Native }},
		{"invite-during-enable-all-features", "allow", func(r *rules.Rules) { r.InviteDuringEnableAllFeatures = true }},
		{"direct-transfer", "on", func(r *rules.Rules) { r.DirectTransfer = true }},
		{"create-account", "synchronous", func(r *rules.Rules) { r.CreateAccountSynchronous = true }},
		{"account-creation-delay", "2s", func(r *rules.Rules) { r.AccountCreationDelay = 2 * time.Second }},
		{"account-closure-delay", "1h30m", func(r *rules.Rules) { r.AccountClosureDelay = 90 * time.Minute }},
		{"created-account-state", "pending-activation", func(r *rules.Rules) { r.CreatedAccountPendingActivation = true }},
		{"created-account-wait", "96h", func(r *rules.Rules) { r.CreatedAccountWait = 4 * day }},
		{"destination-organization-wait", "168h", func(r *rules.Rules) { r.DestinationOrganizationWait = 7 * day }},
		{"membership-change-wait", "1m", func(r *rules.Rules) { r.MembershipChangeWait = time.Minute }},
		{"standalone-readiness", "strict", func(r *rules.Rules) { r.StandaloneReadinessStrict = true }},
		{"finalizing-time", "1h", func(r *rules.Rules) { r.FinalizingTime = time.Hour }},
		{"email-verification", "on", func(r *rules.Rules) { r.EmailVerification = true }},
		{"govcloud-pairing", "marked", func(r *rules.Rules) { r.GovCloudPairingMarked = true }},
		{"account-status", "omitted", func(r *rules.Rules) { r.AccountStatusShown = false }},
		{"scp-on-create", "on", func(r *rules.Rules) { r.SCPOnCreate = true }},
		{"policy-type-service-access", "off", func(r *rules.Rules) { r.PolicyTypeServiceAccess = false }},
		{"policy-content-checks", "lenient", func(r *rules.Rules) { r.PolicyContentChecksLenient = true }},
		{"scp-language", "pre-2025", func(r *rules.Rules) { r.SCPLanguagePre2025 = true }},
		{"service-principals", "any", func(r *rules.Rules) { r.ServicePrincipalsAny = true }},
		{"tag-policy-enforcement", "on", func(r *rules.Rules) { r.TagPolicyEnforcement = true }},
		{"effective-policy-delay", "3s", func(r *rules.Rules) { r.EffectivePolicyDelay = 3 * time.Second }},
		{"quota-profile", "2024", func(r *rules.Rules) { r.QuotaProfile = "2024" }},
		{"invitation-lifetime", "1h", func(r *rules.Rules) { r.InvitationLifetime = time.Hour }},
		{"all-features-lifetime", "360h", func(r *rules.Rules) { r.AllFeaturesLifetime = 15 * day }},
		{"handshake-retention", "0s", func(r *rules.Rules) { r.HandshakeRetention = 0 }},
		{"closed-account-retention", "1s", func(r *rules.Rules) { r.ClosedAccountRetention = time.Second }},
		{"account-request-retention", "2s", func(r *rules.Rules) { r.AccountRequestRetention = 2 * time.Second }},
		{"email-link-lifetime", "3s", func(r *rules.Rules) { r.EmailLinkLifetime = 3 * time.Second }},
	} {
		want := standard
		test.change(&want)
		got, err := rules.Parse(map[string]string{test.name: test.value})
		if err != nil {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s=%s: -want +got\n%s", test.name, test.value, diff)
		}
	}
}

func TestFidelityNativeSetsThreeRules(t *testing.T) {
	got, err := rules.Parse(map[string]string{"fidelity": "native"})
	if err != nil {
		t.Fatal(err)
	}
	want := standard
	want.WireStyle, want.InviteDuringEnableAllFeatures, want.DirectTransfer = api.Native, true, true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSingleRuleWinsOverFidelity(t *testing.T) {
	for name, test := range map[string]struct {
		value  string
		change func(*rules.Rules)
	}{
		"wire-style":                        {"documented", func(r *rules.Rules) { r.WireStyle = api.Documented }},
		"invite-during-enable-all-features": {"refuse", func(r *rules.Rules) { r.InviteDuringEnableAllFeatures = false }},
		"direct-transfer":                   {"off", func(r *rules.Rules) { r.DirectTransfer = false }},
	} {
		want := standard
		want.WireStyle, want.InviteDuringEnableAllFeatures, want.DirectTransfer = api.Native, true, true
		test.change(&want)
		got, err := rules.Parse(map[string]string{"fidelity": "native", name: test.value})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	got, err := rules.Parse(map[string]string{"fidelity": "documented", "direct-transfer": "on"})
	if err != nil || !got.DirectTransfer {
		t.Errorf("fidelity=documented with direct-transfer=on: %+v, %v", got, err)
	}
}

func TestMistakeNamesRuleValueAndWhatIsAllowed(t *testing.T) {
	const duration = "a duration of 0s or more, such as 360h, 90m or 1h30m"
	for _, test := range []struct{ name, value, want string }{
		{"direct-transfer", "maybe", `rule direct-transfer: "maybe" is not allowed; allowed: off or on`},
		{"direct-transfer", "ON", `rule direct-transfer: "ON" is not allowed; allowed: off or on`},
		{"direct-transfer", "", `rule direct-transfer: "" is not allowed; allowed: off or on`},
		{"invitation-lifetime", "15d", `rule invitation-lifetime: "15d" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "15", `rule invitation-lifetime: "15" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "-1s", `rule invitation-lifetime: "-1s" is not allowed; allowed: ` + duration},
		{"invitation-lifetime", "9999999h", `rule invitation-lifetime: "9999999h" is not allowed; allowed: ` + duration},
		{"throttling-factor", "0", `rule throttling-factor: "0" is not allowed; allowed: a number above 0`},
		{"throttling-factor", "NaN", `rule throttling-factor: "NaN" is not allowed; allowed: a number above 0`},
		{"throttling-factor", "Inf", `rule throttling-factor: "Inf" is not allowed; allowed: a number above 0`},
		{"throttling-factor", "twice", `rule throttling-factor: "twice" is not allowed; allowed: a number above 0`},
		{"wire-stile", "native", `unknown rule "wire-stile"; near names: wire-style`},
	} {
		_, err := rules.Parse(map[string]string{test.name: test.value})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s=%s: got %v\nwant %s", test.name, test.value, err, test.want)
		}
	}
}

func TestLaterRuleTakesItsDefaultOnly(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"throttling", "on", `rule throttling: "on" is not in this version; allowed: off`},
		{"throttling-factor", "2", `rule throttling-factor: "2" is not in this version; allowed: 1`},
	} {
		_, err := rules.Parse(map[string]string{test.name: test.value})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s=%s: got %v\nwant %s", test.name, test.value, err, test.want)
		}
	}
	// The same number in another spelling is still the default.
	got, err := rules.Parse(map[string]string{"throttling": "off", "throttling-factor": "1.0"})
	if err != nil || got != standard {
		t.Errorf("the defaults: %+v, %v", got, err)
	}
}

func TestAllMistakesAreToldTogether(t *testing.T) {
	got, err := rules.Parse(map[string]string{
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
		t.Errorf("mistakes told: %v, want %v\n%v", names, want, err)
	}
	if got != (rules.Rules{}) {
		t.Errorf("rules beside an error: %+v", got)
	}
}

func TestTableCannotBeChangedFromOutside(t *testing.T) {
	rules.Table()[0].Name = "other"
	if got := rules.Table()[0].Name; got == "other" {
		t.Error("a caller renamed a rule")
	}
}

// FuzzParse holds that no value makes Parse panic, or lets a field out of its
// range.
func FuzzParse(f *testing.F) {
	for _, rule := range rules.Table() {
		f.Add(rule.Name, rule.Default)
	}
	f.Add("invitation-lifetime", "-1ns")
	f.Add("throttling-factor", "0x1p-2")
	f.Add("wire-stile", "native")
	f.Fuzz(func(t *testing.T, name, value string) {
		r, err := rules.Parse(map[string]string{name: value})
		if err != nil {
			if r != (rules.Rules{}) {
				t.Errorf("rules beside an error: %+v", r)
			}
			return
		}
		if r.InvitationLifetime < 0 || r.FinalizingTime < 0 || r.ThrottlingFactor <= 0 || math.IsInf(r.ThrottlingFactor, 0) || r.QuotaProfile == "" {
			t.Errorf("%s=%s gives %+v", name, value, r)
		}
	})
}
