package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"accord/internal/store"
	"accord/test/facts"
)

// sample is one case: a request, and what it has to be answered with.
type sample struct {
	kind
	name   string
	caller string
	raw    []byte
	want   want
	// spoil, when set, is what the store answers instead of a commit.
	spoil error
	// settings, when there are any, are those of an installation for this case.
	settings []string
}

// maker makes the cases of one operation out of the facts and its lawful
// requests.
type maker struct {
	t        *testing.T
	facts    *facts.Service
	world    *world
	name     string
	op       facts.Operation
	requests []request
	places   []place
	samples  []sample
}

// place is a member of the request, at any depth, or the element of a list.
type place struct {
	facts.Member
	path facts.Path
	// ruled is set below a structure whose members are judged together.
	ruled bool
}

func newMaker(t *testing.T, f *facts.Service, w *world, operation string) *maker {
	m := &maker{t: t, facts: f, world: w, name: operation, op: f.Operations[operation], requests: w.lawful()[operation]}
	if len(m.requests) == 0 {
		t.Fatalf("there is no lawful request for %s", operation)
	}
	m.visit(m.op.Input, nil, false)
	return m
}

func (m *maker) visit(structure string, above facts.Path, ruled bool) {
	for _, member := range m.facts.Fields(structure) {
		m.reach(place{member, above.Down(member.Name), ruled})
	}
}

func (m *maker) reach(p place) {
	m.places = append(m.places, p)
	switch shape := m.facts.Shapes[p.Shape]; shape.Type {
	case "structure":
		m.visit(p.Shape, p.path, shape.Check != "")
	case "list":
		m.reach(place{facts.Member{Shape: shape.Member, Reasons: p.Reasons}, p.path.Down(0), p.ruled})
	}
}

// holding is the first lawful request that has the member, or has the structure
// that it can be put into.
func (m *maker) holding(p facts.Path) request {
	for _, path := range []facts.Path{p, p[:len(p)-1]} {
		for _, r := range m.requests {
			if _, ok := r.body.get(path); ok {
				return r
			}
		}
	}
	m.t.Fatalf("no lawful request of %s leads to %s", m.name, p)
	return request{}
}

func (m *maker) add(k kind, name string, r request, changed body, w want) {
	m.addRaw(k, name, r.caller, changed.bytes(), w)
}

func (m *maker) addRaw(k kind, name, caller string, raw []byte, w want) {
	m.samples = append(m.samples, sample{kind: k, name: name, caller: caller, raw: raw, want: w})
}

// all makes all cases but those that need an answer first.
func (m *maker) all() []sample {
	for _, p := range m.places {
		m.absence(p)
		m.types(p)
		if !p.ruled {
			m.constraints(p)
			m.identifiers(p)
		}
	}
	m.breachesOf()
	m.wholeBody()
	m.callers()
	m.spoiled()
	m.samples = append(m.samples, m.world.refused(m)...)
	return m.samples
}

// broken is the answer to a broken constraint of a member.
func (m *maker) broken(c facts.Constraint, p place) want {
	if p.ruled && c != facts.Required {
		return exactly("InvalidInputException")
	}
	d, n := m.facts.Answer(c, p.Member, p.path)
	return exactly("InvalidInputException", d, n)
}

func (m *maker) absence(p place) {
	r := m.holding(p.path)
	_, element := p.path[len(p.path)-1].(int)
	switch {
	case element:
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), exactly("InvalidInputException"))
	case p.Required:
		w := m.broken(facts.Required, p)
		m.add(missing, p.path.String(), r, r.body.with(p.path, absent{}), w)
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), w)
	default:
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), lawful)
		if _, sent := r.body.get(p.path); sent {
			m.add(edge, "without "+p.path.String(), r, r.body.with(p.path, absent{}), lawful)
		}
	}
}

// jsonTypes are values of each JSON type, and the shapes that are written so.
var jsonTypes = []struct {
	name, json string
	fits       []string
}{
	{"text", `"x"`, []string{"string"}},
	{"number", `7`, []string{"integer", "timestamp"}},
	{"fraction", `1.5`, []string{"timestamp"}},
	{"number beyond all limits", `1e400`, nil},
	{"truth value", `true`, []string{"boolean"}},
	{"object", `{}`, []string{"structure"}},
	{"list", `[]`, []string{"list"}},
}

