package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"accord/internal/seed"
)

// cloudFormation writes a template whose resources stay when the stack is deleted. What has
// an ID can be imported: the metadata name it as the resources to import of a change set do.
// [AWS: template reference, AWS::Organizations; import existing resources]
func cloudFormation(o *organization) *File {
	c := &cfn{organization: o, file: &File{}, references: map[*target]any{}, targetsOf: map[*policy][]any{}}
	c.identify()
	c.resource("Organization", o.ID, cfnOrganization, members{{"FeatureSet", cmp.Or(o.FeatureSet, "ALL")}})
	for _, u := range o.units[1:] {
		c.resource("OrganizationalUnit", u.id, u.identifier, append(members{
			{"Name", u.name}, {"ParentId", c.references[&u.parent.target]},
		}, cfnTags(u.tags)...))
	}
	for _, a := range o.accounts[1:] {
		c.account(a)
	}
	for _, p := range o.policies {
		c.policy(p)
	}
	if p := o.DelegationPolicy; p != nil {
		c.resource("ResourcePolicy", p.ID, "DelegationPolicy", append(members{{"Content", valueOf(p.Content)}}, cfnTags(p.Tags)...))
	}
	c.unsaid()
	c.write()
	return c.file
}

// cfnOrganization is the name of the organization in a template, and mostResources how many
// resources a template may have. [AWS: quotas of CloudFormation]
const (
	cfnOrganization = "Organization"
	mostResources   = 500
)

type cfn struct {
	*organization
	file       *File
	resources  members
	imports    []any
	references map[*target]any
	// targetsOf are the references to the targets of a policy.
	targetsOf map[*policy][]any
}

func (c *cfn) identify() {
	identify(slices.Concat(unitsNamed(c.units[1:], " Unit"), accountsNamed(c.accounts[1:], " Account"), policiesNamed(c.policies, " Policy")), pascal, "")
	get := func(attribute string) any {
		return members{{"Fn::GetAtt", []any{cfnOrganization, attribute}}}
	}
	for _, u := range c.units {
		c.references[&u.target] = ref(u.identifier)
	}
	for _, a := range c.accounts {
		c.references[&a.target] = ref(a.identifier)
		if !a.isOpen() {
			c.references[&a.target] = a.id
		}
	}
	c.references[&c.root.target] = get("RootId")
	c.references[&c.management.target] = get("ManagementAccountId")
	for _, t := range c.targets() {
		for _, p := range t.attached {
			c.targetsOf[p] = append(c.targetsOf[p], c.references[t])
		}
	}
}

func ref(identifier string) any { return members{{"Ref", identifier}} }

// resource adds a resource, and what an import of it needs.
func (c *cfn) resource(kind, id, identifier string, properties members) {
	c.resources.add(identifier, members{
		{"Type", "AWS::Organizations::" + kind}, {"DeletionPolicy", "Retain"}, {"UpdateReplacePolicy", "Retain"}, {"Properties", properties},
	})
	if id == "" {
		return
	}
	name := "Id"
	if kind == "Account" {
		name = "AccountId"
	}
	c.imports = append(c.imports, members{
		{"ResourceType", "AWS::Organizations::" + kind}, {"LogicalResourceId", identifier}, {"ResourceIdentifier", members{{name, id}}},
	})
}

func cfnTags(tags seed.Tags) members {
	var all []any
	for _, tag := range ownTags(tags) {
		all = append(all, members{{"Key", tag.Key}, {"Value", tag.Value}})
	}
	if all == nil {
		return nil
	}
	return members{{"Tags", all}}
}

func (c *cfn) account(a *account) {
	if !a.isOpen() {
		return
	}
	properties := members{{"AccountName", a.name}, {"Email", a.email}, {"ParentIds", []any{c.references[&a.parent.target]}}}
	if a.role != "" {
		properties.add("RoleName", a.role)
	}
	c.resource("Account", a.id, a.identifier, append(properties, cfnTags(a.tags)...))
}

func (c *cfn) policy(p *policy) {
	properties := members{{"Name", p.Name}, {"Type", p.TypeOrDefault()}}
	if p.Description != "" {
		properties.add("Description", p.Description)
	}
	properties.add("Content", valueOf(p.Content))
	if targets := c.targetsOf[p]; targets != nil {
		properties.add("TargetIds", targets)
	}
	c.resource("Policy", p.ID, p.identifier, append(properties, cfnTags(p.Tags)...))
}

// unsaid lists what no resource says.
func (c *cfn) unsaid() {
	c.noteClosed(c.file)
	if len(c.PolicyTypes) > 0 {
		c.file.note("that these policy types are enabled: %s", strings.Join(c.PolicyTypes, ", "))
	}
	c.noteServices(c.file)
	if len(c.root.tags) > 0 || len(c.management.tags) > 0 {
		c.file.note("the tags of the root and of the management account")
	}
	if c.management.parent != c.root {
		c.file.note("that the management account is in %s", strings.Join(c.management.parent.path, "/"))
	}
	c.noteDetached(c.file)
	if n := len(c.resources); n > mostResources {
		c.file.note("all of this in one template: %d resources, and a template may have %d", n, mostResources)
	}
}

func (c *cfn) write() {
	template := members{
		{"AWSTemplateFormatVersion", "2010-09-09"},
		{"Description", c.origin()},
	}
	if len(c.imports) > 0 {
		template.add("Metadata", members{{"ResourcesToImport", c.imports}})
	}
	template.add("Resources", c.resources)
	var b, indented bytes.Buffer
	appendJSON(&b, template)
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		panic("export: " + err.Error())
	}
	indented.WriteByte('\n')
	c.file.Text = indented.Bytes()
}
