package evaluate_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"accord/internal/policy/evaluate"
)

// The reference evaluates policies as the documentation describes it, one sentence
// after the other, without thought of speed. It shares no code with the package.

type refStatement struct {
	Effect                  string
	Principal, NotPrincipal any
	Action, NotAction       any
	Resource, NotResource   any
	Condition               map[string]map[string]any
}

// refContext are the values of a request: a text, or a list for a multivalued key.
type refContext map[string]any

func refTexts(value any) (out []string) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			out = append(out, refTexts(item)...)
		}
	case nil:
	default:
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// refWild matches units one by one; in a pattern -1 is * and -2 is ?.
func refWild(pattern []int, text []uint16) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == -1:
		return refWild(pattern[1:], text) || len(text) > 0 && refWild(pattern, text[1:])
	case len(text) == 0:
		return false
	}
	return (pattern[0] == -2 || pattern[0] == int(text[0])) && refWild(pattern[1:], text[1:])
}

func refUnits(text string) []uint16 { return utf16.Encode([]rune(text)) }

// refPattern makes a pattern of a text with wildcards and, if the version has them,
// variables. It reports false if a variable has no value.
func refPattern(text string, variables bool, context refContext) (pattern []int, ok bool) {
	for text != "" {
		if end := strings.Index(text, "}"); variables && strings.HasPrefix(text, "${") && end > 0 {
			inside := text[2:end]
			text = text[end+1:]
			value := inside
			if inside != "*" && inside != "?" && inside != "$" {
				key, fallback, hasDefault := strings.Cut(inside, ", '")
				switch v := context[strings.ToLower(key)].(type) {
				case string:
					value = v
				case nil:
					if !hasDefault || strings.EqualFold(key, "aws:TagKeys") {
						return nil, false
					}
					value = strings.TrimSuffix(fallback, "'")
				default:
					return nil, false
				}
			}
			for _, u := range refUnits(value) {
				pattern = append(pattern, int(u))
			}
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch r {
		case '*':
			pattern = append(pattern, -1)
		case '?':
			pattern = append(pattern, -2)
		default:
			for _, u := range refUnits(string(r)) {
				pattern = append(pattern, int(u))
			}
		}
	}
	return pattern, true
}

func refLike(pattern, text string) bool {
	p, _ := refPattern(pattern, false, nil)
	return refWild(p, refUnits(text))
}

func refAction(pattern, action string) bool {
	return pattern == "*" || strings.Contains(pattern, ":") && refLike(strings.ToLower(pattern), strings.ToLower(action))
}

func refResource(pattern, resource string, short, variables bool, context refContext) bool {
	if pattern == "*" {
		return true
	}
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) < 6 && !short && !strings.ContainsAny(pattern, "*?") {
		return false
	}
	for len(parts) < 6 {
		parts = append(parts, "*")
	}
	tail, ok := refPattern(parts[5], variables, context)
	if !ok {
		return false
	}
	if resource == "*" {
		// An action without a resource needs a pattern that matches all.
		return strings.Trim(strings.Join(parts[:5], ""), "*") == "" && !slices.Contains(parts[:5], "") && len(tail) > 0 && !slices.ContainsFunc(tail, func(u int) bool { return u != -1 })
	}
	given := strings.SplitN(resource, ":", 6)
	for i := range 5 {
		p := parts[i]
		if i == 1 || i == 2 || i == 3 {
			p = strings.ToLower(p)
		}
		if !refLike(p, given[i]) {
			return false
		}
	}
	return refWild(tail, refUnits(given[5]))
}

// refForms are the forms in which a principal element can name a caller, with what an
// Allow for them makes unnecessary: 1 the identity-based policies, 2 the boundary too, 3
// the session policies too.
func refForms(p evaluate.Principal) map[string]int {
	account := map[string]int{"AWS/" + string(p.Account): 0, "AWS/arn:aws:iam::" + string(p.Account) + ":root": 0}
	switch p.Kind {
	case evaluate.User:
		account["AWS/"+p.ARN] = 2
	case evaluate.Role:
		account["AWS/"+p.ARN], account["AWS/"+p.Issuer] = 3, 1
	case evaluate.FederatedUser:
		account["AWS/"+p.ARN], account["AWS/"+p.Issuer] = 3, 2
	case evaluate.Service:
		return map[string]int{"Service/" + p.Name: 3}
	case evaluate.WebIdentity:
		return map[string]int{"Federated/" + p.Name: 3}
	case evaluate.Anonymous:
		return nil
	}
	return account
}