func (m *maker) types(p place) {
	r := m.holding(p.path)
	for _, j := range jsonTypes {
		if !slices.Contains(j.fits, m.facts.Shapes[p.Shape].Type) {
			m.add(wrongType, p.path.String()+": "+j.name, r, r.body.with(p.path, rawJSON(j.json)), exactly("SerializationException"))
		}
	}
}

// rawJSON is a value that is JSON already.
type rawJSON string

// MarshalJSON returns the text.
func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// constraints breaks each constraint of a member once, and meets it.
func (m *maker) constraints(p place) {
	r, shape := m.holding(p.path), m.facts.Shapes[p.Shape]
	bad := func(k kind, name string, value any, c facts.Constraint) {
		m.add(k, p.path.String()+": "+name, r, r.body.with(p.path, value), m.broken(c, p))
	}
	good := func(name string, value any) {
		m.add(edge, p.path.String()+": "+name, r, r.body.with(p.path, value), m.formed(p))
	}
	switch {
	case shape.Type == "integer":
		bad(number, "too small", *shape.Min-1, facts.Min)
		bad(number, "too large", *shape.Max+1, facts.Max)
		m.add(number, p.path.String()+": no 32 bits", r, r.body.with(p.path, 1<<31), exactly("SerializationException"))
		good("least", *shape.Min)
		good("greatest", *shape.Max)
	case shape.Enum != nil:
		bad(enum, "no value", "NOT_A_VALUE", facts.Enum)
		bad(enum, "small letters", strings.ToLower(shape.Enum[0]), facts.Enum)
		bad(enum, "empty", "", facts.Enum)
		for value, reason := range p.Values {
			m.add(enum, p.path.String()+": "+value, r, r.body.with(p.path, value), exactly("InvalidInputException", reason))
		}
		for _, value := range shape.Enum {
			good(value, value)
		}
	case shape.Type == "string":
		m.texts(p, bad, good)
	}
}

// formed is the want of a value that is lawful in form: it may be refused for
// what it says, and not for how it looks.
func (m *maker) formed(p place) want {
	w := want{success: true, exceptions: []string{"*"}}
	for _, c := range []facts.Constraint{facts.Min, facts.Max, facts.Pattern, facts.Enum} {
		reason, _ := m.facts.Answer(c, p.Member, p.path)
		w.not = append(w.not, reason)
	}
	return w
}

func (m *maker) texts(p place, bad func(kind, string, any, facts.Constraint), good func(string, any)) {
	shape := m.facts.Shapes[p.Shape]
	whole := regexp.MustCompile("")
	if shape.Pattern != "" {
		whole = shape.Whole()
	}
	sent, _ := m.holding(p.path).body.get(p.path)
	usual, _ := sent.(string)
	least, most := 0, 200
	if shape.Min != nil {
		least = *shape.Min
	}
	if least > 0 {
		bad(short, "too short", stretch(usual, least-1, 'x'), facts.Min)
	}
	if shape.Max != nil {
		most = *shape.Max
		bad(long, "too long", stretch(usual, most+1, 'x'), facts.Max)
		bad(long, "too long in letters of three bytes", strings.Repeat("ก", most+1), facts.Max)
	}
	for _, text := range []string{"", "!", "é", "\x01", "\u2028", usual + "\n", " " + usual, usual + "é", strings.Repeat("_", max(1, least))} {
		if n := utf8.RuneCountInString(text); n >= least && n <= most && !whole.MatchString(text) {
			bad(pattern, fmt.Sprintf("%.12q", text), text, facts.Pattern)
		}
	}
	if p.Name == "NextToken" {
		return // There is no lawful one that could be written here.
	}
	for _, n := range []int{least, most} {
		for _, letter := range []rune{'ก', 'a', '0'} {
			if text, ok := lawfulText(whole, usual, n, letter); ok {
				good(fmt.Sprintf("%d characters, %c", n, letter), text)
				break
			}
		}
	}
}

// stretch makes a text n characters long, at its end.
func stretch(text string, n int, with rune) string {
	letters := []rune(text)
	for len(letters) < n {
		letters = append(letters, with)
	}
	return string(letters[:n])
}

