// Package change is a set of changes to an organization that are tried before they are
// made. It reads them from a file, or from a plan of Terraform, and applies them to a copy
// of the organization.
//
// It is pure: whoever reads a file or a request gives it the text.
package change

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Change is one change. Exactly one of Attach, Detach, Update, Move, Enable, Disable, and Unit is set.
type Change struct {
	// Attach is a policy of the organization, p-…, or the name of a policy that Document
	// holds; Target is where it is attached.
	Attach string `json:"attach,omitempty" yaml:"attach,omitempty"`
	// Detach is a policy of the organization or of AWS, Target where it is attached.
	Detach string `json:"detach,omitempty" yaml:"detach,omitempty"`
	// Update is a policy of the organization whose content Document replaces.
	Update string `json:"update,omitempty" yaml:"update,omitempty"`
	// Move is an account that To gets, a root or a unit.
	Move string `json:"move,omitempty" yaml:"move,omitempty"`
	// Enable and Disable are policy types.
	Enable  string `json:"enable,omitempty" yaml:"enable,omitempty"`
	Disable string `json:"disable,omitempty" yaml:"disable,omitempty"`
	// Unit is the ID under which other changes name a new unit below To. Its name is Name.
	Unit string `json:"unit,omitempty" yaml:"unit,omitempty"`
	Name string `json:"name,omitempty" yaml:"name,omitempty"`

	Target Targets `json:"target,omitempty" yaml:"target,omitempty"`
	To     string  `json:"to,omitempty" yaml:"to,omitempty"`
	// Type is the policy type of a document, where the document does not show it.
	Type string `json:"type,omitempty" yaml:"type,omitempty"`
	// Document is the content of a policy, File the file that it is from.
	Document Document `json:"document,omitempty" yaml:"document,omitempty"`
	File     string   `json:"file,omitempty" yaml:"file,omitempty"`
}

// Targets are roots, units and accounts: a text or a list of texts.
type Targets []string

// UnmarshalJSON reads a text or a list.
func (t *Targets) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*t = Targets{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// UnmarshalYAML reads a text or a list.
func (t *Targets) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = Targets{n.Value}
		return nil
	}
	return n.Decode((*[]string)(t))
}

// Document is the text of a policy: a text, or the object itself.
type Document string

// UnmarshalJSON reads a text or an object.
func (d *Document) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) != nil {
		one = string(text)
	}
	*d = Document(one)
	return nil
}

// UnmarshalYAML reads a text or an object.
func (d *Document) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*d = Document(n.Value)
		return nil
	}
	var object any
	if err := n.Decode(&object); err != nil {
		return err
	}
	text, err := json.MarshalIndent(object, "", "  ")
	*d = Document(text)
	return err
}

// IsPolicyID reports whether a text is the ID of a policy, and not the name of a file.
func IsPolicyID(text string) bool {
	return strings.HasPrefix(text, "p-") && !strings.ContainsAny(text, "./\\")
}

// Parse reads a file of changes, which is YAML or JSON: {"changes": [...]}. The text of an
// error begins with the line where it is.
func Parse(text []byte) ([]Change, error) {
	var file struct {
		Changes []Change `yaml:"changes"`
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s", oneLine(err))
	}
	if len(file.Changes) == 0 {
		return nil, fmt.Errorf("line 1: there is no member changes, or it is empty")
	}
	return file.Changes, nil
}

// oneLine is an error of the library without its name and its line breaks.
func oneLine(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "in type struct { Changes []change.Change \"yaml:\\\"changes\\\"\" }", "")), " ")
}
