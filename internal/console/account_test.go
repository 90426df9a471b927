package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"accord/internal/app"
)

// furnished is an organization with a unit, an account in it, and policies on the way to it.
type furnished struct {
	browser
	root, unit, account string
	// tag and scp are policies of the unit.
	tag, scp string
}

func furnish(t *testing.T, named ...string) furnished {
	t.Helper()
	f := furnished{browser: open(t, app.Options{}, append([]string{"behavior", "create-account=synchronous"}, named...)...)}
	f.must(alice, "CreateOrganization", `{}`)
	f.root = f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	for _, kind := range []string{"TAG_POLICY", "SERVICE_CONTROL_POLICY"} {
		f.must(alice, "EnablePolicyType", `{"RootId": "`+f.root+`", "PolicyType": "`+kind+`"}`)
	}
	unit := f.must(alice, "CreateOrganizationalUnit", `{"ParentId": "`+f.root+`", "Name": "Workloads"}`)
	f.unit = unit["OrganizationalUnit"].(map[string]any)["Id"].(string)
	made := f.must(alice, "CreateAccount", `{"AccountName": "Payments", "Email": "payments@example.com"}`)
	f.account = made["CreateAccountStatus"].(map[string]any)["AccountId"].(string)
	f.must(alice, "MoveAccount", `{"AccountId": "`+f.account+`", "SourceParentId": "`+f.root+`", "DestinationParentId": "`+f.unit+`"}`)
	f.attach("TagsOfAll", "TAG_POLICY", `{"tags": {"cost": {"tag_key": {"@@assign": "Cost"}, "tag_value": {"@@assign": ["100", "200"]}}}}`, f.root)
	f.tag = f.attach("TagsOfWorkloads", "TAG_POLICY", `{"tags": {"cost": {"tag_value": {"@@append": ["300"]}}}}`, f.unit)
	f.scp = f.attach("NoLeaving", "SERVICE_CONTROL_POLICY", `{"Version": "2012-10-17", "Statement": [{"Sid": "Stay", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}`, f.unit)
	return f
}

// attach makes a policy and attaches it.
func (f furnished) attach(name, kind, document, target string) string {
	f.t.Helper()
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	made := f.must(alice, "CreatePolicy", `{"Name": "`+quoted.Replace(name)+`", "Description": "", "Type": "`+kind+`", "Content": "`+quoted.Replace(document)+`"}`)
	id := made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
	f.must(alice, "AttachPolicy", `{"PolicyId": "`+id+`", "TargetId": "`+target+`"}`)
	return id
}

// page is the address of the account, with further parameters.
func (f furnished) address(parameters string) string {
	return "/console/organization/accounts/" + f.account + "?as=" + alice + parameters
}

// TestAnAccountShowsWhatBindsIt: the policies level by level, and the effective policy with the
// origin of each value.
func TestAnAccountShowsWhatBindsIt(t *testing.T) {
	f := furnish(t)
	page := f.page(f.address(""))
	contains(t, page, "Payments", "payments@example.com", "created here", "Workloads", "NoLeaving", "LeaveOrganization", "FullAWSAccess", "It is no delegated administrator")
	page = f.page(f.address("&type=TAG_POLICY"))
	contains(t, page, "TagsOfAll", "TagsOfWorkloads", "Effective policy")
	// A row has a value, the number of its level and the names of the policies.
	origins := map[string]string{}
	for row := range strings.SplitSeq(page, "<tr>") {
		for _, value := range []string{"&#34;Cost&#34;", "&#34;100&#34;", "&#34;200&#34;", "&#34;300&#34;"} {
			if strings.Contains(row, value) {
				_, after, _ := strings.Cut(row, `class="number">`)
				level, _, _ := strings.Cut(after, "<")
				_, after, _ = strings.Cut(after, `class="badge policy">`)
				name, _, _ := strings.Cut(after, "<")
				origins[value] = level + " " + name
			}
		}
	}
	for value, want := range map[string]string{"&#34;Cost&#34;": "1 TagsOfAll", "&#34;100&#34;": "1 TagsOfAll", "&#34;200&#34;": "1 TagsOfAll", "&#34;300&#34;": "2 TagsOfWorkloads"} {
		if origins[value] != want {
			t.Errorf("%s is of %q, want %q", value, origins[value], want)
		}
	}
	contains(t, f.page(f.address("&type=BACKUP_POLICY")), "NoLeaving")
}

