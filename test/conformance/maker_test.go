package conformance

import (
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

// testCase is a request with its expected answer.
type testCase struct {
	kind
	name   string
	caller string
	raw    []byte
	want   want
	// commitError, when set, is the error of the commit.
	commitError error
	// settings, if any, are those of a server for this case alone.
	settings []string
}

// maker makes the cases of one operation from the model and its valid requests.
type maker struct {
	t         *testing.T
	facts     *facts.Service
	fixture   *fixture
	name      string
	op        facts.Operation
	requests  []request
	fields    []field
	testCases []testCase
}

// field is a member of the request, at any depth, or the element of a list.
type field struct {
	facts.Member
	path facts.Path
	// ruled is set below a structure whose members are checked together.
	ruled bool
}

func newMaker(t *testing.T, f *facts.Service, w *fixture, operation string) *maker {
	m := &maker{t: t, facts: f, fixture: w, name: operation, op: f.Operations[operation], requests: w.valid()[operation]}
	if len(m.requests) == 0 {
		t.Fatalf("there is no valid request for %s", operation)
	}
	m.visit(m.op.Input, nil, false)
	return m
}

func (m *maker) visit(structure string, above facts.Path, ruled bool) {
	for _, member := range m.facts.Fields(structure) {
		m.reach(field{member, above.Down(member.Name), ruled})
	}
}

func (m *maker) reach(p field) {
	m.fields = append(m.fields, p)
	switch shape := m.facts.Shapes[p.Shape]; shape.Type {
	case "structure":
		m.visit(p.Shape, p.path, shape.Check != "")
	case "list":
		m.reach(field{facts.Member{Shape: shape.Member, Reasons: p.Reasons}, p.path.Down(0), p.ruled})
	}
}

// holding is the first valid request that has the member, or the structure that it
// can be added to.
func (m *maker) holding(p facts.Path) request {
	for _, path := range []facts.Path{p, p[:len(p)-1]} {
		for _, r := range m.requests {
			if _, ok := r.body.get(path); ok {
				return r
			}
		}
	}
	m.t.Fatalf("no valid request of %s has the parent of %s", m.name, p)
	return request{}
}

func (m *maker) add(k kind, name string, r request, changed body, w want) {
	m.addRaw(k, name, r.caller, changed.bytes(), w)
}

func (m *maker) addRaw(k kind, name, caller string, raw []byte, w want) {
	m.testCases = append(m.testCases, testCase{kind: k, name: name, caller: caller, raw: raw, want: w})
}

// all makes all cases except those that need an answer first.
func (m *maker) all() []testCase {
	for _, p := range m.fields {
		m.absence(p)
		m.types(p)
		if !p.ruled {
			m.constraints(p)
			m.identifiers(p)
		}
	}
	m.addViolations()
	m.wholeBody()
	m.callers()
	m.commitErrors()
	m.testCases = append(m.testCases, m.fixture.errorsOf(m)...)
	return m.testCases
}

// broken is the answer to the violated constraint of a member.
func (m *maker) broken(c facts.Constraint, p field) want {
	if p.ruled && c != facts.Required {
		return exactly("InvalidInputException")
	}
	d, n := m.facts.Answer(c, p.Member, p.path)
	return exactly("InvalidInputException", d, n)
}

func (m *maker) absence(p field) {
	r := m.holding(p.path)
	_, element := p.path[len(p.path)-1].(int)
	switch {
	case element && m.facts.Shapes[p.Shape].Type != "structure":
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), m.broken(facts.Required, p))
	case element:
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), exactly("InvalidInputException"))
	case p.Required:
		w := m.broken(facts.Required, p)
		m.add(missing, p.path.String(), r, r.body.with(p.path, absent{}), w)
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), w)
	default:
		m.add(null, p.path.String(), r, r.body.with(p.path, nil), valid)
		if _, sent := r.body.get(p.path); sent {
			m.add(edge, "without "+p.path.String(), r, r.body.with(p.path, absent{}), valid)
		}
	}
}

// jsonTypes are values of each JSON type, and the shapes that have it.
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

func (m *maker) types(p field) {
	r := m.holding(p.path)
	for _, j := range jsonTypes {
		if !slices.Contains(j.fits, m.facts.Shapes[p.Shape].Type) {
			m.add(wrongType, p.path.String()+": "+j.name, r, r.body.with(p.path, rawJSON(j.json)), exactly("SerializationException"))
		}
	}
}

// rawJSON is a value that is already JSON.
type rawJSON string