// lawfulText makes a text of n characters that fits the pattern: of one letter
// alone, or the usual one with the letter put in at its end or its beginning.
func lawfulText(whole *regexp.Regexp, usual string, n int, letter rune) (string, bool) {
	candidates := []string{strings.Repeat(string(letter), n), stretch(usual, n, letter)}
	if missing := n - utf8.RuneCountInString(usual); missing > 0 {
		candidates = append(candidates, strings.Repeat(string(letter), missing)+usual)
	}
	for _, text := range candidates {
		if whole.MatchString(text) {
			return text, true
		}
	}
	return "", false
}

// identifiers asks for things that are not there.
func (m *maker) identifiers(p place) {
	kindOf, isID := strings.CutSuffix(p.Shape, "Id")
	shape := m.facts.Shapes[p.Shape]
	if !isID || shape.Type != "string" || shape.Pattern == "" {
		return
	}
	w := want{exceptions: m.notFound(kindOf)}
	if w.exceptions == nil {
		w = lawful // It selects, and selects nothing.
	}
	r := m.holding(p.path)
	sent, ok := r.body.get(p.path)
	if !ok {
		m.t.Fatalf("no lawful request of %s has %s", m.name, p.path)
	}
	m.add(unknown, p.path.String()+": nobody's", r, r.body.with(p.path, nobodys(sent.(string))), w)
	if w.success || m.looked(p.path) {
		return // What others have is as unknown, or is refused for its form.
	}
	for _, id := range m.world.foreign {
		if shape.Whole().MatchString(id) {
			m.add(unknown, p.path.String()+": another's "+id[:2], r, r.body.with(p.path, id), w)
		}
	}
}

// looked reports whether a rule between members looks at the member.
func (m *maker) looked(p facts.Path) bool {
	return slices.ContainsFunc(m.facts.RulesOf(m.op.Input), func(r facts.Rule) bool { return r.Members[0] == p[0] })
}

// called are the words that exceptions have for what an id names, where they are
// not those of the id's shape.
var called = map[string]string{"PolicyTarget": "Target", "TaggableResource": "Target", "CreateAccountRequest": "CreateAccountStatus"}

// notFound lists the exceptions of the operation that say that a thing of the
// kind is not there.
func (m *maker) notFound(kindOf string) []string {
	if other, ok := called[kindOf]; ok {
		kindOf = other
	}
	var found []string
	for _, e := range m.op.Errors {
		if strings.HasSuffix(e, kindOf+"NotFoundException") {
			found = append(found, e)
		}
	}
	return found
}

// nobodys is an id of the same form that is not given to anything: the last
// three characters are others.
func nobodys(id string) string {
	const from, to = "0123456789abcdefghijklmnopqrstuvwxyz", "1234567890bcdefghijklmnopqrstuvwxyza"
	turn := func(r rune) rune {
		if i := strings.IndexRune(from, r); i >= 0 {
			return rune(to[i])
		}
		return r
	}
	return id[:len(id)-3] + strings.Map(turn, id[len(id)-3:])
}

// maxBody and maxDepth bound a request. (assumed)
const (
	maxBody  = 1 << 20
	maxDepth = 100
)

