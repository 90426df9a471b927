// Command settingsdoc writes docs/settings.md from the tables of settings,
// behaviors and quotas: go generate ./internal/config runs it.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/template"

	"accord/internal/behavior"
	"accord/internal/config"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/quota"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: settingsdoc FILE")
		os.Exit(2)
	}
	text, err := document()
	if err == nil {
		err = os.WriteFile(os.Args[1], []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "settingsdoc:", err)
		os.Exit(1)
	}
}

//go:embed settings.md.tmpl
var page string

// document returns the text of the page.
func document() (string, error) {
	t, err := template.New("settings.md").Funcs(template.FuncMap{
		"sentence": sentence, "values": values, "errors": errorsOf,
	}).Parse(page)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]any{
		"Settings":    config.Settings(),
		"Behaviors":   behavior.Table(),
		"Quotas":      generalQuotas(),
		"Kinds":       kinds(),
		"PolicyTypes": policyTypes(),
	})
	return b.String(), err
}

// generalQuotas returns the quotas that are not of one policy type.
func generalQuotas() []quota.Quota {
	var ofTypes []quota.Name
	for _, t := range policy.Types {
		ofTypes = append(ofTypes, namesOf(t.Type)...)
	}
	return slices.DeleteFunc(quota.Quotas(), func(q quota.Quota) bool { return slices.Contains(ofTypes, q.Name) })
}

// kind is one of the three quotas that each policy type has.
type kind struct {
	quota.Quota
	// Prefix is how the names of these quotas begin.
	Prefix string
}

// kinds returns the three kinds, each with the quota of the first policy type.
func kinds() []kind {
	var all []kind
	for _, q := range quotasOf(policy.Types[0].Type) {
		all = append(all, kind{q, strings.TrimSuffix(string(q.Name), "service-control")})
	}
	return all
}

// policyType is a policy type with its three quotas.
type policyType struct {
	Type   org.PolicyType
	Quotas []quota.Quota
}

func policyTypes() []policyType {
	var all []policyType
	for _, t := range policy.Types {
		all = append(all, policyType{t.Type, quotasOf(t.Type)})
	}
	return all
}

func namesOf(t org.PolicyType) []quota.Name {
	return []quota.Name{quota.Policies(t), quota.PolicySize(t), quota.Attachments(t)}
}

func quotasOf(t org.PolicyType) []quota.Quota {
	var all []quota.Quota
	for _, name := range namesOf(t) {
		q, _ := quota.Find(name)
		all = append(all, q)
	}
	return all
}

// sentence makes a sentence of a line of help.
func sentence(help string) string { return strings.ToUpper(help[:1]) + help[1:] + "." }

// values lists the values of a behavior, the default in bold.
func values(b behavior.Behavior) string {
	if b.Kind != behavior.Choice {
		return "**" + b.Default + "**, " + string(b.Kind)
	}
	words := slices.Clone(b.Values)
	for i, word := range words {
		if word == b.Default {
			words[i] = "**" + word + "**"
		}
	}
	return strings.Join(words, ", ")
}

// errorsOf describes the errors of callers that exceed a quota.
func errorsOf(q quota.Quota) string {
	var all []string
	for _, e := range q.Errors {
		text := strings.TrimSpace(e.Exception + " " + e.Reason)
		if only := e.Operations(); len(q.Errors) > 1 && len(only) > 0 {
			text = strings.Join(only, ", ") + ": " + text
		}
		if e.At() != 0 {
			text = fmt.Sprintf("quota of %d: %s", e.At(), text)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; otherwise ")
}
