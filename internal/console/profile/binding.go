package profile

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"accord/internal/console/chart"
	"accord/internal/console/visit"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/policy/inherit"
)

// Binding is what policies of one type make of an account.
type Binding struct {
	// Types are the policy types that are in force, Type the one that is shown; empty for a
	// person who may not see them.
	Types []string
	Type  string
	// Merged says that the type has effective policies.
	Merged bool
	Levels []Level
	// Effective is the effective policy, line by line, Since when it is that.
	Effective []Line
	Since     visit.Instant
	// Problems are why the newest policies are not in force: then the effective policy is the
	// last one that was valid, and its origins are not known.
	Problems []inherit.Error
	// Traced says that the lines have origins.
	Traced bool
}

// Level is a root, a unit or the account with the policies that are attached to it.
type Level struct {
	chart.Node
	// Number counts levels from the root, which is 1.
	Number   int
	Policies []Bound
}

// Bound is a policy that is attached to a level.
type Bound struct {
	chart.Policy
	Content string
}

// Line is a line of an effective policy with the origin of what it says.
type Line struct {
	Indent, Text string
	// Origin is the level, and Policies those of it that set the value; nil for a line that only
	// holds others.
	Origin   *Level
	Policies []Bound
	Default  bool
}

// bind reads the policies of one type on a path from the root to an account, and what they amount
// to. The type is the one that is asked for, or the first that is in force.
func bind(v *visit.Visit, path []chart.Node, asked string) (b Binding, err error) {
	root, err := chart.DescribeRoot(v)
	if err != nil || root == nil {
		return b, unlessHidden(err)
	}
	enabled := root.Enabled()
	for i := range policy.Types {
		if t := string(policy.Types[i].Type); slices.Contains(enabled, t) {
			b.Types = append(b.Types, t)
		}
	}
	if len(b.Types) == 0 {
		return b, nil
	}
	if b.Type = b.Types[0]; slices.Contains(b.Types, asked) {
		b.Type = asked
	}
	for i, n := range path {
		level := Level{Node: n, Number: i + 1}
		if level.Policies, err = bound(v, n.ID, b.Type); err != nil {
			return b, unlessHidden(err)
		}
		b.Levels = append(b.Levels, level)
	}
	d := policy.DefinitionOf(org.PolicyType(b.Type))
	if b.Merged = d != nil && d.IsManagement(); !b.Merged {
		return b, nil
	}
	return b, b.merge(v, path[len(path)-1].ID, d.Schema)
}

// bound reads the policies of a type that are attached to a node, with their documents.
func bound(v *visit.Visit, target, kind string) (all []Bound, err error) {
	policies, _, err := visit.Each[chart.Policy](v, "ListPoliciesForTarget", "Policies", map[string]any{"TargetId": target, "Filter": kind}, "", 3)
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		var described struct{ Policy struct{ Content string } }
		if err := v.Call("DescribePolicy", map[string]string{"PolicyId": p.ID}, &described); err != nil {
			return nil, err
		}
		all = append(all, Bound{p, described.Policy.Content})
	}
	return all, nil
}

// Text is the document of the policy for reading.
func (b Bound) Text() string { return visit.Indented([]byte(b.Content)) }

// merge reads the effective policy and finds the origins of its values: it merges the levels as
// the service does, and shows the origins if the same comes of it.
func (b *Binding) merge(v *visit.Visit, account string, schema *inherit.Schema) error {
	var described struct {
		EffectivePolicy struct {
			PolicyContent        string
			LastUpdatedTimestamp visit.Instant
		}
	}
	err := v.Call("DescribeEffectivePolicy", map[string]string{"PolicyType": b.Type, "TargetId": account}, &described)
	if err != nil && !visit.Is(err, "EffectivePolicyNotFoundException") {
		return unlessHidden(err)
	}
	effective := described.EffectivePolicy
	b.Since = effective.LastUpdatedTimestamp
	levels := make([][]inherit.Attached, len(b.Levels))
	for i, level := range b.Levels {
		for _, p := range level.Policies {
			levels[i] = append(levels[i], inherit.Attached{ID: p.ID, Parsed: schema.Parse(p.Content)})
		}
	}
	result := schema.Merge(levels, v.Server.Now())
	b.Problems = result.Errors
	if effective.PolicyContent == "" {
		return nil
	}
	if same(result.Document, effective.PolicyContent) {
		b.Traced = true
		b.write(schema.Trace(levels), "", "")
		return nil
	}
	for line := range strings.Lines(visit.Indented([]byte(effective.PolicyContent))) {
		text := strings.TrimRight(line, "\n")
		b.Effective = append(b.Effective, Line{Text: text})
	}
	return nil
}

// same reports whether two documents are the same, however they are written.
func same(a, b string) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, []byte(a)) == nil && json.Compact(&y, []byte(b)) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// write writes a part of an effective policy as lines.
func (b *Binding) write(t inherit.Traced, indent, comma string) {
	line := Line{Indent: indent}
	if t.Name != "" {
		line.Text = quoted(t.Name) + ": "
	}
	brackets := [2]string{"{", "}"}
	switch {
	case t.Kind == document.Array:
		brackets = [2]string{"[", "]"}
	case t.Kind != document.Object:
		line.Text += quoted(t.Text)
		b.end(line, t, comma)
		return
	}
	if len(t.Parts) == 0 {
		line.Text += brackets[0] + brackets[1]
		b.end(line, t, comma)
		return
	}
	line.Text += brackets[0]
	b.Effective = append(b.Effective, line)
	for i, part := range t.Parts {
		after := ","
		if i == len(t.Parts)-1 {
			after = ""
		}
		b.write(part, indent+"  ", after)
	}
	b.Effective = append(b.Effective, Line{Indent: indent, Text: brackets[1] + comma})
}

// end adds a line that has a value.
func (b *Binding) end(line Line, t inherit.Traced, comma string) {
	line.Text += comma
	line.Default = t.Default
	if !t.Default && len(t.Policies) > 0 {
		line.Origin = &b.Levels[t.Level]
		for _, p := range line.Origin.Policies {
			if slices.Contains(t.Policies, p.ID) {
				line.Policies = append(line.Policies, p)
			}
		}
	}
	b.Effective = append(b.Effective, line)
}

// quoted is a text as JSON.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // A text always encodes.
	return strings.TrimSpace(b.String())
}
