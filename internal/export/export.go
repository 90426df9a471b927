// Package export writes accounts and organizations in the forms of other tools: as code
// that takes them over, as data, and as pictures. One format is one file.
//
// The package is pure: a document comes in, text goes out. What a format cannot say is in
// the notes beside the text.
package export

import (
	"fmt"
	"slices"
	"strings"

	"accord/internal/seed"
	"accord/internal/spelling"
)

// Format is a form in which a document is written.
type Format struct {
	Name string
	// About says what it is.
	About string
	// write writes a whole document, writeOne one organization of it: one of them is set.
	write    func(d *seed.Document) (*File, error)
	writeOne func(o *organization) *File
}

// Formats are all formats.
func Formats() []Format {
	return []Format{
		{Name: "terraform", About: "HCL for the AWS provider of Terraform, with import blocks", writeOne: terraform},
		{Name: "org-formation", About: "organization.yml of org-formation", writeOne: orgFormation},
		{Name: "cloudformation", About: "a template of CloudFormation, with what an import needs", writeOne: cloudFormation},
		{Name: "json", About: "everything, as JSON", write: asJSON},
		{Name: "seed", About: "everything, as a seed in YAML", write: asSeed},
		{Name: "mermaid", About: "a diagram for Markdown", write: drawn(mermaid)},
		{Name: "dot", About: "a diagram for Graphviz", write: drawn(dot)},
		{Name: "svg", About: "a picture", write: drawn(svg)},
	}
}

// Names are the names of all formats.
func Names() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Find returns the format with a name.
func Find(name string) (Format, error) {
	all := Formats()
	if i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Format{}, &Error{fmt.Sprintf("%.40q is none of %s%s", name, strings.Join(Names(), ", "), spelling.Suggest(name, Names()))}
}

// Write writes a document.
func (f Format) Write(d *seed.Document) (*File, error) {
	if f.write != nil {
		return f.write(d)
	}
	if n := len(d.Organizations); n != 1 {
		return nil, &Error{fmt.Sprintf("%s describes one organization, and here are %d%s", f.Name, n, idsOf(d))}
	}
	o := resolve(d).all[0]
	file := f.writeOne(o)
	file.Notes = append(o.unresolved, file.Notes...)
	if n := len(d.Accounts); n > 0 {
		file.Notes = append(file.Notes, plural(n, "account that is", "accounts that are")+" in no organization")
	}
	return file, nil
}

// Only leaves one organization in a document, by its ID or that of its management account.
func Only(d *seed.Document, id string) (*seed.Document, error) {
	for _, o := range d.Organizations {
		if o.ID == id || o.Management.ID == id {
			one := *d
			one.Accounts, one.Organizations, one.Transfers = nil, []seed.Organization{o}, nil
			for _, t := range d.Transfers {
				for _, side := range []seed.Ref{t.Source, t.Target} {
					if side != "" && (string(side) == o.ID || string(side) == o.Management.ID || string(side) == o.Management.Name) {
						one.Transfers = append(one.Transfers, t)
						break
					}
				}
			}
			return &one, nil
		}
	}
	return nil, &Error{fmt.Sprintf("there is no organization %.80q%s", id, idsOf(d))}
}

// mostNamed bounds how many organizations an error names.
const mostNamed = 5

// idsOf names the organizations of a document, at the end of a sentence.
func idsOf(d *seed.Document) string {
	var ids []string
	for _, o := range d.Organizations {
		if id := o.ID; id != "" {
			ids = append(ids, id)
		} else if id := o.Management.ID; id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	if len(ids) > mostNamed {
		ids = append(ids[:mostNamed:mostNamed], "…")
	}
	return "; name one: " + strings.Join(ids, ", ")
}