// refListed are the entries of a principal element, such as AWS/111122223333.
func refListed(element any) (out []string) {
	if element == "*" {
		return []string{"AWS/*"}
	}
	object, _ := element.(map[string]any)
	for kind, names := range object {
		for _, name := range refTexts(names) {
			out = append(out, kind+"/"+name)
		}
	}
	return out
}

// refNamed reports how strongly a statement names the caller, -1 for not at all.
func refNamed(s refStatement, caller evaluate.Principal, trust, bounded bool) int {
	forms, strongest := refForms(caller), -1
	everybody := !trust || caller.Kind == evaluate.Root || caller.Kind == evaluate.User || caller.Kind == evaluate.Role || caller.Kind == evaluate.FederatedUser
	if s.NotPrincipal == nil {
		for _, entry := range refListed(s.Principal) {
			if form, ok := forms[entry]; ok {
				strongest = max(strongest, form)
			}
			if entry == "AWS/*" && everybody {
				strongest = 3
			}
		}
		return strongest
	}
	listed := refListed(s.NotPrincipal)
	has := func(name string) bool { return slices.Contains(listed, "AWS/"+name) }
	out := slices.ContainsFunc(listed, func(entry string) bool { _, ok := forms[entry]; return ok }) // an Allow leaves the caller out
	if s.Effect == "Deny" && caller.Account != "" {
		out = has(string(caller.Account)) || has("arn:aws:iam::"+string(caller.Account)+":root")
		if caller.Kind != evaluate.Root {
			out = out && has(caller.ARN)
		}
		if caller.Issuer != "" {
			out = out && has(caller.Issuer)
		}
	}
	out = out || everybody && has("*")
	if s.Effect == "Deny" && bounded {
		out = false
	}
	if out {
		return -1
	}
	return 3
}

func refCondition(operator, key string, operands []string, variables bool, context refContext) bool {
	set, rest, found := strings.Cut(operator, ":")
	if !found {
		set, rest = "", operator
	}
	name, ifExists := strings.CutSuffix(rest, "IfExists")
	value, present := context[strings.ToLower(key)]
	if name == "Null" {
		return slices.ContainsFunc(operands, func(o string) bool { return strings.EqualFold(o, "true") != present })
	}
	negated := strings.Contains(name, "Not")
	if !present {
		return ifExists || set == "ForAllValues" || set == "" && negated
	}
	var values []string
	switch v := value.(type) {
	case string:
		values = []string{v}
	case []string:
		if set == "" {
			return false
		}
		values = v
	}
	equals := func(value, operand string) bool {
		p, ok := refPattern(operand, variables && strings.HasPrefix(name, "String"), context)
		var plain strings.Builder
		for _, u := range p {
			plain.WriteString(map[bool]string{true: "*", false: string(rune(u))}[u == -1])
		}
		switch {
		case !ok:
			return false
		case strings.HasSuffix(name, "Like"):
			return refWild(p, refUnits(value))
		case name == "Bool":
			return (strings.ToLower(value) == "true") == (strings.ToLower(operand) == "true")
		case strings.HasPrefix(name, "Numeric"):
			a, err1 := strconv.ParseFloat(value, 64)
			b, err2 := strconv.ParseFloat(operand, 64)
			return err1 == nil && err2 == nil && (strings.HasSuffix(name, "LessThan") && a < b || strings.HasSuffix(name, "Equals") && a == b)
		}
		return plain.String() == value
	}
	holds := func(value string) bool {
		return slices.ContainsFunc(operands, func(o string) bool { return equals(value, o) }) != negated
	}
	if set == "ForAllValues" {
		return !slices.ContainsFunc(values, func(v string) bool { return !holds(v) })
	}
	return slices.ContainsFunc(values, holds)
}

