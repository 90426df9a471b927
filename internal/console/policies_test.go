package console_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

const denyBuckets = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Stay", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
  ]
}`

// policyIn is the ID of the policy that an address is about.
func policyIn(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/console/policies/p-") {
		t.Fatalf("%s is not the address of a policy: %v", address, err)
	}
	return strings.TrimPrefix(u.Path, "/console/policies/")
}

// TestPoliciesAreListedByType, with the types that are enabled, their sizes and their
// attachments; what is searched for is in the address.
func TestPoliciesAreListedByType(t *testing.T) {
	f := furnish(t)
	page := f.page("/console/policies?as=" + alice)
	contains(t, page, "Service control policies", "FullAWSAccess", "NoLeaving", f.scp, "of 10240", "Chat applications policy", "GuardDuty policy", "Disable the type")
	page = f.page("/console/policies?as=" + alice + "&type=TAG_POLICY")
	contains(t, page, "TagsOfAll", "TagsOfWorkloads", "Tag policies")
	page = f.page("/console/policies?as=" + alice + "&type=TAG_POLICY&find=WORKLOADS")
	if contains(t, page, "TagsOfWorkloads", "1 of 2"); strings.Contains(page, "TagsOfAll") {
		t.Error("the filter lets everything through")
	}
	contains(t, f.page("/console/policies?as="+alice+"&type=S3_POLICY"), "None yet", "Enable the type", "not enabled")
	contains(t, f.page("/console/policies?as="+alice+"&type=NONSENSE&page=-7&find=%25"), "Service control policies", "No policy matches")
	contains(t, f.page("/console/policies?as="+f.account), "to the management account and to delegated administrators only", "Act as the management account")
}

// TestAListOfPoliciesHasPages.
func TestAListOfPoliciesHasPages(t *testing.T) {
	f := furnish(t)
	for n := range 27 {
		f.must(alice, "CreatePolicy", `{"Name": "n`+strings.Repeat("x", n)+`", "Description": "", "Type": "S3_POLICY", "Content": "{\"s3_attributes\":{}}"}`)
	}
	here := "/console/policies?as=" + alice + "&type=S3_POLICY"
	contains(t, f.page(here), "Page 1 of 2", `rel="next"`)
	page := f.page(here + "&page=2")
	if contains(t, page, "Page 2 of 2", `rel="prev"`); strings.Count(page, "<td class=\"mono\">p-") != 2 {
		t.Errorf("the second page has %d rows", strings.Count(page, "<td class=\"mono\">p-"))
	}
}

// TestPolicyTypesAreEnabledAndDisabled by forms, after a look at what that would do.
func TestPolicyTypesAreEnabledAndDisabled(t *testing.T) {
	f := furnish(t)
	here := "/console/policies?as=" + alice
	tried := f.follow(here, "do", "disable", "type", "TAG_POLICY", "try", "yes")
	contains(t, f.page(tried), "What would change?", "effective policies change", "Disable now", "Effective tag policy of", "-      &#34;tag_value", f.account)
	contains(t, f.page(f.follow(here, "do", "disable", "type", "TAG_POLICY")), "Enable the type")
	contains(t, f.page(f.follow(here, "do", "enable", "type", "TAG_POLICY")), "Disable the type")
	refused := f.submit(here, "do", "enable", "type", "GUARDDUTY_POLICY")
	contains(t, refused.body, "role=\"alert\"", "EnablePolicyType")
	if refused.status < 400 || f.submit(here, "do", "enable", "type", "nonsense").status != http.StatusBadRequest || f.submit(here, "do", "nonsense").status != http.StatusBadRequest {
		t.Errorf("%d", refused.status)
	}
}

// TestAPolicyIsWrittenTriedAttachedAndDeleted: the story of a policy by forms alone. An error
// stands at the content with its line and column, and the form stays filled; what would change
// is said before it does.
func TestAPolicyIsWrittenTriedAttachedAndDeleted(t *testing.T) {
	f := furnish(t)
	start := "/console/policies/new?as=" + alice + "&type=SERVICE_CONTROL_POLICY"
	contains(t, f.page(start), "NoLeaving", `data-editor="SERVICE_CONTROL_POLICY"`, `data-limit="10240"`, "data-editor-status", "Payments")
	wrong := f.submit(start, "do", "create", "type", "SERVICE_CONTROL_POLICY", "name", "guard", "description", "kept", "tags", "team=a", "content", strings.ReplaceAll(denyBuckets, `"Action"`, `"Actoin"`))
	contains(t, wrong.body, "MalformedPolicyDocumentException", `id="content-problem"`, "Line 4, column", `value="guard"`, `value="kept"`, "team=a", "Actoin")
	if wrong.status != http.StatusBadRequest {
		t.Errorf("%d", wrong.status)
	}
	// Browsers end lines with CR LF.
	fields := []string{"do", "create", "type", "SERVICE_CONTROL_POLICY", "name", "guard", "description", "About leaving", "tags", "team=a\r\n\r\ncost center = 7 = 8", "content", strings.ReplaceAll(denyBuckets, "\n", "\r\n")}
	tried := f.submit(start, append(fields, "target", "Workloads", "try", "yes")...)
	contains(t, tried.body, "would be denied", "s3:DeleteBucket", "Payments", "Stay", `value="guard"`, "Create it now")
	if tried.status != http.StatusOK || strings.Contains(f.page("/console/policies?as="+alice), ">guard<") {
		t.Errorf("to try a policy has made it: %d", tried.status)
	}
	contains(t, f.submit(start, append(fields, "try", "yes")...).body, "Choose a root, a unit or an account", `value="guard"`)
	contains(t, f.submit(start, append(fields, "target", "nowhere", "try", "yes")...).body, "No root, unit or account has this ID or name", `value="nowhere"`)

	made := f.follow(start, append(fields, "target", "Payments")...)
	here := "/console/policies/" + policyIn(t, made) + "?as=" + alice
	contains(t, f.page(made), "guard", "About leaving", "cost center", "7 = 8", `value="`+f.account+`"`, "Nothing.")
	if described := f.must(alice, "DescribePolicy", `{"PolicyId": "`+policyIn(t, made)+`"}`)["Policy"].(map[string]any)["Content"]; described != denyBuckets {
		t.Errorf("the document is %q", described)
	}
	contains(t, f.submit(start, fields...).body, "DuplicatePolicyException", `aria-invalid="true"`)

	attached := f.follow(here, "do", "attach", "target", "payments@example.com")
	contains(t, f.page(attached), "Attached to", "Payments", "Workloads", "Explain a call", "action=s3%3ADeleteBucket")
	contains(t, f.page(f.follow(here, "do", "attach", "target", "ROOT")), "Attached to", "Explain a call of Payments")
	f.follow(here, "do", "detach", "target", f.root)
	contains(t, f.submit(here, "do", "attach", "target", f.account).body, "DuplicatePolicyAttachmentException", `value="`+f.account+`"`)
	contains(t, f.submit(here, "do", "delete").body, "PolicyInUseException")
	contains(t, f.page(f.follow(here, "do", "delete", "try", "yes")), "would be allowed", "Delete now")
	contains(t, f.page(f.follow(here, "do", "detach", "target", f.account, "try", "yes")), "would be allowed", "Detach now")

	// Saved with an error, tried, and saved.
	bad := f.submit(here, "do", "content", "content", "{\r\n  \"Statement\": 7\r\n}")
	contains(t, bad.body, "MalformedPolicyDocumentException", "Line 2, column 16", "Statement&#34;: 7")
	contains(t, f.submit(here, "do", "content", "content", "{", "try", "yes").body, `id="content-problem"`, "document:1:")
	wider := strings.ReplaceAll(denyBuckets, `"s3:DeleteBucket"`, `"s3:*"`)
	tried = f.submit(here, "do", "content", "content", wider, "try", "yes")
	contains(t, tried.body, "would be denied", "s3:", "Save now", "guard", "Stay")
	if !strings.Contains(f.page(here), "s3:DeleteBucket") {
		t.Error("to try a content has saved it")
	}
	contains(t, f.page(f.follow(here, "do", "content", "content", wider)), "Saved.", "s3:*")
	contains(t, f.page(f.follow(here, "do", "describe", "name", "no buckets", "description", "Other words")), "<h1>no buckets", "Other words")
	contains(t, f.submit(here, "do", "describe", "name", "NoLeaving", "description", "x").body, "DuplicatePolicyException", `value="NoLeaving"`)
	contains(t, f.page(f.follow(here, "do", "tag", "key", "Owner", "value", "team-b")), "team-b")
	f.follow(here, "do", "untag", "key", "Owner")
	f.follow(here, "do", "detach", "target", f.account)
	contains(t, f.page(f.follow(here, "do", "delete", "try", "yes")), "It is attached to nothing")
	list := f.follow(here, "do", "delete")
	if page := f.page(list); strings.Contains(page, "no buckets") || !strings.Contains(page, "NoLeaving") {
		t.Errorf("after it was deleted, %s has it", list)
	}
	if a := f.get(here); a.status != http.StatusNotFound {
		t.Errorf("the page of a policy that was deleted: %d", a.status)
	}
}

// TestWhatAPolicyWouldDoHasAnAddress: one that was not asked by a form, with what there is to do
// now; of a type that is not enabled too, and of what cannot be tried.
func TestWhatAPolicyWouldDoHasAnAddress(t *testing.T) {
	f := furnish(t)
	here := "/console/policies/" + f.scp + "?as=" + alice
	page := f.page(here + "&try=detach&target=" + f.unit)
	contains(t, page, "would be allowed", "organizations:LeaveOrganization", "Detach now", `name="target" value="`+f.unit+`"`)
	contains(t, f.page(here+"&try=attach&target="+f.root), "Attach now", f.root)
	contains(t, f.page(here+"&try=attach&target=ou-nowhere"), "This cannot be tried", "is not in the organization")
	if strings.Contains(f.page(here+"&try=nonsense"), "What would change?</h2>") {
		t.Error("nonsense is tried")
	}
	tag := "/console/policies/" + f.tag + "?as=" + alice
	contains(t, f.page(tag+"&try=detach&target="+f.unit), "Effective tag policy", `class="removed"`, "&#34;300&#34;")
	start := "/console/policies/new?as=" + alice + "&type=BACKUP_POLICY"
	half := `{"plans": {"ledger": {"regions": {"@@assign": ["us-east-1"]}}}}`
	contains(t, f.submit(start, "do", "create", "type", "BACKUP_POLICY", "content", half, "target", "Workloads", "try", "yes").body, "enable BACKUP_POLICY", "would be invalid", "Payments")
	contains(t, f.page(here), "Show it with line breaks")
	indented := f.page(here + "&format=1")
	contains(t, indented, "\n      &#34;Sid&#34;: &#34;Stay&#34;", "are saved", "Show it as it is saved")
	managed := f.page("/console/policies/p-FullAWSAccess?as=" + alice)
	if contains(t, managed, "cannot be changed", "Root", "Workloads", "Detach"); strings.Contains(managed, "<textarea") || strings.Contains(managed, "Delete the policy") {
		t.Error("a policy of AWS can be changed")
	}
}

// TestAttackMarkupInPoliciesIsText: in names, descriptions, documents and tags of policies, in
// names of targets, and in all that a form gives back.
func TestAttackMarkupInPoliciesIsText(t *testing.T) {
	f := furnish(t, "behavior", "xss-check=off")
	quoted := strings.ReplaceAll(markup, `"`, `\"`)
	f.must(alice, "UpdateOrganizationalUnit", `{"OrganizationalUnitId": "`+f.unit+`", "Name": "`+quoted+`"}`)
	document := `{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x":"<img src=x onerror=alert(1)></textarea><script>"}}}]}`
	id := f.attach(markup, "SERVICE_CONTROL_POLICY", document, f.unit)
	f.must(alice, "UpdatePolicy", `{"PolicyId": "`+id+`", "Description": "`+quoted+`"}`)
	here, escaped := "/console/policies/"+id+"?as="+alice, url.QueryEscape(markup)
	pages := map[string]string{
		"list": "/console/policies?as=" + alice, "find": "/console/policies?as=" + alice + "&find=" + escaped, "policy": here, "trial": here + "&try=detach&target=" + f.unit,
		"target": here + "&target=" + escaped, "tried target": here + "&try=attach&target=" + escaped, "attached": here + "&attached=" + f.unit, "type": "/console/policies/new?as=" + alice + "&target=" + escaped,
	}
	for name, path := range pages {
		page := f.page(path)
		if strings.Contains(page, "<img src=x") || strings.Contains(page, "<script>") || strings.Contains(page, "</textarea><script") {
			t.Errorf("%s has markup:\n%s", name, page)
		}
		contains(t, page, "&lt;img src=x")
	}
	forms := 0
	for form, fields := range map[string][]string{
		here:                                {"do", "content", "content", `"` + markup + "</textarea>"},
		here + "&x=1":                       {"do", "describe", "name", markup + strings.Repeat("n", 128), "description", markup},
		here + "&x=2":                       {"do", "attach", "target", markup},
		here + "&x=3":                       {"do", "tag", "key", "aws:" + markup, "value", markup},
		here + "&x=4":                       {"do", "content", "content", "</textarea>" + markup, "try", "yes"},
		"/console/policies/new?as=" + alice: {"do", "create", "type", "SERVICE_CONTROL_POLICY", "name", markup, "description", markup, "tags", "</textarea>" + markup, "target", markup, "content", "</textarea>" + markup},
	} {
		a := f.submit(form, fields...)
		if strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<script>") || a.status != http.StatusBadRequest {
			t.Errorf("the form of %s: %d\n%s", form, a.status, a.body)
		}
		contains(t, a.body, "&lt;img src=x")
		forms++
	}
	t.Logf("evidence: markup in policies is text on %d pages and in %d forms", len(pages), forms)
}

