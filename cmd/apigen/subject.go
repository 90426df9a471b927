package main

import (
	"cmp"
	"slices"
)

// subjects emits, for each request, what a policy can say of its members.
func (m *Model) subjects(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	empty := true
	for _, name := range m.operationNames() {
		in, _ := m.io(name)
		body := new(source)
		if shape := m.Shapes[in]; shape != nil {
			for _, f := range shape.Members {
				m.subject(body, m.access[name], f)
			}
		}
		if body.Len() == 0 {
			continue
		}
		empty = false
		s.line("// Subject returns what a policy can say of the request.")
		s.line("func (in *%s) Subject() api.Subject {\nvar s api.Subject\n%sreturn s\n}\n", exported(in), body)
	}
	if empty {
		return nil
	}
	return s
}

// subject emits what a policy can say of one member.
func (m *Model) subject(s *source, a Access, f Field) {
	member, shape := "in."+exported(f.Name), m.Shapes[f.Shape]
	if names := m.named(a, f); len(names) > 0 {
		kind := names[0]
		if len(names) > 1 {
			kind = ""
		}
		if shape.Type == "structure" {
			member += ".named()"
		}
		s.line("s.Names(%q, %s)", kind, member)
	}
	if key := cmp.Or(f.Key, shape.Key); key != "" && slices.Contains(a.Conditions, key) {
		s.line("s.Key(%q, (*string)(%s))", key, member)
	}
	if f.Name == "Path" {
		s.line("s.In(%s)", member)
	}
	if shape.Type != "list" {
		return
	}
	pointer := "&"
	if m.nullable(f.Shape) {
		pointer = ""
	}
	switch {
	case f.Name == "Tags" && m.has(shape.Member, "Key"):
		s.line("for i := range %s {\ns.Tag(%s[i].Key, %s[i].Value)\n}", member, member, member)
	case f.Name == "TagKeys":
		s.line("for i := range %s {\ns.TagKey(%s%s[i])\n}", member, pointer, member)
	}
}

// named lists the resource types of an operation that a member can name.
func (m *Model) named(a Access, f Field) []string {
	return slices.DeleteFunc(slices.Clone(m.Shapes[f.Shape].Names), func(name string) bool {
		return !slices.ContainsFunc(a.Resources, func(r Resource) bool { return r.Type == name })
	})
}
