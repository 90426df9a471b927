package export

import (
	"fmt"
	"strings"
	"unicode"
)

// mermaid draws a flowchart. The accounts of a unit are one node, line by line: programs
// that draw it refuse more than 500 edges.
func mermaid(r *resolver) string {
	m := &chart{}
	m.WriteString("---\nconfig:\n  flowchart:\n    wrappingWidth: 600\n---\nflowchart LR\n")
	for _, o := range r.all {
		m.unit(o, o.root, "")
	}
	if len(r.alone) > 0 {
		m.node("", `(["<b>no organization</b>"])`, "root")
		m.accounts(nil, m.last(), r.alone)
	}
	if m.nodes == 0 {
		m.node("", `(["<b>no organization</b>"])`, "root")
	}
	m.WriteString("  classDef root stroke-width:2px\n  classDef accounts text-align:left,stroke-dasharray:2\n")
	return m.String()
}

type chart struct {
	strings.Builder
	nodes int
}

func (m *chart) last() string { return fmt.Sprintf("n%d", m.nodes) }

// node writes a node with the edge that leads to it.
func (m *chart) node(from, shape, class string) {
	m.nodes++
	lead := "  "
	if from != "" {
		lead += from + " --> "
	}
	m.WriteString(lead + m.last() + shape + ":::" + class + "\n")
}

func (m *chart) unit(o *organization, u *unit, from string) {
	lines := []string{"<b>" + mermaidText(u.name) + "</b>"}
	if u == o.root && o.ID != "" {
		lines = append(lines, mermaidText(o.ID))
	}
	if u.id != "" {
		lines = append(lines, mermaidText(u.id))
	}
	lines = append(lines, mapped(badgeTexts(&u.target), mermaidText)...)
	label := `"` + strings.Join(lines, "<br/>") + `"`
	if u == o.root {
		m.node(from, "(["+label+"])", "root")
	} else {
		m.node(from, "["+label+"]", "unit")
	}
	here := m.last()
	m.accounts(o, here, u.accounts)
	for _, child := range u.units {
		m.unit(o, child, here)
	}
}

func (m *chart) accounts(o *organization, from string, accounts []*account) {
	var lines []string
	for _, a := range accounts {
		parts := []string{"<b>" + mermaidText(a.name) + "</b>"}
		if a.id != "" {
			parts = append(parts, mermaidText(a.id))
		}
		if o != nil && a == o.management {
			parts = append(parts, "management account")
		}
		if state := a.stateText(); state != "" {
			parts = append(parts, "<i>"+mermaidText(state)+"</i>")
		}
		parts = append(parts, mapped(badgeTexts(&a.target), mermaidText)...)
		lines = append(lines, strings.Join(parts, " · "))
	}
	if lines != nil {
		m.node(from, `["`+strings.Join(lines, "<br/>")+`"]`, "accounts")
	}
}

// mermaidText writes all that could be markup by its number.
func mermaidText(text string) string {
	all := []rune(printable(text))
	plain := func(i int) bool {
		return i >= 0 && i < len(all) && (unicode.IsLetter(all[i]) || unicode.IsDigit(all[i]))
	}
	var b strings.Builder
	for i, r := range all {
		switch {
		case plain(i), r == ' ', r == '@', strings.ContainsRune("-._/", r) && plain(i-1) && plain(i+1), r > unicode.MaxLatin1:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
