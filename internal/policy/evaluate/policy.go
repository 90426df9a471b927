package evaluate

import (
	"strings"

	"accord/internal/policy"
	"accord/internal/policy/document"
)

// Policy is a compiled policy. It is immutable, may be used by many goroutines, and
// keeps nothing of the text that it was compiled from.
type Policy struct {
	kind       Kind
	statements []Statement
}

// Named is a policy as it is attached: with the name and the ARN under which
// decisions and messages name it. An inline policy has no ARN but an owner, such as
// user/eva.
type Named struct {
	Name  string
	ARN   string
	Owner string
	*Policy
}

// Kind is the kind of the policy.
func (p *Policy) Kind() Kind { return p.kind }

// withVariables is the version of the language that has policy variables. [AWS: policy
// variables]
const withVariables = "2012-10-17"

// Compile compiles a policy that was checked when it was saved. What only a lenient
// check accepts is read as far as it is known: a condition that is not known holds in
// a Deny and not in an Allow. The diagnostic is nil unless content is not valid JSON.
func Compile(content string, kind Kind) (*Policy, *document.Diagnostic) {
	read, diagnostic := policy.Read(content)
	if diagnostic != nil {
		return nil, diagnostic
	}
	return CompileDocument(read, kind), nil
}

// CompileDocument is Compile for a policy that was read.
func CompileDocument(read policy.Document, kind Kind) *Policy {
	p := &Policy{kind: kind, statements: make([]Statement, len(read.Statements))}
	for i, s := range read.Statements {
		p.statements[i] = compileStatement(s, i, kind, read.Version == withVariables)
	}
	return p
}

// Keys are the condition keys that the statements ask for, also as variables, each once
// and as it is written, in the order of the document.
func (p *Policy) Keys() []string {
	var keys []string
	known := map[string]bool{}
	add := func(names []string) {
		for _, name := range names {
			if key := strings.ToLower(name); !known[key] {
				known[key], keys = true, append(keys, name)
			}
		}
	}
	for i := range p.statements {
		s := &p.statements[i]
		add(s.variables())
		for _, c := range s.conditions {
			add(c.Names())
		}
	}
	return keys
}
