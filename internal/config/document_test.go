package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/behavior"
	"accord/internal/config"
	"accord/internal/policy"
	"accord/internal/quota"
)

var update = flag.Bool("update", false, "write docs/settings.md instead of comparing it")

const documentPath = "../../docs/settings.md"

func TestSettingsDocumentIsUpToDate(t *testing.T) {
	want := document()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(documentPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/settings.md is not what the tables say; run go generate ./internal/config\n-tables +document\n%s", diff)
	}
}

// document is docs/settings.md as the tables of settings, behaviors and quotas say.
func document() string {
	var b strings.Builder
	b.WriteString(`# Settings, behaviors and quotas

<!-- Written from the tables in the code by: go generate ./internal/config -->

Contents: [settings](#settings) · [behaviors](#behaviors) · [quotas](#quotas) · [quotas of policy types](#quotas-of-policy-types)

## Settings

A setting is taken from the flag, else from the variable, else from the JSON file that ` + "`--config`" + ` names, else from its default.
Behaviors and quotas of all three places are put together, name by name. An empty variable counts as absent. The file refuses what it does not know.

` + "```sh" + `
accord serve --store memory --behavior direct-transfer=on --behavior create-account=synchronous --quota accounts-per-organization=50
ACCORD_STORE=memory ACCORD_BEHAVIOR=direct-transfer=on,create-account=synchronous ACCORD_QUOTA=accounts-per-organization=50 accord serve
accord serve --config accord.json
` + "```" + `
` + "```json" + `
{
  "store": "memory",
  "behavior": {"direct-transfer": "on", "create-account": "synchronous"},
  "quota": {"accounts-per-organization": 50}
}
` + "```" + `

`)
	table(&b, "Flag", "Variable", "Values", "Default", "Meaning")
	for _, s := range config.Settings() {
		by := s.Unset
		if s.Default != "" {
			by = code(s.Default)
		}
		name := code("--" + s.Name)
		if s.Repeatable {
			name += " (repeatable)"
		}
		row(&b, name, code(s.Env()), s.Allowed(), by, sentence(s.Help))
	}

	b.WriteString(`
## Behaviors

Set with ` + "`--behavior NAME=VALUE`" + `. Durations are written like 360h, 90m or 1h30m; a changed one applies to what is created afterwards.
Column AWS: what the service does, where that is known and not the default.

`)
	table(&b, "Rule", "Values, **default**", "Meaning", "AWS", "Error it brings")
	for _, r := range behavior.Table() {
		row(&b, code(r.Name), behaviorValues(r), r.Meaning, r.AWS, r.Raises)
	}

	b.WriteString(`
## Quotas

Set with ` + "`--quota NAME=NUMBER`" + ` for the server, and on the second listener for one organization. 0 allows nothing, ` + "`unlimited`" + ` switches the quota off, and a number that is
set replaces a formula. Lowering a quota below what exists removes nothing, it only stops growth. The behavior ` + "`quota-profile=2024`" + ` sets the numbers of column 2024; single quotas win over it.

`)
	table(&b, "Quota", "Default", "2024", "Counts", "Published", "AWS", "Error")
	perType := map[quota.Name]bool{}
	for _, d := range policy.Types {
		perType[quota.Policies(d.Type)] = true
		perType[quota.PolicySize(d.Type)] = true
		perType[quota.Attachments(d.Type)] = true
	}
	for _, q := range quota.Quotas() {
		if !perType[q.Name] {
			row(&b, code(string(q.Name)), "**"+q.Default.String()+"**", q.Older.String(), q.Counts, q.Published, q.AWS, refusals(q))
		}
	}

	b.WriteString(`
## Quotas of policy types

Three quotas for each type of policy; the name of the quota stands with its number. In brackets: the number of the profile 2024, and when AWS published the newer one.

`)
	first := policy.Types[0].Type
	for _, name := range []quota.Name{quota.Policies(first), quota.PolicySize(first), quota.Attachments(first)} {
		q, _ := quota.Find(name)
		kind := strings.TrimSuffix(string(name), "service-control")
		fmt.Fprintf(&b, "* `%s…`: %s. Error: %s.\n", kind, q.Counts, refusals(q))
	}
	b.WriteString("\n")
	table(&b, "Policy type", "Stored", "Size", "Attached")
	for _, d := range policy.Types {
		row(&b, code(string(d.Type)), figure(quota.Policies(d.Type)), figure(quota.PolicySize(d.Type)), figure(quota.Attachments(d.Type)))
	}
	return b.String()
}

func behaviorValues(r behavior.Behavior) string {
	if r.Kind != behavior.Choice {
		return "**" + r.Default + "**, " + string(r.Kind)
	}
	var words []string
	for _, v := range r.Values {
		if v == r.Default {
			v = "**" + v + "**"
		}
		words = append(words, v)
	}
	return strings.Join(words, ", ")
}

func refusals(q quota.Quota) string {
	var all []string
	for _, r := range q.Errors {
		text := strings.TrimSpace(r.Exception + " " + r.Reason)
		if only := r.Operations(); len(q.Errors) > 1 && len(only) > 0 {
			text = strings.Join(only, ", ") + ": " + text
		}
		if r.At() != 0 {
			text = fmt.Sprintf("limit %d: %s", r.At(), text)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; otherwise ")
}

func figure(name quota.Name) string {
	q, _ := quota.Find(name)
	text := code(string(name)) + " **" + q.Default.String() + "**"
	if q.Older.Exists() {
		text += " (" + q.Older.String() + "; " + q.Published + ")"
	}
	return text
}

func code(text string) string { return "`" + text + "`" }

// sentence gives a line of help the form of the other texts.
func sentence(help string) string { return strings.ToUpper(help[:1]) + help[1:] + "." }

func table(b *strings.Builder, head ...string) {
	row(b, head...)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
}

func row(b *strings.Builder, cells ...string) {
	for _, cell := range cells {
		b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}
