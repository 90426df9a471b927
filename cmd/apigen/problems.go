package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	constraintKinds = []string{"required", "min", "max", "pattern", "enum", "any"}
	standings       = []string{"anyone", "outsider", "insider", "reader", "member", "management"}
	levels          = []string{"Read", "List", "Write"}
	shapeTypes      = []string{"structure", "list", "string", "integer", "boolean", "timestamp"}
	textSources     = []string{"recorded", "seen", "documented", "own"}
)

// problems lists everything in the model that does not fit together.
func (m *Model) problems() []string {
	c := checker{Model: m}
	c.operations()
	for _, name := range m.shapeNames() {
		c.shape(name, m.Shapes[name])
	}
	for name := range m.messages {
		if s := m.Shapes[name]; s == nil || !s.Exception {
			c.add("messages.json: %s is not an exception", name)
		}
	}
	slices.Sort(c.found)
	return c.found
}

// checker collects the problems of a model.
type checker struct {
	*Model
	found []string
}

func (c *checker) add(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// operations checks all operations and their callers.
func (c *checker) operations() {
	requestOf, wrappers := make(map[string]string), make(map[string]string)
	for _, name := range c.operationNames() {
		in, _ := c.io(name)
		if other, taken := requestOf[in]; taken {
			c.add("%s: %s is the input of %s", name, in, other)
		}
		requestOf[in] = name
		c.result(name, wrappers)
		c.operation(name, c.Operations[name])
		c.resources(name)
	}
	for name := range c.access {
		if _, ok := c.Operations[name]; !ok {
			c.add("access.json: %s is not an operation", name)
		}
	}
}

// result checks the element of an operation's result: the structure that it holds
// writes it, so that one structure has one. A structure without members may have one too.
func (c *checker) result(operation string, wrappers map[string]string) {
	_, out := c.io(operation)
	wrapper := c.Operations[operation].ResultWrapper
	shape := c.Shapes[out]
	possible := c.Service.Protocol == "query" && shape != nil
	needed := possible && len(shape.Members) > 0
	if wrapper == "" && needed || wrapper != "" && !possible {
		c.add("%s: resultWrapper %q does not fit its output", operation, wrapper)
	}
	if other, taken := wrappers[out]; taken && other != wrapper {
		c.add("%s: %s is also the output in %s", operation, out, other)
	}
	wrappers[out] = wrapper
}

func (c *checker) operation(name string, op Operation) {
	for _, io := range []string{op.Input, op.Output} {
		if io != "" && (c.Shapes[io] == nil || c.Shapes[io].Type != "structure") {
			c.add("%s: %s is not a structure", name, io)
		}
	}
	for _, e := range op.Errors {
		if c.Shapes[e] == nil || !c.Shapes[e].Exception {
			c.add("%s: %s is not an exception", name, e)
		}
	}
	token, _ := c.pageNames()
	if op.Page != "" && (!c.has(op.Input, token) || !c.has(op.Output, token) || !c.has(op.Output, op.Page)) {
		c.add("%s: lacks %s or %s and cannot be paged", name, token, op.Page)
	}
	// Tokens are bound to the request as records show it.
	if in := c.Shapes[op.Input]; op.Page != "" && in != nil {
		for _, f := range in.Members {
			if s := c.Shapes[f.Shape]; s != nil && s.Sensitive {
				c.add("%s: is paged and has the sensitive member %s", name, f.Name)
			}
		}
	}
	if a, ok := c.access[name]; !ok {
		c.add("%s: no entry in access.json", name)
	} else if !slices.Contains(standings, a.Standing) || !slices.Contains(levels, a.Level) {
		c.add("%s: access.json names standing %q, level %q", name, a.Standing, a.Level)
	}
}

func (c *checker) shape(name string, s *Shape) {
	if !slices.Contains(shapeTypes, s.Type) {
		c.add("%s: unknown type %q", name, s.Type)
	}
	if s.Type == "list" && c.Shapes[s.Member] == nil {
		c.add("%s: unknown member shape %q", name, s.Member)
	} else if s.Type == "list" && c.Shapes[s.Member].Type == "list" {
		c.add("%s: a list of lists, which no writer can write", name)
	}
	if s.Pattern != "" {
		if _, err := regexp.Compile(wholePattern(s.Pattern)); err != nil {
			c.add("%s: %v", name, err)
		}
	} else if s.Except != nil {
		c.add("%s: except without a pattern", name)
	}
	c.reasons(name, s.Reasons)
	for _, f := range s.Members {
		c.member(name+"."+f.Name, f)
	}
	if s.Order != nil && !slices.Equal(slices.Sorted(slices.Values(s.Order)), slices.Sorted(slices.Values(fieldNames(s.Members)))) {
		c.add("%s: order does not name each member once", name)
	}
	for _, check := range s.Checks {
		for _, member := range check.Members {
			if !c.has(name, member) {
				c.add("%s: check %s names the unknown member %s", name, check.Check, member)
			}
		}
	}
	if s.Exception {
		c.messagesOf(name, s)
	}
}

func (c *checker) member(where string, f Field) {
	if c.Shapes[f.Shape] == nil {
		c.add("%s: unknown shape %q", where, f.Shape)
		return
	}
	c.reasons(where, f.Reasons)
	for _, reason := range f.Values {
		c.reason(where, reason)
	}
	if !c.fitsEvent(f) {
		c.add("%s: event records cannot show a %s as %q", where, f.Shape, f.Event)
	}
}

// fitsEvent reports whether event records can show the member as it asks.
func (c *checker) fitsEvent(f Field) bool {
	shape, sensitive := c.Shapes[f.Shape], c.sensitive(f.Shape)
	switch f.Event {
	case "":
		return true
	case eventClear:
		return sensitive
	case eventNever:
		return true
	case eventAlways:
		return shape.Type == "list" && !sensitive
	case eventLowercase:
		return shape.Type == "string" && !sensitive
	}
	return false
}

func (c *checker) reasons(where string, reasons Reasons) {
	for kind, r := range reasons {
		if !slices.Contains(constraintKinds, kind) {
			c.add("%s: unknown kind of constraint %q", where, kind)
		}
		for _, reason := range []string{r.Both, r.Native} {
			if reason != "" {
				c.reason(where, reason)
			}
		}
	}
}

func (c *checker) reason(where, reason string) {
	known := c.Shapes["InvalidInputExceptionReason"]
	if known == nil || !slices.Contains(known.Enum, reason) {
		c.add("%s: unknown reason %q", where, reason)
	}
}

// messagesOf demands one text for each exception or each of its reasons.
func (c *checker) messagesOf(name string, s *Shape) {
	message := c.messages[name]
	reasons := c.reasonsOf(s)
	if reasons == "" {
		c.text(name, message.Text)
	} else {
		for _, reason := range c.Shapes[reasons].Enum {
			c.text(name+" "+reason, message.Reasons[reason])
		}
	}
	for reason := range message.Reasons {
		if reasons == "" || !slices.Contains(c.Shapes[reasons].Enum, reason) {
			c.add("messages.json: %s has no reason %s", name, reason)
		}
	}
	for variant, t := range message.Variants {
		c.text(name+" "+variant, t)
	}
}

func (c *checker) text(what string, t Text) {
	if t.Text == "" || !slices.Contains(textSources, t.Source) {
		c.add("messages.json: %s needs a text and its source", what)
	}
}

// resources checks that a member names each resource that every call of an operation
// has, and that shapes fill keys that exist.
func (c *checker) resources(operation string) {
	in, _ := c.io(operation)
	a := c.access[operation]
	for _, r := range a.Resources {
		if !r.Always || r.Own {
			continue
		}
		if s := c.Shapes[in]; s == nil || !slices.ContainsFunc(s.Members, func(f Field) bool {
			return c.Shapes[f.Shape] != nil && slices.Contains(c.named(a, f), r.Type)
		}) {
			c.add("%s: no member names its %s", operation, r.Type)
		}
	}
	for _, key := range a.Conditions {
		if !strings.Contains(key, ":") {
			c.add("%s: %s is not a condition key", operation, key)
		}
	}
}
