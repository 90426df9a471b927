package change

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// configuration is that of a plan, in which arguments name resources that have no ID yet.
type configuration struct {
	root *module
	// ids are the IDs, or the names for this set of changes, of policies and units by
	// their addresses.
	ids map[string]string
	// hops are how many references of variables and outputs may still be followed for an
	// argument: a file that is no plan may have them in a circle.
	hops int
}

const maxHops = 1000

type module struct {
	Resources []struct {
		Address     string      `json:"address"`
		Expressions expressions `json:"expressions"`
	} `json:"resources"`
	Outputs map[string]struct {
		Expression expression `json:"expression"`
	} `json:"outputs"`
	ModuleCalls map[string]struct {
		Module      module      `json:"module"`
		Expressions expressions `json:"expressions"`
	} `json:"module_calls"`
}

// expression is what an argument names. Blocks are lists of expressions, which are not read.
type expression struct {
	References []string `json:"references"`
}

type expressions map[string]json.RawMessage

// references are what an argument names.
func (e expressions) references(name string) []string {
	var found expression
	if json.Unmarshal(e[name], &found) != nil {
		return nil
	}
	return found.References
}

// named is the ID that an expression in a module names; empty if that is not clear. The index
// is that of the resource whose argument it is.
func (c *configuration) named(in string, references []string, index string) string {
	// Another expression than the index of the resource itself may choose any instance.
	if !slices.Contains(references, "each.key") && !slices.Contains(references, "count.index") {
		index = ""
	}
	found := ""
	for _, reference := range references {
		id := c.refer(in, reference, index)
		if found != "" && id != "" && id != found {
			return ""
		}
		found = cmp.Or(found, id)
	}
	return found
}

// refer is the ID of the resource that one reference names, also by a variable or an output.
func (c *configuration) refer(in, reference, index string) string {
	parts := strings.Split(reference, ".")
	if c.hops--; len(parts) < 2 || c.hops < 0 {
		return ""
	}
	switch {
	case parts[0] == "var":
		above, call, instance := split(in)
		if m := c.module(above); m != nil && call != "" {
			return c.named(above, m.ModuleCalls[call].Expressions.references(parts[1]), instance)
		}
		return ""
	case parts[0] == "module":
		inner := strings.TrimPrefix(in+".", ".") + "module." + parts[1]
		if m := c.module(inner); m != nil && len(parts) > 2 {
			return c.named(inner, m.Outputs[parts[2]].Expression.References, "")
		}
		return ""
	}
	return c.instance(in, reference, index)
}

// instance is the ID of the resource that a reference in a module names: the only one, the one
// with the index of the reference, or else with the index that is given.
func (c *configuration) instance(in, reference, index string) string {
	found := map[string]string{}
	name, given := address(reference)
	for a, id := range c.ids {
		local, is := strings.CutPrefix(a, in)
		if !is || in != "" && !strings.HasPrefix(local, ".") {
			continue
		}
		if base, i := address(strings.TrimPrefix(local, ".")); base == name {
			found[i] = id
		}
	}
	switch {
	case given != "":
		return found[given]
	case len(found) == 1:
		for _, id := range found {
			return id
		}
	}
	return found[index]
}

// address splits a reference, or the address of a resource, into the type with the name, and
// the index; empty without one. Attributes are left out.
func address(reference string) (name, index string) {
	kind, rest, _ := strings.Cut(reference, ".")
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		return reference, ""
	}
	name = kind + "." + rest[:end]
	if rest[end] == '[' {
		if closing := strings.IndexByte(rest[end:], ']'); closing > 0 {
			index = rest[end+1 : end+closing]
		}
	}
	return name, index
}

// indexText is the index of a resource as addresses have it.
func indexText(index any) string {
	if index == nil {
		return ""
	}
	text, _ := json.Marshal(index)
	return string(text)
}

// split splits the address of a module into that of the module around it, its own name, and
// its index.
func split(in string) (above, call, index string) {
	i := strings.LastIndex(in, "module.")
	if i < 0 {
		return "", "", ""
	}
	call, index, _ = strings.Cut(in[i+len("module."):], "[")
	return strings.TrimSuffix(in[:i], "."), call, strings.TrimSuffix(index, "]")
}

// module is the configuration of a module by its address, such as module.a["x"].module.b; nil
// if there is none.
func (c *configuration) module(in string) *module {
	if in == "" {
		return c.root
	}
	above, call, _ := split(in)
	m := c.module(above)
	if m == nil {
		return nil
	}
	inner, is := m.ModuleCalls[call]
	if !is {
		return nil
	}
	return &inner.Module
}
