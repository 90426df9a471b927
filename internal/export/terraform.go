package export

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"accord/internal/seed"
)

// The addresses of what each configuration has once. A root and the management account
// are attributes of the organization.
const (
	tfOrganization = "aws_organizations_organization.this"
	tfRoot         = tfOrganization + ".roots[0].id"
	tfManagement   = tfOrganization + ".master_account_id"
)

// terraform writes the configuration of an organization. What has an ID is imported:
// "terraform plan" shows nothing else. Of an account the provider reads neither its role
// nor its access to billing. [Terraform: the pages of the resources, import]
func terraform(o *organization) *File {
	t := &tf{organization: o, file: &File{}}
	t.identify()
	t.header()
	t.theOrganization()
	for _, u := range o.units[1:] {
		t.unit(u)
	}
	for _, a := range o.accounts {
		t.account(a)
	}
	for _, p := range o.policies {
		t.policy(p)
	}
	for _, target := range o.targets() {
		t.attachments(target)
	}
	for _, a := range o.admins {
		t.administrator(a)
	}
	t.delegationPolicy()
	t.unsaid()
	t.file.Text = []byte(t.hcl.String())
	return t.file
}

type tf struct {
	*organization
	hcl
	file *File
	// references are how targets are named in other resources.
	references map[*target][]string
	// attachmentNames are of what has no name of its own.
	attachmentNames []string
}

// isKept reports whether an account is a resource of its own: the management account is
// one only if it has what nothing else can say, and can be imported.
func (t *tf) isKept(a *account) bool {
	if a == t.management {
		return t.isManagementSpecial() && a.id != ""
	}
	return a.isOpen()
}

// isManagementSpecial reports whether the management account has tags or is in a unit.
func (t *tf) isManagementSpecial() bool {
	return len(t.management.tags) > 0 || t.management.parent != t.root
}

// identify names all resources; those of a type are unique.
func (t *tf) identify() {
	identify(unitsNamed(t.units[1:], ""), snake("unit"), "_")
	identify(accountsNamed(t.accounts, ""), snake("account"), "_")
	identify(policiesNamed(t.policies, ""), snake("policy"), "_")
	t.root.identifier = "root"
	t.references = map[*target][]string{&t.root.target: {tfRoot}}
	for _, u := range t.units[1:] {
		t.references[&u.target] = []string{"aws_organizations_organizational_unit." + u.identifier + ".id"}
	}
	for _, a := range t.accounts {
		switch {
		case a == t.management:
			t.references[&a.target] = []string{tfManagement}
		case t.isKept(a):
			t.references[&a.target] = []string{"aws_organizations_account." + a.identifier + ".id"}
		default:
			t.references[&a.target] = text(a.id)
		}
	}
	var attachments, admins []named
	n := 0
	for _, target := range t.targets() {
		n += len(target.attached)
	}
	t.attachmentNames = make([]string, n)
	for _, target := range t.targets() {
		for _, p := range target.attached {
			name := p.identifier
			if !p.isKnown() {
				name = strings.TrimPrefix(p.ID, "p-")
			}
			attachments = append(attachments, named{name + "_on_" + target.identifier, target.id, target.since, &t.attachmentNames[len(attachments)]})
		}
	}
	for i, a := range t.admins {
		label, _, _ := strings.Cut(a.service, ".")
		admins = append(admins, named{label + "_" + a.account.identifier, a.service, time.Time{}, &t.admins[i].identifier})
	}
	identify(attachments, snake("policy"), "_")
	identify(admins, snake("service"), "_")
}

func (t *tf) header() {
	t.comment("%s", t.origin())
	t.line("")
	t.block("terraform", []argument{{"required_version", text(">= 1.5")}}, func() {
		t.block("required_providers", []argument{{"aws", []string{"{", `  source  = "hashicorp/aws"`, `  version = ">= 5.80"`, "}"}}})
	})
}

// resource writes a resource, and the block that imports it if it has an ID.
func (t *tf) resource(kind, name, id string, arguments []argument, rest ...func()) {
	if id != "" {
		t.line("")
		t.block("import", []argument{{"to", []string{kind + "." + name}}, {"id", text(id)}})
	}
	t.line("")
	t.block("resource "+quoted(kind)+" "+quoted(name), arguments, rest...)
}

