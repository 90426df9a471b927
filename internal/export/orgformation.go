package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// orgFormation writes organization.yml. Of policies, org-formation keeps those of service
// control. [org-formation: reference of the organization resources]
func orgFormation(o *organization) *File {
	f := &orgFile{organization: o, file: &File{}}
	f.identify()
	f.line("# " + printable(o.origin()))
	f.line("AWSTemplateFormatVersion: '2010-09-09-OC'")
	f.line("")
	f.line("Organization:")
	f.resource("Management", "MasterAccount", f.accountOf(o.management)...)
	f.resource("OrganizationRoot", "OrganizationRoot", append(members{
		{"DefaultOrganizationAccessRoleName", "OrganizationAccountAccessRole"},
	}, f.policiesOf(&o.root.target)...)...)
	for _, u := range o.units[1:] {
		properties := append(members{{"OrganizationalUnitName", u.name}}, f.policiesOf(&u.target)...)
		if len(u.units) > 0 {
			properties.add("OrganizationalUnits", mapped(u.units, func(u *unit) any { return tag(u.identifier) }))
		}
		if kept := f.keptIn(u); len(kept) > 0 {
			properties.add("Accounts", kept)
		}
		f.resource(u.identifier, "OrganizationalUnit", properties...)
	}
	for _, a := range o.accounts[1:] {
		if a.isOpen() {
			f.resource(a.identifier, "Account", f.accountOf(a)...)
		}
	}
	for _, p := range o.policies {
		if isServiceControl(p) {
			f.resource(p.identifier, "ServiceControlPolicy", members{
				{"PolicyName", p.Name}, {"Description", p.Description}, {"PolicyDocument", valueOf(p.Content)},
			}...)
		}
	}
	f.unsaid()
	f.file.Text = []byte(f.String())
	return f.file
}

// tag is a reference to a resource, !Ref.
type tag string

type orgFile struct {
	strings.Builder
	*organization
	file *File
}

func (f *orgFile) identify() {
	identify(slices.Concat(unitsNamed(f.units[1:], " OU"), accountsNamed(f.accounts, " Account"), policiesNamed(f.policies, " SCP")), pascal, "")
	f.management.identifier = "Management"
}

func isServiceControl(p *policy) bool { return p.TypeOrDefault() == "SERVICE_CONTROL_POLICY" }

func (f *orgFile) keptIn(u *unit) (all []any) {
	for _, a := range u.accounts {
		if a.isOpen() || a == f.management {
			all = append(all, tag(a.identifier))
		}
	}
	return all
}

func (f *orgFile) accountOf(a *account) members {
	properties := members{{"AccountName", a.name}}
	if a.id != "" {
		properties.add("AccountId", a.id)
	}
	properties.add("RootEmail", a.email)
	if a.role != "" && a.role != "OrganizationAccountAccessRole" {
		properties.add("OrganizationAccessRoleName", a.role)
	}
	properties = append(properties, f.policiesOf(&a.target)...)
	var tags members
	for _, t := range a.tags {
		tags.add(t.Key, t.Value)
	}
	if tags != nil {
		properties.add("Tags", tags)
	}
	return properties
}

func (f *orgFile) policiesOf(t *target) members {
	var all []any
	for _, p := range t.attached {
		if p.isKnown() && isServiceControl(p) {
			all = append(all, tag(p.identifier))
		}
	}
	if all == nil {
		return nil
	}
	return members{{"ServiceControlPolicies", all}}
}

// unsaid lists what no resource says.
func (f *orgFile) unsaid() {
	f.noteClosed(f.file)
	for _, p := range f.policies {
		if !isServiceControl(p) {
			f.file.note("the policy %s (%s) of the type %s", p.Name, p.ID, p.Type)
		}
	}
	f.noteServices(f.file)
	if f.DelegationPolicy != nil {
		f.file.note("the delegation policy")
	}
	tagged := len(f.root.tags)
	for _, u := range f.units[1:] {
		tagged += len(u.tags)
	}
	for _, p := range f.policies {
		tagged += len(p.Tags)
	}
	if tagged > 0 {
		f.file.note("tags of the root, of units and of policies")
	}
	f.noteDetached(f.file)
}

func (f *orgFile) line(text string) { f.WriteString(text + "\n") }

func (f *orgFile) resource(identifier, kind string, properties ...member) {
	f.line("")
	f.line("  " + identifier + ":")
	f.line("    Type: OC::ORG::" + kind)
	f.line("    Properties:")
	f.members("      ", "      ", properties)
}

// members writes an object; first is what goes before its first member, and indent before
// the others.
func (f *orgFile) members(first, indent string, all members) {
	for _, m := range all {
		f.value(first+yamlKey(m.name)+":", indent, m.value)
		first = indent
	}
}

// value writes a value after what leads to it, on the same line or below.
func (f *orgFile) value(lead, indent string, v any) {
	below := indent + "  "
	switch v := v.(type) {
	case members:
		if len(v) == 0 {
			f.line(lead + " {}")
			return
		}
		f.line(lead)
		f.members(below, below, v)
	case []any:
		if len(v) == 0 {
			f.line(lead + " []")
			return
		}
		f.line(lead)
		for _, item := range v {
			if object, is := item.(members); is && len(object) > 0 {
				f.members(below+"- ", below+"  ", object)
			} else {
				f.value(below+"-", below, item)
			}
		}
	case string:
		f.line(lead + " " + yamlText(v))
	case tag:
		f.line(lead + " !Ref " + string(v))
	default:
		f.line(lead + " " + fmt.Sprintf("%s", v))
	}
}

// yamlKey is the name of a member.
func yamlKey(name string) string {
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !isASCII(r) }) < 0 && !isYAMLWord(name) {
		return name
	}
	return yamlText(name)
}

// isYAMLWord reports whether a word of ASCII is something else than a text in
// YAML.
func isYAMLWord(word string) bool {
	switch strings.ToLower(word) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return '0' <= word[0] && word[0] <= '9'
}

// yamlText is a text as YAML: without quotation marks if it cannot be mistaken.
func yamlText(text string) string {
	plain := text != "" && !isYAMLWord(text) && text == strings.TrimSpace(text)
	for i, r := range text {
		inside := i > 0 && (strings.ContainsRune(" _-./+@", r) || r == ':' && i+1 < len(text) && text[i+1] != ' ')
		plain = plain && (isASCII(r) || inside)
	}
	if plain {
		return text
	}
	// YAML has all escapes that Go writes.
	return strconv.Quote(strings.ToValidUTF8(text, "\uFFFD"))
}
