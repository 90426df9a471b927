package export_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"go.yaml.in/yaml/v3"

	"accord/internal/seed"
)

// readers read what was written of a document, each with the reader of its format, and
// compare the names.
var readers = map[string]func(text []byte, d *seed.Document) error{
	"terraform":      readTerraform,
	"org-formation":  readOrgFormation,
	"cloudformation": readCloudFormation,
	"json":           readJSON,
	"seed":           readSeed,
	"mermaid":        readMermaid,
	"dot":            readDot,
	"svg":            readSVG,
}

// sameNames compares names without their order.
func sameNames(what string, got, want []string) error {
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: %q, want %q", what, got, want)
	}
	return nil
}

// unitNames and accountNames are those of the first organization, accounts only those that
// are open.
func unitNames(u *seed.Unit) (names []string) {
	for i := range u.Units {
		names = append(append(names, u.Units[i].Name), unitNames(&u.Units[i])...)
	}
	return names
}

func accountNames(u *seed.Unit) (names []string) {
	for _, a := range u.Accounts {
		if a.State == "" || a.State == "ACTIVE" {
			names = append(names, a.Name)
		}
	}
	for i := range u.Units {
		names = append(names, accountNames(&u.Units[i])...)
	}
	return names
}

func policyNames(d *seed.Document) (names []string) {
	for _, p := range d.Organizations[0].Policies {
		names = append(names, p.Name)
	}
	return names
}

// normalized is a text in the form in which Terraform keeps all.
func normalized(texts []string) (all []string) {
	for _, t := range texts {
		all = append(all, cty.NormalizeString(t))
	}
	return all
}

func readTerraform(text []byte, d *seed.Document) error {
	file, diagnostics := hclsyntax.ParseConfig(text, "main.tf", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return diagnostics
	}
	context := &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
	names, contents, seen := map[string][]string{}, map[string]string{}, map[string]bool{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "resource" {
			continue
		}
		address := strings.Join(block.Labels, ".")
		if seen[address] || !hclsyntax.ValidIdentifier(block.Labels[1]) {
			return fmt.Errorf("%s is not an address, or there twice", address)
		}
		seen[address] = true
		values := map[string]string{}
		for _, name := range []string{"name", "content", "description", "type"} {
			if a := block.Body.Attributes[name]; a != nil {
				value, diagnostics := a.Expr.Value(context)
				if diagnostics.HasErrors() {
					return diagnostics
				}
				values[name] = value.AsString()
			}
		}
		names[block.Labels[0]] = append(names[block.Labels[0]], values["name"])
		if block.Labels[0] == "aws_organizations_policy" {
			contents[values["type"]+" "+values["name"]] = values["content"]
		}
		// All else refers to resources.
		for name, a := range block.Body.Attributes {
			for _, v := range a.Expr.Variables() {
				if root := v.RootName(); !strings.HasPrefix(root, "aws_organizations_") || !slices.Contains([]string{"parent_id", "policy_id", "target_id", "account_id", "depends_on"}, name) {
					return fmt.Errorf("%s of %s refers to %s", name, address, root)
				}
			}
		}
	}
	o := d.Organizations[0]
	for _, p := range o.Policies {
		if got := contents[p.TypeOrDefault()+" "+cty.NormalizeString(p.Name)]; !equalJSON(p.Content, got) {
			return fmt.Errorf("the policy %q is %q", p.Name, got)
		}
	}
	accounts := accountNames(&o.Root)
	if len(o.Management.Tags) > 0 {
		accounts = append(accounts, o.Management.Name)
	}
	return errors.Join(
		sameNames("units", names["aws_organizations_organizational_unit"], normalized(unitNames(&o.Root))),
		sameNames("accounts", names["aws_organizations_account"], normalized(accounts)),
		sameNames("policies", names["aws_organizations_policy"], normalized(policyNames(d))),
	)
}

// equalJSON reports whether two documents of policies are the same, or the same text.
func equalJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return cty.NormalizeString(a) == b
	}
	one, _ := json.Marshal(x)
	other, _ := json.Marshal(y)
	return cty.NormalizeString(string(one)) == cty.NormalizeString(string(other))
}

