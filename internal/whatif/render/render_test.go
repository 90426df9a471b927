package render_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/render"
)

// report has a row of each verdict, an effective policy that becomes invalid, calls and notes.
func report() *whatif.Report {
	row := func(after whatif.Verdict, s whatif.Statement, keys ...string) whatif.Row {
		return whatif.Row{
			Account: "222222222222", Name: "workload", Before: whatif.Allowed, After: after, Statement: s, Keys: keys,
			Principals: []string{"arn:aws:iam::222222222222:role/Deploy"}, Actions: []whatif.ActionMark{{Action: "iam:PassRole", Reason: "deploy"}},
		}
	}
	denies := whatif.Statement{Layer: "service control policy", Effect: "deny", Target: "r-ab12", Name: "Root", Policy: "p-new1", PolicyName: "guard", File: "policies/no iam.json", Sid: "NoIAM", Line: 5}
	stored := denies
	stored.File, stored.Policy = "", "p-ab12cd34"
	return &whatif.Report{
		Organization: "o-exampleorgid", Changes: []string{"attach policies/no iam.json to r-ab12 (Root)"},
		Summary: whatif.Summary{Accounts: 2, Principals: 3, Actions: 4, Questions: 12, Denied: 1, Allowed: 1, Depends: 1, Invalid: 1},
		Rows: []whatif.Row{
			row(whatif.Denied, denies), row(whatif.Allowed, stored),
			row(whatif.Depends, whatif.Statement{Layer: "service control policy", Effect: "no allow", Target: "222222222222"}, "aws:RequestedRegion"),
		},
		Effective: []whatif.Effective{{
			Accounts: []ident.AccountID{"222222222222"}, Type: "BACKUP_POLICY", Before: "{}", After: "{}", Diff: " {\n+  \"plans\": {}\n }\n",
			Errors: []string{"ELEMENTS_TOO_FEW at plans: no rules"}, NewlyInvalid: true,
		}},
		Calls: &whatif.Calls{Records: 5, Asked: 3, Refused: 1, BySCP: 1, Skipped: map[cloudtrail.Skipped]int{cloudtrail.Unmapped: 1}, Unmapped: map[string]int{"x.amazonaws.com Y": 1}},
		Notes: []string{"not tried: aws_organizations_account.a: accounts that are made or closed are not tried"},
	}
}

func written(t *testing.T, write func(b *strings.Builder) error) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asMarkdown(t *testing.T, r *whatif.Report) string {
	return written(t, func(b *strings.Builder) error { return render.Markdown(b, r) })
}