// MarshalJSON returns the text.
func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// constraints violates each constraint of a member once, and meets it.
func (m *maker) constraints(p field) {
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
		m.add(number, p.path.String()+": more than 32 bits", r, r.body.with(p.path, 1<<31), exactly("SerializationException"))
		good("least", *shape.Min)
		good("greatest", *shape.Max)
	case shape.Enum != nil:
		bad(enum, "unknown value", "NOT_A_VALUE", facts.Enum)
		bad(enum, "lower case", strings.ToLower(shape.Enum[0]), facts.Enum)
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

// formed is the want of a well-formed value: it may fail for its meaning, and not for
// its form.
func (m *maker) formed(p field) want {
	w := want{success: true, exceptions: []string{"*"}}
	for _, c := range []facts.Constraint{facts.Min, facts.Max, facts.Pattern, facts.Enum} {
		reason, _ := m.facts.Answer(c, p.Member, p.path)
		w.not = append(w.not, reason)
	}
	return w
}

func (m *maker) texts(p field, bad func(kind, string, any, facts.Constraint), good func(string, any)) {
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
		bad(long, "too long in characters of three bytes", strings.Repeat("ก", most+1), facts.Max)
	}
	for _, text := range []string{"", "!", "é", "\x01", "\u2028", usual + "\n", " " + usual, usual + "é", strings.Repeat("_", max(1, least))} {
		if n := utf8.RuneCountInString(text); n >= least && n <= most && !whole.MatchString(text) {
			bad(pattern, fmt.Sprintf("%.12q", text), text, facts.Pattern)
		}
	}
	for _, text := range shape.Except {
		bad(pattern, text, text, facts.Pattern)
	}
	if p.Name == "NextToken" {
		return // A valid one is not known here.
	}
	for _, n := range []int{least, most} {
		for _, letter := range []rune{'ก', 'a', '0'} {
			if text, ok := validText(whole, usual, n, letter); ok {
				good(fmt.Sprintf("%d characters, %c", n, letter), text)
				break
			}
		}
	}
}

// stretch makes a string n characters long, at its end.
func stretch(text string, n int, with rune) string {
	characters := []rune(text)
	for len(characters) < n {
		characters = append(characters, with)
	}
	return string(characters[:n])
}

// validText makes a string of n characters that matches the pattern: of one letter
// alone, or the usual one with the letter added at its end or its beginning.
func validText(whole *regexp.Regexp, usual string, n int, letter rune) (string, bool) {
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

// identifiers makes the cases of objects that do not exist.
func (m *maker) identifiers(p field) {
	kindOf, isID := strings.CutSuffix(p.Shape, "Id")
	shape := m.facts.Shapes[p.Shape]
	if !isID || shape.Type != "string" || shape.Pattern == "" {
		return
	}
	w := want{exceptions: m.notFound(kindOf)}
	if w.exceptions == nil {
		w = valid // It is a filter, and selects nothing.
	}
	r := m.holding(p.path)
	sent, ok := r.body.get(p.path)
	if !ok {
		m.t.Fatalf("no valid request of %s has %s", m.name, p.path)
	}
	m.add(unknown, p.path.String()+": of nothing", r, r.body.with(p.path, unusedID(sent.(string))), w)
	if w.success || m.hasCheck(p.path) {
		return // The objects of others are unknown too, or fail a check.
	}
	for _, id := range m.fixture.foreign {
		if shape.Whole().MatchString(id) {
			m.add(unknown, p.path.String()+": of another organization "+id[:2], r, r.body.with(p.path, id), w)
		}
	}
}

// hasCheck reports whether a check between members reads the member.
func (m *maker) hasCheck(p facts.Path) bool {
	return slices.ContainsFunc(m.facts.ChecksOf(m.op.Input), func(r facts.Check) bool { return r.Members[0] == p[0] })
}

// namesOf are the names that exceptions have for the object of an id, where they differ
// from the name of the id's shape.
var namesOf = map[string]string{"PolicyTarget": "Target", "TaggableResource": "Target", "CreateAccountRequest": "CreateAccountStatus"}

// notFound lists the exceptions of the operation for an object of the kind that does
// not exist.
func (m *maker) notFound(kindOf string) []string {
	if other, ok := namesOf[kindOf]; ok {
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

// unusedID is an id of the same form that no object has: the last three characters
// differ.
func unusedID(id string) string {
	const from, to = "0123456789abcdefghijklmnopqrstuvwxyz", "1234567890bcdefghijklmnopqrstuvwxyza"
	turn := func(r rune) rune {
		if i := strings.IndexRune(from, r); i >= 0 {
			return rune(to[i])
		}
		return r
	}
	return id[:len(id)-3] + strings.Map(turn, id[len(id)-3:])
}

// deniedCallers are the callers that an operation with a standing refuses, with the
// errors. [AWS: API reference; model/access.json has the standings]
func (w *fixture) deniedCallers(standing string) map[string]string {
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
	for caller, exception := range m.fixture.deniedCallers(m.facts.Access[m.name].Standing) {
		m.addRaw(standing, caller, caller, r.body.bytes(), exactly(exception))
	}
	if m.facts.Access[m.name].Standing == "anyone" && m.notFound("Handshake") != nil {
		m.addRaw(standing, "no party", stranger, r.body.bytes(), exactly("AccessDeniedException"))
	}
}

// commitErrors makes the cases of valid requests whose commit fails.
func (m *maker) commitErrors() {
	if m.facts.Access[m.name].Level != "Write" {
		return
	}
	r := m.requests[0]
	race := "ConcurrentModificationException"
	if !slices.Contains(m.op.Errors, race) {
		race = "TooManyRequestsException"
	}
	m.testCases = append(m.testCases,
		testCase{kind: lost, caller: r.caller, raw: r.body.bytes(), want: exactly(race), commitError: store.ErrConflict},
		testCase{kind: failure, caller: r.caller, raw: r.body.bytes(), want: exactly("ServiceException"), commitError: errors.New("the disk is full")})
}