func (t *tf) theOrganization() {
	arguments := []argument{{"feature_set", text(cmp.Or(t.FeatureSet, "ALL"))}}
	for _, part := range []struct {
		name  string
		items []string
	}{{"enabled_policy_types", mapped(t.PolicyTypes, quoted)}, {"aws_service_access_principals", mapped(t.TrustedServices, func(s seed.TrustedService) string { return quoted(s.Service) })}} {
		if len(part.items) > 0 {
			slices.Sort(part.items)
			arguments = append(arguments, argument{part.name, list(part.items)})
		}
	}
	t.resource("aws_organizations_organization", "this", t.ID, arguments)
}

func tfTags(tags seed.Tags) []argument {
	var members []argument
	for _, tag := range ownTags(tags) {
		members = append(members, argument{key(tag.Key), text(tag.Value)})
	}
	if len(members) == 0 {
		return nil
	}
	return []argument{{"tags", braced(members)}}
}

func (t *tf) unit(u *unit) {
	t.resource("aws_organizations_organizational_unit", u.identifier, u.id, append([]argument{
		{"name", text(u.name)}, {"parent_id", t.references[&u.parent.target]},
	}, tfTags(u.tags)...))
}

func (t *tf) account(a *account) {
	if !t.isKept(a) {
		return
	}
	arguments := []argument{{"name", text(a.name)}, {"email", text(a.email)}, {"parent_id", t.references[&a.parent.target]}}
	unread := []string{"iam_user_access_to_billing"}
	if a.role != "" {
		arguments = append(arguments, argument{"role_name", text(a.role)})
		unread = []string{"iam_user_access_to_billing", "role_name"}
	}
	t.resource("aws_organizations_account", a.identifier, a.id, append(arguments, tfTags(a.tags)...), func() {
		kept := []argument{{"ignore_changes", list(unread)}}
		if a == t.management {
			kept = append([]argument{{"prevent_destroy", []string{"true"}}}, kept...)
		}
		t.block("lifecycle", kept)
	})
}

func (t *tf) policy(p *policy) {
	arguments := []argument{{"name", text(p.Name)}}
	if p.Description != "" {
		arguments = append(arguments, argument{"description", text(p.Description)})
	}
	arguments = append(arguments, argument{"type", text(p.TypeOrDefault())}, argument{"content", encoded(p.Content)})
	t.resource("aws_organizations_policy", p.identifier, p.ID, append(arguments, tfTags(p.Tags)...), t.afterOrganization)
}

func (t *tf) attachments(of *target) {
	for _, p := range of.attached {
		name := t.attachmentNames[0]
		t.attachmentNames = t.attachmentNames[1:]
		id := ""
		if of.id != "" && p.ID != "" {
			id = of.id + ":" + p.ID
		}
		policy := text(p.ID)
		if p.isKnown() {
			policy = []string{"aws_organizations_policy." + p.identifier + ".id"}
		}
		t.resource("aws_organizations_policy_attachment", name, id, []argument{{"policy_id", policy}, {"target_id", t.references[of]}})
	}
}

func (t *tf) administrator(a administrator) {
	id := ""
	if a.account.id != "" {
		id = a.account.id + "/" + a.service
	}
	t.resource("aws_organizations_delegated_administrator", a.identifier, id, []argument{
		{"account_id", t.references[&a.account.target]}, {"service_principal", text(a.service)},
	})
}

func (t *tf) delegationPolicy() {
	if p := t.DelegationPolicy; p != nil {
		t.resource("aws_organizations_resource_policy", "this", p.ID, append([]argument{{"content", encoded(p.Content)}}, tfTags(p.Tags)...), t.afterOrganization)
	}
}

// afterOrganization is in resources that refer to nothing else that says that the
// organization has to be there first.
func (t *tf) afterOrganization() { t.line("depends_on = [" + tfOrganization + "]") }

// unsaid lists what no resource of the provider says, also at the end of the configuration.
func (t *tf) unsaid() {
	t.noteClosed(t.file)
	t.noteDetached(t.file)
	if len(t.root.tags) > 0 {
		t.file.note("the tags of the root")
	}
	if t.isManagementSpecial() && !t.isKept(t.management) {
		t.file.note("the tags and the unit of the management account, which has no ID to import it by")
	}
	if len(t.file.Notes) == 0 {
		return
	}
	t.line("")
	t.comment("The provider has no resource for:")
	for _, note := range t.file.Notes {
		t.comment("- %s", note)
	}
}
