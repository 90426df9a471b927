package export

import (
	"fmt"
	"strings"
)

// dot draws a graph of tables: one for each unit, with its accounts. [Graphviz: HTML-like
// labels]
func dot(r *resolver) string {
	g := &graph{}
	g.WriteString(`digraph organization {
  rankdir=LR;
  bgcolor="transparent";
  node [shape=plain, fontname="Helvetica", fontsize=11];
  edge [color="#7d8590", arrowsize=0.6, tailport=e, headport=w];
`)
	for _, o := range r.all {
		g.unit(o, o.root, 0)
	}
	if len(r.alone) > 0 || len(r.all) == 0 {
		g.table("no organization", nil, nil, r.alone)
	}
	g.WriteString("}\n")
	return g.String()
}

type graph struct {
	strings.Builder
	nodes int
}

func (g *graph) unit(o *organization, u *unit, from int) {
	ids := []string{u.id}
	if u == o.root {
		ids = []string{o.ID, u.id}
	}
	g.table(u.name, append(ids, badgeTexts(&u.target)...), o, u.accounts)
	here := g.nodes
	if from > 0 {
		fmt.Fprintf(g, "  n%d -> n%d;\n", from, here)
	}
	for _, child := range u.units {
		g.unit(o, child, here)
	}
}

// table writes a node: a head with lines below it, and a row for each account, with a column
// for what is said of them if there is anything.
func (g *graph) table(head string, lines []string, o *organization, accounts []*account) {
	g.nodes++
	fmt.Fprintf(g, "  n%d [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\" color=\"#7d8590\">\n", g.nodes)
	fmt.Fprintf(g, "    <tr><td colspan=\"3\" align=\"left\" bgcolor=\"#dbe9ff\"><b>%s</b>", escaped(head))
	for _, line := range lines {
		if line != "" {
			fmt.Fprintf(g, `<br align="left"/><font point-size="9">%s</font>`, escaped(line))
		}
	}
	g.WriteString("<br align=\"left\"/></td></tr>\n")
	for _, a := range accounts {
		notes := badgeTexts(&a.target)
		color := "#ffffff"
		if state := a.stateText(); state != "" {
			color, notes = "#f1d8d8", append([]string{state}, notes...)
		}
		if o != nil && a == o.management {
			notes = append([]string{"management account"}, notes...)
		}
		span := ""
		if len(notes) == 0 {
			span = ` colspan="2"`
		}
		fmt.Fprintf(g, `    <tr><td align="left" bgcolor="%[1]s">%[2]s</td><td align="left" bgcolor="%[1]s"%[3]s>%[4]s</td>`, color, cell(a.name), span, cell(a.id))
		if len(notes) > 0 {
			fmt.Fprintf(g, `<td align="left" bgcolor="%s">%s</td>`, color, escaped(strings.Join(notes, ", ")))
		}
		g.WriteString("</tr>\n")
	}
	g.WriteString("  </table>>];\n")
}

// cell is a text in a table, in which nothing may be empty.
func cell(text string) string {
	if text == "" {
		return " "
	}
	return escaped(text)
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escaped is a text in XML, in which nothing is markup.
func escaped(text string) string { return markup.Replace(printable(text)) }
