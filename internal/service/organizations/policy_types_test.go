package organizations_test

import (
	"testing"

	"accord/internal/api/orgapi"
	"accord/internal/policy"
)

func TestPolicyTypesAreShownByName(t *testing.T) {
	for style, pending := range map[string]string{"documented": "ENABLED", "native": "PENDING_ENABLE"} {
		w := newFixture(t, "wire-style "+style, "policy-type-service-access off")
		a := w.as(alice).plant()
		wantList(t, "at first", a.enabled())
		a.enable(tags, backups)
		out := must(a.actor, (*service).EnablePolicyType, orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: new(rcp)})
		wantList(t, style+": the answer", typesOf(out.Root),
			"BACKUP_POLICY ENABLED", "RESOURCE_CONTROL_POLICY "+pending, "TAG_POLICY ENABLED")
		if *out.Root.Id != a.root || *out.Root.Name != "Root" || *out.Root.Arn == "" {
			t.Errorf("the answer shows %+v", out.Root)
		}
		wantList(t, style+": the root", a.enabled(), "BACKUP_POLICY ENABLED", "RESOURCE_CONTROL_POLICY ENABLED", "TAG_POLICY ENABLED")
		scps := must(a.actor, (*service).EnablePolicyType, orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: new(scp)})
		wantList(t, style+": the next answer", typesOf(scps.Root),
			"BACKUP_POLICY ENABLED", "RESOURCE_CONTROL_POLICY ENABLED", "SERVICE_CONTROL_POLICY ENABLED", "TAG_POLICY ENABLED")
		left := must(a.actor, (*service).DisablePolicyType, orgapi.DisablePolicyTypeRequest{RootId: &a.root, PolicyType: new(rcp)})
		wantList(t, style+": after disabling", typesOf(left.Root), "BACKUP_POLICY ENABLED", "SERVICE_CONTROL_POLICY ENABLED", "TAG_POLICY ENABLED")
	}
}

func TestEveryPolicyTypeIsEnabledAndAttached(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.trust("securityhub.amazonaws.com", "inspector2.amazonaws.com", guardduty)
	for _, d := range policy.Types {
		kind := orgapi.PolicyType(d.Type)
		a.enable(kind)
		id := a.draft(kind, "mine", smallest[kind])
		a.attach(id, a.root, alice)
		wantList(t, "targets of "+string(kind), a.targets(id, 20), a.root, alice)
		if d.IsManagement() {
			a.effective(kind, alice)
		}
	}
	if n := len(a.enabled()); n != len(policy.Types) {
		t.Errorf("%d types are enabled", n)
	}
	for _, d := range policy.Types {
		a.disable(orgapi.PolicyType(d.Type))
	}
	wantList(t, "at last", a.enabled())
}

func TestAPolicyTypeNeedsTheTrustedAccessOfItsService(t *testing.T) {
	const missing, needed = "ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED", "ConstraintViolationException POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"
	for kind, service := range map[orgapi.PolicyType]string{
		orgapi.PolicyTypeSecurityhubPolicy:     "securityhub.amazonaws.com",
		orgapi.PolicyTypeSecurityhubCspmPolicy: "securityhub.amazonaws.com",
		orgapi.PolicyTypeInspectorPolicy:       "inspector2.amazonaws.com",
		orgapi.PolicyTypeGuarddutyPolicy:       guardduty,
	} {
		a := newFixture(t).as(alice).plant()
		enable := &orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: &kind}
		distrust := &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: &service}
		for i, step := range []struct {
			operation string
			told      string
		}{
			{"enable", missing}, {"distrust", ""}, {"trust", ""}, {"enable", ""}, {"distrust", needed}, {"disable", ""}, {"distrust", ""}, {"enable", missing},
		} {
			var got string
			switch step.operation {
			case "enable":
				got = a.told("EnablePolicyType", enable)
			case "disable":
				a.disable(kind)
			case "trust":
				a.trust(service)
			case "distrust":
				got = a.told("DisableAWSServiceAccess", distrust)
			}
			if got != step.told {
				t.Errorf("%s, step %d, %s: %q, want %q", kind, i, step.operation, got, step.told)
			}
		}
		a.trust(config)
		a.distrust(config)

		free := newFixture(t, "policy-type-service-access off").as(alice).plant()
		free.enable(kind)
		free.distrust(service)
	}
}