func TestTheTable(t *testing.T) {
	got := written(t, func(b *strings.Builder) error { return render.Table(b, report(), func(s string) string { return s }) })
	want := `change: attach policies/no iam.json to r-ab12 (Root)
ACCOUNT                BECOMES  PRINCIPALS   ACTIONS       BY
222222222222 workload  denied   role/Deploy  iam:PassRole  policies/no iam.json: NoIAM, line 5 on r-ab12 (Root)
222222222222 workload  allowed  role/Deploy  iam:PassRole  p-ab12cd34 guard: NoIAM, line 5 on r-ab12 (Root)
222222222222 workload  depends  role/Deploy  iam:PassRole  no service control policy on 222222222222 allows, depends on aws:RequestedRegion
effective BACKUP_POLICY of 222222222222:
  invalid: ELEMENTS_TOO_FEW at plans: no rules
   {
  +  "plans": {}
   }
records: 5 read, 3 asked again, 1 denied already (1 by a service control policy), 0 failed otherwise, 0 of principals that no service control policy of the organization binds
not asked: 1, no action is known
unmapped: x.amazonaws.com Y
trails leave out data events, such as reads of objects in S3, unless they are asked for them: what is not recorded proves nothing
note: not tried: aws_organizations_account.a: accounts that are made or closed are not tried
1 would be denied, 1 would be allowed, 1 depend on what is not known; 1 effective policies change, 1 become invalid (2 accounts, 3 principals, 12 questions)
`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	want := `### What this change would do

**1 would be denied, 1 would be allowed, 1 depend on what is not known; 1 effective policies change, 1 become invalid (2 accounts, 3 principals, 12 questions)**

- attach policies/no iam.json to r-ab12 (Root)

| Account | Becomes | Principals | Actions | By |
|---|---|---|---|---|
| 222222222222 workload | denied | role/Deploy | iam:PassRole | policies/no iam.json: NoIAM, line 5 on r-ab12 (Root) |
| 222222222222 workload | allowed | role/Deploy | iam:PassRole | p-ab12cd34 guard: NoIAM, line 5 on r-ab12 (Root) |
| 222222222222 workload | depends | role/Deploy | iam:PassRole | no service control policy on 222222222222 allows, depends on aws:RequestedRegion |

<details><summary>effective BACKUP_POLICY of 222222222222</summary>

- invalid: ELEMENTS\_TOO\_FEW at plans: no rules

~~~diff
 {
+  "plans": {}
 }
~~~

</details>

- records: 5 read, 3 asked again, 1 denied already (1 by a service control policy), 0 failed otherwise, 0 of principals that no service control policy of the organization binds
- not asked: 1, no action is known
- unmapped: x.amazonaws.com Y
- trails leave out data events, such as reads of objects in S3, unless they are asked for them: what is not recorded proves nothing
- note: not tried: aws\_organizations\_account.a: accounts that are made or closed are not tried
`
	if got := asMarkdown(t, report()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := asMarkdown(t, &whatif.Report{}); got != "### What this change would do\n\n**nothing changes: 0 accounts, 0 principals, 0 questions**\n\n" {
		t.Errorf("of nothing: %q", got)
	}
}

// TestNamesAreNoMarkdown: a name in an organization makes no column, link, image or element.
func TestNamesAreNoMarkdown(t *testing.T) {
	const name = "a|b\\|c ![x](https://example.com) <img src=x> `d` **e** ~~f~~ &lt; g\n| h |\r\n# i"
	r := report()
	r.Changes, r.Rows[0].Name, r.Rows[0].Statement.File, r.Effective[0].Errors[0], r.Notes[0] = []string{name}, name, name, name, name
	columns := func(line string) int {
		n := 0
		for i := range line {
			escapes := len(line[:i]) - len(strings.TrimRight(line[:i], `\`))
			if line[i] == '|' && escapes%2 == 0 {
				n++
			}
		}
		return n
	}
	for line := range strings.Lines(asMarkdown(t, r)) {
		plain := strings.NewReplacer("<details><summary>", "", "</summary>", "", "</details>", "").Replace(line)
		if strings.HasPrefix(line, "|") && columns(line) != 6 || strings.HasPrefix(line, "# ") || strings.ContainsAny(plain, "<") || strings.Contains(plain, "![") || strings.Contains(line, " `d") {
			t.Errorf("%q", line)
		}
	}
}

// TestACommentFits: GitHub takes at most 65,536 characters. The report is not cut within a row,
// and says what is missing.
func TestACommentFits(t *testing.T) {
	r := report()
	row, effective := r.Rows[0], r.Effective[0]
	row.Name = strings.Repeat("é", 50)
	effective.Diff = strings.Repeat(" line\n", 2000)
	for range 1000 {
		r.Rows, r.Effective = append(r.Rows, row), append(r.Effective, effective)
		r.Notes, r.Changes = append(r.Notes, "not tried: "+strings.Repeat("x", 40)), append(r.Changes, "attach a.json to "+strings.Repeat("x", 60))
	}
	got := asMarkdown(t, r)
	if n := utf8.RuneCountInString(got); n > 65_536 || n < 40_000 {
		t.Errorf("%d characters", n)
	}
	shown := map[string]int{"rows": strings.Count(got, "\n| 2222"), "effective policies": strings.Count(got, "<details>"), "notes": strings.Count(got, "note: "), "changes": strings.Count(got, "\n- attach")}
	for what, of := range map[string]int{"rows": 1003, "effective policies": 1001, "changes": 1001} {
		if want := fmt.Sprintf("\n%d more %s are in the report as JSON.\n", of-shown[what], what); shown[what] == 0 && what != "effective policies" || !strings.Contains(got, want) {
			t.Errorf("%d of %d %s, and no %q", shown[what], of, what, want)
		}
	}
	if shown["notes"] < 50 || !strings.Contains(got, " more notes are in the report as JSON.\n") {
		t.Errorf("%d notes", shown["notes"])
	}
}

// sarif is what readers of SARIF need. [OASIS: SARIF 2.1.0; GitHub: SARIF support]
type sarif struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct {
					ID               string
					ShortDescription struct{ Text string }
				}
			}
		}
		Results []struct {
			RuleID, Level string
			Message       struct{ Text string }
			Locations     []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine int }
				}
			}
		}
	}
}

// TestSARIF: a result is at the statement of a file that was given, and at the first file
// without a line where a policy of the store, or of a plan, decides.
func TestSARIF(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"its own file": {[]string{"policies/no iam.json"}, "newly-denied error policies/no%20iam.json:5; newly-allowed note policies/no%20iam.json; depends warning policies/no%20iam.json; invalid-effective-policy error policies/no%20iam.json; "},
		"a plan":       {[]string{"plan.json"}, "newly-denied error plan.json; newly-allowed note plan.json; depends warning plan.json; invalid-effective-policy error plan.json; "},
		"no file":      {nil, "newly-denied error; newly-allowed note; depends warning; invalid-effective-policy error; "},
	} {
		var log sarif
		text := written(t, func(b *strings.Builder) error { return render.SARIF(b, report(), c.files) })
		if err := json.Unmarshal([]byte(text), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 || !strings.HasSuffix(log.Schema, "sarif-2.1.0.json") {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		run := log.Runs[0]
		known := map[string]bool{}
		for _, rule := range run.Tool.Driver.Rules {
			known[rule.ID] = rule.ShortDescription.Text != ""
		}
		got := ""
		for _, result := range run.Results {
			got += result.RuleID + " " + result.Level
			for _, l := range result.Locations {
				got += " " + l.PhysicalLocation.ArtifactLocation.URI
				if l.PhysicalLocation.Region != nil {
					got += fmt.Sprintf(":%d", l.PhysicalLocation.Region.StartLine)
				}
			}
			if got += "; "; !known[result.RuleID] || !strings.Contains(result.Message.Text, "222222222222") {
				t.Errorf("%s: %+v, rules %v", name, result, known)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
	if text := written(t, func(b *strings.Builder) error { return render.SARIF(b, &whatif.Report{}, nil) }); !strings.Contains(text, `"results": []`) {
		t.Errorf("of nothing:\n%s", text)
	}
}

func TestLongListsAreShort(t *testing.T) {
	r := report()
	r.Rows = r.Rows[:1]
	for i := range 9 {
		r.Rows[0].Actions = append(r.Rows[0].Actions, whatif.ActionMark{Action: fmt.Sprint("s3:A", i), Region: "eu-west-1"})
	}
	r.Rows[0].Administrator = true
	if got := asMarkdown(t, r); !strings.Contains(got, "| administrator (role/Deploy) | iam:PassRole, s3:A0 eu-west-1, s3:A1 eu-west-1 and 7 more |") {
		t.Error(got)
	}
}