func readOrgFormation(text []byte, d *seed.Document) error {
	var file struct {
		Version      string `yaml:"AWSTemplateFormatVersion"`
		Organization map[string]struct {
			Type       string               `yaml:"Type"`
			Properties map[string]yaml.Node `yaml:"Properties"`
		} `yaml:"Organization"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	names := map[string][]string{}
	for identifier, r := range file.Organization {
		for _, property := range []string{"AccountName", "OrganizationalUnitName", "PolicyName"} {
			if node, has := r.Properties[property]; has {
				if node.Tag != "!!str" {
					return fmt.Errorf("%s of %s is %s", property, identifier, node.Tag)
				}
				names[property] = append(names[property], node.Value)
			}
		}
		for _, property := range []string{"Accounts", "OrganizationalUnits", "ServiceControlPolicies"} {
			node := r.Properties[property]
			for _, item := range node.Content {
				if _, there := file.Organization[item.Value]; item.Tag != "!Ref" || !there {
					return fmt.Errorf("%s of %s are %s %s", property, identifier, item.Tag, item.Value)
				}
			}
		}
	}
	o := d.Organizations[0]
	return errors.Join(
		sameNames("units", names["OrganizationalUnitName"], unitNames(&o.Root)),
		sameNames("accounts", names["AccountName"], append(accountNames(&o.Root), o.Management.Name)),
	)
}

func readCloudFormation(text []byte, d *seed.Document) error {
	var template struct {
		Resources map[string]struct {
			Type, DeletionPolicy string
			Properties           map[string]any
		}
		Metadata struct {
			ResourcesToImport []struct {
				ResourceType, LogicalResourceId string
				ResourceIdentifier              map[string]string
			}
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		return err
	}
	names := map[string][]string{}
	for identifier, r := range template.Resources {
		if !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`).MatchString(identifier) || r.DeletionPolicy != "Retain" {
			return fmt.Errorf("%s: %+v", identifier, r)
		}
		for _, property := range []string{"AccountName", "Name"} {
			if value, has := r.Properties[property]; has {
				name, is := value.(string)
				if !is {
					return fmt.Errorf("%s of %s is %v", property, identifier, value)
				}
				names[r.Type] = append(names[r.Type], name)
			}
		}
	}
	for _, i := range template.Metadata.ResourcesToImport {
		if r, there := template.Resources[i.LogicalResourceId]; !there || r.Type != i.ResourceType || len(i.ResourceIdentifier) != 1 {
			return fmt.Errorf("the import of %+v", i)
		}
	}
	o := d.Organizations[0]
	return errors.Join(
		sameNames("units", names["AWS::Organizations::OrganizationalUnit"], unitNames(&o.Root)),
		sameNames("accounts", names["AWS::Organizations::Account"], accountNames(&o.Root)),
		sameNames("policies", names["AWS::Organizations::Policy"], policyNames(d)),
	)
}

func readJSON(text []byte, _ *seed.Document) error {
	var read any
	return json.Unmarshal(text, &read)
}

func readSeed(text []byte, _ *seed.Document) error {
	var read any
	return yaml.Unmarshal(text, &read)
}

// chartLine is a line of a flowchart: a node whose label has no markup but ours.
var chartLine = regexp.MustCompile(`^(---|config:|  flowchart:|    wrappingWidth: 600|flowchart LR|  (n\d+ --> )?n\d+(\(\["LABEL"\]\)|\["LABEL"\]):::(root|unit|accounts)|  classDef [a-z]+ [a-z0-9:,-]+)$`)

var label = regexp.MustCompile(`"(<b>|</b>|<i>|</i>|<br/>|#\d+;|[^"<>&#\x00-\x1f\\\x60{}\[\]()|;])*"`)

func readMermaid(text []byte, _ *seed.Document) error {
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); !chartLine.MatchString(label.ReplaceAllLiteralString(line, `"LABEL"`)) {
			return fmt.Errorf("the line %s", line)
		}
	}
	return nil
}

var graphNode = regexp.MustCompile(`(?s)  n\d+ \[label=<(<table .*?</table>)>\];\n`)

func readDot(text []byte, _ *seed.Document) error {
	for _, node := range graphNode.FindAllSubmatch(text, -1) {
		if err := onlyElements(node[1], "table", "tr", "td", "b", "br", "font"); err != nil {
			return err
		}
	}
	rest := graphNode.ReplaceAll(text, nil)
	if !regexp.MustCompile(`^digraph organization \{\n(  [a-z]+=[A-Za-z"]+;\n|  (node|edge) \[[^\]]*\];\n|  n\d+ -> n\d+;\n)*\}\n$`).Match(rest) {
		return fmt.Errorf("the rest is %s", rest)
	}
	return nil
}

func readSVG(text []byte, _ *seed.Document) error {
	return onlyElements(text, "svg", "style", "rect", "g", "text", "tspan", "title", "circle", "path")
}

// onlyElements reads XML that has no other elements than these, and no attribute that acts.
func onlyElements(text []byte, names ...string) error {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(names, token.Name.Local) {
				return fmt.Errorf("the element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					return fmt.Errorf("the attribute %s", a.Name.Local)
				}
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			return fmt.Errorf("%T", token)
		}
	}
}
