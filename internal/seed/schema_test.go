package seed_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"accord/internal/seed"
)

var schemaFile = filepath.Join("..", "..", "docs", "seed.schema.json")

func TestTheFileIsTheSchemaOfTheTypes(t *testing.T) {
	want, err := seed.Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil || string(got) != string(want) {
		t.Errorf("docs/seed.schema.json is not what accord seed schema prints: %v", err)
	}
}

// checker is what the schema uses of JSON Schema.
type checker struct{ definitions map[string]any }

func (c checker) check(schema map[string]any, v any, at string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	for keyword, of := range schema {
		switch keyword {
		case "$ref":
			wrong = append(wrong, c.check(c.definitions[strings.TrimPrefix(of.(string), "#/$defs/")].(map[string]any), v, at)...)
		case "type":
			if !isOf(of, v) {
				say("%v is no %v", v, of)
			}
		case "enum":
			if !slices.Contains(of.([]any), v) {
				say("%v is not in %v", v, of)
			}
		case "const":
			if v != of {
				say("%v is not %v", v, of)
			}
		case "pattern":
			if s, is := v.(string); is && !regexp.MustCompile(of.(string)).MatchString(s) {
				say("%q does not match %s", s, of)
			}
		case "minimum", "maximum":
			if n, is := v.(int); is && (keyword == "minimum" && float64(n) < of.(float64) || keyword == "maximum" && float64(n) > of.(float64)) {
				say("%d is not within %s %v", n, keyword, of)
			}
		case "required":
			for _, name := range of.([]any) {
				if m, is := v.(map[string]any); is && m[name.(string)] == nil {
					say("%s is missing", name)
				}
			}
		case "items":
			for i, item := range asList(v) {
				wrong = append(wrong, c.check(of.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "anyOf":
			if !slices.ContainsFunc(of.([]any), func(one any) bool { return len(c.check(one.(map[string]any), v, at)) == 0 }) {
				say("%v is none of %v", v, of)
			}
		case "properties":
			m, _ := v.(map[string]any)
			for name, value := range m {
				if property, known := of.(map[string]any)[name]; known {
					wrong = append(wrong, c.check(property.(map[string]any), value, at+"."+name)...)
				} else if other, more := schema["additionalProperties"].(map[string]any); more {
					wrong = append(wrong, c.check(other, value, at+"."+name)...)
				} else {
					say("%s is no member", name)
				}
			}
		case "additionalProperties", "description", "examples", "title", "$schema", "$defs":
		default:
			say("the keyword %s is not known", keyword)
		}
	}
	return wrong
}

func asList(v any) []any { l, _ := v.([]any); return l }

func isOf(types, v any) bool {
	for _, kind := range append(asList(types), types) {
		switch k := reflect.ValueOf(v).Kind(); kind {
		case "object":
			if k == reflect.Map {
				return true
			}
		case "array":
			if k == reflect.Slice {
				return true
			}
		case "string":
			if k == reflect.String {
				return true
			}
		case "boolean":
			if k == reflect.Bool {
				return true
			}
		case "integer", "number":
			if k == reflect.Int || kind == "number" && k == reflect.Float64 {
				return true
			}
		case "null":
			if v == nil {
				return true
			}
		}
	}
	return false
}

// TestExamplesFitTheSchema; the control is a document with a member that does not exist.
func TestExamplesFitTheSchema(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	c := checker{schema["$defs"].(map[string]any)}
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "seeds", "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	documents := map[string]string{"small": small}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents[file] = string(text)
	}
	documents["control"] = strings.Replace(small, "name: Workloads", "nam: Workloads", 1)
	documents["another control"] = strings.Replace(small, "count: 3", "count: many", 1)
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		var v any
		if err := yaml.Unmarshal([]byte(documents[name]), &v); err != nil {
			t.Fatal(err)
		}
		wrong := c.check(schema, v, "")
		if strings.Contains(name, "control") != (len(wrong) > 0) {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
