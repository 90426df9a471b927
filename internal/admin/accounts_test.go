package admin_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccountsAreRegisteredAndListed(t *testing.T) {
	s := open(t)
	organization := s.organization("111111111111")
	free := s.members("POST", "/accounts", `{"email": "free@example.com"}`)
	if id := free["id"].(string); len(id) != 12 || free["email"] != "free@example.com" || free["name"] != "account-"+id {
		t.Errorf("without an id: %v", free)
	}
	s.members("POST", "/accounts", `{"id": "222222222222"}`)
	if a := s.members("POST", "/accounts", `{"id": "222222222222", "name": "Bob"}`); a["name"] != "Bob" || a["email"] != "account-222222222222@example.com" {
		t.Errorf("renamed: %v", a)
	}
	if a := s.members("GET", "/accounts/111111111111", ""); a["organization"] != organization || a["joined"] != "2026-11-02T08:00:00Z" || a["serviceLinkedRole"] != true {
		t.Errorf("the management account: %v", a)
	}
	var ids []any
	for after := ""; ; {
		page := s.members("GET", "/accounts?limit=2&after="+after, "")
		for _, a := range page["accounts"].([]any) {
			ids = append(ids, a.(map[string]any)["id"])
		}
		next, more := page["next"].(string)
		if !more {
			break
		}
		after = next
	}
	want := []any{"111111111111", free["id"], "222222222222"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	s.want("POST", "/accounts", `{"id": "12"}`, 400, `{"error":"malformed: an account id has 12 digits"}`)
	s.want("POST", "/accounts", `{"email": "nobody"}`, 400, `{"error":"malformed: \"nobody\" is not an address that an account can have"}`)
	s.want("POST", "/accounts", `{"id": "333333333333", "email": "FREE@example.com"}`, 409, `{"error":"taken: another account has the address FREE@example.com"}`)
	s.want("GET", "/accounts/333333333333", "", 404, `{"error":"there is no such account"}`)
	for _, limit := range []string{"0", "1001", "x"} {
		s.want("GET", "/accounts?limit="+limit, "", 400, `{"error":"limit: \"`+limit+`\" is not a number from 1 to 1000"}`)
	}
}

func TestPatchKeepsMembersThatItDoesNotName(t *testing.T) {
	s := open(t)
	s.members("POST", "/accounts", `{"id": "222222222222"}`)
	s.members("PATCH", "/accounts/222222222222", `{"readiness": {"phone": false, "support": false}}`)
	a := s.members("PATCH", "/accounts/222222222222", `{"state": "SUSPENDED", "emailVerified": false, "readiness": {"phone": true}, "govcloud": true}`)
	ready := map[string]any{"agreement": true, "phone": true, "payment": true, "contact": true, "support": false}
	if a["state"] != "SUSPENDED" || a["emailVerified"] != false || a["govcloud"] != true || !cmp.Equal(a["readiness"], any(ready)) {
		t.Errorf("%v", a)
	}
	if a := s.members("PATCH", "/accounts/222222222222", `{"state": "ACTIVE"}`); a["state"] != "ACTIVE" || a["govcloud"] != true {
		t.Errorf("%v", a)
	}
	s.want("PATCH", "/accounts/222222222222", `{"state": "SLEEPING"}`, 400, `{"error":"malformed: \"SLEEPING\" is not a state of an account"}`)
	s.want("PATCH", "/accounts/222222222222", `{"state": "CLOSED"}`, 409, `{"error":"not possible now: account 222222222222 is ACTIVE and cannot become CLOSED"}`)
	s.want("PATCH", "/accounts/222222222222", `{"readiness": {"fax": true}}`, 400, `{"error":"the body cannot be read: unknown member \"fax\""}`)
	s.want("PATCH", "/accounts/333333333333", `{"emailVerified": true}`, 404, `{"error":"there is no such account"}`)
}

func TestServiceLinkedRoleIsKeptWithAllFeatures(t *testing.T) {
	s := open(t)
	s.organization("111111111111")
	s.call("222222222222", "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	s.want("DELETE", "/accounts/111111111111/service-linked-role", "", 409,
		`{"error":"not possible now: account 111111111111 is in an organization with all features, which needs the role"}`)
	if a := s.members("DELETE", "/accounts/222222222222/service-linked-role", ""); a["serviceLinkedRole"] != false {
		t.Errorf("%v", a)
	}
}

func TestQuotasOfOneOrganization(t *testing.T) {
	s := open(t)
	path := "/organizations/" + s.organization("111111111111") + "/quotas"
	s.want("PUT", path, `{"accounts-per-organization": 1, "unit-depth": "unlimited"}`, 200, `{"quotas":{"accounts-per-organization":1,"unit-depth":"unlimited"}}`)
	for body, want := range map[string]string{
		`{}`:                      "an object of quotas and their numbers is expected",
		`{"unit-dept": 1}`:        `unknown quota \"unit-dept\"; did you mean unit-depth?`,
		`{"unit-depth": -1}`:      `quota unit-depth: \"-1\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": 1.5}`:     `quota unit-depth: \"1.5\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": "all"}`:   `quota unit-depth: \"all\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-depth": true}`:    `quota \"unit-depth\" is neither a number nor \"unlimited\"`,
		`{"unit-depth": "1e9"}`:   `quota unit-depth: \"1e9\" is not allowed; allowed: a whole number of 0 or more, or unlimited`,
		`{"unit-dep": "default"}`: `unknown quota \"unit-dep\"; did you mean unit-depth?`,
	} {
		s.want("PUT", path, body, 400, `{"error":"`+want+`"}`)
	}
	s.want("PUT", "/organizations/o-0000000000/quotas", `{"unit-depth": 1}`, 404, `{"error":"there is no such organization"}`)
}

// TestAccountsOfAnOrganizationAreSearchedAndSorted, in pages that name those beside them.
func TestAccountsOfAnOrganizationAreSearchedAndSorted(t *testing.T) {
	s := open(t)
	organization, at := s.organization("111111111111"), "/accounts?organization="
	for _, id := range []string{"222222222222", "333333333333"} {
		s.members("POST", "/accounts", `{"id": "`+id+`", "name": "Member `+id[:1]+`"}`)
		sent := s.call("111111111111", "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+id+`"}}`)
		s.call(id, "AcceptHandshake", `{"HandshakeId": "`+sent["Handshake"].(map[string]any)["Id"].(string)+`"}`)
	}
	s.members("POST", "/accounts", `{"id": "444444444444", "name": "Member 4"}`)
	list := func(query string) (ids string, previous, next any) {
		t.Helper()
		page := s.members("GET", at+organization+query, "")
		if page["all"] != 3.0 {
			t.Errorf("%s: %v in all", query, page["all"])
		}
		for _, a := range page["accounts"].([]any) {
			ids += a.(map[string]any)["id"].(string)[:1]
		}
		return ids, page["previous"], page["next"]
	}
	for query, want := range map[string]string{
		"": "123", "&sort=name": "123", "&sort=name&order=descending": "321", "&text=mEMBER": "23", "&text=mEMBER&sort=id&order=descending": "32",
		"&method=CREATED": "", "&method=INVITED": "123", "&state=SUSPENDED": "", "&below=r-none": "", "&after=111111111111": "23", "&before=333333333333": "12", "&before=333333333333&limit=1": "2",
	} {
		if ids, _, _ := list(query); ids != want {
			t.Errorf("%q lists %s, want %s", query, ids, want)
		}
	}
	if _, previous, next := list("&limit=1"); previous != nil || next != "111111111111" {
		t.Errorf("around the first page: %v, %v", previous, next)
	}
	if _, previous, next := list("&limit=1&after=111111111111"); previous != "222222222222" || next != "222222222222" {
		t.Errorf("around the second page: %v, %v", previous, next)
	}
	if _, previous, next := list("&limit=1&before=222222222222"); previous != nil || next != "111111111111" {
		t.Errorf("back on the first page: %v, %v", previous, next)
	}
	for query, want := range map[string]string{
		"&state=x": `state: \"x\" is not one of [ACTIVE PENDING_ACTIVATION SUSPENDED PENDING_CLOSURE CLOSED]`, "&method=x": `method: \"x\" is not one of [CREATED INVITED]`,
		"&sort=x": `sort: \"x\" is not one of [joined name id email state]`, "&order=x": `order: \"x\" is not one of [ascending descending]`,
		"&after=1": `malformed: the page is next to \"1\", which is no account`, "&after=1&before=1": "a page is after an account or before one, not both",
		"&text=" + strings.Repeat("x", 129): "text: more than 128 characters",
	} {
		s.want("GET", at+organization+query, "", 400, `{"error":"`+want+`"}`)
	}
	s.want("GET", at, "", 404, `{"error":"there is no such organization"}`)
	if alone := s.members("GET", "/accounts?standalone=true", "")["accounts"].([]any); len(alone) != 1 || alone[0].(map[string]any)["id"] != "444444444444" {
		t.Errorf("standalone: %v", alone)
	}
}