// TestAnAccountShowsWhatIsNotValidTogether: the errors, and the last valid policy that stays in
// force, without origins.
func TestAnAccountShowsWhatIsNotValidTogether(t *testing.T) {
	f := furnish(t)
	f.must(alice, "EnablePolicyType", `{"RootId": "`+f.root+`", "PolicyType": "BACKUP_POLICY"}`)
	contains(t, f.page(f.address("&type=BACKUP_POLICY")), "no policy of this type applies")
	f.attach("Half", "BACKUP_POLICY", `{"plans": {"ledger": {"regions": {"@@assign": ["us-east-1"]}, "rules": {"daily": {"target_backup_vault_name": {"@@assign": "LedgerVault"}}}}}}`, f.account)
	page := f.page(f.address("&type=BACKUP_POLICY"))
	contains(t, page, "is not valid together", "KEY_REQUIRED")
	if strings.Contains(page, "last changed the value") {
		t.Error("the page knows origins of a policy that is not in force")
	}
}

// TestAnAccountSaysWhatItMay: a call is explained, layer by layer, at an address of its own; what
// is no question is refused at the page.
func TestAnAccountSaysWhatItMay(t *testing.T) {
	f := furnish(t)
	contains(t, f.page(f.address("&action=organizations:LeaveOrganization")), `class="verdict denied"`, "NoLeaving", "Stay", "What would change it", "Service control policy")
	contains(t, f.page(f.address("&action=s3:ListAllMyBuckets")), `class="verdict allowed"`)
	contains(t, f.page(f.address("&action=nonsense")), "is not an action such as", `value="nonsense"`)
	contains(t, f.page(f.address("&action=s3:GetObject&context=nonsense")), "context:")
	contains(t, f.page(f.address("&action=s3:GetObject&principal=nobody")), "has no principal")
}

// TestTagsAreEdited, and what the API refuses stands at its field.
func TestTagsAreEdited(t *testing.T) {
	f := furnish(t)
	contains(t, f.page(f.follow(f.address(""), "do", "tag", "key", "Owner", "value", "team-a")), "Owner", "team-a")
	refused := f.submit(f.address(""), "do", "tag", "key", "aws:reserved", "value", "kept")
	if refused.status != http.StatusBadRequest {
		t.Errorf("%d", refused.status)
	}
	contains(t, refused.body, `value="aws:reserved"`, `value="kept"`, `aria-invalid="true"`)
	if page := f.page(f.follow(f.address(""), "do", "untag", "key", "Owner")); strings.Contains(page, "team-a") {
		t.Error("the tag is still there")
	}
	contains(t, f.page(f.follow(f.address(""), "do", "describe", "name", "Ledger", "email", "ledger@example.com")), "<h1>Ledger", "ledger@example.com")
	wrong := f.submit(f.address(""), "do", "describe", "name", "Ledger", "email", "no address")
	contains(t, wrong.body, `value="no address"`, `aria-invalid="true"`)
	contains(t, f.page(f.follow(f.address(""), "do", "state", "state", "SUSPENDED")), "SUSPENDED")
}

// TestAnAccountIsShownToWhomTheAPIShowsIt: to itself, to its management account; as another
// account only what the operator may see.
func TestAnAccountIsShownToWhomTheAPIShowsIt(t *testing.T) {
	f := furnish(t)
	own := f.page("/console/organization/accounts/" + f.account + "?as=" + f.account + "&type=TAG_POLICY")
	contains(t, own, "Payments", "What binds it")
	f.follow("/console/", "do", "account", "account", bob, "email", "bob@example.com", "name", "Bob")
	contains(t, f.page("/console/organization/accounts/"+f.account+"?as="+bob), "Payments", "Act as the account itself")
	contains(t, f.page("/console/organization/accounts/"+bob+"?as="+bob), "Bob", "It is in no organization")
	for _, id := range []string{carol, "x", "r-0000"} {
		if a := f.get("/console/organization/accounts/" + id + "?as=" + alice); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", id, a.status)
		}
	}
}

// TestTheListFiltersAndSorts, and says so in its address.
func TestTheListFiltersAndSorts(t *testing.T) {
	f := furnish(t)
	for _, name := range []string{"Alpha", "zeta", "Beta"} {
		f.must(alice, "CreateAccount", `{"AccountName": "`+name+`", "Email": "`+name+`@example.com"}`)
	}
	order := func(query string) string {
		t.Helper()
		var names []string
		page := f.page("/console/organization/accounts?as=" + alice + query)
		for _, name := range []string{"Alpha", "Beta", "Payments", "zeta"} {
			if strings.Contains(page, ">"+name+"</a>") {
				names = append(names, name)
			}
		}
		at := func(name string) int { return strings.Index(page, ">"+name+"</a>") }
		for i := range names {
			for j := i + 1; j < len(names); j++ {
				if at(names[j]) < at(names[i]) {
					names[i], names[j] = names[j], names[i]
				}
			}
		}
		return strings.Join(names, " ")
	}
	for query, want := range map[string]string{
		"": "Alpha Beta Payments zeta", "&order=descending": "zeta Payments Beta Alpha", "&sort=nonsense&page=x": "Alpha Beta Payments zeta",
		"&below=" + f.unit: "Payments", "&find=ETA": "Beta zeta", "&state=CLOSED": "", "&joined=INVITED": "", "&find=ETA&sort=email&order=descending": "zeta Beta",
	} {
		if got := order(query); got != want {
			t.Errorf("%q shows %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"&state=x": "state: &#34;x&#34; is not one of", "&joined=%3Cb%3E": "method: &#34;&lt;b&gt;&#34; is not one of", "&after=1": "which is no account",
		"&after=" + alice + "&before=" + alice: "not both", "&find=" + strings.Repeat("x", 129): "more than 128 characters",
	} {
		a := f.get("/console/organization/accounts?as=" + alice + query)
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, a.status)
		}
		contains(t, a.body, want)
	}
}

