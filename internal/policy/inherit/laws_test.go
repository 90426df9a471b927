package inherit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"accord/internal/policy/inherit"
)

// kinds of operators that a drawn policy may use.
const (
	assigns  = "@@assign"
	appends  = "@@append"
	removes  = "@@remove"
	restrain = "@@operators_allowed_for_child_policies"
)

// drawPolicy draws a tag policy with few names and values, so that policies
// meet, and with the given operators only.
func drawPolicy(t *rapid.T, operators ...string) string {
	var members []string
	for _, key := range distinct(t, "key", "crew", "Zone", "cost") {
		var settings []string
		for _, name := range distinct(t, "setting", "tag_value", "enforced_for", "report_required_tag_for") {
			values := []string{"red", "blue", "green"}
			if name != "tag_value" {
				values = []string{"s3:bucket", "ec2:volume", "sqs:queue"}
			}
			settings = append(settings, `"`+name+`":{`+strings.Join(drawOperators(t, values, operators), ",")+`}`)
		}
		if slices.Contains(operators, restrain) && rapid.Bool().Draw(t, "container control") {
			settings = append(settings, drawControl(t))
		}
		members = append(members, `"`+key+`":{`+strings.Join(settings, ",")+`}`)
	}
	if slices.Contains(operators, restrain) && rapid.IntRange(0, 3).Draw(t, "top control") == 0 {
		members = append(members, drawControl(t))
	}
	return `{"tags":{` + strings.Join(members, ",") + `}}`
}

func drawOperators(t *rapid.T, values, operators []string) (members []string) {
	for _, operator := range distinct(t, "operator", operators...) {
		if operator == restrain {
			members = append(members, drawControl(t))
			continue
		}
		list, _ := json.Marshal(append([]string{}, distinct(t, "value", values...)...))
		members = append(members, `"`+operator+`":`+string(list))
	}
	return members
}

func drawControl(t *rapid.T) string {
	allowed := distinct(t, "allowed", assigns, appends, removes)
	if len(allowed) == 0 {
		allowed = []string{"@@none"}
	}
	list, _ := json.Marshal(allowed)
	return `"` + restrain + `":` + string(list)
}

// distinct draws some of the words, in any order.
func distinct(t *rapid.T, label string, words ...string) []string {
	drawn := rapid.Permutation(words).Draw(t, label)
	return drawn[:rapid.IntRange(0, len(words)).Draw(t, label+" count")]
}

var anyOperator = []string{assigns, appends, removes, restrain}

func drawLevels(t *rapid.T) []testLevel {
	levels := make([]testLevel, rapid.IntRange(1, 4).Draw(t, "levels"))
	for i := range levels {
		for range rapid.IntRange(0, 3).Draw(t, "policies") {
			levels[i].Policies = append(levels[i].Policies, testPolicy{Content: drawPolicy(t, anyOperator...)})
		}
	}
	return levels
}

// with inserts a policy into a level, at an index in the order of attachment.
func with(levels []testLevel, level, index int, content string) []testLevel {
	changed := slices.Clone(levels)
	changed[level].Policies = slices.Insert(slices.Clone(changed[level].Policies), index, testPolicy{Content: content})
	return changed
}

func drawPlace(t *rapid.T, levels []testLevel) (level, index int) {
	level = rapid.IntRange(0, len(levels)-1).Draw(t, "level")
	return level, rapid.IntRange(0, len(levels[level].Policies)).Draw(t, "index")
}

// values reads a document without the order of its members and, if sorted, without
// the order of the values in lists.
func values(t *rapid.T, levels []testLevel, sorted bool) any {
	var document map[string]map[string]map[string]any
	text := merge("TAG_POLICY", levels, anyTime).Document
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, rule := range document["tags"] {
		for _, value := range rule {
			if list, ok := value.([]any); ok && sorted {
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
			}
		}
	}
	return document
}

func sameValues(t *rapid.T, before, after []testLevel, sorted bool) {
	t.Helper()
	if diff := cmp.Diff(values(t, before, sorted), values(t, after, sorted)); diff != "" {
		t.Fatalf("(-before +after):\n%s", diff)
	}
}

func TestDrawnPoliciesAreAdmissible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := drawPolicy(t, anyOperator...)
		if diagnostic := check("TAG_POLICY", content, anyTime); diagnostic != nil {
			t.Fatalf("%s: %v", content, diagnostic)
		}
	})
}

func TestAnEmptyPolicyOrLevelChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		level, index := drawPlace(t, levels)
		want := merge("TAG_POLICY", levels, anyTime)
		if diff := cmp.Diff(want, merge("TAG_POLICY", with(levels, level, index, `{"tags":{}}`), anyTime)); diff != "" {
			t.Fatalf("with an empty policy (-before +after):\n%s", diff)
		}
		longer := slices.Insert(slices.Clone(levels), level, testLevel{})
		if diff := cmp.Diff(want, merge("TAG_POLICY", longer, anyTime)); diff != "" {
			t.Fatalf("with an empty level (-before +after):\n%s", diff)
		}
	})
}

func TestAPolicyAttachedTwiceToAnEntityActsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		level, index := drawPlace(t, levels)
		content := drawPolicy(t, anyOperator...)
		once := with(levels, level, index, content)
		sameValues(t, once, with(once, level, index, content), false)
	})
}

func TestRemovalsAndControlsActAtAnyPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		level, index := drawPlace(t, levels)
		content := drawPolicy(t, removes, restrain)
		last := len(levels[level].Policies)
		sameValues(t, with(levels, level, index, content), with(levels, level, last, content), false)
	})
}

func TestOrderOfAppendsOrdersTheValuesOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		level, index := drawPlace(t, levels)
		content := drawPolicy(t, appends)
		last := len(levels[level].Policies)
		sameValues(t, with(levels, level, index, content), with(levels, level, last, content), true)
	})
}

