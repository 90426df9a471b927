// Package facts reads model/ for tests. It shares no code with the generator, so that
// tests that use it check what was generated.
package facts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Service is the model of one service.
type Service struct {
	Head struct {
		TargetPrefix string `json:"targetPrefix"`
	} `json:"service"`
	Operations map[string]Operation `json:"operations"`
	Shapes     map[string]*Shape    `json:"shapes"`
	// Access says who may call, by operation.
	Access map[string]Access `json:"-"`
}

// Operation is one operation.
type Operation struct {
	// Input and Output are shapes; empty when there is none.
	Input, Output string
	// Page is the list member of a paged answer.
	Page string
	// Errors are the exceptions that it may return.
	Errors []string
}

// Shape is one type of the wire.
type Shape struct {
	Type      string
	Exception bool
	Status    int
	Members   []Member
	// Check names the check that replaces those of the members.
	Check   string
	Checks  []Check
	Member  string
	Min     *int
	Max     *int
	Pattern string
	// Except are texts that are rejected although they match the pattern.
	Except  []string
	Enum    []string
	Reasons Reasons
	// Sensitive is true for strings that no log may contain.
	Sensitive bool
}

// Member is a member of a structure.
type Member struct {
	Name     string
	Shape    string
	Required bool
	Reasons  Reasons
	// Values are values that are not accepted, with their reasons.
	Values map[string]string
	// Event says how event records show the member: "clear", "always" or
	// "lowercase"; empty for the general rule.
	Event string
}

// Check is a check that no single member can make.
type Check struct {
	Check   string
	Members []string
}

// Reasons replace the general reason of a violated constraint, by its kind.
type Reasons map[string]Reason

// Reason is that of both wire styles, or of the native one alone.
type Reason struct{ Both, Native string }

// UnmarshalJSON reads a string, or the reason of the native style alone.
func (r *Reason) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &r.Both) == nil {
		return nil
	}
	var one struct{ Native string }
	err := json.Unmarshal(b, &one)
	r.Native = one.Native
	return err
}

// Access says who may call an operation.
type Access struct {
	Standing, Level string
	// Resources, Conditions and Dependent are what a policy can name for the action:
	// types of resources, condition keys, and further actions that a call may need.
	Resources             []Resource
	Conditions, Dependent []string
}

// Resource is a type of resource. Always is true when each call has one.
type Resource struct {
	Type   string
	Always bool
}

// Organizations reads the model of AWS Organizations.
func Organizations() (*Service, error) { return Read("organizations") }

// Read reads the model of one service.
func Read(service string) (*Service, error) {
	_, here, _, _ := runtime.Caller(0)
	folder := filepath.Join(filepath.Dir(here), "..", "..", "model")
	s := new(Service)
	if err := read(filepath.Join(folder, service+".json"), s); err != nil {
		return nil, err
	}
	var access map[string]map[string]Access
	if err := read(filepath.Join(folder, "access.json"), &access); err != nil {
		return nil, err
	}
	s.Access = access[service]
	return s, nil
}

func read(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Names lists the operations.
func (s *Service) Names() []string { return slices.Sorted(maps.Keys(s.Operations)) }

// Fields returns the members of a structure; none of "".
func (s *Service) Fields(structure string) []Member {
	if structure == "" {
		return nil
	}
	return s.Shapes[structure].Members
}

// ChecksOf returns the checks between members of a structure; none of "".
func (s *Service) ChecksOf(structure string) []Check {
	if structure == "" {
		return nil
	}
	return s.Shapes[structure].Checks
}

// ReasonsOf lists the reasons of an exception; none when it has none.
func (s *Service) ReasonsOf(exception string) []string {
	for _, m := range s.Shapes[exception].Members {
		if m.Name == "Reason" {
			return s.Shapes[m.Shape].Enum
		}
	}
	return nil
}

// Constraint is the kind of a constraint, as model/ names it.
type Constraint string

// The kinds.
const (
	Required Constraint = "required"
	Min      Constraint = "min"
	Max      Constraint = "max"
	Pattern  Constraint = "pattern"
	Enum     Constraint = "enum"
)

// general are the reasons that follow from the kind of a constraint; numbers
// have other ones than strings and lists.
var general = map[Constraint]string{
	Required: "INPUT_REQUIRED", Min: "MIN_LENGTH_EXCEEDED", Max: "MAX_LENGTH_EXCEEDED",
	Pattern: "INVALID_PATTERN", Enum: "INVALID_ENUM",
}

var generalOfNumbers = map[Constraint]string{Min: "MIN_VALUE_EXCEEDED", Max: "MAX_VALUE_EXCEEDED"}

// Answer is the reason of a violated constraint in each wire style. path leads from
// the request to the member, as in Path.
func (s *Service) Answer(kind Constraint, m Member, path Path) (documented, native string) {
	shape := s.Shapes[m.Shape]
	documented = general[kind]
	if shape.Type == "integer" {
		documented = generalOfNumbers[kind]
	}
	native = documented + ":" + path.Suffix()
	for _, reasons := range []Reasons{shape.Reasons, m.Reasons} {
		for _, k := range []string{"any", string(kind)} {
			switch r := reasons[k]; {
			case r.Both != "":
				documented, native = r.Both, r.Both
			case r.Native != "":
				native = r.Native
			}
		}
	}
	return documented, native
}

// Path leads from a request to a member: a name for each structure, a number,
// counted from 0, for the element of a list.
type Path []any

// Suffix is the path as native reasons write it: Tags, 0, Value is
// TAGS_1_MEMBER_VALUE.
func (p Path) Suffix() string {
	var words []string
	for _, step := range p {
		switch step := step.(type) {
		case string:
			words = append(words, strings.ToUpper(wordEnd.ReplaceAllString(step, "${1}_${2}")))
		case int:
			words = append(words, fmt.Sprintf("%d_MEMBER", step+1))
		}
	}
	return strings.Join(words, "_")
}

var wordEnd = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// String writes the path for people: Tags[0].Value.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		}
	}
	return b.String()
}

// Down returns the path with further steps. It shares nothing with p.
func (p Path) Down(steps ...any) Path { return append(slices.Clone(p), steps...) }

// Whole returns the pattern of a shape as one of a whole string: AWS
// writes alternations as ^a|b$ and means ^(a|b)$.
func (s *Shape) Whole() *regexp.Regexp {
	pattern := strings.ReplaceAll(s.Pattern, "(^", "(")
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	pattern = codePoint.ReplaceAllString(pattern, `\x{$1}`)
	return regexp.MustCompile(`^(?:` + pattern + `)$`)
}

var codePoint = regexp.MustCompile(`\\u([0-9A-Fa-f]{4,6})`)