// wholeBody makes the cases that look at the request as a whole.
func (m *maker) wholeBody() {
	r := m.requests[0]
	raw := r.body.bytes()
	serialization := exactly("SerializationException")

	empty := lawful
	for _, member := range m.facts.Fields(m.op.Input) {
		if member.Required {
			empty = m.broken(facts.Required, place{Member: member, path: facts.Path{member.Name}})
			break
		}
	}
	for name, text := range map[string]string{"empty": "", "blanks": " \r\n\t", "null": "null", "empty object": "{}"} {
		m.addRaw(form, name, r.caller, []byte(text), empty)
	}
	for name, text := range map[string]string{
		"list": "[]", "text": `"x"`, "number": "7", "truth value": "true", "no JSON": "x", "cut": `{"x":`, "two": "{}{}",
		"no UTF-8": "{\"x\":\"\xff\"}", "NUL": `{"x":"\u0000"}`, "byte order mark": "\xef\xbb\xbf{}",
	} {
		m.addRaw(form, name, r.caller, []byte(text), serialization)
	}

	nested := func(levels int) rawJSON {
		return rawJSON(strings.Repeat("[", levels) + strings.Repeat("]", levels))
	}
	m.add(nesting, "as deep as allowed", r, r.body.with(facts.Path{"x"}, nested(maxDepth-1)), lawful)
	m.add(nesting, "deeper", r, r.body.with(facts.Path{"x"}, nested(maxDepth)), serialization)
	m.addRaw(nesting, "without end", r.caller, []byte(strings.Repeat(`{"x":`, maxBody/8)), serialization)
	for _, member := range m.facts.Fields(m.op.Input) {
		m.add(nesting, "deeper in "+member.Name, r, r.body.with(facts.Path{member.Name}, nested(maxDepth)), serialization)
	}

	padded := func(n int) []byte { return append(slices.Clone(raw), bytes.Repeat([]byte(" "), n-len(raw))...) }
	m.addRaw(size, "as large as allowed", r.caller, padded(maxBody), lawful)
	m.addRaw(size, "larger", r.caller, padded(maxBody+1), exactly("RequestEntityTooLargeException"))

	m.add(extra, "of all types", r, r.body.with(facts.Path{"x"}, body{"a": []any{1, true, nil, "x", 1.5, body{}}}), lawful)
	m.add(extra, "without a name", r, r.body.with(facts.Path{""}, "x"), lawful)
	for _, member := range m.facts.Fields(m.op.Input) {
		m.add(extra, member.Name+" in small letters", r, r.body.with(facts.Path{strings.ToLower(member.Name)}, 7), lawful)
	}

	m.addRaw(twice, "of no member", r.caller, again(raw, `"x":1,"x":1`), serialization)
	for _, p := range m.places {
		if member, ok := p.path[len(p.path)-1].(string); ok {
			m.duplicate(p, member)
		}
	}
}

// again puts members in front of those of a request.
func again(raw []byte, members string) []byte {
	rest := raw[1:]
	if len(bytes.TrimSpace(rest)) > 1 {
		members += ","
	}
	return append([]byte("{"+members), rest...)
}

// duplicate sends a member twice, at whatever depth it is.
func (m *maker) duplicate(p place, name string) {
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

// refusing says whom an operation of a standing refuses, and how. [AWS: API
// reference; who may call is said in model/access.json]
func (w *world) refusing(standing string) map[string]string {
	const notInUse, denied = "AWSOrganizationsNotInUseException", "AccessDeniedException"
	switch standing {
	case "outsider":
		return map[string]string{management: "AlreadyInOrganizationException", member: "AlreadyInOrganizationException"}
	case "insider":
		return map[string]string{stranger: notInUse}
	case "member":
		return map[string]string{stranger: notInUse, management: "MasterCannotLeaveOrganizationException"}
	case "reader":
		return map[string]string{stranger: notInUse, member: denied}
	case "management":
		return map[string]string{stranger: notInUse, member: denied, delegate: denied}
	}
	return nil
}

func (m *maker) callers() {
	r := m.requests[0]
	for caller, exception := range m.world.refusing(m.facts.Access[m.name].Standing) {
		m.addRaw(standing, caller, caller, r.body.bytes(), exactly(exception))
	}
	if m.facts.Access[m.name].Standing == "anyone" && m.notFound("Handshake") != nil {
		m.addRaw(standing, "no party", stranger, r.body.bytes(), exactly("AccessDeniedException"))
	}
}

// spoiled are lawful requests whose changes do not come about.
func (m *maker) spoiled() {
	if m.facts.Access[m.name].Level != "Write" {
		return
	}
	r := m.requests[0]
	race := "ConcurrentModificationException"
	if !slices.Contains(m.op.Errors, race) {
		race = "TooManyRequestsException"
	}
	m.samples = append(m.samples,
		sample{kind: lost, caller: r.caller, raw: r.body.bytes(), want: exactly(race), spoil: store.ErrConflict},
		sample{kind: failure, caller: r.caller, raw: r.body.bytes(), want: exactly("ServiceException"), spoil: errors.New("the disk is full")})
}