// TestTheFirstAssignmentOfALevelWins attaches another policy that assigns the
// same settings: after the first it does nothing.
func TestTheFirstAssignmentOfALevelWins(t *testing.T) {
	assign := func(value string) string {
		return `{"tags":{"crew":{"tag_key":{"@@assign":"` + value + `"},"tag_value":{"@@assign":["` + value + `"]}}}}`
	}
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		level, index := drawPlace(t, levels)
		first := with(levels, level, 0, assign("crew"))
		sameValues(t, first, with(first, level, index+1, assign("CREW")), false)
	})
}

// TestDetachingUndoesAttaching uses one parsed form of each policy throughout.
func TestDetachingUndoesAttaching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := parsed("TAG_POLICY", drawLevels(t))
		level := rapid.IntRange(0, len(levels)-1).Draw(t, "level")
		detached := schemaOf("TAG_POLICY").Merge(levels, anyTime)
		more := inherit.Attached{Parsed: schemaOf("TAG_POLICY").Parse(drawPolicy(t, anyOperator...))}
		policies := levels[level]
		levels[level] = append(slices.Clone(policies), more)
		attached := schemaOf("TAG_POLICY").Merge(levels, anyTime)
		levels[level] = policies
		if diff := cmp.Diff(detached, schemaOf("TAG_POLICY").Merge(levels, anyTime)); diff != "" {
			t.Fatalf("detached again (-never attached +detached):\n%s", diff)
		}
		levels[level] = append(slices.Clone(policies), more)
		if diff := cmp.Diff(attached, schemaOf("TAG_POLICY").Merge(levels, anyTime)); diff != "" {
			t.Fatalf("attached again (-first +second):\n%s", diff)
		}
	})
}

// TestNothingActsBelowALockOnEveryNode follows the guide: a tree is frozen
// when every node has the control.
func TestNothingActsBelowALockOnEveryNode(t *testing.T) {
	const lock = `"@@operators_allowed_for_child_policies":["@@none"]`
	setting := func(operators string) string { return `{` + operators + lock + `}` }
	key := func(values string) string {
		return `{"tag_value":` + setting(values) + `,"enforced_for":` + setting("") + `,"report_required_tag_for":` + setting("") + `,` + lock + `}`
	}
	locked := `{"tags":{"crew":` + key(`"@@assign":["red"],`) + `,"zone":` + key("") + `,` + lock + `}}`
	rapid.Check(t, func(t *rapid.T) {
		levels := append([]testLevel{at(locked)}, drawLevels(t)...)
		sameValues(t, levels[:1], levels, false)
	})
}

func TestDocumentsAreTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := drawLevels(t)
		first := merge("TAG_POLICY", levels, anyTime)
		if diff := cmp.Diff(first, merge("TAG_POLICY", levels, anyTime)); diff != "" {
			t.Fatalf("(-first +second):\n%s", diff)
		}
		if strings.Contains(first.Document, "@@") {
			t.Fatalf("an operator is left in %s", first.Document)
		}
	})
}

// TestValuesFollowTheSteps compares one setting with the steps of the guide,
// written out for sets of values and without any tree.
func TestValuesFollowTheSteps(t *testing.T) {
	type step struct {
		Assign  *[]string `json:"@@assign,omitempty"`
		Append  []string  `json:"@@append,omitempty"`
		Remove  []string  `json:"@@remove,omitempty"`
		Control []string  `json:"@@operators_allowed_for_child_policies,omitempty"`
	}
	rapid.Check(t, func(t *rapid.T) {
		list := func(label string) []string { return distinct(t, label, "a", "b", "c", "d") }
		var current []string
		var levels []testLevel
		known, allowed := false, []string{assigns, appends, removes}
		set := false // a list exists
		for range rapid.IntRange(1, 4).Draw(t, "levels") {
			var level testLevel
			var steps []step
			for range rapid.IntRange(0, 3).Draw(t, "policies") {
				var s step
				if rapid.Bool().Draw(t, "assigns") {
					values := append([]string{}, list("assign")...)
					s.Assign = &values
				}
				s.Append, s.Remove = list("append"), list("remove")
				s.Control = distinct(t, "control", assigns, appends, removes)
				content, _ := json.Marshal(map[string]any{"tags": map[string]any{"crew": map[string]any{"tag_value": s}}})
				level.Policies = append(level.Policies, testPolicy{Content: string(content)})
				steps = append(steps, s)
			}
			levels = append(levels, level)
			may := func(operator string) bool { return !known || slices.Contains(allowed, operator) }
			assigned := false
			for _, s := range steps {
				if s.Assign != nil && may(assigns) && !assigned {
					current, assigned, set = slices.Clone(*s.Assign), true, true
				}
			}
			for _, s := range steps {
				for _, value := range s.Append {
					if may(appends) {
						set = true
						if !slices.Contains(current, value) {
							current = append(current, value)
						}
					}
				}
			}
			for _, s := range steps {
				if may(removes) {
					current = slices.DeleteFunc(current, func(value string) bool { return slices.Contains(s.Remove, value) })
				}
			}
			for _, s := range steps {
				if len(s.Control) > 0 {
					allowed = slices.DeleteFunc(slices.Clone(allowed), func(operator string) bool { return !slices.Contains(s.Control, operator) })
				}
			}
			known = known || len(steps) > 0
		}
		want := "{}"
		if known {
			if !set {
				current = []string{"*"}
			}
			list, _ := json.Marshal(append([]string{}, current...))
			want = `{"tags":{"crew":{"tag_value":` + string(list) + `,"tag_key":"crew"}}}`
		}
		if got := effective("TAG_POLICY", levels...); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}
