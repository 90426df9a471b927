package organizations_test

import (
	"testing"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// scripted are requests with a text in each member that is free text.
func scripted(root, text string) []struct {
	operation, suffix string
	in                api.Request
} {
	id, mail := new("p-12345678"), new("new@example.com")
	tags := []orgapi.Tag{{Key: new("k"), Value: new("fine")}, {Key: new("l"), Value: &text}}
	account := &orgapi.HandshakeParty{Id: new(carol), Type: new(orgapi.HandshakePartyTypeAccount)}
	transfer := proposal(carol)
	transfer.SourceName = &text
	notes := proposal(carol)
	notes.Notes = &text
	return []struct {
		operation, suffix string
		in                api.Request
	}{
		{"CreateAccount", ":ACCOUNT_NAME", &orgapi.CreateAccountRequest{AccountName: &text, Email: mail}},
		{"CreateGovCloudAccount", ":ACCOUNT_NAME", &orgapi.CreateGovCloudAccountRequest{AccountName: &text, Email: mail}},
		{"CreateAccount", ":TAGS_2_MEMBER_VALUE", &orgapi.CreateAccountRequest{AccountName: new("n"), Email: mail, Tags: tags}},
		{"CreateOrganizationalUnit", ":NAME", &orgapi.CreateOrganizationalUnitRequest{ParentId: &root, Name: &text}},
		{"UpdateOrganizationalUnit", ":NAME", &orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: new("ou-abcd-12345678"), Name: &text}},
		{"CreatePolicy", ":NAME", &orgapi.CreatePolicyRequest{Name: &text, Description: new(""), Content: new("{}"), Type: new(orgapi.PolicyTypeTagPolicy)}},
		{"CreatePolicy", ":DESCRIPTION", &orgapi.CreatePolicyRequest{Name: new("n"), Description: &text, Content: new("{}"), Type: new(orgapi.PolicyTypeTagPolicy)}},
		{"UpdatePolicy", ":NAME", &orgapi.UpdatePolicyRequest{PolicyId: id, Name: &text}},
		{"UpdatePolicy", ":DESCRIPTION", &orgapi.UpdatePolicyRequest{PolicyId: id, Description: &text}},
		{"InviteAccountToOrganization", ":NOTES", &orgapi.InviteAccountToOrganizationRequest{Target: account, Notes: &text}},
		{"InviteOrganizationToTransferResponsibility", ":SOURCE_NAME", &transfer},
		{"InviteOrganizationToTransferResponsibility", ":NOTES", &notes},
		{"UpdateResponsibilityTransfer", ":NAME", &orgapi.UpdateResponsibilityTransferRequest{Id: new("rt-12345678"), Name: &text}},
		{"PutResourcePolicy", ":TAGS_2_MEMBER_VALUE", &orgapi.PutResourcePolicyRequest{Content: new("{}"), Tags: tags}},
		{"TagResource", ":TAGS_2_MEMBER_VALUE", &orgapi.TagResourceRequest{ResourceId: &root, Tags: tags}},
	}
}

// Scripts are part of the input: whoever calls, and before anything is looked up. [AWS:
// text of INVALID_PATTERN, July 2026; assumed: the members]
func TestScriptsAreRejectedInFreeText(t *testing.T) {
	for _, style := range []string{"documented", "native"} {
		w := newFixture(t, "wire-style "+style)
		a := w.as(alice).plant()
		for _, c := range scripted(a.root, "onerror=1") {
			want := malformed
			if style == "native" {
				want += c.suffix
			}
			for _, caller := range []actor{a.actor, w.as(dave)} {
				if got := caller.told(c.operation, c.in); got != want {
					t.Errorf("%s by %s: %q, want %q", c.operation, caller.id, got, want)
				}
			}
		}
	}
	w := newFixture(t, "xss-check off")
	a := w.as(alice).plant()
	for _, c := range scripted(a.root, "onerror=1") {
		if got := a.told(c.operation, c.in); got == malformed {
			t.Errorf("switched off, %s: %q", c.operation, got)
		}
	}
}

// [assumed: AWS does not publish the patterns]
func TestWhatCountsAsAScript(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	for text, rejected := range map[string]bool{
		"<script>": true, "< / SCRIPT": true, "x<img src=x>": true, "<svg/onload": true, "<iframe": true, "<form action": true,
		"JavaScript : alert(1)": true, "vbscript:": true, "data: text/html,x": true, "onerror=1": true, "a ONLOAD =x": true,
		"onkeydown=": true, "ontransitionend=x": true,
		"Bob's Account": false, "R&D <team>": false, "on call = Ann": false, "data: text": false, "<scripts>": false,
		"a <b> c": false, "description: x": false, "button = on": false, "one=1": false, "javascript": false,
	} {
		want := ""
		if rejected {
			want = malformed
		}
		if got := a.told("CreateOrganizationalUnit", &orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: &text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
