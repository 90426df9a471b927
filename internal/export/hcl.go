package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"accord/internal/policy/document"
)

// hcl writes the language of Terraform, in the layout of terraform fmt.
type hcl struct {
	strings.Builder
	depth int
}

// argument is a name and its value: the lines of an expression.
type argument struct {
	name  string
	value []string
}

func (h *hcl) line(text string) {
	if text != "" {
		h.WriteString(strings.Repeat("  ", h.depth))
	}
	h.WriteString(text + "\n")
}

// comment writes lines of a comment.
func (h *hcl) comment(format string, args ...any) {
	for text := range strings.Lines(fmt.Sprintf(format, args...)) {
		h.line("# " + printable(strings.TrimSuffix(text, "\n")))
	}
}

// block writes a block with its arguments and what else is in it.
func (h *hcl) block(head string, arguments []argument, rest ...func()) {
	h.line(head + " {")
	h.depth++
	for _, text := range aligned(arguments) {
		h.line(text)
	}
	for _, write := range rest {
		h.line("")
		write()
	}
	h.depth--
	h.line("}")
}

// aligned writes arguments: the equals signs of those that follow each other on single
// lines are below each other.
func aligned(arguments []argument) []string {
	var lines []string
	for i := 0; i < len(arguments); {
		run, width := i, 0
		for ; run < len(arguments) && len(arguments[run].value) == 1; run++ {
			width = max(width, len([]rune(arguments[run].name)))
		}
		if run == i {
			a := arguments[i]
			lines = append(append(lines, a.name+" = "+a.value[0]), a.value[1:]...)
			i++
			continue
		}
		for ; i < run; i++ {
			a := arguments[i]
			lines = append(lines, a.name+strings.Repeat(" ", width-len([]rune(a.name)))+" = "+a.value[0])
		}
	}
	return lines
}

// quoted is a text as a string of HCL, in which nothing is a template.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	all := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	for i, r := range all {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && i+1 < len(all) && all[i+1] == '{':
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func text(value string) []string { return []string{quoted(value)} }

// list is a list of expressions, on one line if it is short.
func list(items []string) []string {
	if line := "[" + strings.Join(items, ", ") + "]"; len(items) < 2 || len(line) <= widestList {
		return []string{line}
	}
	lines := []string{"["}
	for _, item := range items {
		lines = append(lines, "  "+item+",")
	}
	return append(lines, "]")
}

// widestList is how long a list on one line may be.
const widestList = 80

// key is a name within an object: without quotation marks, if it may be.
func key(name string) string {
	plain := !slices.Contains([]string{"", "for", "null", "true", "false"}, name)
	for i, r := range name {
		plain = plain && (r == '_' || isASCII(r) && (i > 0 || !unicode.IsDigit(r)))
	}
	if plain {
		return name
	}
	return quoted(name)
}

// value is a value of JSON as an expression.
func value(n *document.Node) []string {
	switch n.Kind {
	case document.Object:
		return object(n)
	case document.Array:
		var items [][]string
		short := true
		for _, item := range n.Items {
			lines := value(item)
			items, short = append(items, lines), short && len(lines) == 1
		}
		if short {
			var all []string
			for _, item := range items {
				all = append(all, item[0])
			}
			return list(all)
		}
		if len(items) == 1 {
			lines := items[0]
			lines[0], lines[len(lines)-1] = "["+lines[0], lines[len(lines)-1]+"]"
			return lines
		}
		lines := []string{"["}
		for _, item := range items {
			item[len(item)-1] += ","
			lines = append(lines, indented(item)...)
		}
		return append(lines, "]")
	case document.String:
		return text(n.Text)
	default:
		return []string{n.Text}
	}
}

func object(n *document.Node) []string {
	if len(n.Members) == 0 {
		return []string{"{}"}
	}
	var members []argument
	for _, m := range n.Members {
		members = append(members, argument{key(m.Name), value(m.Value)})
	}
	return braced(members)
}

// braced is an object of members.
func braced(members []argument) []string {
	return append(append([]string{"{"}, indented(aligned(members))...), "}")
}

func indented(lines []string) []string {
	for i, line := range lines {
		lines[i] = "  " + line
	}
	return lines
}

// encoded is a document of a policy as a call of jsonencode, or as it is if it cannot be one.
func encoded(content string) []string {
	n, err := document.Parse(content)
	if err != nil || n.Kind != document.Object || len(n.Members) == 0 || !isExact(n) {
		return text(content)
	}
	lines := object(n)
	lines[0], lines[len(lines)-1] = "jsonencode("+lines[0], lines[len(lines)-1]+")"
	return lines
}

// exact are the numbers that HCL keeps as they are written.
var exact = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,14}[1-9])?$`)

// isExact reports whether HCL keeps all numbers of a document.
func isExact(n *document.Node) bool {
	if n.Kind == document.Number {
		return exact.MatchString(n.Text) && n.Text != "-0"
	}
	for _, m := range n.Members {
		if !isExact(m.Value) {
			return false
		}
	}
	for _, item := range n.Items {
		if !isExact(item) {
			return false
		}
	}
	return true
}

// printable replaces the characters that a terminal or an editor would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\uFFFD' || !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