// TestAnOrganizationIsExported in every format, as a file that no browser shows.
func TestAnOrganizationIsExported(t *testing.T) {
	f := furnish(t)
	for format, part := range map[string]string{
		"terraform": "aws_organizations_organizational_unit", "org-formation": "OrganizationalUnit", "cloudformation": "AWS::Organizations", "json": "Workloads",
		"seed": "Workloads", "mermaid": "Workloads", "dot": "digraph", "svg": "<svg",
	} {
		a := f.get("/console/organization/export?as=" + alice + "&format=" + format)
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename=o-") || a.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s: %d %v", format, a.status, a.header)
		}
		contains(t, a.body, part)
	}
	if a := f.get("/console/organization/export?as=" + alice + "&format=pdf"); a.status != http.StatusBadRequest || a.header.Get("Content-Disposition") != "" {
		t.Errorf("%d %v", a.status, a.header)
	}
}

// TestAttackMarkupInAnOrganizationIsText: in names of units and accounts, in tags, and in names
// and documents of policies. The control is that each text is on a page, escaped.
func TestAttackMarkupInAnOrganizationIsText(t *testing.T) {
	f := furnish(t, "behavior", "xss-check=off")
	quoted := strings.ReplaceAll(markup, `"`, `\"`)
	f.must(alice, "UpdateOrganizationalUnit", `{"OrganizationalUnitId": "`+f.unit+`", "Name": "`+quoted+`"}`)
	f.follow(f.address(""), "do", "describe", "name", markup[:50], "email", "payments@example.com")
	f.attach(markup, "SERVICE_CONTROL_POLICY", `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/x": `+"\"<img src=x onerror=alert(1)><script>alert(2)</script>\""+`}}}]}`, f.unit)
	f.attach("Tags", "TAG_POLICY", `{"tags": {"cost": {"tag_value": {"@@append": ["<img src=x onerror=alert(1)><script>"]}}}}`, f.account)
	escaped := url.QueryEscape(markup)
	seen := map[string]int{}
	for name, path := range map[string]string{
		"tree": "/console/organization?as=" + alice, "unit": "/console/organization/" + f.unit + "?as=" + alice, "node": "/console/organization/" + f.account + "?as=" + alice,
		"branch": "/console/organization/branches/" + f.root + "?as=" + alice, "list": "/console/organization/accounts?as=" + alice + "&find=" + escaped[:20],
		"account": f.address(""), "tags": f.address("&type=TAG_POLICY"), "search": "/console/organization?as=" + alice + "&find=" + escaped,
		"question": f.address("&action=" + escaped + "&principal=" + escaped + "&resource=" + escaped + "&context=" + escaped), "explained": f.address("&action=s3:GetObject&resource=*"),
		"parameters": "/console/organization/accounts?as=" + alice + "&below=" + escaped + "&sort=" + escaped + "&find=" + escaped,
	} {
		page := f.page(path)
		if strings.Contains(page, "<img src=x") || strings.Contains(page, "<script>") {
			t.Errorf("%s has markup:\n%s", name, page)
		}
		seen[name] = strings.Count(page, "&lt;img src=x")
	}
	for _, name := range []string{"tree", "unit", "node", "branch", "account", "tags", "search", "question", "explained", "parameters"} {
		if seen[name] == 0 {
			t.Errorf("the control: the text is not on %s", name)
		}
	}
	for form, fields := range map[string][]string{
		"/console/organization/" + f.unit + "?as=" + alice:    {"do", "create-account", "name", markup, "email", markup},
		"/console/organization/" + f.root + "?as=" + alice:    {"do", "create-unit", "name", strings.Repeat(markup, 9)},
		"/console/organization/" + f.account + "?as=" + alice: {"do", "move", "parent", f.unit, "to", markup},
		f.address(""): {"do", "tag", "key", "aws:" + markup, "value", markup},
	} {
		a := f.submit(form, fields...)
		if strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<script>") {
			t.Errorf("the form of %s has markup:\n%s", form, a.body)
		}
		if a.status < http.StatusMultipleChoices || a.status >= http.StatusBadRequest {
			contains(t, a.body, "&lt;img src=x")
		}
	}
	t.Logf("evidence: markup in names, tags and policies is text on %d pages and in 4 forms", len(seen))
}