// TestAttachmentsAreListedByTheirTargets, those that are asked for.
func TestAttachmentsAreListedByTheirTargets(t *testing.T) {
	s := open(t)
	organization := s.organization("111111111111")
	root := s.call("111111111111", "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	s.call("111111111111", "EnablePolicyType", `{"RootId": "`+root+`", "PolicyType": "SERVICE_CONTROL_POLICY"}`)
	made := s.call("111111111111", "CreatePolicy", `{"Name": "guard", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}`)
	id := made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
	s.call("111111111111", "AttachPolicy", `{"PolicyId": "`+id+`", "TargetId": "`+root+`"}`)
	path := "/organizations/" + organization + "/attachments"
	s.want("GET", path+"?target=111111111111&target="+root, "", 200, `{"attachments":[{"target":"`+root+`","policy":"`+id+`","type":"SERVICE_CONTROL_POLICY","name":"guard"}]}`)
	s.want("GET", path+"?target=111111111111", "", 200, `{"attachments":[]}`)
	s.want("GET", path, "", 400, `{"error":"target: 0 are given, 1 to 1000 are possible"}`)
	s.want("GET", path+"?"+strings.Repeat("target=x&", 1001), "", 400, `{"error":"target: 1001 are given, 1 to 1000 are possible"}`)
	s.want("GET", "/organizations/o-none/attachments?target=x", "", 404, `{"error":"there is no such organization"}`)
}