// refPolicy returns whether a policy denies, whether it allows, and how strongly an
// Allow names the caller.
func refPolicy(s *scenario, content string, kind evaluate.Kind) (deny, allow bool, strongest int) {
	var document struct {
		Version   string
		Statement []refStatement
	}
	if err := json.Unmarshal([]byte(content), &document); err != nil {
		panic(err)
	}
	variables := document.Version == "2012-10-17"
	short := kind == evaluate.Identity || kind == evaluate.Boundary || kind == evaluate.Session
	principals := kind == evaluate.Resource || kind == evaluate.Trust || kind == evaluate.ResourceControl
	strongest = -1
	for _, st := range document.Statement {
		anyAction := slices.ContainsFunc(refTexts(append(refList(st.Action), refList(st.NotAction)...)), func(p string) bool { return refAction(p, s.Action) })
		resources := append(refList(st.Resource), refList(st.NotResource)...)
		anyResource := slices.ContainsFunc(refTexts(resources), func(p string) bool { return refResource(p, s.Resource, short, variables, s.Context) })
		if st.Resource == nil && st.NotResource == nil {
			anyResource = true
		}
		matches := anyAction == (st.NotAction == nil) && anyResource == (st.NotResource == nil)
		form := -1
		if principals {
			form = refNamed(st, s.Caller, kind == evaluate.Trust, s.Boundary != nil)
			matches = matches && form >= 0
		}
		for operator, keys := range st.Condition {
			for key, operands := range keys {
				matches = matches && refCondition(operator, key, refTexts(operands), variables, s.Context)
			}
		}
		if matches {
			deny, allow = deny || st.Effect == "Deny", allow || st.Effect == "Allow"
			if st.Effect == "Allow" {
				strongest = max(strongest, form)
			}
		}
	}
	return deny, allow, strongest
}

func refList(value any) []any {
	if value == nil {
		return nil
	}
	return []any{value}
}

// refDecide decides a scenario, and says whether it is denied explicitly.
func refDecide(s *scenario) (allowed, explicit bool) {
	union := func(policies []string, kind evaluate.Kind) bool {
		allow := false
		for _, p := range policies {
			d, a, _ := refPolicy(s, p, kind)
			explicit, allow = explicit || d, allow || a
		}
		return allow
	}
	everyLevel := func(levels [][]string, kind evaluate.Kind) bool {
		all := true
		for _, level := range levels {
			all = union(level, kind) && all
		}
		return all
	}
	caller := s.Caller
	hasAccount := caller.Account != ""
	needed := true
	if hasAccount && caller.Account != management && !caller.ServiceLinked {
		needed = everyLevel(s.SCP, evaluate.ServiceControl) && needed
	}
	if s.Owner != management && !caller.ServiceLinked {
		needed = everyLevel(s.RCP, evaluate.ResourceControl) && needed
	}
	resource, form := false, -1
	kind := evaluate.Resource
	if s.Trust {
		kind = evaluate.Trust
	}
	if s.ResourcePolicy != "" {
		var d bool
		d, resource, form = refPolicy(s, s.ResourcePolicy, kind)
		explicit = explicit || d
	}
	identity := true
	if hasAccount && caller.Kind != evaluate.Root {
		identity = union(s.Identity, evaluate.Identity)
	}
	boundary, session := true, true
	if s.Boundary != nil {
		boundary = union(s.Boundary, evaluate.Boundary)
	}
	if s.Session != nil {
		session = union(s.Session, evaluate.Session)
	}
	if !resource || s.CrossAccount {
		form = -1
	}
	allowed = needed && (identity || form >= 1) && (boundary || form >= 2) && (session || form >= 3)
	if !s.Standing && (s.CrossAccount || !hasAccount || s.Trust && s.ResourcePolicy != "") {
		allowed = allowed && resource
	}
	return allowed && !explicit, explicit
}
