package export_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/export"
	"accord/internal/seed"
	"accord/test/require"
)

// TestEveryDocumentIsExportedAndReadAgain: whatever names say, each format is one that its
// reader reads, and names are only names in it.
func TestEveryDocumentIsExportedAndReadAgain(t *testing.T) {
	left := require.Amount(15, 1000, 100_000)
	rapid.Check(t, func(t *rapid.T) {
		if left--; left < 0 {
			return
		}
		d := document(t)
		for _, f := range export.Formats() {
			file, err := f.Write(d)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if err := readers[f.Name](file.Text, d); err != nil {
				t.Fatalf("%s: %v\n%s", f.Name, err, file.Text)
			}
			if slices.ContainsFunc(file.Notes, func(note string) bool { return strings.ContainsAny(note, "\n\x1b\x00") }) {
				t.Errorf("%s: a note is more than a line: %q", f.Name, file.Notes)
			}
		}
	})
}

// TestTheReadersFindMarkup is the control: what is not escaped is found.
func TestTheReadersFindMarkup(t *testing.T) {
	d := landingZone()
	for format, spoil := range map[string][2]string{
		"terraform":      {`$${aws_organizations_organization.this.id}`, `${aws_organizations_organization.this.id}`},
		"org-formation":  {`"!Ref X"`, `!Ref X`},
		"cloudformation": {`"yes"`, `true`},
		"json":           {`"yes"`, `true,`},
		"seed":           {`'!Ref X'`, `!Ref [`},
		"mermaid":        {`#34;`, `"`},
		"dot":            {`&lt;b&gt;`, `<img/>`},
		"svg":            {`&lt;script&gt;`, `<script>`},
	} {
		text := string(written(t, format, d).Text)
		if err := readers[format]([]byte(text), d); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		spoiled := strings.Replace(text, spoil[0], spoil[1], 1)
		if spoiled == text {
			t.Errorf("%s does not have %s", format, spoil[0])
		}
		if readers[format]([]byte(spoiled), d) == nil {
			t.Errorf("%s: %s is not found", format, spoil[1])
		}
	}
}

// document draws an organization with names of all kinds.
func document(t *rapid.T) *seed.Document {
	name := rapid.OneOf(
		rapid.SampledFrom(odd), rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9 -]{0,20}`),
		rapid.StringOfN(rapid.SampledFrom([]rune("\"'\\<>&$%{}[]()#;:|`\n\r\t -!*@=~^?/.,\u0000\u001b\u0085\u200b\u2028\u202e\ufeff\ufffe\U0001F600é\u0301日")), 1, 12, -1),
	)
	used := map[string]bool{}
	unique := func(label string) string {
		n := name.Draw(t, label)
		for used[n] {
			n += "x"
		}
		used[n] = true
		return n
	}
	text := rapid.OneOf(name, rapid.Just("{}"), rapid.Just(denyLeaving), rapid.Just(tagPolicy), rapid.Just(`{"for":1e400,"${x}":[null,true,{},[],1.50,-0]}`), rapid.Map(name, func(n string) string {
		quoted, _ := json.Marshal(n)
		return fmt.Sprintf(`{"Statement":[{%s:%[1]s,"b":[%[1]s]}]}`, quoted)
	}))
	withIDs := rapid.Bool().Draw(t, "ids")
	number := 0
	id := func(form string) string {
		number++
		if !withIDs {
			return ""
		}
		return fmt.Sprintf(form, number)
	}
	o := seed.Organization{ID: id("o-example%03d"), Management: seed.Account{ID: "111111111111", Name: unique("management"), Email: "root@example.com"}}
	var refs []seed.Ref
	for range rapid.IntRange(0, 3).Draw(t, "policies") {
		p := seed.Policy{
			ID: id("p-%08d"), Name: unique("policy"), Description: name.Draw(t, "description"), Text: seed.Text{Content: text.Draw(t, "content")},
			Type: rapid.SampledFrom([]string{"", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY", "S3_POLICY"}).Draw(t, "type"),
			Tags: seed.Tags{{Key: name.Draw(t, "key"), Value: name.Draw(t, "value")}},
		}
		o.Policies = append(o.Policies, p)
		refs = append(refs, seed.Ref(p.Name))
	}
	target := func() (out seed.Target) {
		if len(refs) > 0 && rapid.Bool().Draw(t, "attached") {
			out.Policies = []seed.Ref{rapid.SampledFrom(refs).Draw(t, "ref"), "p-FullAWSAccess"}
		}
		if rapid.Bool().Draw(t, "tagged") {
			out.Tags = seed.Tags{{Key: name.Draw(t, "key"), Value: name.Draw(t, "value")}}
			out.WithoutDefault = []string{"SERVICE_CONTROL_POLICY"}
		}
		return out
	}
	var fill func(u *seed.Unit, depth int)
	fill = func(u *seed.Unit, depth int) {
		u.Target = target()
		for range rapid.IntRange(0, 3).Draw(t, "accounts") {
			u.Accounts = append(u.Accounts, seed.Account{
				ID: id("%012d"), Name: unique("account"), Email: fmt.Sprintf("a%d@example.com", number), Target: target(),
				State: rapid.SampledFrom([]string{"", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE"}).Draw(t, "state"), RoleName: rapid.SampledFrom([]string{"", "Role"}).Draw(t, "role"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "units") {
			below := seed.Unit{ID: id("ou-ab12-%08d"), Name: unique("unit")}
			if depth < 3 {
				fill(&below, depth+1)
			}
			u.Units = append(u.Units, below)
		}
	}
	o.Root.ID = id("r-%04d")
	fill(&o.Root, 0)
	o.DelegatedAdministrators = []seed.DelegatedAdministrator{{Account: "111111111111", Service: "guardduty.amazonaws.com"}, {Account: "nobody", Service: "x"}}
	if rapid.Bool().Draw(t, "delegation") {
		o.DelegationPolicy = &seed.Policy{ID: id("rp-%08d"), Text: seed.Text{Content: text.Draw(t, "content")}}
	}
	return &seed.Document{Version: seed.Version, Organizations: []seed.Organization{o}, Accounts: []seed.Account{{Name: unique("alone"), Count: 3}}}
}
