package conformance

import (
	"bytes"
	"slices"
	"strings"

	"accord/test/facts"
)

// maxBody and maxDepth bound a request. [assumed]
const (
	maxBody  = 1 << 20
	maxDepth = 100
)

// wholeBody makes the cases of the request as a whole.
func (m *maker) wholeBody() {
	r := m.requests[0]
	raw := r.body.bytes()
	serialization := exactly("SerializationException")

	empty := valid
	for _, member := range m.facts.Fields(m.op.Input) {
		if member.Required {
			empty = m.broken(facts.Required, field{Member: member, path: facts.Path{member.Name}})
			break
		}
	}
	for name, text := range map[string]string{"empty": "", "blanks": " \r\n\t", "null": "null", "empty object": "{}"} {
		m.addRaw(form, name, r.caller, []byte(text), empty)
	}
	for name, text := range map[string]string{
		"list": "[]", "text": `"x"`, "number": "7", "truth value": "true", "not JSON": "x", "cut": `{"x":`, "two": "{}{}",
		"not UTF-8": "{\"x\":\"\xff\"}", "NUL": `{"x":"\u0000"}`, "byte order mark": "\xef\xbb\xbf{}",
	} {
		m.addRaw(form, name, r.caller, []byte(text), serialization)
	}

	nested := func(levels int) rawJSON {
		return rawJSON(strings.Repeat("[", levels) + strings.Repeat("]", levels))
	}
	m.add(nesting, "as deep as allowed", r, r.body.with(facts.Path{"x"}, nested(maxDepth-1)), valid)
	m.add(nesting, "deeper", r, r.body.with(facts.Path{"x"}, nested(maxDepth)), serialization)
	m.addRaw(nesting, "without end", r.caller, []byte(strings.Repeat(`{"x":`, maxBody/8)), serialization)
	for _, member := range m.facts.Fields(m.op.Input) {
		m.add(nesting, "deeper in "+member.Name, r, r.body.with(facts.Path{member.Name}, nested(maxDepth)), serialization)
	}

	padded := func(n int) []byte { return append(slices.Clone(raw), bytes.Repeat([]byte(" "), n-len(raw))...) }
	m.addRaw(size, "as large as allowed", r.caller, padded(maxBody), valid)
	m.addRaw(size, "larger", r.caller, padded(maxBody+1), exactly("RequestEntityTooLargeException"))

	m.add(extra, "of all types", r, r.body.with(facts.Path{"x"}, body{"a": []any{1, true, nil, "x", 1.5, body{}}}), valid)
	m.add(extra, "without a name", r, r.body.with(facts.Path{""}, "x"), valid)
	for _, member := range m.facts.Fields(m.op.Input) {
		m.add(extra, member.Name+" in lower case", r, r.body.with(facts.Path{strings.ToLower(member.Name)}, 7), valid)
	}

	m.addRaw(twice, "of no member", r.caller, again(raw, `"x":1,"x":1`), serialization)
	for _, p := range m.fields {
		if member, ok := p.path[len(p.path)-1].(string); ok {
			m.duplicate(p, member)
		}
	}
}

// again puts members before those of a request.
func again(raw []byte, members string) []byte {
	rest := raw[1:]
	if len(bytes.TrimSpace(rest)) > 1 {
		members += ","
	}
	return append([]byte("{"+members), rest...)
}

// duplicate sends a member twice, at whatever depth it is.
func (m *maker) duplicate(p field, name string) {
	r := m.holding(p.path)
	above := p.path[:len(p.path)-1]
	object, _ := r.body.get(above)
	value, sent := r.body.get(p.path)
	member := body{name: value}.bytes()
	one := string(member[1 : len(member)-1])
	raw := again(object.(body).bytes(), one)
	if !sent {
		raw = again(raw, one)
	}
	if len(above) > 0 {
		raw = r.body.with(above, rawJSON(raw)).bytes()
	}
	m.addRaw(twice, p.path.String(), r.caller, raw, exactly("SerializationException"))
}
