package policy

import "accord/internal/policy/document"

// Document is the content of a policy of statements, ready to be evaluated.
type Document struct {
	Version    string // "" when the document names none
	Statements []Statement
}

// Statement is one statement, with its position in the text that was read. A list is
// nil if the statement does not have the element.
type Statement struct {
	// Start is just after the bracket, or the statement, before this one; for a
	// statement without a list, just after its own bracket. End is just after the
	// statement. [recorded: results of the policy simulator]
	Start, End    document.Position
	Sid           string
	Effect        string // Allow or Deny
	Principals    []Principal
	NotPrincipals []Principal
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	Conditions    []Condition
}

// Principal is one principal that a statement names.
type Principal struct {
	Kind string // AWS, Service or Federated; Everybody for a * without a kind
	Name string
}

// Everybody is the principal "*".
var Everybody = Principal{Kind: "*", Name: "*"}

// Condition is one condition: an operator with its qualifiers, a condition key
// and the operands, numbers and booleans as they are written.
type Condition struct {
	Operator string
	Key      string
	Operands []string
}

// Read reads a policy of statements that was checked when it was saved. It leaves
// out elements that the language does not have, which a lenient check accepts.
// The diagnostic is nil unless content is not valid JSON.
func Read(content string) (Document, *document.Diagnostic) {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return Document{}, diagnostic
	}
	return read(root), nil
}

func read(root *document.Node) Document {
	out := Document{Version: textOf(root.Member("Version"))}
	switch statements := root.Member(statementKey); {
	case statements == nil:
	case statements.Kind == document.Object:
		out.Statements = []Statement{readStatement(statements, after(statements))}
	default:
		start := after(statements)
		for _, statement := range statements.Items {
			if statement.Kind == document.Object {
				out.Statements = append(out.Statements, readStatement(statement, start))
			}
			start = statement.End
		}
	}
	return out
}

// after is the position after the bracket that opens a list or an object.
func after(node *document.Node) document.Position {
	return document.Position{Line: node.Line, Column: node.Column + 1}
}

func readStatement(node *document.Node, start document.Position) Statement {
	s := Statement{Start: start, End: node.End}
	for _, m := range node.Members {
		switch m.Name {
		case "Sid":
			s.Sid = textOf(m.Value)
		case "Effect":
			s.Effect = textOf(m.Value)
		case "Principal":
			s.Principals = readPrincipals(m.Value)
		case "NotPrincipal":
			s.NotPrincipals = readPrincipals(m.Value)
		case "Action":
			s.Actions = scalars(m.Value)
		case "NotAction":
			s.NotActions = scalars(m.Value)
		case "Resource":
			s.Resources = scalars(m.Value)
		case "NotResource":
			s.NotResources = scalars(m.Value)
		case "Condition":
			s.Conditions = readConditions(m.Value)
		}
	}
	return s
}

func readPrincipals(node *document.Node) []Principal {
	principals := []Principal{}
	if isEverybody(node) {
		principals = append(principals, Everybody)
	}
	for _, m := range node.Members {
		for _, name := range scalars(m.Value) {
			principals = append(principals, Principal{Kind: m.Name, Name: name})
		}
	}
	return principals
}

// readConditions reads the conditions of a statement. What is not a condition becomes
// one without an operator, so that the statement keeps it.
func readConditions(node *document.Node) []Condition {
	conditions := []Condition{}
	if node.Kind != document.Object {
		return []Condition{{}}
	}
	for _, operator := range node.Members {
		if operator.Value.Kind != document.Object {
			conditions = append(conditions, Condition{})
		}
		for _, key := range operator.Value.Members {
			conditions = append(conditions, Condition{Operator: operator.Name, Key: key.Name, Operands: scalars(key.Value)})
		}
	}
	return conditions
}

// scalars returns the texts, numbers and booleans of a single value or a list.
func scalars(node *document.Node) []string {
	list := []string{}
	items := node.Items
	if node.Kind != document.Array {
		items = []*document.Node{node}
	}
	for _, item := range items {
		switch item.Kind {
		case document.String, document.Number, document.Bool:
			list = append(list, item.Text)
		}
	}
	return list
}

func textOf(node *document.Node) string {
	if node == nil || node.Kind != document.String {
		return ""
	}
	return node.Text
}