func TestServiceControlPoliciesBeginWithAllFeaturesIfTheRuleSaysSo(t *testing.T) {
	for rule, want := range map[string][]string{"off": nil, "on": {"SERVICE_CONTROL_POLICY ENABLED"}} {
		w := newFixture(t, "scp-on-create "+rule)
		a := w.as(alice).plant()
		wantList(t, rule+": a new organization", a.enabled(), want...)
		if rule == "on" {
			wantList(t, "on the root", a.on(a.root, scp), "FullAWSAccess")
		}

		late := w.as(dave)
		late.organization(billing)
		wantList(t, rule+": without all features", late.enabled())
		h := enableAllFeatures(late)
		late.accept(h)
		if late.featureSet() != all {
			t.Fatal("the change is not finished")
		}
		wantList(t, rule+": after the change to all features", late.enabled(), want...)
	}
}

func TestRejectionsOfPolicyTypes(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		a.enable(tags)
		enable := func(root *string, kind orgapi.PolicyType) *orgapi.EnablePolicyTypeRequest {
			return &orgapi.EnablePolicyTypeRequest{RootId: root, PolicyType: &kind}
		}
		disable := func(root *string, kind orgapi.PolicyType) *orgapi.DisablePolicyTypeRequest {
			return &orgapi.DisablePolicyTypeRequest{RootId: root, PolicyType: &kind}
		}
		return a.actor, []refusal{
			{"EnablePolicyType", &orgapi.EnablePolicyTypeRequest{PolicyType: new(tags)}, absent, ":ROOT_ID"},
			{"EnablePolicyType", &orgapi.EnablePolicyTypeRequest{RootId: &a.root}, absent, ":POLICY_TYPE"},
			{"EnablePolicyType", enable(new("ou-aaaa-11111111"), tags), malformed, ":ROOT_ID"},
			{"EnablePolicyType", enable(&a.root, "X"), noEnum, ":POLICY_TYPE"},
			{"EnablePolicyType", enable(&other.root, tags), "RootNotFoundException", ""},
			{"EnablePolicyType", enable(new("r-none"), orgapi.PolicyTypeInspectorPolicy), "RootNotFoundException", ""},
			{"EnablePolicyType", enable(&a.root, tags), "PolicyTypeAlreadyEnabledException", ""},
			{"EnablePolicyType", enable(&a.root, orgapi.PolicyTypeInspectorPolicy), "ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED", ""},
			{"DisablePolicyType", &orgapi.DisablePolicyTypeRequest{PolicyType: new(tags)}, absent, ":ROOT_ID"},
			{"DisablePolicyType", &orgapi.DisablePolicyTypeRequest{RootId: &a.root}, absent, ":POLICY_TYPE"},
			{"DisablePolicyType", disable(&a.root, "X"), noEnum, ":POLICY_TYPE"},
			{"DisablePolicyType", disable(&other.root, tags), "RootNotFoundException", ""},
			{"DisablePolicyType", disable(&a.root, backups), "PolicyTypeNotEnabledException", ""},
		}
	})
}

func TestOfTwoWhoEnableATypeOneDoes(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	enable := func() error {
		_, err := try(a.actor, (*service).EnablePolicyType, orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: new(tags)})
		return err
	}
	told := race(t, enable, enable, enable)
	if count(told, "") != 1 || count(told, "PolicyTypeAlreadyEnabledException") != 2 {
		t.Errorf("told %q", told)
	}
	wantList(t, "the root", a.enabled(), "TAG_POLICY ENABLED")
}