// TestAttackFormsOfPolicies: a forged form changes nothing, a huge one is refused, no field leads
// away, and no page with data is kept. The control is the form of the page itself.
func TestAttackFormsOfPolicies(t *testing.T) {
	f := furnish(t)
	here := "/console/policies/" + f.scp + "?as=" + alice
	right := tokenOf(t, f.page(here))
	body := func(token string) string {
		return url.Values{"csrf": {token}, "do": {"describe"}, "name": {"taken"}, "description": {"x"}, "back": {"https://evil.example"}, "next": {"//evil.example"}}.Encode()
	}
	for name, r := range map[string]*http.Request{
		"another origin": request("POST", here, body(right), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"no token":       request("POST", here, body("")),
		"JSON":           request("POST", here, `{"csrf": "`+right+`"}`, "Content-Type", "application/json"),
		"10 MB":          request("POST", here, "csrf="+right+"&do=content&content="+strings.Repeat("x", 10<<20)),
		"a look":         request("GET", here+"&"+body(right), ""),
		"not UTF-8":      request("POST", here, "csrf="+right+"&do=content&content=%ff"),
	} {
		if a := f.send(r); r.Method == http.MethodPost && a.status < 400 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if strings.Contains(f.page(here), "taken") {
		t.Error("a forged form has changed a policy")
	}
	a := f.send(request("POST", here, body(right)))
	if a.status != http.StatusSeeOther || a.header.Get("Location") != here {
		t.Errorf("the control: %d %v", a.status, a.header)
	}
	for _, path := range []string{here, "/console/policies?as=" + alice, "/console/policies/new?as=" + alice, here + "&try=detach&target=" + f.unit} {
		if got := f.get(path).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
	for _, id := range []string{"p-nothing0", "x", "%3Cscript%3E", "p-" + strings.Repeat("a", 500)} {
		if a := f.get("/console/policies/" + id + "?as=" + alice); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", id, a.status)
		}
	}
	// The largest document that a type takes fits, whatever its characters.
	large := f.submit(here, "do", "content", "content", strings.Repeat("\U0001F512", 10_240))
	if large.status != http.StatusBadRequest || !strings.Contains(large.body, "MalformedPolicyDocumentException") {
		t.Errorf("10,240 characters of four bytes: %d", large.status)
	}
}

// TestBadgesLeadToPolicies, on the pages of an organization and of an account.
func TestBadgesLeadToPolicies(t *testing.T) {
	f := furnish(t)
	link := `href="/console/policies/` + f.scp + `?as=` + alice + `"`
	contains(t, f.page("/console/organization/"+f.unit+"?as="+alice), link)
	contains(t, f.page(f.address("")), link)
	contains(t, f.page(f.address("&type=TAG_POLICY")), `href="/console/policies/`+f.tag+`?as=`+alice+`" class="badge policy">TagsOfWorkloads`)
}

// TestADeniedCallLeadsToWhyItWas: with the principal, the action and the resource of the call.
func TestADeniedCallLeadsToWhyItWas(t *testing.T) {
	f := furnish(t, "journal", filepath.Join(t.TempDir(), "journal"))
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{}`))
	apptest.Sign(r, f.account, "LeaveOrganization")
	w := httptest.NewRecorder()
	if f.API().ServeHTTP(w, r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "AccessDenied") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	link := regexp.MustCompile(`href="([^"]+)#may">Explain why it was denied`)
	var found []string
	// The journal writes refused calls a moment later.
	for found == nil {
		if t.Context().Err() != nil {
			t.Fatal("the call is not shown")
		}
		found = link.FindStringSubmatch(f.page("/console/calls?outcome=failed"))
	}
	page := f.page(html.UnescapeString(found[1]))
	contains(t, page, `class="verdict denied"`, "NoLeaving", "Stay", `value="organizations:LeaveOrganization"`, `value="arn:aws:iam::`+f.account+`:root"`, "What would change it")
	if strings.Contains(f.page("/console/calls?outcome=succeeded"), "Explain why it was denied") {
		t.Error("calls that were not denied are explained")
	}
}
