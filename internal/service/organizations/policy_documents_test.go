package organizations_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/policy"
)

func TestTheErrorOfAMalformedDocumentHasItsPosition(t *testing.T) {
	const bare = "The provided policy document does not meet the requirements of the specified policy type."
	for style, begins := range map[string]string{"documented": bare + " Line 2, column 11, $.tags.crew.tag_key: ", "native": bare} {
		w := newFixture(t, "wire-style "+style)
		a := w.as(alice).plant()
		id := a.draft(tags, "One", `{"tags":{}}`)
		bad := "{\"tags\":{\"crew\":{\n\"tag_key\":7}}}"
		for _, call := range []func() error{
			func() error { _, err := try(a.actor, (*service).CreatePolicy, *drafting(tags, "Two", bad)); return err },
			func() error {
				_, err := try(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Name: new("Three"), Content: &bad})
				return err
			},
		} {
			told := exception(t, call(), style)
			if told.Type != "MalformedPolicyDocumentException" || told.Reason != "" || !strings.HasPrefix(told.Message, begins) {
				t.Errorf("%s: told %v, want %q", style, told, begins)
			}
			if style == "native" && told.Message != bare {
				t.Errorf("natively told %q", told.Message)
			}
		}
		wantList(t, "the list", a.policies(tags), "One")
		if got := *a.policy(id).Content; got != `{"tags":{}}` {
			t.Errorf("a refused update changed the content to %s", got)
		}
	}
}

// recorded are the documents with known verdicts of the policy package.
func recorded(t *testing.T) (documents []struct {
	ID, PolicyType, Content, Management string
	At                                  *time.Time
	Accepted                            bool
}) {
	t.Helper()
	content, err := os.ReadFile("../../policy/testdata/admission.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Admission json.RawMessage }
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file.Admission, &documents); err != nil {
		t.Fatal(err)
	}
	return documents
}

func TestDocumentsAreAcceptedAndRejectedAsRecorded(t *testing.T) {
	// Of each type and verdict a few: which documents are well formed is held by the
	// tests of the language.
	const sample = 6
	w := newFixture(t)
	a := w.as(alice).plant()
	seen := map[string]int{}
	for _, d := range recorded(t) {
		kind := fmt.Sprint(d.PolicyType, d.Accepted)
		if d.At != nil || seen[kind] == sample || policy.Size(d.Content) > 2_500 {
			continue
		}
		seen[kind]++
		want := "MalformedPolicyDocumentException"
		if d.Accepted {
			want = ""
		}
		content := d.Content
		if d.Management != "" {
			content = strings.ReplaceAll(content, d.Management, alice)
		}
		if got := a.told("CreatePolicy", drafting(orgapi.PolicyType(d.PolicyType), d.ID, content)); got != want {
			t.Errorf("%s %s: %q, want %q\n%s", d.PolicyType, d.ID, got, want, d.Content)
		}
	}
	if len(seen) < 15 {
		t.Errorf("the sample has %d kinds: %v", len(seen), seen)
	}
}

func TestHowStrictlyDocumentsAreCheckedIsABehavior(t *testing.T) {
	newer := `{"tags":{"crew":{"something_newer":{"@@assign":"x"}}}}`
	narrow := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::x"}}`
	for _, c := range []struct {
		rule, content string
		kind          orgapi.PolicyType
		want          string
	}{
		{"policy-content-checks strict", newer, tags, "MalformedPolicyDocumentException"},
		{"policy-content-checks lenient", newer, tags, ""},
		{"policy-content-checks lenient", `{"plans":{}}`, tags, "MalformedPolicyDocumentException"},
		{"scp-language 2025", narrow, scp, ""},
		{"scp-language pre-2025", narrow, scp, "MalformedPolicyDocumentException"},
	} {
		a := newFixture(t, c.rule).as(alice).plant()
		if got := a.told("CreatePolicy", drafting(c.kind, "One", c.content)); got != c.want {
			t.Errorf("%s: %s: %q, want %q", c.rule, c.content, got, c.want)
		}
		// The operator is told which rule would let the document in.
		if rule, _, _ := strings.Cut(c.rule, " "); c.want != "" && !strings.HasSuffix(c.rule, "lenient") {
			_, err := try(a.actor, (*service).CreatePolicy, *drafting(c.kind, "One", c.content))
			if told := exception(t, err, "documented"); told.Setting != "--behavior "+rule {
				t.Errorf("%s: raised by %q", c.rule, told.Setting)
			}
		}
	}
}

func TestAScheduleIsJudgedAtTheTimeOfTheRequest(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	once := strings.Replace(fixed("p"), `"target_backup`, `"schedule_expression":{"@@assign":"cron(0 5 1 1 ? 2027-2028)"},"target_backup`, 1)
	id := a.draft(backups, "once", once)
	w.pass(365 * day)
	fails(a.actor, "MalformedPolicyDocumentException", (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id, Content: &once})
	must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &id})
}
